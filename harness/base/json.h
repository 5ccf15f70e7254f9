// JSON for every area. This header and its forward sibling are the only ones that name the library.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace ctestbed {

// Parses one JSON text (RFC 8259); kInvalid with the byte offset on a mistake. Never throws. Text
// that is nested deeper than 200 levels is refused.
Result<Json> ParseJson(std::string_view text);
// One line, bad UTF-8 replaced, so that it never throws.
std::string DumpJson(const Json& json);
// The same over several lines, for people.
std::string DumpJsonPretty(const Json& json);

// The member `key` of an object as text or number, or the fallback where it is absent or of another
// type.
std::string JsonText(const Json& object, std::string_view key, std::string_view fallback = {});
double JsonNumber(const Json& object, std::string_view key, double fallback = 0);
bool JsonBoolean(const Json& object, std::string_view key, bool fallback = false);
// The member `key`, or a null that lives for ever.
const Json& JsonMember(const Json& object, std::string_view key);

}  // namespace ctestbed
