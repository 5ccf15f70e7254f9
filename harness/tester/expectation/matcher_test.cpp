#include "tester/expectation/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

using testing::HasSubstr;

struct MatchCase {
  std::string_view expected;
  std::string_view actual;  // as JSON; empty: nothing was found
  std::string_view remark;  // of the only failure; empty: it fits
};

std::string Remarks(const std::vector<Failure>& failures) {
  std::string remarks;
  for (const Failure& failure : failures) {
    remarks += (remarks.empty() ? "" : " | ") + failure.remark;
  }
  return remarks;
}

Actual JsonActual(std::string_view json) {
  if (json.empty()) return {ValueKind::kJson, {}, "no \"x\" in $"};
  return {ValueKind::kJson, ParseJson(json).value(), {}};
}

void ExpectAll(const std::vector<MatchCase>& cases, const Variables& variables = {}) {
  for (const MatchCase& c : cases) {
    const Document expected = DocumentFromJson(c.expected);
    EXPECT_EQ(Remarks(Match(expected, JsonActual(c.actual), variables)), c.remark)
        << c.expected << " against " << c.actual;
  }
}

std::string TextRemarks(std::string_view expected, std::string text) {
  return Remarks(Match(DocumentFromJson(expected), Actual::Text(std::move(text)), {}));
}

std::string Problems(std::string_view expected, ValueKind kind = ValueKind::kJson) {
  Diagnostics problems;
  CheckMatcher(DocumentFromJson(expected), kind, problems);
  std::string text;
  for (const Diagnostic& problem : problems.Sorted()) {
    text += std::to_string(problem.mark.column) + ": " + problem.message + "\n";
  }
  return text;
}

TEST(Matcher, TakesALiteralForEqualWithItsType) {
  ExpectAll({{"7", "7", ""},
             {"7", "7.0", ""},
             {"7", "6", "is 6, wanted 7"},
             {"7", R"("7")", R"(is "7", wanted 7)"},
             {"'7'", "7", R"(is 7, wanted "7")"},
             {"true", "true", ""},
             {"true", R"("true")", R"(is "true", wanted true)"},
             {"null", "null", ""},
             {"null", "0", "is 0, wanted null"},
             {"ready", R"("ready")", ""},
             {"012", R"("012")", ""},
             {"ready", "", "no \"x\" in $"}});
}

TEST(Matcher, ComparesMapsAndListsDeep) {
  ExpectAll(
      {{"[1, two, null]", R"([1, "two", null])", ""},
       {"[1, 2]", "[1]", "is a list of 1, wanted 2: [1]"},
       {"{eq: {a: {b: [1]}}}", R"({"a": {"b": [2]}})", ".a.b[0] is 2, wanted 1"},
       {"{eq: {a: 1}}", R"({"a": 1, "b": 2})", R"(is {"a":1,"b":2}, wanted it not to have "b")"},
       {"{eq: {a: 1}}", "{}", "is {}, wanted it to have \"a\""},
       {"[{id: <int>, no: <absent>}]", R"([{"id": 3}])", ""},
       {"[{id: <int>}]", R"([{"id": "3"}])", R"([0].id is "3", wanted <int>)"}});
}

TEST(Matcher, KnowsTypes) {
  ExpectAll({{"<int>", "3", ""},
             {"<int>", "3.5", "is 3.5, wanted <int>"},
             {"<number>", "3.5", ""},
             {"<str>", R"("")", ""},
             {"<bool>", "false", ""},
             {"<list>", "[]", ""},
             {"<map>", "[]", "is [], wanted <map>"},
             {"<any>", "null", ""},
             {"<any>", "", "no \"x\" in $"},
             {"<uuid>", R"("123e4567-e89b-12d3-a456-426614174000")", ""},
             {"<uuid>", R"("123")", R"(is "123", wanted <uuid>)"},
             {"<time>", R"("2026-01-31T10:20:30.5Z")", ""},
             {"<time>", R"("2026-13-31T10:20:30Z")", R"(is "2026-13-31T10:20:30Z", wanted <time>)"},
             {"<absent>", "", ""},
             {"<absent>", "1", "is 1, wanted <absent>"},
             {"{type: int}", "1", ""},
             {"{type: str}", "1", "is 1, wanted <str>"},
             {"'<int>'", R"("<int>")", ""}});
}

TEST(Matcher, ComparesByOrder) {
  ExpectAll({{"{ge: 1, lt: 3}", "1", ""},
             {"{ge: 1, lt: 3}", "3", "is 3, wanted less than 3"},
             {"{gt: 3, le: 1}", "2", "is 2, wanted more than 3 | is 2, wanted at most 1"},
             {"{gt: '2026'}", R"("2027-01")", ""},
             {"{gt: 1}", R"("2")", R"(is "2", which has no order with 1)"},
             {"{lt: 1}", "null", "is null, which has no order with 1"},
             {"{near: [3.14, 0.01]}", "3.145", ""},
             {"{near: [3.14, 0.01]}", "3.2", "is 3.2, wanted [3.14,0.01]"}});
}

TEST(Matcher, LooksIntoTextsListsAndMaps) {
  ExpectAll({{"{matches: '^\\d+$'}", R"("12")", ""},
             {"{matches: '^\\d+$'}", R"("1x")", R"(is "1x", wanted a match of "^\\d+$")"},
             {"{matches: '1'}", "1", R"(is 1, wanted a match of "1")"},
             {"{contains: b}", R"("abc")", ""},
             {"{contains: 2}", "[1, 2]", ""},
             {"{contains: {a: 1}}", R"([{"a": 1}])", ""},
             {"{contains: {a: 1}}", R"({"a": 1, "b": 2})", ""},
             {"{contains: {a: 1}}", R"({"a": 2})", "a: is 2, wanted 1"},
             {"{contains: k}", R"({"k": null})", ""},
             {"{contains: 3}", "[1, 2]", "is [1,2], wanted it to contain 3"},
             {"{starts: a, ends: c}", R"("abc")", ""},
             {"{starts: b}", R"("abc")", R"(is "abc", wanted it to start with "b")"},
             {"{in: [1, two]}", R"("two")", ""},
             {"{in: [1, two]}", "2", R"(is 2, wanted one of [1,"two"])"},
             {"{ne: 1}", "1", "is 1, wanted anything else"},
             {"{ne: 1}", "", "no \"x\" in $"}});
}

TEST(Matcher, CountsAndLooksAtItems) {
  ExpectAll(
      {{"{count: 2}", "[1, 2]", ""},
       {"{count: 1}", "[1, 2]", "count is 2, wanted 1: [1,2]"},
       {"{count: {ge: 3}}", R"({"a": 1})", R"(count is 1, wanted at least 3: {"a":1})"},
       {"{count: 1}", "7", "is 7, wanted a list or map to count"},
       {"{each: {gt: 0}}", "[1, 2]", ""},
       {"{each: {gt: 1}}", "[1, 2, 0]",
        "[0] is 1, wanted more than 1 | [2] is 0, wanted more than 1"},
       {"{each: <int>}", "[]", "is [], wanted at least one item"},
       {"{any: {eq: 2}}", "[1, 2]", ""},
       {"{any: b}", R"(["a"])", R"(is ["a"]: none of 1 fits; the last one is "a", wanted "b")"},
       {"{absent: true}", "", ""},
       {"{absent: true}", "1", "is 1, wanted nothing there"},
       {"{absent: false}", "1", ""}});
}

TEST(Matcher, ReadsTextsOutsideJsonAsWhatTheySpell) {
  EXPECT_EQ(TextRemarks("5", "5"), "");
  EXPECT_EQ(TextRemarks("<int>", "5"), "");
  EXPECT_EQ(TextRemarks("<int>", "five"), R"(is "five", wanted <int>)");
  EXPECT_EQ(TextRemarks("{gt: 4}", "5"), "");
  EXPECT_EQ(TextRemarks("{gt: 4}", "x"), R"(is "x", which has no order with 4)");
}

TEST(Matcher, ShowsWhereLongTextsDiffer) {
  const std::string common(100, 'a');
  EXPECT_EQ(TextRemarks("'" + common + "x'", common + "y"),
            "is another text from byte 100 on: \"aaaaaaaaaaaaaaaaaaaay\", wanted "
            "\"aaaaaaaaaaaaaaaaaaaax\"");
}

TEST(Matcher, ComparesTimes) {
  const auto remarks = [](std::string_view expected) {
    return Remarks(Match(DocumentFromJson(expected), {ValueKind::kTime, Json(412), {}}, {}));
  };
  EXPECT_EQ(remarks("{lt: 0.5s}"), "");
  EXPECT_EQ(remarks("{lt: 300ms}"), "is 412 ms, wanted less than 300ms");
  EXPECT_EQ(remarks("{near: [400ms, 20ms]}"), "");
}

TEST(Matcher, PointsAtTheOperatorThatFailed) {
  const auto failures = Match(DocumentFromJson("{ge: 1, lt: 3}"), JsonActual("3"), {});
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].mark.column, 9);
  EXPECT_EQ(failures[0].mark.length, 5);
}

TEST(Matcher, PointsAtAllOperatorsWhenNothingIsThere) {
  const auto failures = Match(DocumentFromJson("{ge: 1, lt: 3}"), JsonActual(""), {});
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].mark.column, 2);
  EXPECT_EQ(failures[0].mark.length, 12);
}

TEST(Matcher, KeepsTheTypeOfALoneVariable) {
  Variables variables;
  variables.Set("id", 7);
  variables.Set("who", "<int>");
  variables.Set("map", Json{{"lt", 1}});
  ExpectAll({{"${id}", "7", ""},
             {"'${id}'", "7", ""},
             {"x${id}", R"("x7")", ""},
             {"${who}", R"("<int>")", ""},
             {"${map}", R"({"lt": 1})", ""},
             {"{each: '${id}'}", "[7]", ""},
             {"${nope}", "7", "undefined variable 'nope'"}},
            variables);
}

TEST(Matcher, NeverShowsSecretsNorTerminalSequences) {
  Variables variables;
  variables.Hide("token");
  variables.Set("token", "s3\"cret");
  ExpectAll({{"a", R"("xs3\"cretx")", R"(is "x***x", wanted "a")"},
             {"a", R"("\u001b[31m")", R"(is "\u001b[31m", wanted "a")"},
             {"'${token}'", R"("a")", R"(is "a", wanted "***")"}},
            variables);
  EXPECT_EQ(TextRemarks("a", "\x1b[2J\xff"), "is \"\\u001b[2J\xEF\xBF\xBD\", wanted \"a\"");
}

TEST(Matcher, RefusesUnknownOperatorsAndTypes) {
  Diagnostics problems;
  CheckMatcher(DocumentFromJson("{matchs: x}"), ValueKind::kJson, problems);
  ASSERT_EQ(problems.Sorted().size(), 1U);
  EXPECT_EQ(problems.Sorted()[0].message, "unknown operator 'matchs'");
  EXPECT_THAT(problems.Sorted()[0].hint, HasSubstr("did you mean 'matches'?"));
  EXPECT_EQ(problems.Sorted()[0].mark.column, 2);
  EXPECT_EQ(Problems("<uid>"), "1: unknown type '<uid>'\n");
  EXPECT_EQ(Problems("[{id: <uid>}]"), "7: unknown type '<uid>'\n");
  EXPECT_EQ(Problems("{type: uid}"), "8: unknown type 'uid'\n");
}

TEST(Matcher, RefusesArgumentsThatCannotWork) {
  EXPECT_THAT(Problems("{matches: '('}"), HasSubstr("'(' is no regular expression"));
  EXPECT_EQ(Problems("{in: 3}"), "6: 'in' must be a list of values, not '3'\n");
  EXPECT_EQ(Problems("{count: -1}"),
            "9: 'count' must be a whole number or operators on it, not '-1'\n");
  EXPECT_EQ(Problems("{near: 3}"), "8: 'near' must be [number, tolerance], not '3'\n");
  EXPECT_EQ(Problems("{absent: maybe}"), "10: 'absent' must be true or false, not 'maybe'\n");
  EXPECT_EQ(Problems("{}"), "1: expected at least one operator\n");
  EXPECT_EQ(Problems("{each: {nope: 1}}"), "9: unknown operator 'nope'\n");
  EXPECT_EQ(Problems("{lt: fast}", ValueKind::kTime),
            "6: 'time' must be a duration such as 150ms, not 'fast'\n");
  EXPECT_EQ(Problems("{count: 1}", ValueKind::kText), "2: 'count' does not apply to a text\n");
  EXPECT_EQ(Problems("[1]", ValueKind::kText), "1: a text cannot equal a list\n");
}

TEST(Matcher, TakesReferencesOnTrust) {
  EXPECT_EQ(Problems("{matches: '${p}(', in: ['${a}'], count: '${n}', absent: '${b}'}"), "");
  EXPECT_EQ(Problems("{lt: '${limit}'}", ValueKind::kTime), "");
}

}  // namespace
}  // namespace ctestbed
