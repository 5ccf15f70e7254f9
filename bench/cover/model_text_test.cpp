#include "cover/model_text.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

std::string Mistake(const Result<CoverModel>& model) {
  return model ? "" : model.error().message;
}

std::string PictMistake(std::string_view text) {
  return Mistake(ModelFromPict(text, "m.pict"));
}

constexpr std::string_view kAxes = "A: 1, 2, 10\nB: \"x\", y z, q\nC: 2, 3\n";

std::vector<PartialRow> Forbidden(std::string_view constraint) {
  const auto model = ModelFromPict(std::string(kAxes) + std::string(constraint), "m.pict");
  EXPECT_TRUE(model) << model.error().message;
  return model ? model->forbidden : std::vector<PartialRow>{};
}

TEST(ModelFromPict, ReadsAxesAndDemands) {
  const auto model = ModelFromPict("# of three\nA: 1, 2\nB: x\n\n{A, B} @ 2\n", "m.pict");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->levels, (std::vector<int>{2, 1}));
  EXPECT_EQ(model->demands, (std::vector<StrengthDemand>{{{0, 1}, 2}}));
}

TEST(ModelFromPict, ReadsConstraints) {
  using Rows = std::vector<PartialRow>;
  EXPECT_EQ(Forbidden("IF [A] = 1 THEN [B] = \"x\";"), (Rows{{{0, 0}, {1, 1}}, {{0, 0}, {1, 2}}}));
  EXPECT_EQ(Forbidden("IF [A] > 1 AND [C] = 3\n THEN [B] IN {\"x\", \"q\"};"),
            (Rows{{{0, 1}, {1, 1}, {2, 1}}, {{0, 2}, {1, 1}, {2, 1}}}));
  EXPECT_EQ(Forbidden("[A] < [C];"), (Rows{{{0, 1}, {2, 0}}, {{0, 2}, {2, 0}}, {{0, 2}, {2, 1}}}));
  EXPECT_EQ(Forbidden("NOT ([A] = 1 OR [A] = 10);"), (Rows{{{0, 0}}, {{0, 2}}}));
  EXPECT_EQ(Forbidden("IF [A] = 1 THEN [C] = 2 ELSE [C] = 3;").size(), 3u);
  EXPECT_EQ(Forbidden("[A] > 0;"), Rows{});
}

TEST(ModelFromPict, SaysWhereAMistakeIs) {
  const std::string axes(kAxes);
  EXPECT_EQ(PictMistake("A\n"), "m.pict:1:1: error: expected NAME: VALUE, VALUE or a constraint");
  EXPECT_EQ(PictMistake(axes + "IF [A] = 1 THEN [B] = \"w\";"),
            "m.pict:4:23: error: 'B' has no value 'w'");
  EXPECT_EQ(PictMistake(axes + "IF [A] = 1\n  THEN [D] = 2;"),
            "m.pict:5:8: error: 'D': expected a parameter");
  EXPECT_EQ(PictMistake(axes + "IF [A] = 1"), "m.pict:4:1: error: the constraint lacks a ';'");
  EXPECT_EQ(PictMistake(axes + "[A] LIKE \"x\";"),
            "m.pict:4:5: error: 'LIKE': expected =, <>, <, <=, >, >= or IN");
  EXPECT_EQ(PictMistake(axes + "{A, D} @ 3"), "m.pict:4:1: error: unknown parameter 'D'");
}

TEST(ModelFromActs, ReadsItsSections) {
  const auto model = ModelFromActs(
      "[System]\nName: s\n[Parameter]\nos (enum) : linux, mac\nn (int) : 1, 2, 3\n"
      "tls (boolean) : TRUE, FALSE\n[Relation]\nR1 : (os, n), Strength: 2\n"
      "[Constraint]\n-- a comment\nos = \"mac\" => n > 1 && tls == TRUE\n",
      "m.txt");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->levels, (std::vector<int>{2, 3, 2}));
  EXPECT_EQ(model->forbidden, (std::vector<PartialRow>{{{0, 1}, {1, 0}}, {{0, 1}, {2, 1}}}));
  EXPECT_EQ(model->demands, (std::vector<StrengthDemand>{{{0, 1}, 2}}));
}

TEST(ModelFromCasa, ReadsClauses) {
  const auto model =
      ModelFromCasa("2\n3\n2 3 2\n", "m.model", "2\n2\n- 0 - 4\n3\n- 1 + 2 + 3\n", "m.constraints");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->strength, 2);
  EXPECT_EQ(model->forbidden, (std::vector<PartialRow>{{{0, 0}, {1, 2}}, {{0, 1}, {1, 2}}}));
  EXPECT_EQ(Mistake(ModelFromCasa("2\nx", "m.model", "", "")),
            "m.model:2:1: error: 'x': expected a number");
  EXPECT_EQ(Mistake(ModelFromCasa("2 1 2", "m.model", "1\n2\n- 0\n", "m.constraints")),
            "m.constraints:1:1: error: a clause is cut off");
  EXPECT_EQ(Mistake(ModelFromCasa("2 1 2", "m.model", "1\n1\n- 2\n", "m.constraints")),
            "m.constraints:1:1: error: there is no value 2");
}

}  // namespace
}  // namespace ctestbed
