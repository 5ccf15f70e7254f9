#include "plan/cover/cover_in_order.h"

#include <gtest/gtest.h>

#include "plan/cover/cover_check.h"

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
