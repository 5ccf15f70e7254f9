#include "plan/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A batch of that many runs, on one node.
Batch BatchOn(const std::string& name, size_t runs, int host_port = 0) {
  Node node{.name = name, .command = {name}};
  node.ports = {{"http", 8080, host_port}};
  return {.preset = name,
          .cell = {},
          .topology = {{node}},
          .environment = name,
          .runs = std::vector<Run>(runs, Run{"suite", name, {}}),
          .changes = {}};
}

std::vector<Batch> BatchesOf(const std::vector<size_t>& runs) {
  std::vector<Batch> batches;
  for (const size_t count : runs) batches.push_back(BatchOn("n" + std::to_string(count), count));
  return batches;
}

// How many runs the batches of each lane have.
std::vector<std::vector<size_t>> RunsIn(const std::vector<Lane>& lanes) {
  std::vector<std::vector<size_t>> runs;
  for (const Lane& lane : lanes) {
    runs.emplace_back();
    for (const Batch& batch : lane.batches) runs.back().push_back(batch.runs.size());
  }
  return runs;
}

std::vector<std::vector<size_t>> Spread(const std::vector<size_t>& runs, int lanes) {
  return RunsIn(SpreadOverLanes(BatchesOf(runs), lanes));
}

TEST(SpreadOverLanes, KeepsTheOrderInOneLane) {
  EXPECT_THAT(Spread({3, 1, 2}, 1), ElementsAre(ElementsAre(3, 1, 2)));
  EXPECT_THAT(Spread({}, 4), IsEmpty());
}

TEST(SpreadOverLanes, KeepsTheFullestLaneShort) {
  EXPECT_THAT(Spread({1, 2, 3, 4, 5, 6}, 2),
              ElementsAre(ElementsAre(1, 2, 3, 4), ElementsAre(5, 6)));
  EXPECT_THAT(Spread({9, 1, 2, 3}, 2), ElementsAre(ElementsAre(9), ElementsAre(1, 2, 3)));
}

TEST(SpreadOverLanes, LeavesNoLaneEmpty) {
  EXPECT_THAT(Spread({1, 2}, 64), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST(SpreadOverLanes, StartsEachLaneFromNothing) {
  for (const Lane& lane : SpreadOverLanes({BatchOn("a", 1), BatchOn("a", 1)}, 2)) {
    ASSERT_EQ(lane.batches.size(), 1U);
    ASSERT_EQ(lane.batches[0].changes.size(), 1U);
    EXPECT_EQ(lane.batches[0].changes[0].action, ChangeAction::kStart);
  }
}

TEST(CheckLanes, RefusesAFixedPortInTwoLanes) {
  const std::vector<Batch> batches{BatchOn("a", 1, 8080), BatchOn("b", 1, 8080)};
  EXPECT_TRUE(CheckLanes(SpreadOverLanes(batches, 1)).has_value());
  const Status refused = CheckLanes(SpreadOverLanes(batches, 2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("'b' of preset 'b' has the fixed port 8080"));
}

}  // namespace
}  // namespace ctestbed
