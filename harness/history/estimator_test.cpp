#include "history/estimator.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::DoubleNear;
using namespace std::chrono_literals;

class Told {
 public:
  // In the order of time.
  Told& Node(Measure measure, const std::string& preset, const std::string& name,
             const std::string& digest, std::vector<Duration> durations) {
    for (const Duration duration : durations) {
      Add({"shop", "process", measure, preset, name, digest}).duration = duration;
    }
    return *this;
  }
  Told& Run(const std::string& suite, const std::string& cell, Duration duration,
            const std::vector<Verdict>& verdicts) {
    for (const Verdict verdict : verdicts) {
      Sample& sample = Add({"shop", "process", Measure::kRun, "split", suite,
                            suite + "@split" + (cell.empty() ? "" : "," + cell)});
      sample.duration = duration;
      sample.verdict = verdict;
    }
    return *this;
  }

  Estimates Learned(const std::string& backend = "process") const {
    return EstimatesFrom(samples_, backend);
  }

 private:
  Sample& Add(Subject subject) {
    Sample& sample = samples_.emplace_back();
    sample.subject = std::move(subject);
    sample.seq = samples_.size();
    sample.at = fmt::format("2026-01-01T00:{:02}:{:02}.000Z", sample.seq / 60, sample.seq % 60);
    return sample;
  }

  std::vector<Sample> samples_;
};

TEST(Estimator, WithoutSamplesTheDefaultsHold) {
  const Estimates none = Told().Learned();
  EXPECT_EQ(none, Estimates());
  EXPECT_EQ(none.Of("d1", "split", "auth"), (NodeEstimate{1000ms, 200ms, 200ms}));
  EXPECT_EQ(none.Of({"orders", "split", {}}), (RunEstimate{1000ms, 0}));
}

TEST(Estimator, ASingleSampleIsTakenAsItIs) {
  const Estimates learned = Told().Node(Measure::kStart, "split", "auth", "d1", {300ms}).Learned();
  EXPECT_EQ(learned.Of("d1", "split", "auth"), (NodeEstimate{300ms, 200ms, 200ms}));
}

TEST(Estimator, TheMedianForgivesAnOutlier) {
  const Estimates learned =
      Told().Node(Measure::kStop, "split", "auth", "d1", {100ms, 110ms, 9000ms, 120ms}).Learned();
  EXPECT_EQ(learned.Of("d1", "split", "auth").stop, 120ms);
}

TEST(Estimator, WhatIsNewerCountsForMore) {
  const std::vector<Duration> before(10, 100ms);
  std::vector<Duration> durations = before;
  durations.insert(durations.end(), 7, 500ms);
  const Estimates learned =
      Told().Node(Measure::kStart, "split", "auth", "d1", durations).Learned();
  EXPECT_EQ(learned.Of("d1", "split", "auth").start, 500ms);
}

TEST(Estimator, OnlyTheLastTwentyCount) {
  std::vector<Duration> durations(200, 9000ms);
  durations.insert(durations.end(), 20, 100ms);
  const Estimates learned =
      Told().Node(Measure::kStart, "split", "auth", "d1", durations).Learned();
  EXPECT_EQ(learned.Of("d1", "split", "auth").start, 100ms);
  EXPECT_EQ(learned.Of("d2", "split", "auth").start, 100ms);
}

TEST(Estimator, FewSamplesAreDrawnTowardsTheParent) {
  const Estimates learned =
      Told()
          .Node(Measure::kStart, "split", "auth", "old", {100ms, 100ms, 100ms, 100ms, 100ms, 100ms})
          .Node(Measure::kStart, "split", "auth", "new", {900ms})
          .Learned();
  EXPECT_EQ(learned.Of("new", "split", "auth").start, 300ms);  // 1/4 of 900 and 3/4 of 100
  EXPECT_EQ(learned.Of("old", "split", "auth").start, 100ms);
}

TEST(Estimator, TheUnknownIsTheUpperQuartileOfItsParent) {
  const Estimates learned = Told()
                                .Node(Measure::kStart, "split", "auth", "a", {100ms})
                                .Node(Measure::kStart, "split", "auth", "b", {200ms})
                                .Node(Measure::kStart, "split", "auth", "c", {300ms})
                                .Node(Measure::kStart, "split", "auth", "d", {400ms})
                                .Node(Measure::kStart, "other", "auth", "e", {5000ms})
                                .Learned();
  EXPECT_EQ(learned.Of("new", "split", "auth").start, 300ms);
  EXPECT_EQ(learned.Of("new", "other", "auth").start, 5000ms);
  EXPECT_EQ(learned.Of("new", "third", "auth").start, 400ms);  // of all that are called so
  EXPECT_EQ(learned.Of("new", "split", "redis").start, 1000ms);
}

TEST(Estimator, ANodeOfSeveralPresetsIsOne) {
  const Estimates learned = Told()
                                .Node(Measure::kStart, "one", "db", "d", {100ms})
                                .Node(Measure::kStop, "two", "db", "d", {50ms})
                                .Learned();
  EXPECT_EQ(learned.Of("d", "one", "db"), (NodeEstimate{100ms, 50ms, 200ms}));
}

TEST(Estimator, BackendsDoNotMix) {
  const Told told = Told().Node(Measure::kStart, "split", "auth", "d1", {300ms});
  EXPECT_EQ(told.Learned("docker"), Estimates());
}

TEST(Estimator, RunsTakeTheTimeOfThoseThatPassedOrFailed) {
  const Estimates learned = Told()
                                .Run("orders", "", 1ms, {Verdict::kError, Verdict::kSkipped})
                                .Run("orders", "", 700ms, {Verdict::kPassed, Verdict::kFailed})
                                .Learned();
  EXPECT_EQ(learned.Of({"orders", "split", {}}).duration, 700ms);
  EXPECT_EQ(learned.Of({"orders", "split", {{"store", "redis"}}}).duration, 700ms);
}

TEST(Estimator, RecentFailuresWeighMost) {
  const auto score = [](const std::vector<Verdict>& verdicts) {
    return Told().Run("orders", "", 10ms, verdicts).Learned().Of({"orders", "split", {}}).failure;
  };
  const auto pass = Verdict::kPassed;
  EXPECT_EQ(score({pass, pass}), 0);
  EXPECT_EQ(score({Verdict::kFailed, Verdict::kError}), 1);
  EXPECT_THAT(score({pass, pass, Verdict::kFailed}), DoubleNear(0.457, 0.001));
  EXPECT_THAT(score({Verdict::kFailed, pass, pass}), DoubleNear(0.224, 0.001));
  EXPECT_EQ(score({pass, Verdict::kSkipped}), 0);
}

TEST(Estimator, AnUnknownCellIsAsLikelyToFailAsItsSuite) {
  const Estimates learned = Told()
                                .Run("orders", "store=redis", 10ms, {Verdict::kFailed})
                                .Run("orders", "store=memory", 10ms, {Verdict::kPassed})
                                .Learned();
  EXPECT_EQ(learned.Of({"orders", "split", {{"store", "new"}}}).failure, 0.5);
  EXPECT_GT(learned.Of({"orders", "split", {{"store", "redis"}}}).failure,
            learned.Of({"orders", "split", {{"store", "memory"}}}).failure);
}

}  // namespace
}  // namespace ctestbed
