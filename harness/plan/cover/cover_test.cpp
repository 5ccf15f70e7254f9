#include "plan/cover/cover.h"

#include <gtest/gtest.h>

#include "plan/cover/cover_check.h"
#include "plan/plan_random.h"

namespace ctestbed {
namespace {

CoveringArray Covered(const CoverModel& model, const CoverOptions& options = {}) {
  const Result<CoveringArray> array = Cover(model, options);
  EXPECT_TRUE(array) << array.error().message;
  if (!array) return {};
  const Result<size_t> bound = CheckCovering(model, array->rows, array->apart);
  EXPECT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(array->lower_bound, bound ? *bound : 0);
  EXPECT_GE(array->rows.size(), array->lower_bound);
  EXPECT_EQ(array->optimal, array->rows.size() == array->lower_bound);
  return *array;
}

TEST(Cover, ProvesMoreByCombinationsThatFitIntoNoRowTogether) {
  // Each value of axis 2 with 0=1 and with 1=1, and 0=0 with 1=0.
  const CoverModel model{.levels = {2, 2, 3}, .forbidden = {{{0, 1}, {1, 1}}}};
  const CoveringArray array = Covered(model, {.iterations = 100'000});
  EXPECT_EQ(array.apart.size(), 7U);
  EXPECT_TRUE(array.optimal);
}

std::string Refusal(const CoverModel& model) {
  const Result<CoveringArray> array = Cover(model);
  return array ? "" : array.error().message;
}

PartialRow RandomPartial(const CoverModel& model, size_t arity, PlanRandom& random) {
  PartialRow partial;
  for (size_t i = 0; i < arity; ++i) {
    const auto axis = static_cast<int>(random.Below(model.levels.size()));
    partial.push_back({axis, static_cast<int>(random.Below(model.levels[axis]))});
  }
  return partial;
}

CoverModel RandomModel(PlanRandom& random) {
  CoverModel model;
  model.strength = static_cast<int>(random.Below(5));
  const uint32_t axes = 1 + random.Below(6);
  for (uint32_t i = 0; i < axes; ++i) model.levels.push_back(1 + static_cast<int>(random.Below(4)));
  for (uint32_t i = random.Below(12); i > 0; --i) {
    model.forbidden.push_back(RandomPartial(model, 1 + random.Below(4), random));
  }
  if (random.Below(3) == 0) {
    model.demands.push_back({{0, static_cast<int>(axes) - 1, static_cast<int>(axes) / 2}, 3});
  }
  if (random.Below(3) == 0) model.required.push_back(RandomPartial(model, 2, random));
  return model;
}

bool IsForbidden(const CoverModel& model, const CoverRow& row) {
  for (const PartialRow& forbidden : model.forbidden) {
    bool all = true;
    for (const Setting& setting : forbidden) all = all && row[setting.axis] == setting.value;
    if (all) return true;
  }
  return false;
}

bool HasRow(const CoverModel& model) {
  CoverRow row(model.levels.size(), 0);
  while (IsForbidden(model, row)) {
    size_t axis = 0;
    while (axis < row.size() && ++row[axis] == model.levels[axis]) row[axis++] = 0;
    if (axis == row.size()) return false;
  }
  return true;
}

TEST(Cover, RandomModelsAreCoveredOrRefused) {
  PlanRandom random(7);
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const CoverModel model = RandomModel(random);
    if (!HasRow(model)) {
      EXPECT_NE(Refusal(model).find("every row"), std::string::npos) << i << Refusal(model);
      ++refused;
    } else if (Refusal(model).empty()) {
      Covered(model, {.seed = static_cast<uint64_t>(i), .iterations = 500});
    } else {
      EXPECT_EQ(Refusal(model), "required row 0 is excluded") << i;
    }
  }
  EXPECT_GT(refused, 2);
}

TEST(CheckCovering, RejectsMutatedArrays) {
  PlanRandom random(11);
  int rejected = 0;
  for (int i = 0; i < 60; ++i) {
    const CoverModel model = RandomModel(random);
    const Result<CoveringArray> array = Cover(model);
    if (!array) continue;
    std::vector<CoverRow> rows = array->rows;
    const size_t row = random.Below(rows.size());
    if (i % 2 == 0 && !model.forbidden.empty()) {
      for (const Setting& setting : model.forbidden[0]) rows[row][setting.axis] = setting.value;
      if (!IsForbidden(model, rows[row])) continue;
    } else if (array->optimal && model.strength > 0) {
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(row));
    } else {
      rows[row][0] = model.levels[0];
    }
    EXPECT_FALSE(CheckCovering(model, rows)) << i;
    ++rejected;
  }
  EXPECT_GT(rejected, 20);
}

TEST(Cover, ReachesKnownSizes) {
  EXPECT_EQ(Covered({.levels = std::vector<int>(4, 3)}).rows.size(), 9u);
  EXPECT_EQ(Covered({.levels = std::vector<int>(13, 3)}).rows.size(), 15u);
  EXPECT_LE(Covered({.levels = std::vector<int>(20, 2)}).rows.size(), 9u);
  const CoveringArray product = Covered({.levels = {2, 3, 4}, .strength = 3});
  EXPECT_EQ(product.rows.size(), 24u);
  EXPECT_TRUE(product.optimal);
}

TEST(Cover, SameSeedSameRows) {
  const CoverModel model{.levels = {4, 7, 4, 4, 3, 4, 2, 3}, .forbidden = {{{0, 1}, {1, 2}}}};
  const CoverOptions options{.seed = 5, .iterations = 20'000};
  EXPECT_EQ(Covered(model, options), Covered(model, options));
  EXPECT_NE(Covered(model, options).rows, Covered(model, {.seed = 6, .iterations = 20'000}).rows);
}

TEST(Cover, StopsWhenAsked) {
  const CoverModel model{.levels = std::vector<int>(20, 4)};
  const CoveringArray array =
      Covered(model, {.iterations = 1'000'000'000, .stop = [] { return true; }});
  EXPECT_LE(array.iterations, 1024u);
}

TEST(Cover, StrongerDemandsHoldForTheirAxesOnly) {
  CoverModel model{.levels = std::vector<int>(6, 2)};
  model.demands = {{{0, 1, 2}, 3}};
  EXPECT_EQ(Covered(model).rows.size(), 8u);
  model.strength = 1;
  model.demands = {{{3, 4}, 2}};
  EXPECT_EQ(Covered(model).rows.size(), 4u);
}

TEST(Cover, CountsTuples) {
  const CoveringArray array =
      Covered({.levels = {2, 2, 2, 2},
               .forbidden = {{{0, 1}, {1, 0}}, {{1, 1}, {2, 0}}, {{2, 1}, {3, 1}}}});
  EXPECT_EQ(array.feasible_tuples, 18u);
  EXPECT_EQ(array.infeasible_tuples, 6u);
}

TEST(Cover, ModelsAtTheEdge) {
  EXPECT_EQ(Covered({}).rows, std::vector<CoverRow>{{}});
  EXPECT_EQ(Covered({.levels = {1}}).rows, (std::vector<CoverRow>{{0}}));
  EXPECT_EQ(Covered({.levels = {3, 5}, .strength = 0}).rows.size(), 5u);
  EXPECT_EQ(Covered({.levels = {2, 2}, .forbidden = {{{0, 0}}, {{1, 1}}}}).rows,
            (std::vector<CoverRow>{{1, 0}}));
}

TEST(Cover, RequiredRowsAppear) {
  const CoverModel model{.levels = {3, 3, 3, 3},
                         .required = {{{0, 0}, {1, 0}, {2, 0}, {3, 1}}, {{0, 0}, {1, 1}, {2, 2}}}};
  EXPECT_LE(Covered(model, {.iterations = 50'000}).rows.size(), 11u);
}

TEST(Cover, Refuses) {
  EXPECT_EQ(Refusal({.levels = {2, 0}}), "axis 1 has no values");
  EXPECT_EQ(Refusal({.levels = {2}, .strength = 7}), "strength 7: expected 0 to 6");
  EXPECT_EQ(Refusal({.levels = {2}, .forbidden = {{{1, 0}}}}), "constraint 0: there is no axis 1");
  EXPECT_EQ(Refusal({.levels = {2}, .required = {{{0, 2}}}}),
            "required row 0: axis 0 has no value 2");
  EXPECT_EQ(Refusal({.levels = {2, 2}, .forbidden = {{{1, 0}}, {{0, 0}}, {{0, 1}, {1, 1}}}}),
            "constraints 0, 1, 2 together exclude every row");
  EXPECT_EQ(Refusal({.levels = {2, 2}, .forbidden = {{{1, 0}}, {}}}),
            "constraint 1 excludes every row");
  EXPECT_EQ(Refusal({.levels = std::vector<int>(60, 10), .strength = 4}),
            "more than 20000000 combinations to cover: lower the strength, or leave out axes or "
            "values");
}

}  // namespace
}  // namespace ctestbed
