#include "plan/cover/cover_check.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

// Two axes of two values and one of three; 0=1 and 1=1 exclude each other.
CoverModel Small() {
  return {.levels = {2, 2, 3}, .forbidden = {{{0, 1}, {1, 1}}}};
}

std::vector<CoverRow> SmallRows() {
  return {{0, 0, 0}, {0, 1, 1}, {1, 0, 2}, {1, 0, 1}, {0, 1, 2}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}};
}

std::string Complaint(const CoverModel& model, const std::vector<CoverRow>& rows) {
  const Result<size_t> checked = CheckCovering(model, rows);
  return checked ? "" : checked.error().message;
}

TEST(CheckCovering, AcceptsAndBounds) {
  const Result<size_t> checked = CheckCovering(Small(), SmallRows());
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(*checked, 6u);
}

TEST(CheckCovering, BoundsByWhatIsApart) {
  std::vector<PartialRow> apart{{{0, 0}, {1, 0}}};
  for (int value = 0; value < 3; ++value) {
    apart.push_back({{0, 1}, {2, value}});
    apart.push_back({{1, 1}, {2, value}});
  }
  const Result<size_t> checked = CheckCovering(Small(), SmallRows(), apart);
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(*checked, 7U);
  const auto with = [&](PartialRow partial) {
    std::vector<PartialRow> more = apart;
    more.push_back(std::move(partial));
    const Result<size_t> refused = CheckCovering(Small(), SmallRows(), more);
    return refused ? "" : refused.error().message;
  };
  EXPECT_EQ(with({{0, 1}, {2, 1}}), "0=1 2=1 needs no row of its own");              // twice
  EXPECT_EQ(with({{0, 0}, {2, 1}}), "0=0 2=1 needs no row of its own");              // fits
  EXPECT_EQ(with({{0, 1}, {1, 1}}), "0=1 1=1 needs no row of its own");              // never fits
  EXPECT_EQ(with({{0, 0}, {1, 0}, {2, 2}}), "0=0 1=0 2=2 needs no row of its own");  // too many
}

TEST(CheckCovering, NamesTheMissingCombination) {
  std::vector<CoverRow> rows = SmallRows();
  rows.erase(rows.begin() + 2);
  EXPECT_EQ(Complaint(Small(), rows), "no row contains 0=1 2=2");
}

TEST(CheckCovering, NamesRowsThatMayNotBe) {
  const auto with = [](CoverRow row) {
    std::vector<CoverRow> rows = SmallRows();
    rows.push_back(std::move(row));
    return Complaint(Small(), rows);
  };
  EXPECT_EQ(with({1, 1, 0}), "row 8 contains forbidden 0=1 1=1");
  EXPECT_EQ(with({0, 0}), "row 8 has 2 values, expected 3");
  EXPECT_EQ(with({0, 0, 3}), "row 8: axis 2 has no value 3");
  EXPECT_EQ(with({0, -1, 0}), "row 8: axis 1 has no value -1");
  EXPECT_EQ(Complaint(Small(), {}), "there are no rows");
}

TEST(CheckCovering, WantsRequiredRowsAndDemands) {
  CoverModel model = Small();
  model.required = {{{0, 0}, {1, 1}, {2, 2}}};
  EXPECT_EQ(Complaint(model, SmallRows()), "");
  model.required = {{{0, 0}, {1, 0}, {2, 2}}};
  EXPECT_EQ(Complaint(model, SmallRows()), "no row contains required 0=0 1=0 2=2");
  model.required.clear();
  model.demands = {{{0, 1, 2}, 3}};
  EXPECT_EQ(Complaint(model, SmallRows()), "no row contains 0=0 1=0 2=2");
}

TEST(CheckCovering, SeesWhatOnlyChainsOfConstraintsExclude) {
  // 0=1 needs 1=1, which needs 2=1, which excludes 3=1.
  const CoverModel model{.levels = {2, 2, 2, 2},
                         .forbidden = {{{0, 1}, {1, 0}}, {{1, 1}, {2, 0}}, {{2, 1}, {3, 1}}}};
  EXPECT_EQ(
      Complaint(model, {{0, 0, 0, 1}, {0, 0, 1, 0}, {0, 1, 1, 0}, {1, 1, 1, 0}, {0, 0, 0, 0}}), "");
}

}  // namespace
}  // namespace ctestbed
