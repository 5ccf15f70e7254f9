#include "base/fields.h"

#include <gtest/gtest.h>

#include <array>

namespace ctestbed {
namespace {

Document Scalar(std::string text, bool quoted = false) {
  Document document;
  document.kind = Document::Kind::kScalar;
  document.text = std::move(text);
  document.quoted = quoted;
  return document;
}

Document List(std::vector<Document> items) {
  Document document;
  document.kind = Document::Kind::kList;
  document.items = std::move(items);
  return document;
}

// Entries get the lines 1, 2, ...
Document Map(const std::vector<std::pair<std::string, Document>>& entries) {
  Document document;
  document.kind = Document::Kind::kMap;
  for (const auto& [key, value] : entries) {
    const int line = static_cast<int>(document.entries.size()) + 1;
    document.entries.push_back({{key, {"f", line, 1, 1}}, value});
    document.entries.back().value.mark = {"f", line, 5, 1};
  }
  return document;
}

std::string Messages(const Diagnostics& problems) {
  std::string text;
  for (const Diagnostic& problem : problems.Sorted()) {
    text += std::to_string(problem.mark.line) + " " + problem.message + "\n";
    if (!problem.hint.empty()) text += "  " + problem.hint + "\n";
  }
  return text;
}

constexpr std::array<Field, 10> kTable{{
    {"name", Shape::kName, "what it is called", true},
    {"text", Shape::kText, ""},
    {"count", Shape::kInteger, ""},
    {"on", Shape::kBoolean, ""},
    {"within", Shape::kDuration, ""},
    {"list", Shape::kTextList, ""},
    {"command", Shape::kTextOrList, ""},
    {"environment", Shape::kTextMap, ""},
    {"map", Shape::kMap, ""},
    {"any", Shape::kAny, ""},
}};

TEST(Fields, GivesTypedValues) {
  const Document map = Map({{"name", Scalar("main")},
                            {"text", Scalar("012")},
                            {"count", Scalar("8080")},
                            {"on", Scalar("true")},
                            {"within", Scalar("1.5s")},
                            {"list", List({Scalar("a"), Scalar("b")})},
                            {"command", Scalar("run")},
                            {"environment", Map({{"B", Scalar("1")}, {"A", Scalar("no")}})},
                            {"any", Document()}});
  Diagnostics problems;
  const Fields fields(map, "node", kTable, problems);
  EXPECT_EQ(Messages(problems), "");
  EXPECT_EQ(fields.Text("name")->value, "main");
  EXPECT_EQ(fields.Text("text")->value, "012");
  EXPECT_EQ(fields.Text("text")->mark.line, 2);
  EXPECT_EQ(fields.Integer("count"), 8080);
  EXPECT_EQ(fields.Boolean("on"), true);
  EXPECT_EQ(fields.Time("within"), Duration(1500));
  EXPECT_EQ(fields.Texts("list")->at(1).value, "b");
  EXPECT_EQ(fields.Texts("command")->size(), 1U);
  EXPECT_EQ(fields.TextMap("environment").at(0).first.value, "B");
  EXPECT_EQ(fields.TextMap("environment").at(1).second.value, "no");
  EXPECT_TRUE(fields.Has("any"));
}

TEST(Fields, GivesNothingForAbsentKeys) {
  const Document map = Map({{"name", Scalar("main")}});
  Diagnostics problems;
  const Fields fields(map, "node", kTable, problems);
  EXPECT_FALSE(fields.Text("text"));
  EXPECT_FALSE(fields.Integer("count"));
  EXPECT_FALSE(fields.Boolean("on"));
  EXPECT_FALSE(fields.Time("within"));
  EXPECT_FALSE(fields.Texts("list"));
  EXPECT_TRUE(fields.TextMap("environment").empty());
  EXPECT_FALSE(fields.Has("map"));
}

TEST(Fields, ReportsUnknownAndMissingKeysTogether) {
  Diagnostics problems;
  Document map = Map({{"nmae", Scalar("x")}});
  map.mark = {"f", 9, 1, 1};
  const Fields fields(map, "node", std::span(kTable).first(2), problems);
  EXPECT_EQ(Messages(problems),
            "1 unknown key 'nmae' in node\n"
            "  did you mean 'name'? known keys: name, text\n"
            "9 node lacks 'name'\n"
            "  name: what it is called\n");
}

TEST(Fields, RefusesWrongShapesAndHidesTheirValues) {
  Diagnostics problems;
  const Document map = Map({{"name", Scalar("a b")},
                            {"text", List({})},
                            {"count", Scalar("012")},
                            {"on", Scalar("yes")},
                            {"within", Scalar("5")},
                            {"list", Scalar("a")},
                            {"command", Map({})},
                            {"environment", Document()},
                            {"map", Scalar("x", true)}});
  const Fields fields(map, "node", kTable, problems);
  EXPECT_EQ(
      Messages(problems),
      "1 'name' must be a name of letters, digits, '_', '.' and '-' that begins with a letter "
      "or digit, not 'a b'\n"
      "2 'text' must be text, not a list\n"
      "3 'count' must be a whole number, not '012'\n"
      "4 'on' must be true or false, not 'yes'\n"
      "5 'within' must be a duration such as 150ms, 5s, 2m or 1h, not '5'\n"
      "6 'list' must be a list of texts, not 'a'\n"
      "7 'command' must be text or a list of texts, not a map\n"
      "8 'environment' must be a map of texts, not nothing\n"
      "9 'map' must be a map, not the text 'x'\n");
  for (const Field& field : kTable) EXPECT_FALSE(fields.Has(field.key)) << field.key;
}

TEST(Fields, RefusesQuotedNumbersAndBooleans) {
  for (const auto& [shape, text] :
       {std::pair(Shape::kInteger, "1"), std::pair(Shape::kBoolean, "true")}) {
    Diagnostics problems;
    EXPECT_FALSE(CheckShape(Scalar(text, true), shape, "x", problems));
    Diagnostics none;
    EXPECT_TRUE(CheckShape(Scalar(text), shape, "x", none));
  }
}

TEST(Fields, RefusesNumbersThatAreNone) {
  for (const char* text : {"", "-1", "+1", "1.0", "1e3", "0x1", "00", "99999999999999999999"}) {
    Diagnostics problems;
    EXPECT_FALSE(CheckShape(Scalar(text), Shape::kInteger, "x", problems)) << text;
  }
  Diagnostics problems;
  EXPECT_TRUE(CheckShape(Scalar("0"), Shape::kInteger, "x", problems));
}

TEST(Fields, PointsAtTheItemThatIsWrong) {
  Document list = List({Scalar("a"), Map({})});
  list.items[1].mark = {"f", 7, 3, 1};
  Diagnostics problems;
  EXPECT_FALSE(CheckShape(list, Shape::kTextList, "list", problems));
  Diagnostics more;
  EXPECT_FALSE(
      CheckShape(Map({{"a", Scalar("1")}, {"b", List({})}}), Shape::kTextMap, "map", more));
  EXPECT_EQ(Messages(problems), "7 'list' must be a list of texts, not a map\n");
  EXPECT_EQ(Messages(more), "2 'map' must be a map of texts, not a list\n");
}

TEST(Fields, RefusesWhatIsNoMap) {
  Diagnostics problems;
  const Document text = Scalar("x");
  const Fields fields(text, "node", kTable, problems);
  EXPECT_EQ(Messages(problems), "0 node must be a map, not 'x'\n");
  EXPECT_FALSE(fields.Has("name"));
}

TEST(Document, FindsValuesOfAMapOnly) {
  const Document map = Map({{"a", Scalar("1")}});
  ASSERT_NE(map.Find("a"), nullptr);
  EXPECT_EQ(map.Find("a")->text, "1");
  EXPECT_EQ(map.Find("b"), nullptr);
  EXPECT_EQ(Scalar("a").Find("a"), nullptr);
}

TEST(Document, ComparesContentAndMarks) {
  const Document map = Map({{"a", List({Scalar("1")})}});
  Document other = map;
  EXPECT_EQ(map, other);
  other.entries[0].value.items[0].text = "2";
  EXPECT_NE(map, other);
  other = map;
  other.mark.line = 3;
  EXPECT_NE(map, other);
}

TEST(Describe, SaysWhatStandsThere) {
  EXPECT_EQ(Describe(Document()), "nothing");
  EXPECT_EQ(Describe(Scalar("x")), "'x'");
  EXPECT_EQ(Describe(Scalar("1", true)), "the text '1'");
  EXPECT_EQ(Describe(List({})), "a list");
  EXPECT_EQ(Describe(Map({})), "a map");
}

constexpr std::array<Field, 1> kInnerTable{{{"deep", Shape::kText, ""}}};
constexpr std::array<std::string_view, 2> kColours{"red", "blue"};
constexpr Inside kInner{.fields = kInnerTable};
constexpr Inside kColour{.words = kColours};
constexpr Inside kPercent{.most = 100};
constexpr Inside kOptional{.nothing = true};
constexpr std::array<Field, 4> kLinked{{
    {"inner", Shape::kMap, "", false, &kInner},
    {"colour", Shape::kText, "", false, &kColour},
    {"percent", Shape::kInteger, "", false, &kPercent},
    {"optional", Shape::kText, "", false, &kOptional},
}};

TEST(Fields, FollowTheLinksOfTheirTable) {
  const Document map = Map({{"inner", Map({{"deep", Scalar("x")}})},
                            {"colour", Scalar("blue")},
                            {"percent", Scalar("100")},
                            {"optional", Document{}}});
  Diagnostics problems;
  const Fields fields(map, "thing", kLinked, problems);
  EXPECT_EQ(Messages(problems), "");
  EXPECT_EQ(fields.Inner("inner", problems)->Text("deep")->value, "x");
  EXPECT_EQ(fields.Word("colour"), 1U);
  EXPECT_EQ(fields.Integer("percent"), 100);
  EXPECT_TRUE(fields.Has("optional"));
}

TEST(Fields, HoldValuesAgainstWordsAndBounds) {
  const Document map = Map({{"inner", Map({{"deeq", Scalar("x")}})},
                            {"colour", Scalar("green")},
                            {"percent", Scalar("101")}});
  Diagnostics problems;
  const Fields fields(map, "thing", kLinked, problems);
  EXPECT_EQ(Messages(problems),
            "2 'colour' must be red or blue, not 'green'\n"
            "3 'percent' must be a number from 0 to 100, not '101'\n");
  EXPECT_FALSE(fields.Word("colour"));
  Diagnostics inner;
  fields.Inner("inner", inner);
  EXPECT_EQ(Messages(inner),
            "1 unknown key 'deeq' in inner\n  did you mean 'deep'? known keys: deep\n");
}

}  // namespace
}  // namespace ctestbed
