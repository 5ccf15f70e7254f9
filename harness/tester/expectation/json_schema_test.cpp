#include "tester/expectation/json_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Mistakes(std::string_view schema, std::string_view value) {
  const auto mistakes = SchemaMistakes(*ParseJson(schema), *ParseJson(value));
  return mistakes ? *mistakes : std::vector<std::string>{mistakes.error().message};
}

TEST(JsonSchema, NamesThePlaceOfAMistake) {
  constexpr std::string_view kSchema =
      R"({"type": "object", "required": ["id"], "additionalProperties": false,
          "properties": {"id": {"type": "string", "minLength": 2},
                         "lines": {"items": {"$ref": "#/definitions/line"}}},
          "definitions": {"line": {"properties": {"qty": {"minimum": 1}}}}})";
  EXPECT_THAT(Mistakes(kSchema, R"({"id": "ab", "lines": [{"qty": 2}]})"), IsEmpty());
  EXPECT_THAT(
      Mistakes(kSchema, R"({"lines": [{"qty": 1}, {"qty": 0}], "x": 1})"),
      ElementsAre(R"($ lacks "id"; it is {"lines":[{"qty":1},{"qty":0}],"x":1})",
                  "$.lines[1].qty is 0, wanted at least 1", "$.x is 1, wanted nothing there"));
  EXPECT_THAT(Mistakes(kSchema, R"({"id": "\u00e4"})"),
              ElementsAre("$.id is \"\u00e4\", wanted at least 2 characters"));
}

struct Example {
  const char* schema;
  const char* fits;
  const char* misses;
};

class JsonSchemaKeyword : public testing::TestWithParam<Example> {};

TEST_P(JsonSchemaKeyword, TellsValuesApart) {
  EXPECT_THAT(Mistakes(GetParam().schema, GetParam().fits), IsEmpty());
  EXPECT_THAT(Mistakes(GetParam().schema, GetParam().misses), testing::SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    All, JsonSchemaKeyword,
    testing::Values(
        Example{R"({"type": "integer"})", "1.0", "1.5"},
        Example{R"({"type": ["string", "null"]})", "null", "false"},
        Example{R"({"enum": [1, "a"]})", "\"a\"", "\"b\""},
        Example{R"({"const": {"a": 1}})", R"({"a": 1.0})", R"({"a": 2})"},
        Example{R"({"maximum": 3})", "3", "3.5"}, Example{R"({"exclusiveMaximum": 3})", "2", "3"},
        Example{R"({"exclusiveMinimum": 3})", "4", "3"},
        Example{R"({"multipleOf": 0.01})", "19.99", "0.005"},
        Example{R"({"maxLength": 1})", "\"\u00e4\"", "\"ab\""},
        Example{R"({"pattern": "^a+$"})", "\"aa\"", "\"ab\""},
        Example{R"({"format": "uuid"})", "\"123e4567-e89b-12d3-a456-426614174000\"", "\"x\""},
        Example{R"({"format": "date-time"})", "\"2026-01-31T10:20:30Z\"", "\"yesterday\""},
        Example{R"({"items": [{}, {"type": "string"}], "additionalItems": false})", R"([1, "a"])",
                R"([1, "a", 2])"},
        Example{R"({"minItems": 1})", "[1]", "[]"}, Example{R"({"maxItems": 1})", "[1]", "[1, 2]"},
        Example{R"({"uniqueItems": true})", "[1, 2]", "[1, 2, 1]"},
        Example{R"({"contains": {"const": 2}})", "[1, 2]", "[1]"},
        Example{R"({"minProperties": 1})", R"({"a": 1})", "{}"},
        Example{R"({"patternProperties": {"^a": {"type": "string"}}})", R"({"a": "", "b": 1})",
                R"({"ab": 1})"},
        Example{R"({"propertyNames": {"maxLength": 1}})", R"({"a": 1})", R"({"ab": 1})"},
        Example{R"({"dependencies": {"a": ["b"]}})", R"({"a": 1, "b": 1})", R"({"a": 1})"},
        Example{R"({"dependencies": {"a": {"maxProperties": 1}}})", R"({"a": 1})",
                R"({"a": 1, "b": 1})"},
        Example{R"({"allOf": [{"minimum": 1}, {"maximum": 2}]})", "2", "3"},
        Example{R"({"anyOf": [{"minimum": 3}, {"maximum": 1}]})", "1", "2"},
        Example{R"({"oneOf": [{"minimum": 1}, {"maximum": 1}]})", "2", "1"},
        Example{R"({"not": {"type": "null"}})", "1", "null"},
        Example{R"({"if": {"minimum": 9}, "then": {"const": 10}, "else": {"const": 1}})", "10",
                "9"},
        Example{R"({"properties": {"next": {"$ref": "#"}}, "required": ["v"]})",
                R"({"v": 1, "next": {"v": 2}})", R"({"v": 1, "next": {}})"}));

TEST(JsonSchema, RefusesWhatIsNone) {
  EXPECT_THAT(Mistakes(R"({"type": 4})", "1"),
              ElementsAre("no usable JSON Schema: 'type' cannot be 4"));
  EXPECT_THAT(Mistakes(R"({"type": "int"})", "1"),
              ElementsAre("no usable JSON Schema: 'type' cannot be \"int\""));
  EXPECT_THAT(
      Mistakes(R"({"$ref": "other.json"})", "1"),
      ElementsAre("no usable JSON Schema: '$ref' 'other.json' is nothing in this document"));
  EXPECT_THAT(Mistakes(R"({"$ref": "#"})", "1"),
              ElementsAre("no usable JSON Schema: it is nested too deep, or refers to itself"));
  EXPECT_THAT(Mistakes("[]", "1"), ElementsAre("no usable JSON Schema: [] is no schema"));
}

}  // namespace
}  // namespace ctestbed
