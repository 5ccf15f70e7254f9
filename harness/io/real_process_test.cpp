#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "io/process.h"
#include "io/process_table.h"

namespace ctestbed {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TimePoint In(Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}

class RealProcess : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ctestbed-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    auto launcher = MakeRealLauncher(CTESTBED_SHIM);
    ASSERT_TRUE(launcher.has_value()) << launcher.error().message;
    launcher_ = std::move(*launcher);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  ProcessSpec Shell(const std::string& script) const {
    return {.command = {"sh", "-c", script},
            .environment = {{"PATH", "/usr/bin:/bin"}, {"MARK", directory_}},
            .working_directory = directory_,
            .stdout_path = directory_ + "/out",
            .stderr_path = directory_ + "/err"};
  }
  std::unique_ptr<Process> Start(const ProcessSpec& spec) {
    auto process = launcher_->Start(spec);
    EXPECT_TRUE(process.has_value()) << process.error().message;
    return process ? std::move(*process) : nullptr;
  }
  // Waits until a script of ours has said something.
  std::string WaitForOutput() const {
    for (int i = 0; i < 1000; ++i) {
      if (const std::string text = Read("out"); text.ends_with('\n')) return text;
      std::this_thread::sleep_for(5ms);
    }
    return "";
  }
  std::string Read(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  size_t Marked() const {
    size_t count = 0;
    for (const MarkedProcess& marked : FindMarked("MARK")) count += marked.value == directory_;
    return count;
  }

  std::string directory_;
  std::unique_ptr<Launcher> launcher_;
};

TEST_F(RealProcess, TellsExitCodeAndKeepsStreamsApart) {
  const auto process = Start(Shell("echo to-out; echo to-err >&2; pwd; exit 3"));
  const auto end = process->Wait(In(10s), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->Describe(), "exited with code 3");
  EXPECT_EQ(Read("out"), "to-out\n" + directory_ + "\n");
  EXPECT_EQ(Read("err"), "to-err\n");
}

TEST_F(RealProcess, InheritsNothingOfOurEnvironment) {
  setenv("CTESTBED_CANARY", "leaked", 1);
  const auto process = Start(Shell("env"));
  ASSERT_TRUE(process->Wait(In(10s), {}).has_value());
  EXPECT_THAT(Read("out"), testing::Not(HasSubstr("CTESTBED_CANARY")));
  EXPECT_THAT(Read("out"), HasSubstr("MARK="));
}

TEST_F(RealProcess, NamesTheSignalThatEndedAProgram) {
  const auto process = Start(Shell("kill -SEGV $$"));
  const auto end = process->Wait(In(10s), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->Describe(), "was killed by SIGSEGV");
}

TEST_F(RealProcess, RefusesWhatCannotBeStarted) {
  ProcessSpec spec = Shell("true");
  spec.command = {"no-such-program"};
  auto process = launcher_->Start(spec);
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(process.error().message, "program 'no-such-program' not found");
  spec.command = {"/etc/hostname"};
  process = launcher_->Start(spec);
  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().kind, ErrorKind::kInvalid);
  spec = Shell("true");
  spec.working_directory = "/no/such/directory";
  process = launcher_->Start(spec);
  ASSERT_FALSE(process.has_value());
  EXPECT_THAT(process.error().message, HasSubstr("cannot enter directory"));
}

TEST_F(RealProcess, WaitHonoursDeadlineAndStop) {
  const auto process = Start(Shell("sleep 100"));
  EXPECT_FALSE(process->Wait(In(20ms), {}).has_value());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(process->Wait(In(100s), stop.get_token()).has_value());
}

TEST_F(RealProcess, StopAsksFirst) {
  const auto process =
      Start(Shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  ASSERT_TRUE(process->Stop(10s).has_value());
  EXPECT_EQ(process->End()->Describe(), "exited with code 0");
  EXPECT_EQ(Read("out"), "up\nbye\n");
}

TEST_F(RealProcess, StopKillsWhoIgnoresTerm) {
  const auto process = Start(Shell("trap '' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  ASSERT_TRUE(process->Stop(50ms).has_value());
  EXPECT_EQ(process->End()->Describe(), "was killed by SIGKILL");
  EXPECT_EQ(Marked(), 0U);
}

TEST_F(RealProcess, StopReachesAStoppedProgram) {
  const auto process = Start(Shell("echo up; kill -STOP $$; sleep 100"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  ASSERT_TRUE(process->Stop(10s).has_value());
  EXPECT_EQ(process->End()->Describe(), "was killed by SIGTERM");
}

TEST_F(RealProcess, TakesDescendantsInOtherSessionsWithIt) {
  const auto process = Start(
      Shell("setsid sh -c 'setsid sleep 100 & sleep 100' & (setsid sleep 100 &) ; echo up; wait"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  ASSERT_TRUE(process->Stop(50ms).has_value());
  EXPECT_EQ(Marked(), 0U);
}

TEST_F(RealProcess, TheEndOfTheProgramEndsItsDescendants) {
  const auto process = Start(Shell("setsid sleep 100 & exit 4"));
  const auto end = process->Wait(In(10s), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->exit_code, 4);
  EXPECT_EQ(Marked(), 0U);
}

TEST_F(RealProcess, DestructionLeavesNothing) {
  Start(Shell("trap '' TERM; setsid sleep 100 & sleep 100")).reset();
  EXPECT_EQ(Marked(), 0U);
}

TEST_F(RealProcess, TheProgramDiesWithItsShim) {
  const auto process = Start(Shell("echo up; exec sleep 100"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  const std::vector<MarkedProcess> marked = FindMarked("MARK");
  for (const MarkedProcess& one : marked) {
    if (one.value == directory_ && one.process.pid != process->Pid()) {
      kill(one.process.pid, SIGKILL);
    }
  }
  const auto end = process->Wait(In(10s), {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->signal, SIGKILL);
  ASSERT_TRUE(KillMarked("MARK", directory_, In(5s)).has_value());
  EXPECT_EQ(Marked(), 0U);
}

TEST_F(RealProcess, RotatesLongLogs) {
  ProcessSpec spec = Shell("i=0; while [ $i -lt 2000 ]; do echo line-$i; i=$((i+1)); done");
  spec.log_limit = 4096;
  const auto process = Start(spec);
  ASSERT_TRUE(process->Wait(In(20s), {}).has_value());
  EXPECT_TRUE(Read("out").ends_with("line-1999\n"));
  EXPECT_LE(std::filesystem::file_size(directory_ + "/out"), 65536U + 4096U);
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/out.1") || Read("out").size() < 65536U);
}

TEST_F(RealProcess, SweepFindsWhatIsMarked) {
  const auto process = Start(Shell("echo up; sleep 100"));
  ASSERT_EQ(WaitForOutput(), "up\n");
  EXPECT_GE(Marked(), 2U);
  const auto killed = KillMarked("MARK", directory_, In(5s));
  ASSERT_TRUE(killed.has_value());
  EXPECT_GE(killed->size(), 2U);
  EXPECT_EQ(Marked(), 0U);
}

TEST(ProcessTable, KnowsTheLivingFromTheDead) {
  const auto self = Identify(OwnPid());
  ASSERT_TRUE(self.has_value());
  EXPECT_TRUE(IsAlive(*self));
  EXPECT_FALSE(IsDeadOwner(OwnerName(*self)));
  const ProcessIdentity reused{self->pid, self->start_time + 1};
  EXPECT_FALSE(IsAlive(reused));
  EXPECT_TRUE(IsDeadOwner(OwnerName(reused)));
  EXPECT_FALSE(IsDeadOwner("other-host:boot:1:1"));
  EXPECT_FALSE(IsDeadOwner("nonsense"));
}

TEST(ProcessTable, WaitForEndReturnsOnStopAndOnDeath) {
  const auto self = Identify(OwnPid());
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(WaitForEnd(*self, stop.get_token()));
  EXPECT_TRUE(WaitForEnd({self->pid, self->start_time + 1}, {}));
}

}  // namespace
}  // namespace ctestbed
