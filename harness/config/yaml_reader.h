// The wall around the YAML library: text in, located values or located mistakes out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "base/document.h"

namespace ctestbed {

inline constexpr size_t kMostYamlBytes = 1U << 20U;
inline constexpr int kDeepestYaml = 32;

// Reads `text` as one YAML 1.2 document and makes it known to `problems` as the text of `file`.
// Refused with a message at the spot: a file over 1 MiB, bytes that are not UTF-8, control
// characters, nesting over 32 levels, several documents, an empty file, anchors and aliases, tags,
// merge keys, duplicate keys, keys that are not text. The result is there in spite of mistakes
// where the rest of the text can still be judged. Marks
// of scalars cover them as written, quotes included, up to the end of their line.
std::optional<Document> ReadYaml(const std::string& file, std::string_view text,
                                 Diagnostics& problems);

}  // namespace ctestbed
