#include "runner/run_latch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ctestbed {
namespace {

using namespace std::chrono_literals;

Suite SuiteCalled(const std::string& name, const std::vector<std::string>& after = {}) {
  Suite suite{.name = {name, {}}};
  for (const std::string& each : after) suite.after.push_back({each, {}});
  return suite;
}

Lane LaneOf(const std::vector<std::string>& suites) {
  Lane lane;
  for (const std::string& suite : suites) {
    lane.batches.push_back({.preset = "p", .cell = {}, .topology = {}, .environment = suite});
    lane.batches.back().runs = {{suite, "p", {}}};
  }
  return lane;
}

TEST(RunLatch, HoldsBackWhatComesAfterRunsOfOtherLanes) {
  RunLatch latch({{LaneOf({"a", "a"}), LaneOf({"a", "b"})}, {}},
                 {SuiteCalled("a"), SuiteCalled("b", {"a", "unselected"})});
  EXPECT_TRUE(latch.IsOpen("a", 1));
  EXPECT_FALSE(latch.IsOpen("b", 1));
  latch.CountDown("a", 0);
  EXPECT_FALSE(latch.IsOpen("b", 1));
  latch.CountDown("a", 0);
  EXPECT_TRUE(latch.IsOpen("b", 1)) << "its own lane has an order";
}

TEST(RunLatch, WaitingEndsOnStop) {
  RunLatch latch({{LaneOf({"a"}), LaneOf({"b"})}, {}}, {SuiteCalled("b", {"a"})});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(latch.WaitFor("b", 1, stop.get_token()).error().kind, ErrorKind::kCancelled);
}

TEST(RunLatch, OpensForWhoWaits) {
  RunLatch latch({{LaneOf({"a"}), LaneOf({"b"})}, {}}, {SuiteCalled("b", {"a"})});
  std::atomic<bool> is_open = false;
  std::jthread waiter([&] {
    EXPECT_TRUE(latch.WaitFor("b", 1, {}).has_value());
    is_open = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(is_open);
  latch.CountDown("a", 0);
  waiter.join();
  EXPECT_TRUE(is_open);
}

}  // namespace
}  // namespace ctestbed
