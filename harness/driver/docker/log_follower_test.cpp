#include "driver/docker/log_follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;

std::string Framed(int stream, const std::string& text) {
  std::string frame(8, '\0');
  frame[0] = static_cast<char>(stream);
  frame[7] = static_cast<char>(text.size());
  return frame + text;
}

// An engine whose streams of a log end after each of `streams`, the container with the last.
class LogFollowerTest : public testing::Test {
 protected:
  // Whether the follower found the end of the log by itself.
  bool Follow(const std::string& server) {
    server_ = server;
    const EngineEndpoint endpoint{"unix:///e.sock", "a test", "http://localhost", "/e.sock", {}};
    const auto engine = Engine::Connect(http_, clock_, endpoint, Soon());
    auto files = OutputFiles::Open(directory_.Path());
    LogFollower follower(*engine, clock_, *disk_, "c1", std::move(*files));
    return follower.WaitUntilComplete(Soon(), {});
  }
  std::string Output(const std::string& stream) const {
    return *disk_->Read(directory_ / (stream + ".log"));
  }

  Result<HttpResponse> Answer(const HttpRequest& request) {
    HttpResponse response;
    response.status = 200;
    response.headers = {{"Server", server_}};
    if (request.url.ends_with("/version")) {
      response.body = R"({"Version": "1", "ApiVersion": "1.41", "MinAPIVersion": "1.12"})";
    } else if (request.url.ends_with("/json")) {
      const bool ended = asked_.size() >= streams_.size();
      response.body =
          ended ? R"({"State": {"Status": "exited"}})" : R"({"State": {"Status": "running"}})";
    } else if (request.url.find("follow=1") == std::string::npos) {
      response.body = kept_;
    } else {
      const size_t query = request.url.find("timestamps=1") + 12;
      asked_.push_back(request.url.substr(query));
      if (asked_.size() > streams_.size()) {
        response.body = late_;
        return response;
      }
      const Result<std::string>& stream = streams_.at(asked_.size() - 1);
      if (!stream) return tl::unexpected<Error>(stream.error());
      response.body = *stream;
    }
    return response;
  }

  const TempDir directory_;
  std::unique_ptr<FileSystem> disk_ = MakeRealFileSystem();
  FakeClock clock_;
  std::string server_;
  std::vector<Result<std::string>> streams_;
  std::string late_;                // what a stream tells that is opened after the end
  std::string kept_;                // what a stream that does not follow tells
  std::vector<std::string> asked_;  // from where, by each stream
  FakeHttpClient http_{[this](const HttpRequest& request) { return Answer(request); }};
};

TEST_F(LogFollowerTest, GoesOnAfterEveryGapUntilTheContainerHasEnded) {
  streams_ = {Framed(1, "2026-01-31T10:20:30.1Z one\n") + Framed(2, "2026-01-31T10:20:30.2Z bad\n"),
              Fail(ErrorKind::kInternal, "connection reset"), std::string(),
              Framed(1, "2026-01-31T10:20:31Z two\n")};
  late_ = Framed(1, "2026-01-31T10:20:32Z three\n");
  EXPECT_TRUE(Follow("Docker/20.10.24 (linux)"));
  EXPECT_EQ(Output("stdout"), "one\ntwo\nthree\n");
  EXPECT_EQ(Output("stderr"), "bad\n");
  const std::string after = "&since=1769854830.200000001";
  EXPECT_THAT(asked_, ElementsAre("", after, after, after, "&since=1769854831.000000001"));
}

TEST_F(LogFollowerTest, EndsWithAContainerThatIsGone) {
  streams_ = {Fail(ErrorKind::kNotFound, "no such container")};
  EXPECT_TRUE(Follow("Docker/20.10.24 (linux)"));
  EXPECT_EQ(Output("stdout"), "");
}

TEST_F(LogFollowerTest, ReadsAgainWhatAnEngineDropsFromWhatIsFollowed) {
  streams_ = {Framed(1, "2026-01-31T10:20:30Z one\n"),
              Framed(1, "2026-01-31T10:20:30Z one\n") + Framed(1, "2026-01-31T10:20:30Z three\n")};
  kept_ = Framed(1, "one\n") + Framed(1, "two\n") + Framed(1, "three\n");
  EXPECT_TRUE(Follow("Libpod/4.3.1 (linux)"));
  EXPECT_THAT(asked_, ElementsAre("", ""));
  EXPECT_EQ(Output("stdout"), "one\ntwo\nthree\n");
  EXPECT_EQ(Output("stderr"), "");
}

}  // namespace
}  // namespace ctestbed
