#include "report/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/test_stream.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::Field;

const Run kOrdersInMemory{"orders", "monolith", {{"store", "memory"}}};

Stream Deployed(std::vector<Run> runs = {kAccounts}) {
  Stream stream;
  stream.Begin(std::move(runs)).Deploying(kAccounts).Ready(kAccounts);
  return stream;
}

TEST(Results, PassWhenEveryCasePassed) {
  Stream stream = Deployed();
  stream.Started(kAccounts).Case(kAccounts, "create").Finished(kAccounts).Removed().End();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kPassed);
  EXPECT_FALSE(results.aborted);
  EXPECT_EQ(results.out, "/out");
  ASSERT_EQ(results.runs.size(), 1U);
  EXPECT_EQ(results.runs[0].name, "accounts@monolith,store=redis");
  EXPECT_EQ(results.runs[0].attempts, 1);
  EXPECT_EQ(results.runs[0].duration, Duration(310));
  EXPECT_EQ(CountRuns(results), (Totals{.passed = 1}));
}

TEST(Results, OfNoRunsAreNoSuccess) {
  EXPECT_EQ(OutcomeOf(FoldResults(Stream().Begin({}).End().events)), Outcome::kNothingRan);
}

TEST(Results, OfAStreamThatEndsEarlyAreAborted) {
  Stream stream = Deployed();
  stream.Started(kAccounts).Case(kAccounts, "create").Finished(kAccounts).Removed();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kAborted);
  EXPECT_EQ(results.abort_reason, "the session did not finish");
  EXPECT_EQ(OutcomeOf(FoldResults({})), Outcome::kAborted);
}

TEST(Results, SayWhyTheSessionWasAborted) {
  const Results results = FoldResults(Stream().Begin({}).End("ctest was killed").events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kAborted);
  EXPECT_EQ(results.abort_reason, "ctest was killed");
}

TEST(Results, OfARunThatNeverStartedAreAnError) {
  const Results results = FoldResults(Deployed({kAccounts}).Removed().End().events);
  EXPECT_EQ(results.runs.at(0).verdict, Verdict::kError);
  EXPECT_EQ(results.runs.at(0).message, "was not run");
  EXPECT_EQ(results.runs.at(0).attempts, 0);
  EXPECT_EQ(OutcomeOf(results), Outcome::kTestsFailed);
}

TEST(Results, OfARunThatNeverFinishedAreAnError) {
  Stream stream = Deployed();
  stream.Started(kAccounts).Case(kAccounts, "create").End("ctest was killed");
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_EQ(run.verdict, Verdict::kError);
  EXPECT_EQ(run.message, "was interrupted");
  EXPECT_THAT(run.cases,
              ElementsAre(Field(&CaseRecord::name, "run"), Field(&CaseRecord::name, "create")));
}

TEST(Results, BlockTheRunsOfAFailedEnvironmentOnly) {
  Stream stream;
  stream.Begin({kAccounts, kOrdersInMemory})
      .Deploying(kAccounts)
      .DeployFailed(kAccounts, "redis", "exited with code 3 before it was ready")
      .End();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(results.runs.at(0).verdict, Verdict::kBlocked);
  EXPECT_EQ(results.runs.at(0).message,
            "blocked by environment monolith,store=redis: redis: exited with code 3 before it was "
            "ready");
  EXPECT_EQ(results.runs.at(1).verdict, Verdict::kError);
  EXPECT_EQ(OutcomeOf(results), Outcome::kEnvironmentFailed);
}

TEST(Results, DoNotBlockARunThatTheAbortPrevented) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).End("ctest was killed");
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(results.runs.at(0).verdict, Verdict::kError);
  EXPECT_EQ(results.stages.at(0).message, "was interrupted");
}

TEST(Results, TakeTheLastAttempt) {
  Stream stream = Deployed();
  stream.Started(kAccounts, 1)
      .Case(kAccounts, "create", Verdict::kPassed, {}, {}, 1)
      .Finished(kAccounts, Verdict::kPassed, {}, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500", {}, 2)
      .Finished(kAccounts, Verdict::kFailed, {}, 2)
      .End();
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_EQ(run.verdict, Verdict::kFailed);
  EXPECT_EQ(run.attempts, 2);
  EXPECT_FALSE(run.flaky);
}

TEST(Results, CallAPassAfterAFailureFlaky) {
  Stream stream = Deployed();
  stream.Started(kAccounts, 1)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500", "body: oops", 1)
      .Finished(kAccounts, Verdict::kFailed, {}, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kPassed, {}, {}, 2)
      .Finished(kAccounts, Verdict::kPassed, {}, 2)
      .End();
  const Results results = FoldResults(stream.events);
  EXPECT_TRUE(results.runs.at(0).flaky);
  EXPECT_THAT(results.runs.at(0).cases.at(0).earlier,
              ElementsAre(EarlierFailure{Verdict::kFailed, "status is 500", "body: oops"}));
  EXPECT_EQ(OutcomeOf(results), Outcome::kPassed);
}

TEST(Results, KeepWhatAnEarlierAttemptSaidOfACaseThatIsGone) {
  Stream stream = Deployed();
  stream.Started(kAccounts, 1)
      .Case(kAccounts, "delete", Verdict::kFailed, "status is 500", {}, 1)
      .Finished(kAccounts, Verdict::kFailed, {}, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kPassed, {}, {}, 2)
      .Finished(kAccounts, Verdict::kPassed, {}, 2)
      .End();
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_TRUE(run.flaky);
  EXPECT_EQ(run.cases.back().earlier.at(0).message, "delete: status is 500");
}

TEST(Results, TreatAnUnfinishedAttemptAsSuch) {
  Stream stream = Deployed();
  stream.Started(kAccounts, 1)
      .Started(kAccounts, 2)
      .Case(kAccounts, "create", Verdict::kPassed, {}, {}, 2)
      .Finished(kAccounts, Verdict::kPassed, {}, 2)
      .End();
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_TRUE(run.flaky);
  EXPECT_EQ(run.attempts, 2);
}

TEST(Results, DoNotBelieveARunThatSaysBetterThanItsCases) {
  Stream stream = Deployed();
  stream.Started(kAccounts)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500")
      .Finished(kAccounts, Verdict::kPassed)
      .End();
  EXPECT_EQ(OutcomeOf(FoldResults(stream.events)), Outcome::kTestsFailed);
}

TEST(Results, DoNotBelieveARunWithoutCases) {
  const Stream stream = Deployed().Started(kAccounts).Finished(kAccounts).Removed().End();
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_EQ(run.verdict, Verdict::kError);
  EXPECT_EQ(run.message, "ran no cases");
}

TEST(Results, KeepWhatARunSaysBesideItsCases) {
  Stream stream = Deployed();
  stream.Started(kAccounts)
      .Case(kAccounts, "create")
      .Finished(kAccounts, Verdict::kError, "program was killed by SIGSEGV")
      .End();
  const RunResult run = FoldResults(stream.events).runs.at(0);
  EXPECT_EQ(run.cases.front().name, "run");
  EXPECT_EQ(run.cases.front().message, "program was killed by SIGSEGV");
}

TEST(Results, TellSkippedFromPassed) {
  Stream stream = Deployed();
  stream.Finished(kAccounts, Verdict::kSkipped, "needs docker").End();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kSkipped);
  EXPECT_EQ(results.runs.at(0).cases.at(0).name, "accounts");
}

TEST(Results, NoticeAnEnvironmentThatBrokeUnderItsTests) {
  Stream stream = Deployed();
  stream.Started(kAccounts)
      .NodeFailed("redis", "was killed by SIGKILL")
      .DeployFailed(kAccounts, "redis", "was killed by SIGKILL")
      .Case(kAccounts, "create")
      .Finished(kAccounts)
      .Removed()
      .End();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kEnvironmentFailed);
  ASSERT_EQ(results.stages.size(), 3U);
  EXPECT_EQ(results.stages[1].kind, EnvironmentStage::Kind::kServe);
}

TEST(Results, TellTheFailureOfADeployOnce) {
  Stream stream;
  stream.Begin({kAccounts})
      .Deploying(kAccounts)
      .NodeFailed("redis", "exited with code 3")
      .DeployFailed(kAccounts, "redis", "exited with code 3")
      .End();
  EXPECT_EQ(FoldResults(stream.events).stages.size(), 1U);
}

TEST(Results, ForgiveADeployThatALaterOneMadeGood) {
  Stream stream;
  stream.Begin({kAccounts})
      .Deploying(kAccounts)
      .DeployFailed(kAccounts, "redis", "exited with code 3")
      .Deploying(kAccounts)
      .Ready(kAccounts)
      .Started(kAccounts)
      .Case(kAccounts, "create")
      .Finished(kAccounts)
      .End();
  const Results results = FoldResults(stream.events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kPassed);
  EXPECT_TRUE(results.stages.at(0).recovered);
}

TEST(Results, NameLeftovers) {
  Stream stream = Deployed();
  stream.Started(kAccounts).Case(kAccounts, "create").Finished(kAccounts);
  const Results results = FoldResults(stream.Removed("left behind: process 4711").End().events);
  EXPECT_EQ(OutcomeOf(results), Outcome::kLeftovers);
  EXPECT_EQ(results.stages.back().message, "left behind: process 4711");
  EXPECT_EQ(results.stages.back().preset, "monolith");
}

TEST(Results, RateAFailedTestAboveLeftovers) {
  Stream stream = Deployed();
  stream.Started(kAccounts)
      .Case(kAccounts, "create", Verdict::kFailed, "status is 500")
      .Finished(kAccounts, Verdict::kFailed)
      .Removed("left behind: process 4711")
      .End();
  EXPECT_EQ(OutcomeOf(FoldResults(stream.events)), Outcome::kTestsFailed);
}

}  // namespace
}  // namespace ctestbed
