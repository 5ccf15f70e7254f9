#include "config/schema.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "base/json.h"
#include "config/preset_parser.h"
#include "config/suite_parser.h"

namespace ctestbed {
namespace {

constexpr std::string_view kDraft = "http://json-schema.org/draft-07/schema#";
constexpr std::string_view kDurationPattern = "^[0-9]+(\\.[0-9]*)?(ms|s|m|h)$";

// Any scalar: to our reader all of them are texts.
Json TextSchema() {
  return {{"type", {"string", "number", "boolean"}}};
}

Json ListOf(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

Json EnumOf(const Field& field) {
  Json schema;
  for (const std::string_view word : field.inside->words) {
    const bool boolean = field.shape == Shape::kBoolean;
    schema["enum"].push_back(boolean ? Json(word == "true") : Json(word));
  }
  return schema;
}

Json SchemaOf(Shape shape) {
  switch (shape) {
    case Shape::kText:
      return TextSchema();
    case Shape::kName:
      return {{"type", {"string", "number", "boolean"}}, {"pattern", kNamePattern}, {"minimum", 0}};
    case Shape::kInteger:
      return {{"type", "integer"}, {"minimum", 0}};
    case Shape::kBoolean:
      return {{"type", "boolean"}};
    case Shape::kDuration:
      return {{"type", "string"}, {"pattern", kDurationPattern}};
    case Shape::kList:
      return {{"type", "array"}};
    case Shape::kTextList:
      return ListOf(TextSchema());
    case Shape::kTextOrList:
      return {{"type", {"string", "number", "boolean", "array"}}, {"items", TextSchema()}};
    case Shape::kMap:
      return {{"type", "object"}};
    case Shape::kTextMap:
      return {{"type", "object"}, {"additionalProperties", TextSchema()}};
    case Shape::kAny:
      break;
  }
  return Json::object();
}

// Follows the links of tables; kinds of values that have a name become definitions.
class Writer {
 public:
  explicit Writer(std::span<const Field> probes) : probes_(probes) {}

  Json Map(std::span<const Field> fields) {
    Json schema = {{"type", "object"}, {"additionalProperties", false}};
    AddFields(fields, schema);
    return schema;
  }

  Json Value(const Field& field) {
    const Inside* inside = field.inside;
    if (inside == nullptr) return SchemaOf(field.shape);
    if (inside->name.empty()) return Open(field);
    const std::string name(inside->name);
    if (!definitions_.contains(name)) {
      definitions_[name] = Json::object();  // so that a value inside itself finds it
      Json schema = Open(field);
      definitions_[name] = std::move(schema);
    }
    return {{"$ref", "#/definitions/" + name}};
  }

  // `root` as a whole schema.
  Json Finish(std::string_view title, Json root) {
    root["$schema"] = kDraft;
    root["title"] = title;
    root["definitions"] = std::move(definitions_);
    return root;
  }

 private:
  // The schema of a value with all that is inside it.
  Json Open(const Field& field) {
    const Inside& inside = *field.inside;
    if (inside.nothing) {
      Inside something = inside;
      something.nothing = false;
      Json schema = Open({field.key, field.shape, field.help, field.required, &something});
      return {{"anyOf", Json::array({std::move(schema), {{"type", "null"}}})}};
    }
    Json schema = SchemaOf(field.shape);
    if (!inside.words.empty()) schema = EnumOf(field);
    for (const Field& form : inside.either) schema["anyOf"].push_back(Described(form));
    if (field.shape == Shape::kInteger) AddBounds(inside, schema);
    if (field.shape == Shape::kMap) AddContent(inside, schema);
    if (field.shape == Shape::kList && inside.each != nullptr) {
      schema["items"] = Value(*inside.each);
    }
    if (inside.at_least > 0) {
      const bool map = field.shape == Shape::kMap || field.shape == Shape::kTextMap;
      schema[map ? "minProperties" : "minItems"] = inside.at_least;
    }
    return schema;
  }

  static void AddBounds(const Inside& inside, Json& schema) {
    schema["minimum"] = inside.least;
    if (inside.most < Inside{}.most) schema["maximum"] = inside.most;
  }

  void AddContent(const Inside& inside, Json& schema) {
    AddFields(inside.fields, schema);
    if (inside.name == kReadyName) AddProbes(schema);
    if (inside.each == nullptr) {
      schema["additionalProperties"] = false;
    } else if (inside.keys.empty()) {
      schema["additionalProperties"] = Described(*inside.each);
    } else {
      schema["patternProperties"][std::string(inside.keys)] = Described(*inside.each);
      schema["additionalProperties"] = false;
    }
  }

  void AddFields(std::span<const Field> fields, Json& schema) {
    for (const Field& field : fields) {
      schema["properties"][std::string(field.key)] = Described(field);
      if (field.required) schema["required"].push_back(field.key);
    }
  }

  // Exactly one of them stands in a `ready`.
  void AddProbes(Json& schema) {
    AddFields(probes_, schema);
    for (const Field& probe : probes_) {
      schema["oneOf"].push_back({{"required", Json::array({probe.key})}});
    }
  }

  // In draft 7 nothing may stand beside a $ref.
  Json Described(const Field& field) {
    Json schema = Value(field);
    if (field.help.empty()) return schema;
    if (schema.contains("$ref")) schema = {{"allOf", Json::array({std::move(schema)})}};
    schema["description"] = field.help;
    return schema;
  }

  std::span<const Field> probes_;
  Json definitions_ = Json::object();
};

}  // namespace

Json PresetSchema(std::span<const Field> probes) {
  Writer writer(probes);
  return writer.Finish("ctestbed preset", writer.Map(PresetFields()));
}

Json SuiteSchema(std::span<const TesterVocabulary> testers) {
  Writer writer({});
  Json root = {{"type", "object"}, {"required", Json::array({"tester"})}};
  for (const TesterVocabulary& tester : testers) {
    std::vector<Field> fields(SuiteFields().begin(), SuiteFields().end());
    fields.insert(fields.end(), tester.fields.begin(), tester.fields.end());
    Json suite = writer.Map(fields);
    suite["properties"]["tester"] = {{"const", tester.name}};
    Json is_this = {{"properties", {{"tester", {{"const", tester.name}}}}},
                    {"required", Json::array({"tester"})}};
    root["allOf"].push_back({{"if", std::move(is_this)}, {"then", std::move(suite)}});
    root["properties"]["tester"]["enum"].push_back(tester.name);
  }
  return writer.Finish("ctestbed suite", std::move(root));
}

}  // namespace ctestbed
