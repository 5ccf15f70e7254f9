#include "runner/log_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class LogWatchTest : public testing::Test {
 protected:
  LogWatchTest() {
    files_.files[kLog] = "before the run\n";
    EnvironmentView view;
    view.nodes = {{.name = "main", .log = "/out/logs/main.1"}, {.name = "db", .log = "/nowhere"}};
    watch_ = std::make_unique<LogWatch>(files_, clock_, "/out", view);
  }

  // A case that takes `took` and in which main prints `text`.
  std::vector<LogWindow> Case(const std::string& text, Duration took, bool bad) {
    clock_.Advance(took);
    files_.files[kLog] += text;
    return watch_->OfCase(took, bad);
  }

  static constexpr const char* kLog = "/out/logs/main.1/stderr.log";
  FakeFileSystem files_;
  FakeClock clock_;
  std::unique_ptr<LogWatch> watch_;
};

TEST_F(LogWatchTest, ShowsWhatWasWrittenDuringABadCase) {
  EXPECT_THAT(Case("fine\n", 5ms, false), IsEmpty());
  EXPECT_THAT(Case("bad\n", 5ms, true),
              ElementsAre(LogWindow{"main", "stderr", "logs/main.1/stderr.log", 20, 4, "bad\n"}));
  EXPECT_THAT(Case("", 5ms, true), IsEmpty());
}

TEST_F(LogWatchTest, ReachesBackToTheBeginOfACaseThatRanBesideOthers) {
  Case("one\n", 5ms, false);
  Case("two\n", 5ms, false);
  clock_.Advance(1ms);
  const std::vector<LogWindow> windows = watch_->OfCase(3ms, true);
  ASSERT_THAT(windows, SizeIs(1));
  EXPECT_EQ(windows[0].text, "two\n");
}

TEST_F(LogWatchTest, WatchesEachReplica) {
  EnvironmentView view;
  view.nodes = {{.name = "main",
                 .log = "/out/logs/main.1",
                 .replicas = {{.name = "main", .log = "/out/logs/main.1"},
                              {.name = "main.2", .log = "/out/logs/main.2.1"}}}};
  LogWatch watch(files_, clock_, "/out", view);
  files_.files["/out/logs/main.2.1/stdout.log"] = "second\n";
  EXPECT_THAT(watch.OfRun(), ElementsAre(LogWindow{"main.2", "stdout", "logs/main.2.1/stdout.log",
                                                   0, 7, "second\n"}));
}

TEST_F(LogWatchTest, ShowsTheWholeRun) {
  Case("one\n", 5ms, false);
  Case("two\n", 5ms, false);
  ASSERT_THAT(watch_->OfRun(), SizeIs(1));
  EXPECT_EQ(watch_->OfRun()[0].text, "one\ntwo\n");
}

TEST_F(LogWatchTest, CutsTheMiddleOfALongLog) {
  const std::string text = "first\n" + std::string(50'000, 'x') + "\nlast\n";
  const LogWindow window = Case(text, 5ms, true).at(0);
  EXPECT_EQ(window.size, text.size());
  EXPECT_THAT(window.text, StartsWith("first\n"));
  EXPECT_THAT(window.text, HasSubstr("\n... 33628 bytes cut ...\n"));
  EXPECT_THAT(window.text, EndsWith("x\nlast\n"));
}

TEST_F(LogWatchTest, StopsReadingWhenARunHasMuch) {
  size_t read = 0;
  LogWindow last;
  for (int i = 0; i < 100; ++i) {
    last = Case(std::string(16'384, 'x'), 5ms, true).at(0);
    read += last.text.size();
  }
  EXPECT_LE(read, 1U << 20U);
  EXPECT_EQ(last.text, "");
  EXPECT_EQ(last.size, 16'384U);
}

}  // namespace
}  // namespace ctestbed
