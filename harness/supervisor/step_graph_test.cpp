#include "supervisor/step_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <mutex>

namespace ctestbed {
namespace {

using testing::ElementsAre;

// Steps that note when they ran.
class StepGraph : public testing::Test {
 protected:
  Step Noting(const std::string& name, std::set<std::string> after = {}) {
    return {name, std::move(after), [this, name](std::stop_token) -> Status {
              const std::lock_guard lock(mutex_);
              ran_.push_back(name);
              return {};
            }};
  }
  std::mutex mutex_;
  std::vector<std::string> ran_;
};

TEST_F(StepGraph, RunsAlongItsEdges) {
  ASSERT_TRUE(
      RunSteps({Noting("c", {"b"}), Noting("b", {"a"}), Noting("a", {"unknown"})}, {}).has_value());
  EXPECT_THAT(ran_, ElementsAre("a", "b", "c"));
}

TEST_F(StepGraph, RunsIndependentStepsAtOnce) {
  std::latch both(2);
  const auto meet = [&](std::stop_token) -> Status {
    both.arrive_and_wait();  // would wait for ever, were they run one after the other
    return {};
  };
  EXPECT_TRUE(RunSteps({{"a", {}, meet}, {"b", {}, meet}}, {}).has_value());
}

TEST_F(StepGraph, TheFirstFailureStopsTheOthers) {
  const auto fail = [](std::stop_token) -> Status { return Fail(ErrorKind::kTimeout, "late"); };
  const auto wait = [](std::stop_token stop) -> Status {
    while (!stop.stop_requested()) std::this_thread::yield();
    return Fail(ErrorKind::kCancelled, "cancelled");
  };
  const Status status =
      RunSteps({{"waits", {}, wait}, {"fails", {}, fail}, Noting("after", {"fails"})}, {});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "late");
  EXPECT_TRUE(ran_.empty());
}

TEST_F(StepGraph, StopsFromOutside) {
  std::stop_source stop;
  stop.request_stop();
  const Status status = RunSteps({Noting("a")}, stop.get_token());
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
}

TEST_F(StepGraph, NothingToDoIsDone) {
  EXPECT_TRUE(RunSteps({}, {}).has_value());
}

}  // namespace
}  // namespace ctestbed
