#include "plan/cover/cover_in_order.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "plan/cover/cover_check.h"
#include "plan/plan_random.h"

namespace ctestbed {
namespace {

const CoverModel kModel{.levels = {4, 3, 2, 3, 2},
                        .forbidden = {{{0, 1}, {1, 2}}, {{2, 1}, {3, 0}, {4, 1}}},
                        .required = {{{0, 3}, {1, 0}, {2, 1}}}};
const std::vector<int64_t> kWeights{10, 500, 20, 100, 1};

OrderedCover Ordered(const OrderedCoverOptions& options) {
  const Result<OrderedCover> ordered = CoverInOrder(kModel, kWeights, options);
  EXPECT_TRUE(ordered) << ordered.error().message;
  const Result<size_t> checked = CheckCovering(kModel, ordered->rows);
  EXPECT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(ordered->cost, ChangeCost(ordered->rows, kWeights));
  EXPECT_LE(ordered->cost, ordered->separate_cost);
  EXPECT_LE(ordered->lower_bound, ordered->cost);
  return *ordered;
}

TEST(CoverInOrder, CostsNoMoreThanTheSmallestArrayInItsBestOrder) {
  const OrderedCover ordered = Ordered({.iterations = 50'000});
  EXPECT_EQ(ordered.rows.size(), ordered.smallest.rows.size());
  EXPECT_LT(ordered.cost, ordered.separate_cost);
  EXPECT_EQ(ordered, Ordered({.iterations = 50'000}));
}

TEST(CoverInOrder, MayUseMoreRows) {
  const OrderedCover ordered = Ordered({.iterations = 100'000, .extra_rows_percent = 50});
  EXPECT_LE(ordered.rows.size(), ordered.smallest.rows.size() * 3 / 2);
  EXPECT_LE(ordered.cost, Ordered({.iterations = 50'000}).cost);
}

TEST(CoverInOrder, FullProductsAreChangedOneAxisAtATime) {
  // Reflected mixed-radix Gray code: the bound is met.
  const CoverModel product{.levels = {2, 3, 2}, .strength = 3};
  const Result<OrderedCover> ordered = CoverInOrder(product, {1, 100, 10}, {.iterations = 50'000});
  ASSERT_TRUE(ordered);
  EXPECT_EQ(ordered->lower_bound, 90 * 2 + 9 * 5 + 11);
  EXPECT_EQ(ordered->cost, ordered->lower_bound);
}

// The least cost of any rows that show all pairs of values, by Dijkstra's algorithm over what has
// been shown and the last row.
int64_t LeastByForce(const std::vector<int>& levels, const std::vector<int64_t>& weights) {
  std::vector<CoverRow> rows{{}};
  for (const int count : levels) {
    std::vector<CoverRow> longer;
    for (const CoverRow& row : rows) {
      for (int value = 0; value < count; ++value) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    rows = std::move(longer);
  }
  std::map<std::tuple<size_t, int, size_t, int>, int> pairs;
  std::vector<uint32_t> shows;
  for (const CoverRow& row : rows) {
    uint32_t& bits = shows.emplace_back();
    for (size_t a = 0; a < row.size(); ++a) {
      for (size_t b = a + 1; b < row.size(); ++b) {
        const auto at = pairs.try_emplace({a, row[a], b, row[b]}, static_cast<int>(pairs.size()));
        bits |= 1U << at.first->second;
      }
    }
  }
  std::set<std::tuple<int64_t, uint32_t, size_t>> queue;
  std::map<std::pair<uint32_t, size_t>, int64_t> least;
  const auto reach = [&](int64_t cost, uint32_t shown, size_t row) {
    const auto [at, added] = least.try_emplace({shown, row}, cost);
    if (!added && at->second <= cost) return;
    queue.erase({at->second, shown, row});
    at->second = cost;
    queue.emplace(cost, shown, row);
  };
  for (size_t row = 0; row < rows.size(); ++row) reach(0, shows[row], row);
  while (true) {
    const auto [cost, shown, row] = *queue.begin();
    if (shown + 1 == 1U << pairs.size()) return cost;
    queue.erase(queue.begin());
    for (size_t next = 0; next < rows.size(); ++next) {
      reach(cost + ChangeCost({rows[row], rows[next]}, weights), shown | shows[next], next);
    }
  }
}

TEST(CoverInOrder, NoRowsCostLessThanTheBound) {
  PlanRandom random(1);
  for (const std::vector<int>& levels : {std::vector{2, 2, 2}, {3, 2, 2}, {2, 4}}) {
    for (int i = 0; i < 2; ++i) {
      std::vector<int64_t> weights;
      for (size_t axis = 0; axis < levels.size(); ++axis) weights.push_back(random.Below(100));
      const auto ordered = CoverInOrder({.levels = levels}, weights, {.iterations = 20'000});
      const int64_t least = LeastByForce(levels, weights);
      EXPECT_LE(ordered->lower_bound, least);
      EXPECT_GE(ordered->lower_bound, least / 2);
      EXPECT_GE(ordered->cost, least);
    }
  }
}

TEST(CoverInOrder, BoundTakesAxesOfOneCostTogether) {
  // Any two of the axes change 8 times.
  const auto ordered = CoverInOrder({.levels = {3, 3, 3, 3}}, {1, 1, 1, 1}, {.iterations = 1000});
  EXPECT_EQ(ordered->lower_bound, 4 * 8 / 2);
}

TEST(CoverInOrder, ModelsAtTheEdge) {
  EXPECT_EQ(CoverInOrder({}, {})->rows, std::vector<CoverRow>{{}});
  EXPECT_EQ(CoverInOrder({.levels = {1}}, {5})->cost, 0);
  EXPECT_EQ(CoverInOrder({.levels = {3}}, {5})->cost, 10);
  EXPECT_EQ(CoverInOrder({.levels = {3, 2}}, {0, 0})->cost, 0);
  EXPECT_EQ(CoverInOrder({.levels = {2}}, {}).error().message, "0 weights for 1 axes");
  EXPECT_EQ(CoverInOrder({.levels = {2}}, {-1}).error().message,
            "weight -1: expected 0 to 1000000000");
}

}  // namespace
}  // namespace ctestbed
