#include "base/json.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(ParseJson, ReadsOneText) {
  const auto json = ParseJson(R"({"a": [1, "x", null]})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("a").at(1), "x");
}

TEST(ParseJson, SaysWhereTheMistakeIs) {
  EXPECT_EQ(ParseJson("[1,}").error().message, "not JSON at byte 4");
  for (const char* text : {"", "{", "nul", "[1] 2", "'a'", "\"\xFF\"", "[1e999]", "// x\n1"}) {
    const auto json = ParseJson(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().kind, ErrorKind::kInvalid);
  }
}

TEST(ParseJson, RefusesDeepNesting) {
  EXPECT_TRUE(ParseJson(Nested(200)));
  for (const size_t depth : {300U, 1'000'000U}) {
    const auto json = ParseJson(Nested(depth));
    ASSERT_FALSE(json);
    EXPECT_EQ(json.error().message, "JSON is nested over 200 levels");
  }
}

TEST(DumpJson, SortsKeysOnOneLine) {
  EXPECT_EQ(DumpJson({{"b", 1}, {"a", "x\ny"}}), R"({"a":"x\ny","b":1})");
  EXPECT_EQ(DumpJsonPretty({{"a", 1}}), "{\n  \"a\": 1\n}\n");
}

TEST(DumpJson, ReplacesBadUtf8) {
  EXPECT_EQ(DumpJson("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

TEST(JsonMember, GivesTheFallbackForAbsentAndOtherTypes) {
  const Json object = {{"text", "x"}, {"number", 2.5}, {"yes", true}, {"null", nullptr}};
  EXPECT_EQ(JsonText(object, "text"), "x");
  EXPECT_EQ(JsonText(object, "number", "-"), "-");
  EXPECT_EQ(JsonText(object, "absent"), "");
  EXPECT_DOUBLE_EQ(JsonNumber(object, "number"), 2.5);
  EXPECT_DOUBLE_EQ(JsonNumber(object, "text", 7), 7);
  EXPECT_TRUE(JsonBoolean(object, "yes"));
  EXPECT_TRUE(JsonBoolean(object, "null", true));
  EXPECT_TRUE(JsonMember(object, "absent").is_null());
  EXPECT_TRUE(JsonMember(Json::array({1}), "x").is_null());
}

}  // namespace
}  // namespace ctestbed
