#include "model/matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;

std::vector<Located<std::string>> Texts(std::initializer_list<std::string> values) {
  std::vector<Located<std::string>> texts;
  for (const std::string& value : values) texts.push_back({value, {}});
  return texts;
}

Axis AxisOf(const std::string& name, std::initializer_list<std::string> values) {
  Axis axis{.name = {name, {}}, .values = {}};
  for (const std::string& value : values) axis.values.push_back({{value, {}}, {}});
  return axis;
}

Preset TwoAxes() {
  Preset preset{.name = {"p", {}}, .file = "p.yaml", .description = "", .layers = {}, .axes = {}};
  preset.axes = {AxisOf("store", {"memory", "redis"}), AxisOf("size", {"s", "m", "l"})};
  return preset;
}

std::vector<std::string> Names(const std::vector<CellChoice>& choices) {
  std::vector<std::string> names;
  for (const CellChoice& choice : choices) {
    std::string name;
    for (const Cell& cell : choice) name += (name.empty() ? "" : " | ") + CellName(cell);
    names.push_back(name);
  }
  return names;
}

CellPattern Pattern(std::initializer_list<std::pair<const std::string, std::string>> pairs) {
  CellPattern pattern;
  for (const auto& [axis, value] : pairs) pattern[axis] = {value, {}};
  return pattern;
}

CellSet Set(
    std::initializer_list<std::pair<const std::string, std::initializer_list<std::string>>> pairs) {
  CellSet set;
  for (const auto& [axis, values] : pairs) set[axis] = Texts(values);
  return set;
}

TEST(Cells, AreTheProductInDeclaredOrderWithTheLastAxisFastest) {
  const std::vector<Cell> cells = CellsOf(TwoAxes());
  ASSERT_EQ(cells.size(), 6U);
  EXPECT_EQ(cells.front(), DefaultCell(TwoAxes()));
  EXPECT_EQ(CellName(cells[1]), "size=m,store=memory");
  EXPECT_EQ(CellName(cells[3]), "size=s,store=redis");
  EXPECT_EQ(CellsOf(Preset{}), std::vector<Cell>{Cell{}});
}

TEST(Choices, CoverEveryCellUnlessToldOtherwise) {
  EXPECT_EQ(ChoicesOf({}, TwoAxes()).size(), CellsOf(TwoAxes()).size());
}

TEST(Choices, KeepTheValuesThatAreListed) {
  Suite suite;
  suite.matrix.axes["size"] = {AxisChoice::Kind::kListed, Texts({"l", "s"})};
  suite.matrix.axes["store"] = {AxisChoice::Kind::kListed, Texts({"redis"})};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=l,store=redis", "size=s,store=redis"));
}

TEST(Choices, LeaveAnAxisOpenThatTheSuiteDoesNotCareAbout) {
  Suite suite;
  suite.matrix.axes["size"] = {AxisChoice::Kind::kListed, Texts({"m"})};
  suite.matrix.axes["store"] = {AxisChoice::Kind::kAny, {}};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=m,store=memory | size=m,store=redis"));
}

TEST(Choices, IncludeACellOnce) {
  Suite suite;
  suite.matrix.axes["size"] = {AxisChoice::Kind::kListed, Texts({"m"})};
  suite.matrix.axes["store"] = {AxisChoice::Kind::kAny, {}};
  suite.matrix.include = {Pattern({{"store", "redis"}}),
                          Pattern({{"store", "redis"}, {"size", "m"}}),
                          Pattern({{"store", "redis"}, {"preset", "other"}, {"size", "l"}})};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=m,store=redis", "size=s,store=redis"));
}

TEST(Choices, ExcludeAtTheEndAlsoFromWhatIsOpen) {
  Suite suite;
  suite.matrix.axes["store"] = {AxisChoice::Kind::kAny, {}};
  suite.matrix.never = {Set({{"size", {"s"}}}), Set({{"size", {"m"}}, {"store", {"memory"}}}),
                        Set({{"preset", {"other"}}})};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=m,store=redis", "size=l,store=memory | size=l,store=redis"));
}

TEST(CountCells, StopsCountingPastTheMost) {
  Preset preset = TwoAxes();
  EXPECT_EQ(CountCells(preset), 6U);
  for (int i = 0; i < 80; ++i) preset.axes.push_back(preset.axes.front());
  EXPECT_EQ(CountCells(preset), kMostCells + 1);
}

TEST(Choices, LeaveOutWhatNeverIs) {
  Suite suite;
  suite.matrix.never = {Set({{"size", {"m", "l"}}, {"store", {"memory"}}})};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=s,store=memory", "size=s,store=redis", "size=m,store=redis",
                          "size=l,store=redis"));
}

TEST(Choices, LeaveOutWhatLacksItsCondition) {
  Suite suite;
  suite.matrix.only_if = {{Set({{"size", {"m", "l"}}}), Set({{"store", {"redis"}}})}};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=s,store=memory", "size=s,store=redis", "size=m,store=redis",
                          "size=l,store=redis"));
  suite.matrix.only_if = {{Set({{"size", {"m"}}}), Set({{"preset", {"other"}}})}};
  EXPECT_THAT(Names(ChoicesOf(suite, TwoAxes())),
              ElementsAre("size=s,store=memory", "size=l,store=memory", "size=s,store=redis",
                          "size=l,store=redis"));
}

TEST(Allows, LooksAwayFromAxesThatAreOpenYet) {
  Suite suite;
  suite.matrix.never = {Set({{"size", {"m"}}, {"store", {"memory"}}})};
  suite.matrix.only_if = {{Set({{"size", {"l"}}}), Set({{"store", {"redis"}}})}};
  const Preset preset = TwoAxes();
  for (const std::string size : {"s", "m", "l"}) {
    EXPECT_TRUE(Allows(suite.matrix, preset, {{"size", size}})) << size;
  }
  EXPECT_FALSE(Allows(suite.matrix, preset, {{"size", "m"}, {"store", "memory"}}));
  EXPECT_FALSE(Allows(suite.matrix, preset, {{"size", "l"}, {"store", "memory"}}));
}

TEST(FirstCell, IsTheFirstThatConstraintsLeave) {
  Suite suite;
  suite.matrix.never = {Set({{"store", {"memory"}}}), Set({{"size", {"s"}}})};
  EXPECT_EQ(FirstCell(suite, TwoAxes()), (Cell{{"size", "m"}, {"store", "redis"}}));
  suite.matrix.never.push_back(Set({{"store", {"redis"}}}));
  EXPECT_EQ(FirstCell(suite, TwoAxes()), std::nullopt);
}

}  // namespace
}  // namespace ctestbed
