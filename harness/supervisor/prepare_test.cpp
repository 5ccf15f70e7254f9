#include "supervisor/prepare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace ctestbed {
namespace {

using testing::HasSubstr;

// A process that has ended already, or never ends.
class EndedProcess final : public Process {
 public:
  explicit EndedProcess(std::optional<ProcessEnd> end) : end_(end) {}
  int Pid() const override { return 1; }
  std::optional<ProcessEnd> Wait(TimePoint, std::stop_token) override { return end_; }
  std::optional<ProcessEnd> End() const override { return end_; }
  Status Stop(Duration) override { return {}; }
  Status Signal(int) override { return {}; }

 private:
  const std::optional<ProcessEnd> end_;
};

// [exit, N] ends with N, [hang] never; anything else is not found.
class ScriptedLauncher final : public Launcher {
 public:
  explicit ScriptedLauncher(FakeFileSystem& files) : files_(files) {}

  Result<std::unique_ptr<Process>> Start(const ProcessSpec& spec) override {
    started.push_back(spec);
    files_.files[spec.stderr_path] = "the last words\n";
    if (spec.command[0] == "hang") return std::make_unique<EndedProcess>(std::nullopt);
    if (spec.command[0] != "exit") return Fail(ErrorKind::kNotFound, "program not found");
    return std::make_unique<EndedProcess>(ProcessEnd{std::stoi(spec.command[1]), 0});
  }

  std::vector<ProcessSpec> started;

 private:
  FakeFileSystem& files_;
};

class PreparationTest : public testing::Test {
 protected:
  Status Run(const std::vector<PrepareStep>& steps) {
    return preparation_.Run(steps, TimePoint{} + Duration(1000), {});
  }

  FakeFileSystem files_;
  FakeClock clock_;
  ScriptedLauncher launcher_{files_};
  Preparation preparation_{launcher_, files_, clock_, "/logs"};
};

TEST_F(PreparationTest, RunsEachStepOnceInItsDirectory) {
  const std::vector<PrepareStep> steps{{{"exit", "0"}, "/a", {{"X", "$${y}"}}},
                                       {{"exit", "0"}, "/b", {}}};
  ASSERT_TRUE(Run(steps).has_value());
  ASSERT_TRUE(Run(steps).has_value());
  ASSERT_EQ(launcher_.started.size(), 2U);
  EXPECT_EQ(launcher_.started[0].working_directory, "/a");
  EXPECT_EQ(launcher_.started[0].environment.at("X"), "${y}");
  EXPECT_EQ(launcher_.started[1].stdout_path, "/logs/prepare.2/stdout.log");
}

TEST_F(PreparationTest, EnvironmentsThatComeUpAtOnceShareAStep) {
  const std::vector<PrepareStep> steps{{{"exit", "0"}, "/a", {}}};
  std::vector<std::jthread> environments;
  for (int i = 0; i < 4; ++i) {
    environments.emplace_back([&] { EXPECT_TRUE(Run(steps).has_value()); });
  }
  environments.clear();
  EXPECT_EQ(launcher_.started.size(), 1U);
}

TEST_F(PreparationTest, AFailureNamesItselfAndIsTriedAgain) {
  const std::vector<PrepareStep> steps{{{"exit", "3"}, "/a", {}}, {{"exit", "0"}, "/a", {}}};
  const Status status = Run(steps);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_EQ(status.error().message, "prepare step 'exit 3' exited with code 3");
  EXPECT_THAT(status.error().detail, HasSubstr("the last words"));
  EXPECT_FALSE(Run(steps).has_value());
  EXPECT_EQ(launcher_.started.size(), 2U);
}

TEST_F(PreparationTest, TellsWhatDoesNotEndOrStart) {
  EXPECT_EQ(Run({{{"hang"}, "/a", {}}}).error().message, "prepare step 'hang' did not end in time");
  EXPECT_EQ(Run({{{"absent"}, "/a", {}}}).error().message,
            "prepare step 'absent': program not found");
}

}  // namespace
}  // namespace ctestbed
