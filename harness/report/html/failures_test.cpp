#include "report/html/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/test_stream.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Failures, StandTogetherWhenOnlyNumbersDiffer) {
  const Results results =
      FoldResults(Stream()
                      .Begin({kAccounts, kOrders})
                      .Started(kAccounts)
                      .Case(kAccounts, "a", Verdict::kFailed, "took 12 ms, id 9f3")
                      .Case(kAccounts, "b", Verdict::kFailed, "status is 500")
                      .Finished(kAccounts, Verdict::kFailed)
                      .Started(kOrders)
                      .Case(kOrders, "c")
                      .Case(kOrders, "d", Verdict::kFailed, "took 340 ms, id 41")
                      .Finished(kOrders, Verdict::kFailed)
                      .End()
                      .events);
  const auto groups = GroupFailures(results);
  ASSERT_THAT(groups, SizeIs(2));
  ASSERT_THAT(groups[0].failures, SizeIs(2));
  EXPECT_EQ(groups[0].message, "took 12 ms, id 9f3");
  EXPECT_EQ(groups[0].failures[1].case_index, 3U);
  EXPECT_EQ(groups[0].failures[1].run, RunName(kOrders));
  EXPECT_EQ(groups[1].message, "status is 500");
}

TEST(Failures, BeginWithTheEnvironmentAndNameWhatItBlocked) {
  const Results results = FoldResults(Stream()
                                          .Begin({kOrders, kAccounts})
                                          .Deploying(kAccounts)
                                          .DeployFailed(kAccounts, "redis", "exited with code 3")
                                          .Finished(kOrders, Verdict::kBlocked)
                                          .Finished(kAccounts, Verdict::kBlocked)
                                          .End()
                                          .events);
  const auto groups = GroupFailures(results);
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_EQ(groups[0].message, "redis: exited with code 3");
  EXPECT_THAT(groups[0].failures.at(0).blocked, ElementsAre(RunName(kOrders), RunName(kAccounts)));
  EXPECT_EQ(FirstCause(results), "deploy monolith,store=redis: redis: exited with code 3");
}

TEST(FirstCause, IsTheFirstFailedCase) {
  const Results results =
      FoldResults(Stream()
                      .Begin({kAccounts})
                      .Started(kAccounts)
                      .Case(kAccounts, "fine")
                      .Case(kAccounts, "create", Verdict::kFailed, "status is 500\nmore")
                      .Finished(kAccounts, Verdict::kFailed)
                      .End()
                      .events);
  EXPECT_EQ(FirstCause(results), "accounts@monolith,store=redis: create: status is 500");
}

TEST(FirstCause, IsWhyASessionWasAbortedOrRanNothing) {
  EXPECT_EQ(FirstCause(FoldResults(Stream().Begin({kAccounts}).End("ctest was killed").events)),
            "ctest was killed");
  EXPECT_EQ(FirstCause(FoldResults({})), "the session did not finish");
  EXPECT_EQ(FirstCause(FoldResults(Stream().Begin({}).End().events)), "no run was selected");
}

TEST(FirstCause, IsEmptyForASuccess) {
  const Results results = FoldResults(Stream()
                                          .Begin({kAccounts})
                                          .Started(kAccounts)
                                          .Case(kAccounts, "a")
                                          .Finished(kAccounts)
                                          .End()
                                          .events);
  EXPECT_EQ(FirstCause(results), "");
  EXPECT_THAT(GroupFailures(results), IsEmpty());
}

}  // namespace
}  // namespace ctestbed
