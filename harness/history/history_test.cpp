#include "history/history.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "history/database.h"
#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

Sample Ran(const std::string& suite, const std::string& at, std::uint64_t seq = 1) {
  return {{"shop", "process", Measure::kRun, "split", suite, suite + "@split"},
          at,
          "s1",
          seq,
          Duration(seq),
          Verdict::kPassed};
}

// So many, a second apart, the oldest first.
std::vector<Sample> Many(const std::string& suite, int count) {
  std::vector<Sample> samples;
  for (int i = 1; i <= count; ++i) {
    samples.push_back(Ran(suite, fmt::format("2026-01-01T00:{:02}:{:02}.000Z", i / 60, i % 60),
                          static_cast<std::uint64_t>(i)));
  }
  return samples;
}

class HistoryTest : public testing::Test {
 protected:
  Result<History> Open() {
    return History::Open(path_, *files_, clock_,
                         [this](std::string_view text) { warnings_.emplace_back(text); });
  }
  // What stands beside the history, and it.
  std::vector<std::string> Files() { return files_->List(directory_.Path()).value(); }
  void Tell(const std::string& sql) {
    auto database = Database::Open(path_, 1s);
    ASSERT_TRUE(database);
    const Status told = database->Run(sql);
    ASSERT_TRUE(told) << told.error().message;
  }

  TempDir directory_;
  std::string path_ = directory_ / "history.sqlite";
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  FakeClock clock_;  // stands at 2026-01-01
  std::vector<std::string> warnings_;
};

TEST_F(HistoryTest, KeepsWhatItIsTold) {
  const Sample start{{"shop", "docker", Measure::kStart, "split", "auth", "abc"},
                     "2026-01-01T00:00:02.000Z",
                     "s1",
                     4,
                     1234ms,
                     Verdict::kPassed};
  Sample run = Ran("orders", "2026-01-01T00:00:03.000Z");
  run.verdict = Verdict::kFailed;
  Sample foreign = run;
  foreign.subject.project = "other";
  {
    auto history = Open();
    ASSERT_TRUE(history) << history.error().message;
    EXPECT_THAT(history->Samples("shop").value(), IsEmpty());
    ASSERT_TRUE(history->Record({run, start, foreign}));
  }
  EXPECT_THAT(Files(), ElementsAre("history.sqlite"));
  auto again = Open();
  ASSERT_TRUE(again);
  EXPECT_THAT(again->Samples("shop").value(), ElementsAre(start, run));
  EXPECT_THAT(again->Samples("other").value(), ElementsAre(foreign));
  EXPECT_EQ(again->Size(), 3U);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(HistoryTest, MakesItsDirectory) {
  path_ = directory_ / "a/b/history.sqlite";
  EXPECT_TRUE(Open());
  EXPECT_TRUE(files_->Exists(path_));
}

TEST_F(HistoryTest, TakesEverySampleOnce) {
  auto history = Open();
  const std::vector<Sample> samples = Many("orders", 3);
  ASSERT_TRUE(history->Record(samples));
  ASSERT_TRUE(history->Record(samples));
  EXPECT_EQ(history->Samples("shop").value(),
            std::vector<Sample>(samples.rbegin(), samples.rend()));
}

TEST_F(HistoryTest, KeepsTheNewestTwentyOfEach) {
  auto history = Open();
  const std::vector<Sample> samples = Many("orders", kSamplesKept + 5);
  ASSERT_TRUE(history->Record({samples.begin() + 3, samples.end()}));
  ASSERT_TRUE(history->Record({samples.begin(), samples.begin() + 8}));
  ASSERT_TRUE(history->Record(Many("accounts", 2)));
  const std::vector<Sample> kept = history->Samples("shop").value();
  ASSERT_THAT(kept, SizeIs(kSamplesKept + 2));
  EXPECT_EQ(kept[2], samples.back());
  EXPECT_EQ(kept.back(), samples[5]);
}

TEST_F(HistoryTest, ForgetsWhatIsNotMeasuredForLong) {
  auto history = Open();
  ASSERT_TRUE(history->Record({Ran("old", "2025-10-02T23:59:59.000Z"),
                               Ran("kept", "2025-10-01T00:00:00.000Z", 1),
                               Ran("kept", "2025-10-03T00:00:01.000Z", 2)}));
  const std::vector<Sample> kept = history->Samples("shop").value();
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_EQ(kept[0].subject.name, "kept");
  EXPECT_TRUE(history->Prune());
  EXPECT_EQ(history->Size(), 2U);
}

TEST_F(HistoryTest, IsWrittenBySeveralProcessesAtOnce) {
  constexpr int kProcesses = 6;
  constexpr int kRounds = 15;
  for (int process = 0; process < kProcesses; ++process) {
    if (fork() != 0) continue;
    bool well = true;
    for (int round = 0; round < kRounds; ++round) {
      auto history = Open();
      well = well && history &&
             history->Record(Many(fmt::format("suite-{}-{}", process, round), 3)) &&
             history->Record(Many("shared", 3));
    }
    _exit(well && warnings_.empty() ? 0 : 1);
  }
  for (int process = 0; process < kProcesses; ++process) {
    int status = 0;
    ASSERT_GT(wait(&status), 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Open()->Size(), size_t{3 * (kProcesses * kRounds + 1)});
}

TEST_F(HistoryTest, SetsABrokenFileAside) {
  ASSERT_TRUE(files_->Write(path_, "this is no database, though it is long enough to be one\n"));
  auto history = Open();
  ASSERT_TRUE(history) << history.error().message;
  ASSERT_TRUE(history->Record(Many("orders", 1)));
  const std::string aside = path_ + ".broken-20260101T000000000Z";
  EXPECT_THAT(warnings_, ElementsAre("history '" + path_ +
                                     "' is broken: file is not a database; it is kept as '" +
                                     aside + "', and a new one is begun"));
  EXPECT_THAT(files_->Read(aside).value(), HasSubstr("this is no database"));
  EXPECT_TRUE(Open());
  EXPECT_THAT(warnings_, SizeIs(1));
}

TEST_F(HistoryTest, SetsADamagedFileAsideWhereverItIsDamaged) {
  std::string sound;
  {
    auto history = Open();
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(history->Record(Many(fmt::format("s{}", i), 20)));
  }
  sound = files_->Read(path_).value();
  ASSERT_GT(sound.size(), 40'000U);
  for (size_t at = 0; at < sound.size(); at += 4096) {
    std::string damaged = sound;
    damaged.replace(at, 600, std::string(600, '\x5a'));
    ASSERT_TRUE(files_->Write(path_, damaged));
    warnings_.clear();
    auto history = Open();
    ASSERT_TRUE(history) << at << ": " << history.error().message;
    EXPECT_THAT(warnings_, SizeIs(1)) << at;
    EXPECT_EQ(history->Size(), 0U) << at;
  }
  ASSERT_TRUE(files_->Write(path_, sound.substr(0, sound.size() / 2)));
  EXPECT_TRUE(Open());
  EXPECT_THAT(warnings_, SizeIs(2));
}

TEST_F(HistoryTest, KeepsTheDatabaseOfAnotherProgramWithAllOfIt) {
  Tell("PRAGMA journal_mode = WAL");
  Tell("CREATE TABLE precious (value TEXT)");
  auto held = Database::Open(path_, 1s);  // so that what it wrote is in another file
  ASSERT_TRUE(held->Run("INSERT INTO precious VALUES ('kept')"));
  ASSERT_TRUE(files_->Exists(path_ + "-wal"));
  EXPECT_TRUE(Open());
  ASSERT_THAT(warnings_, ElementsAre(HasSubstr("is broken: it belongs to another program")));
  auto aside = Database::Open(path_ + ".broken-20260101T000000000Z", 1s);
  EXPECT_EQ(aside->AskText("SELECT value FROM precious"), "kept");
}

TEST_F(HistoryTest, DoesNotTouchTheFileOfANewerVersion) {
  ASSERT_TRUE(Open()->Record(Many("orders", 2)));
  Tell("PRAGMA user_version = 7");
  const std::string before = files_->Read(path_).value();
  ExpectError(Open(), ErrorKind::kUnsupported,
              "a newer ctestbed wrote it, in version 7; this one knows version 1");
  EXPECT_EQ(files_->Read(path_).value(), before);
  EXPECT_THAT(warnings_, IsEmpty());
  EXPECT_THAT(Files(), ElementsAre("history.sqlite"));
}

TEST_F(HistoryTest, BreaksFromTheSameFileAreToldApart) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(files_->Write(path_, std::string(4096, '!')));
    EXPECT_TRUE(Open());
  }
  EXPECT_THAT(Files(), SizeIs(5));  // with the lock of who renames
}

TEST_F(HistoryTest, SaysWhyItCannotBeUsed) {
  path_ = directory_.Path();
  ExpectError(Open(), ErrorKind::kUnavailable, "unable to open database file");
  path_ = directory_ / "file/history.sqlite";
  ASSERT_TRUE(files_->Write(directory_ / "file", ""));
  ExpectError(Open(), ErrorKind::kInternal, "cannot make directory");
}

TEST_F(HistoryTest, AnEmptyFileIsANewHistory) {
  ASSERT_TRUE(files_->Write(path_, ""));
  EXPECT_TRUE(Open());
  EXPECT_THAT(warnings_, IsEmpty());
}

}  // namespace
}  // namespace ctestbed
