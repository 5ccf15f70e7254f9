#include "report/console.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "report/test_stream.h"

namespace ctestbed {
namespace {

// What a terminal of `columns` receives for each event and, last, for the end.
std::vector<std::string> OnTerminal(const Stream& stream, int columns) {
  std::vector<std::string> writes;
  std::string written;
  Console console([&](std::string_view bytes) { written += bytes; }, true, columns);
  for (const Event& event : stream.events) {
    console.OnEvent(event);
    writes.push_back(std::exchange(written, {}));
  }
  console.Finish();
  writes.push_back(written);
  return writes;
}

TEST(Console, RewritesOneProgressLineOnATerminal) {
  Stream stream;
  stream.Begin({kAccounts})
      .Deploying(kAccounts)
      .Ready(kAccounts)
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Finished(kAccounts)
      .End();
  EXPECT_EQ(OnTerminal(stream, 80),
            (std::vector<std::string>{
                "",
                "",
                "[0/1] deploying monolith,store=redis",
                "",
                "\r\x1b[K[0/1] accounts@monolith,store=redis",
                "\r\x1b[K[0/1] accounts@monolith,store=redis: create",
                "\r\x1b[K[1/1] accounts@monolith,store=redis: create",
                "",
                "\r\x1b[Kpassed: 1 passed of 1 run; 1 of 1 case passed; 1 deploy; 700 ms\n"
                "results: /out\n",
            }));
}

TEST(Console, LeavesFailuresAboveTheProgressLine) {
  Stream stream;
  stream.Begin({kAccounts})
      .Started(kAccounts)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500")
      .Finished(kAccounts, Verdict::kFailed);
  EXPECT_EQ(OnTerminal(stream, 80).at(4),
            "\r\x1b[K"
            "  failed  accounts@monolith,store=redis  1 case  310 ms\n"
            "    create: status is 500\n"
            "    again: ctestbed run --run accounts@monolith,store=redis\n"
            "[1/1] accounts@monolith,store=redis: create");
}

TEST(Console, CutsTheProgressLineToTheTerminal) {
  Stream stream;
  stream.Begin({kAccounts}).Started(kAccounts).Case(kAccounts, "\x1b[2J\u00e4\nb");
  for (int columns = 2; columns < 60; ++columns) {
    std::string line = OnTerminal(stream, columns).at(3);
    if (line.starts_with("\r\x1b[K")) line.erase(0, 4);
    EXPECT_LT(DisplayWidth(line), static_cast<size_t>(columns));
    EXPECT_EQ(line.find_first_of("\x1b\n"), std::string::npos);
    EXPECT_EQ(FindInvalidUtf8(line), std::string::npos);
  }
}

TEST(Console, TellsARunAgainThatWasInterruptedInALaterAttempt) {
  Stream stream;
  stream.Begin({kAccounts})
      .Started(kAccounts, 1)
      .Case(kAccounts, "create")
      .Finished(kAccounts)
      .Started(kAccounts, 2)
      .End("ctest was killed");
  EXPECT_NE(OnTerminal(stream, 80).back().find("run: was interrupted"), std::string::npos);
}

}  // namespace
}  // namespace ctestbed
