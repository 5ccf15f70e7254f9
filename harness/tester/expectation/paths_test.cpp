#include "tester/expectation/paths.h"

#include <gtest/gtest.h>

#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

std::string Failures(std::string_view expected, std::string_view json) {
  Variables variables;
  variables.Set("n", 1);
  std::string headlines;
  for (const Document::Entry& entry : DocumentFromJson(expected).entries) {
    for (const Failure& failure : MatchPath(entry, ParseJson(json).value(), variables)) {
      headlines += Headline(failure) + "\n";
    }
  }
  return headlines;
}

TEST(Paths, NameTheirFailures) {
  EXPECT_EQ(Failures("{$.a: 1, $.b: {count: 1}}", R"({"a": 2, "b": []})"),
            "$.a is 2, wanted 1\n$.b: count is 0, wanted 1: []\n");
}

TEST(Paths, SayWhereTheyStopped) {
  EXPECT_EQ(Failures("{'$.data.items[0].id': <uuid>}", R"({"data": {"item": 1, "total": 0}})"),
            "$.data.items[0].id: no \"items\" in $.data; keys are item, total\n");
}

TEST(Paths, GiveAListWhenTheyCanFindSeveral) {
  constexpr std::string_view kJson = R"({"l": [{"n": "a"}, {"n": "b"}]})";
  EXPECT_EQ(Failures("{'$.l[*].n': [a, b]}", kJson), "");
  EXPECT_EQ(Failures("{'$.l[*].n': {count: 2}}", kJson), "");
  EXPECT_EQ(Failures("{'$.l[?@.n == \"b\"].n': {contains: b}}", kJson), "");
  EXPECT_EQ(Failures("{'$.l[*].x': <absent>}", kJson), "");
  EXPECT_EQ(Failures("{'$.l[*].x': {count: 0}}", kJson), "");
  EXPECT_EQ(Failures("{'$.l[*].n': <absent>}", kJson),
            "$.l[*].n is [\"a\",\"b\"], wanted <absent>\n");
  EXPECT_EQ(Failures("{'$.l[*].x': {any: 1}}", kJson),
            "$.l[*].x is [], wanted at least one item; no \"x\" in any of 2 $.l[*]\n");
}

TEST(Paths, MayHoldVariables) {
  EXPECT_EQ(Failures("{'$.l[${n}]': 5}", R"({"l": [4, 5]})"), "");
  EXPECT_EQ(Failures("{'$.l[${m}]': 5}", "{}"), "$.l[${m}]: undefined variable 'm'\n");
}

TEST(Paths, AreCheckedBeforeTheRun) {
  Diagnostics problems;
  CheckPaths(DocumentFromJson("{'$.a[': 1, data.x: 1, $.b: {nope: 1}, '$.l[${n}]': 1}"), problems);
  ASSERT_EQ(problems.Sorted().size(), 3U);
  EXPECT_EQ(problems.Sorted()[0].message,
            "'$.a[' is no JSONPath: expected a name in quotes, an index, a slice, '*' or '?'");
  EXPECT_EQ(problems.Sorted()[0].mark.column, 7);
  EXPECT_EQ(problems.Sorted()[1].message, "'data.x' is no JSONPath: a path must begin with '$'");
  EXPECT_EQ(problems.Sorted()[2].message, "unknown operator 'nope'");
}

}  // namespace
}  // namespace ctestbed
