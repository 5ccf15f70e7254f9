#include "plan/cover/algebraic_rows.h"

#include <gtest/gtest.h>

#include "plan/cover/cover_check.h"

namespace ctestbed {
namespace {

void ExpectCovered(int levels, size_t axes, int strength, const std::vector<CoverRow>& rows) {
  const CoverModel model{.levels = std::vector<int>(axes, levels), .strength = strength};
  const Result<size_t> checked = CheckCovering(model, rows);
  EXPECT_TRUE(checked) << levels << '^' << axes << " t=" << strength << ": "
                       << checked.error().message;
}

TEST(OrthogonalRows, CoverEverythingOnce) {
  const struct {
    int levels;
    size_t axes;
    int strength;
    size_t rows;
  } cases[] = {{2, 3, 2, 4},    {3, 4, 2, 9},    {4, 5, 2, 16},    {5, 6, 2, 25},
               {8, 9, 2, 64},   {9, 10, 2, 81},  {16, 17, 2, 256}, {15, 4, 2, 225},
               {12, 4, 2, 144}, {10, 4, 2, 100}, {6, 3, 2, 36},    {4, 6, 3, 64},
               {5, 6, 3, 125},  {8, 10, 3, 512}, {10, 4, 3, 1000}, {20, 4, 3, 8000},
               {5, 6, 4, 625},  {3, 6, 5, 243}};
  for (const auto& [levels, axes, strength, rows] : cases) {
    const std::vector<CoverRow> made = OrthogonalRows(levels, axes, strength);
    EXPECT_EQ(made.size(), rows) << levels << '^' << axes;
    ExpectCovered(levels, axes, strength, made);
  }
}

TEST(OrthogonalRows, NoneWhereNoneIsKnown) {
  EXPECT_TRUE(OrthogonalRows(6, 4, 2).empty());
  EXPECT_TRUE(OrthogonalRows(3, 5, 2).empty());
  EXPECT_TRUE(OrthogonalRows(10, 5, 2).empty());
  EXPECT_TRUE(OrthogonalRows(3, 4, 1).empty());
}

TEST(StarterRows, CoverAllButTheFixedValues) {
  PlanRandom random(3);
  std::vector<CoverRow> rows = StarterRows(4, 1, 7, 100'000, {}, random);
  ASSERT_EQ(rows.size(), 28u);
  rows.push_back(CoverRow(7, 4));
  ExpectCovered(5, 7, 2, rows);
  EXPECT_TRUE(MayHaveStarter(4, 1, 7));
  EXPECT_FALSE(MayHaveStarter(4, 1, 3));
  EXPECT_TRUE(StarterRows(4, 1, 3, 1000, {}, random).empty());  // too short for all differences
}

}  // namespace
}  // namespace ctestbed
