// What every driver promises (driver.h), held against every driver of this table. A case that needs
// what a driver cannot do asks for the capability, and is skipped where it is not declared.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "driver/contract_test.h"
#include "driver/process/driver.h"

namespace ctestbed {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::chrono_literals;

std::vector<Dialect> AllDialects() {
  return {DockerDialect(), FakeDialect(), PodmanDialect(), ProcessDialect()};
}

TEST_P(Contract, IsAvailableWithAVersionAndAReason) {
  const Availability availability = driver_->Check(In(10s));
  EXPECT_TRUE(availability.available);
  EXPECT_FALSE(availability.version.empty());
  EXPECT_FALSE(availability.reason.empty());
}

TEST_P(Contract, AnInstanceRunsUntilItIsStopped) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const InstanceStatus running = driver_->Inspect(Id("main"));
  EXPECT_EQ(running.state, InstanceState::kRunning);
  EXPECT_TRUE(running.pid != 0 || !running.container.empty());
  ASSERT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value());
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kGone);
}

TEST_P(Contract, StopIsIdempotent) {
  EXPECT_TRUE(driver_->Stop(Id("never-started"), 1s, In(10s)).has_value());
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  EXPECT_TRUE(driver_->Stop(Id("main"), 1s, In(10s)).has_value());
  EXPECT_TRUE(driver_->Stop(Id("main"), 1s, In(10s)).has_value());
}

TEST_P(Contract, WhoIgnoresTheRequestToStopIsKilled) {
  ASSERT_TRUE(Start(Id("main"), GetParam().ignore_term).has_value());
  ASSERT_TRUE(driver_->Stop(Id("main"), 50ms, In(20s)).has_value());
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kGone);
}

TEST_P(Contract, TellsTheExitCodeOfWhatEndedByItself) {
  for (const int code : {0, 3}) {
    const InstanceId id = Id("job-" + std::to_string(code));
    ASSERT_TRUE(Start(id, GetParam().exit_with(code)).has_value());
    const InstanceStatus end = driver_->WaitForEnd(id, In(10s), {});
    EXPECT_EQ(end.state, InstanceState::kExited);
    EXPECT_EQ(end.exit_code, code);
    EXPECT_EQ(end.Describe(), "exited with code " + std::to_string(code));
    EXPECT_TRUE(driver_->Stop(id, 1s, In(10s)).has_value());
    EXPECT_EQ(driver_->Inspect(id).state, InstanceState::kGone);
  }
}

TEST_P(Contract, AFailedStartLeavesNothing) {
  EXPECT_FALSE(Start(Id("main"), GetParam().cannot_start).has_value());
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kGone);
  EXPECT_THAT(*driver_->Owners(In(10s)), Not(Contains(owner_)));
  EXPECT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
}

TEST_P(Contract, ANameIsTakenOnce) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const Status again = Start(Id("main"), GetParam().run_until_stopped);
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kRunning);
}

TEST_P(Contract, AStoppedNameCanStartAgain) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value()) << i;
    ASSERT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value()) << i;
  }
}

TEST_P(Contract, WaitForEndHonoursDeadlineAndStop) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  EXPECT_EQ(driver_->WaitForEnd(Id("main"), In(20ms), {}).state, InstanceState::kRunning);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(driver_->WaitForEnd(Id("main"), In(100s), stop.get_token()).state,
            InstanceState::kRunning);
}

TEST_P(Contract, AddressesStayUntilTheyAreForgotten) {
  const Port port{"http", 8080, 0};
  const auto first = driver_->AddressForTests(Id("main"), port);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  ASSERT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value());
  EXPECT_EQ(*driver_->AddressForTests(Id("main"), port), *first);
  const auto other = driver_->AddressForTests(Id("other"), port);
  EXPECT_NE(*other, *first);
  driver_->Forget(Id("main"));
  EXPECT_TRUE(driver_->AddressForTests(Id("main"), port).has_value());
}

TEST_P(Contract, ReplicasHaveAddressesAndNamesOfTheirOwn) {
  if (!Can(Capability::kReplicas)) GTEST_SKIP() << "no capability 'replicas'";
  const Port port{"http", 8080, 0};
  EXPECT_NE(*driver_->AddressForTests(Id("main", 0), port),
            *driver_->AddressForTests(Id("main", 1), port));
  ASSERT_TRUE(Start(Id("main", 0), GetParam().run_until_stopped).has_value());
  ASSERT_TRUE(Start(Id("main", 1), GetParam().run_until_stopped).has_value());
  ASSERT_TRUE(driver_->Stop(Id("main", 1), 5s, In(20s)).has_value());
  EXPECT_EQ(driver_->Inspect(Id("main", 0)).state, InstanceState::kRunning);
}

TEST_P(Contract, ExecTellsExitCodeAndOutput) {
  if (!Can(Capability::kExec)) GTEST_SKIP() << "no capability 'exec'";
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const auto good = driver_->Exec(Id("main"), GetParam().print("grüße $HOME"), In(10s), {});
  ASSERT_TRUE(good.has_value()) << good.error().message;
  EXPECT_EQ(good->exit_code, 0);
  EXPECT_THAT(good->output, HasSubstr("grüße $HOME"));
  const auto bad = driver_->Exec(Id("main"), GetParam().exit_with(3), In(10s), {});
  ASSERT_TRUE(bad.has_value()) << bad.error().message;
  EXPECT_EQ(bad->exit_code, 3);
  const auto absent = driver_->Exec(Id("absent"), GetParam().exit_with(0), In(10s), {});
  ExpectError(absent, ErrorKind::kNotFound, "'absent' is not running");
}

TEST_P(Contract, SweepTakesWhatTheOwnerHasAndNothingElse) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  InstanceSpec stranger = Spec({UniqueToken(), "main", 0}, GetParam().run_until_stopped);
  stranger.owner = "bystander:" + UniqueToken();
  ASSERT_TRUE(driver_->Start(stranger, In(10s)).has_value());
  EXPECT_THAT(*driver_->Owners(In(10s)), Contains(owner_));
  const auto removed = driver_->Sweep(owner_, "", In(10s));
  ASSERT_TRUE(removed.has_value());
  EXPECT_THAT(*removed, Not(IsEmpty()));
  EXPECT_NE(driver_->Inspect(Id("main")).state, InstanceState::kRunning);
  EXPECT_EQ(driver_->Inspect(stranger.id).state, InstanceState::kRunning);
  EXPECT_THAT(*driver_->Owners(In(10s)), Not(Contains(owner_)));
  EXPECT_THAT(*driver_->Sweep(owner_, "", In(10s)), IsEmpty());
  ASSERT_TRUE(driver_->Sweep(stranger.owner, "", In(10s)).has_value());
}

TEST_P(Contract, SweepCanBeKeptToOneEnvironment) {
  const InstanceId other{UniqueToken(), "main", 0};
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  ASSERT_TRUE(Start(other, GetParam().run_until_stopped).has_value());
  ASSERT_TRUE(driver_->Sweep(owner_, environment_, In(10s)).has_value());
  EXPECT_NE(driver_->Inspect(Id("main")).state, InstanceState::kRunning);
  EXPECT_EQ(driver_->Inspect(other).state, InstanceState::kRunning);
}

TEST_P(Contract, APinnedPortIsTheOneThatIsUsed) {
  const int port = ports_->Lease(0).value()->Port();  // free again at the end of this statement
  const auto address = driver_->AddressForTests(Id("main"), {"http", 8080, port});
  ASSERT_TRUE(address.has_value()) << address.error().message;
  EXPECT_EQ(address->port, port);
}

TEST_P(Contract, OutputIsInTheFilesInFullWhenTheEndIsKnown) {
  const Dialect& dialect = GetParam();
  if (dialect.flood == nullptr) GTEST_SKIP() << "it has no output";
  const std::string line = "grüße ✓ \x1b[31m a  b";
  ASSERT_EQ(Finish(Spec(Id("out"), dialect.print(line))).exit_code, 0);
  EXPECT_EQ(Output("out", "stdout"), line + "\n");
  EXPECT_EQ(Output("out", "stderr"), "");
  ASSERT_EQ(Finish(Spec(Id("err"), dialect.print_error(line))).exit_code, 0);
  EXPECT_EQ(Output("err", "stdout"), "");
  EXPECT_EQ(Output("err", "stderr"), line + "\n");
  constexpr int kLines = 60'000;
  ASSERT_EQ(Finish(Spec(Id("flood"), dialect.flood(kLines))).exit_code, 0);
  const std::string flood = Output("flood", "stdout");
  EXPECT_EQ(std::count(flood.begin(), flood.end(), '\n'), kLines);
  EXPECT_TRUE(flood.starts_with("flood: line 1 of 60000\nflood: line 2 of"));
  EXPECT_TRUE(flood.ends_with("\nflood: line 60000 of 60000\n"));
}

TEST_P(Contract, AVariableChangesByStopAndStart) {
  const Dialect& dialect = GetParam();
  if (dialect.print_variable == nullptr) GTEST_SKIP() << "it has no output";
  for (const char* value : {"one", "zwei = 2", ""}) {
    InstanceSpec spec = Spec(Id("main"), dialect.print_variable("WHICH"));
    spec.environment["WHICH"] = value;
    spec.log_directory += value;
    ASSERT_EQ(Finish(spec).exit_code, 0);
    EXPECT_EQ(*files_->Read(spec.log_directory + "/stdout.log"), std::string(value) + "\n");
    ASSERT_TRUE(driver_->Stop(spec.id, 1s, In(20s)).has_value());
  }
}

TEST_P(Contract, ArgumentsFollowTheCommand) {
  if (GetParam().flood == nullptr) GTEST_SKIP() << "it has no output";
  Words words = GetParam().print("last word");
  InstanceSpec spec = Spec(Id("main"), {});
  spec.args = {words.back()};
  words.pop_back();
  spec.command = words;
  ASSERT_EQ(Finish(spec).exit_code, 0);
  EXPECT_EQ(Output("main", "stdout"), "last word\n");
}

TEST_P(Contract, AnExecGivesUpAtItsDeadline) {
  if (GetParam().sleep.empty()) GTEST_SKIP() << "it runs nothing";
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const TimePoint begin = std::chrono::steady_clock::now();
  ExpectError(driver_->Exec(Id("main"), GetParam().sleep, In(300ms), {}), ErrorKind::kTimeout,
              "did not end in time");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  ASSERT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value());
}

TEST_P(Contract, WhatADeadDriverLeftIsFoundByItsOwner) {
  if (!GetParam().outlives_us) GTEST_SKIP() << "it leaves nothing";
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  driver_ = MakeDriver();
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kRunning);
  EXPECT_THAT(*driver_->Owners(In(10s)), Contains(owner_));
  const auto removed = driver_->Sweep(owner_, "", In(20s));
  ASSERT_TRUE(removed.has_value()) << removed.error().message;
  EXPECT_EQ(removed->size(), 2U);  // with its network
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kGone);
}

INSTANTIATE_TEST_SUITE_P(Drivers, Contract, testing::ValuesIn(AllDialects()),
                         [](const auto& param) { return param.param.name; });

// The real process driver, for what only processes show.
class ProcessDriver : public Contract {};
INSTANTIATE_TEST_SUITE_P(Real, ProcessDriver, testing::Values(ProcessDialect()),
                         [](const auto& param) { return param.param.name; });

TEST_P(ProcessDriver, KeepsANodeFromGainingPrivileges) {
  for (const bool kept : {false, true}) {
    InstanceSpec spec =
        Spec(Id(kept ? "kept" : "free"), {"sh", "-c", "grep NoNewPrivs /proc/self/status; env"});
    spec.container.security.no_new_privileges = kept;
    spec.container.labels = {{"team", "a"}};
    ASSERT_TRUE(driver_->Start(spec, In(10s)).has_value());
    ASSERT_EQ(driver_->WaitForEnd(spec.id, In(10s), {}).exit_code, 0);
    const auto output = files_->Read(spec.log_directory + "/stdout.log");
    EXPECT_THAT(*output, HasSubstr(kept ? "NoNewPrivs:\t1" : "NoNewPrivs:\t0"));
    EXPECT_THAT(*output, HasSubstr("CTESTBED_LABEL_team=a"));
  }
}

TEST(ProcessDriverPorts, SaysSoWhenAPinnedPortIsTaken) {
  const std::string directory =
      std::filesystem::temp_directory_path() / ("ctestbed-ports-" + UniqueToken());
  const auto ports = MakeRealPortPool(directory);
  const auto taken = ports->Lease(0);
  const auto launcher = MakeRealLauncher(CTESTBED_SHIM);
  const auto files = MakeRealFileSystem();
  const auto http = MakeRealHttpClient();
  const auto clock = MakeRealClock();
  const std::map<std::string, std::string> variables;
  const auto driver = MakeProcessDriver({**launcher, *ports, *files, *http, *clock, variables});
  const auto address =
      driver->AddressForTests({"environment", "main", 0}, {"http", 8080, (*taken)->Port()});
  ASSERT_FALSE(address.has_value());
  EXPECT_EQ(address.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(address.error().node, "main");
  EXPECT_THAT(address.error().message, HasSubstr(std::to_string((*taken)->Port())));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace ctestbed
