#include "history/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using namespace std::chrono_literals;

const Sample kStart{{"shop", "process", Measure::kStart, "split", "auth", "abc"},
                    "2026-01-31T10:20:30.123Z",
                    "s1",
                    7,
                    1234ms,
                    Verdict::kPassed};
const Sample kRun{{"shop", "process", Measure::kRun, "split", "orders", "orders@split,store=redis"},
                  "2026-01-31T10:20:31.000Z",
                  "s1",
                  9,
                  50ms,
                  Verdict::kFailed};

TEST(Samples, ComeBackEqual) {
  for (const Sample& sample : {kStart, kRun}) EXPECT_EQ(SampleFromJson(ToJson(sample)), sample);
  EXPECT_EQ(DumpJson(ToJson(kStart)),
            R"({"at":"2026-01-31T10:20:30.123Z","backend":"process","digest":"abc",)"
            R"("duration_s":1.234,"measure":"start","node":"auth","preset":"split",)"
            R"("project":"shop","seq":7,"session":"s1"})");
}

TEST(Samples, RefuseWhatIsIncompleteOrAbsurd) {
  const auto with = [](std::string_view key, const Json& value) {
    Json json = ToJson(kRun);
    json[std::string(key)] = value;
    return SampleFromJson(json);
  };
  ExpectError(with("measure", "speed"), ErrorKind::kInvalid, "unknown measure 'speed'");
  ExpectError(with("suite", nullptr), ErrorKind::kInvalid, "needs a text 'suite'");
  ExpectError(with("run", std::string(5000, 'x')), ErrorKind::kInvalid, "needs a text 'run'");
  ExpectError(with("at", "yesterday"), ErrorKind::kInvalid, "'yesterday' is no instant");
  ExpectError(with("at", "2026-01-31T10:20:30.123+"), ErrorKind::kInvalid, "is no instant");
  ExpectError(with("duration_s", -1), ErrorKind::kInvalid, "needs a number 'duration_s'");
  ExpectError(with("duration_s", 1e300), ErrorKind::kInvalid, "needs a number 'duration_s'");
  ExpectError(with("seq", "7"), ErrorKind::kInvalid, "needs a number 'seq'");
  ExpectError(with("verdict", "green"), ErrorKind::kInvalid, "unknown verdict 'green'");
  ExpectError(SampleFromJson(Json::array()), ErrorKind::kInvalid, "unknown measure");
}

}  // namespace
}  // namespace ctestbed
