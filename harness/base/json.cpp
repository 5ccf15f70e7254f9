#include "base/json.h"

#include <fmt/format.h>

namespace ctestbed {
namespace {

constexpr int kDeepest = 200;

std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDeepest;
    return depth <= kDeepest;
  };
  try {
    Json json = Json::parse(text, guard);
    if (too_deep) {
      return Fail(ErrorKind::kInvalid, fmt::format("JSON is nested over {} levels", kDeepest));
    }
    return json;
  } catch (const Json::parse_error& error) {
    return Fail(ErrorKind::kInvalid, fmt::format("not JSON at byte {}", error.byte));
  } catch (const Json::exception& error) {
    return Fail(ErrorKind::kInvalid, fmt::format("not JSON: {}", error.what()));
  }
}

std::string DumpJson(const Json& json) {
  return Dump(json, -1);
}
std::string DumpJsonPretty(const Json& json) {
  return Dump(json, 2) + "\n";
}

const Json& JsonMember(const Json& object, std::string_view key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::string JsonText(const Json& object, std::string_view key, std::string_view fallback) {
  const Json& member = JsonMember(object, key);
  return member.is_string() ? member.get<std::string>() : std::string(fallback);
}

double JsonNumber(const Json& object, std::string_view key, double fallback) {
  const Json& member = JsonMember(object, key);
  return member.is_number() ? member.get<double>() : fallback;
}

bool JsonBoolean(const Json& object, std::string_view key, bool fallback) {
  const Json& member = JsonMember(object, key);
  return member.is_boolean() ? member.get<bool>() : fallback;
}

}  // namespace ctestbed
