#include "tester/expectation/jsonpath.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace ctestbed {
namespace {

using testing::HasSubstr;

Json Parsed(std::string_view text) {
  return ParseJson(text).value();
}

// The nodes found, as one JSON list; or "error at OFFSET".
std::string Find(std::string_view path, std::string_view document) {
  const auto parsed = JsonPath::Parse(path);
  if (!parsed) return "error at " + std::to_string(parsed.error().offset);
  const Json root = Parsed(document);
  Json found = Json::array();
  for (const Json* node : parsed->Evaluate(root)) found.push_back(*node);
  return DumpJson(found);
}

struct PathCase {
  std::string_view path;
  std::string_view document;
  std::string_view found;
};

void ExpectAll(const std::vector<PathCase>& cases) {
  for (const PathCase& c : cases) EXPECT_EQ(Find(c.path, c.document), c.found) << c.path;
}

std::string Explained(std::string_view path, std::string_view document) {
  return JsonPath::Parse(path).value().Explain(Parsed(document));
}

TEST(JsonPath, FindsNamesIndexesAndWildcards) {
  constexpr std::string_view kDocument =
      R"({"o": {"j j": {"k.k": 3}}, "'": {"@": 2}, "a": [1, 2]})";
  ExpectAll({{"$", "1", "[1]"},
             {"$.o['j j']['k.k']", kDocument, "[3]"},
             {"$[\"'\"]['@']", kDocument, "[2]"},
             {R"($['\'']["@"])", kDocument, "[2]"},
             {"$.a[1]", kDocument, "[2]"},
             {"$.a[-2]", kDocument, "[1]"},
             {"$.a[-3]", kDocument, "[]"},
             {"$.a[0, -1, 0]", kDocument, "[1,2,1]"},
             {"$.a.*", kDocument, "[1,2]"},
             {"$ .a [ * ]", kDocument, "[1,2]"},
             {"$.o.missing", kDocument, "[]"},
             {"$.a.length", kDocument, "[]"},
             {"$['\\u263a', '\\uD834\\uDD1E']", "{\"\u263a\": 1, \"\U0001D11E\": 2}", "[1,2]"},
             {"$.\u00fcmlaut", "{\"\u00fcmlaut\": 1}", "[1]"}});
}

TEST(JsonPath, SlicesAsTheStandardSays) {
  constexpr std::string_view kList = R"(["a", "b", "c", "d", "e", "f", "g"])";
  ExpectAll({{"$[1:3]", kList, R"(["b","c"])"},
             {"$[5:]", kList, R"(["f","g"])"},
             {"$[1:5:2]", kList, R"(["b","d"])"},
             {"$[5:1:-2]", kList, R"(["f","d"])"},
             {"$[::-1]", kList, R"(["g","f","e","d","c","b","a"])"},
             {"$[-2:]", kList, R"(["f","g"])"},
             {"$[:-5]", kList, R"(["a","b"])"},
             {"$[1:3:0]", kList, "[]"},
             {"$[ 1 : 3 : 1 ]", kList, R"(["b","c"])"},
             {"$[::]", "[]", "[]"},
             {"$[::-1]", "[]", "[]"},
             {"$[1:]", R"({"a": 1})", "[]"}});
}

TEST(JsonPath, DescendsIntoEverything) {
  constexpr std::string_view kDocument = R"({"a": [5, 3, [{"j": 4}, {"k": 6}]], "o": {"j": 1}})";
  ExpectAll({{"$..j", kDocument, "[4,1]"},
             {"$..[0]", kDocument, R"([5,{"j":4}])"},
             {"$.a..[0, 1]", kDocument, R"([5,3,{"j":4},{"k":6}])"},
             {"$..*", "[1, [2]]", "[1,[2],2]"},
             {"$.o..['j']", kDocument, "[1]"}});
}

TEST(JsonPath, FiltersByComparison) {
  constexpr std::string_view kItems =
      R"([{"n": 1, "s": "a"}, {"n": 2, "s": "b"}, {"n": "2"}, {"s": null}, 7])";
  ExpectAll({{"$[?@.n == 2]", kItems, R"([{"n":2,"s":"b"}])"},
             {"$[?@.n == 2.0]", kItems, R"([{"n":2,"s":"b"}])"},
             {"$[?@.n == '2']", kItems, R"([{"n":"2"}])"},
             {"$[?@.n < 2]", kItems, R"([{"n":1,"s":"a"}])"},
             {"$[?@.s >= \"b\"]", kItems, R"([{"n":2,"s":"b"}])"},
             {"$[?@.s == null]", kItems, R"([{"s":null}])"},
             {"$[?@.x == @.y]", "[1]", "[1]"},
             {"$[?@.x <= @.y]", "[1]", "[1]"},
             {"$[?@.x < 1]", "[1]", "[]"},
             {"$[?@ != 7].n", kItems, R"([1,2,"2"])"},
             {"$[?@ == $[4]]", kItems, "[7]"},
             {"$[?@ > true]", "[true, false]", "[]"},
             {"$[?-1e1 <= @]", "[-11, -10, 3]", "[-10,3]"}});
}

TEST(JsonPath, FiltersByExistenceAndLogic) {
  constexpr std::string_view kItems = R"([{"a": 1}, {"b": 2}, {"a": 1, "b": 2}, {"c": false}])";
  ExpectAll({{"$[?@.a]", kItems, R"([{"a":1},{"a":1,"b":2}])"},
             {"$[?!@.a]", kItems, R"([{"b":2},{"c":false}])"},
             {"$[?@.c]", kItems, R"([{"c":false}])"},
             {"$[?@.a && @.b]", kItems, R"([{"a":1,"b":2}])"},
             {"$[?@.c || @.a && @.b]", kItems, R"([{"a":1,"b":2},{"c":false}])"},
             {"$[?(@.c || @.a) && @.b]", kItems, R"([{"a":1,"b":2}])"},
             {"$[?!(@.a == 1)]", kItems, R"([{"b":2},{"c":false}])"},
             {"$[?@[?@ > 1]]", kItems, R"([{"b":2},{"a":1,"b":2}])"},
             {"$[?@.*, ?@.c]", R"([{"c": 1}])", R"([{"c":1},{"c":1}])"}});
}

TEST(JsonPath, CallsFunctions) {
  constexpr std::string_view kItems =
      R"(["ab", "xaby", "caf\u00e9", "a\nb", "a\rb", [1, 2], {"k": 1}, 4])";
  ExpectAll({{"$[?length(@) == 2]", kItems, R"(["ab",[1,2]])"},
             {"$[?length(@) == 4]", kItems, R"(["xaby","café"])"},
             {"$[?length(@.nope) == length(@.k)]", R"([{"k": 1}])", R"([{"k":1}])"},
             {"$[?count(@.*) > 1]", kItems, "[[1,2]]"},
             {"$[?match(@, 'a.?b')]", kItems, R"(["ab"])"},
             {"$[?search(@, 'a[.b]')]", kItems, R"(["ab","xaby"])"},
             {"$[?search(@, '(')]", kItems, "[]"},
             {"$[?value(@..k) == 1]", kItems, R"([{"k":1}])"},
             {"$[?!match(@, '.*')]", "[1]", "[1]"}});
}

TEST(JsonPath, RefusesWhatIsNoPathAndSaysWhere) {
  const std::vector<std::pair<std::string_view, size_t>> cases{
      {"", 0},
      {"a", 0},
      {" $", 0},
      {"$ ", 1},
      {"$.", 2},
      {"$. a", 2},
      {"$..", 3},
      {"$.1a", 2},
      {"$a", 1},
      {"$[", 2},
      {"$[a]", 2},
      {"$[01]", 2},
      {"$[-0]", 2},
      {"$[1 2]", 4},
      {"$[1,]", 4},
      {"$['a]", 2},
      {"$['\\x']", 3},
      {"$[\"\\'\"]", 3},
      {"$['\\uD800']", 3},
      {"$['\\uDC00']", 3},
      {"$[9007199254740992]", 2},
      {"$['a\tb']", 4},
      {"$[?]", 3},
      {"$[?@.a = 1]", 7},
      {"$[?1]", 3},
      {"$[?@.* == 1]", 3},
      {"$[?@.a == foo]", 10},
      {"$[?length(@.a)]", 3},
      {"$[?length(@.*) == 1]", 10},
      {"$[?count(1) == 1]", 9},
      {"$[?match(@.a, 'x') == true]", 3},
      {"$[?match(@.a)]", 12},
      {"$[?nope(@)]", 3},
      {"$[?@.a == 01]", 10},
      {"$[?@.a == 1.]", 12},
      {"$[?count (@.a) == 1]", 3},
      {"$[?!!@.a]", 4},
      {"$[?(@.a]", 7},
  };
  for (const auto& [path, offset] : cases) {
    EXPECT_EQ(Find(path, "null"), "error at " + std::to_string(offset)) << path;
  }
}

TEST(JsonPath, NamesTheKnownFunctions) {
  EXPECT_EQ(JsonPath::Parse("$[?lenght(@) == 1]").error().message,
            "unknown function 'lenght'; known functions: count, length, match, search, value");
}

TEST(JsonPath, RefusesDeepNestingInsteadOfOverflowingTheStack) {
  std::string path = "$";
  for (int i = 0; i < 100'000; ++i) path += "[?@";
  EXPECT_THAT(JsonPath::Parse(path).error().message, HasSubstr("nested over 64 levels"));
  EXPECT_FALSE(JsonPath::Parse("$[?" + std::string(100'000, '(')).has_value());
  std::string calls = "$[?";
  for (int i = 0; i < 100'000; ++i) calls += "length(";
  EXPECT_FALSE(JsonPath::Parse(calls).has_value());
}

TEST(JsonPath, KnowsWhetherItFindsOneNodeAtMost) {
  EXPECT_TRUE(JsonPath::Parse("$.a[0]['b']")->IsSingular());
  for (const std::string_view path : {"$.*", "$..a", "$[0,1]", "$[0:1]", "$[?@.a]"}) {
    EXPECT_FALSE(JsonPath::Parse(path)->IsSingular()) << path;
  }
}

TEST(JsonPath, ExplainsWhereItStopped) {
  constexpr std::string_view kDocument =
      R"({"data": {"item": 1, "total": 0, "list": [{"a": 1}, {"b": 2}], "empty": {}}})";
  EXPECT_EQ(Explained("$.data.items[0].id", kDocument),
            "no \"items\" in $.data; keys are empty, item, list, total");
}

TEST(JsonPath, ExplainsEveryKindOfEnd) {
  constexpr std::string_view kDocument =
      R"({"list": [{"a": 1}, {"b": 2}], "none": {}, "nil": null, "text": "x"})";
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"$.lists", "no \"lists\" in $; keys are list, nil, none, text"},
      {"$.none.x", "no \"x\" in $.none; it is an empty object"},
      {"$.nil.x", "no \"x\" in $.nil; it is null"},
      {"$.text.x", "no \"x\" in $.text; it is a string"},
      {"$.list.a", "no \"a\" in $.list; it is a list of 2"},
      {"$.list[5].a", "no [5] in $.list; it is a list of 2"},
      {"$.list[*].c", "no \"c\" in any of 2 $.list[*]"},
      {"$.none.*", "no item in $.none; it is an empty object"},
      {"$.list[?@.a == 2]", "no item that fits [?@.a == 2] in $.list; it is a list of 2"},
      {"$..zzz", "no ..zzz in $; keys are list, nil, none, text"},
  };
  for (const auto& [path, explanation] : cases) EXPECT_EQ(Explained(path, kDocument), explanation);
}

TEST(JsonPath, ExplainsWithAFewKeysOfMany) {
  Json many;
  for (int i = 10; i < 50; ++i) many["key" + std::to_string(i)] = i;
  EXPECT_THAT(JsonPath::Parse("$.x")->Explain(many), HasSubstr("key21, and 28 more"));
}

}  // namespace
}  // namespace ctestbed
