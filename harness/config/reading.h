// Helpers that the readers of presets and suites share, on top of base/fields.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "model/resolve.h"

namespace ctestbed {

// A key that users of other tools write, and what to write instead.
struct ForeignKey {
  std::string_view key;
  std::string_view hint;
};

// `map` without the keys of `foreign`, each of which is reported. `what` names the map: "node".
Document WithoutForeignKeys(const Document& map, std::string_view what,
                            std::span<const ForeignKey> foreign, Diagnostics& problems);

// Whether `name` is a name (base/text.h: IsName); reports it if not. `what` is "port name".
bool CheckName(const Located<std::string>& name, std::string_view what, Diagnostics& problems);

// Whether a list or map has at most `most` entries; reports it if not. `key` names it in the
// message.
bool CheckSize(const Document& value, std::string_view key, size_t most, Diagnostics& problems);

// The index of `text` in `words`; `key` names it in messages. Absent and reported if it is none.
std::optional<size_t> ReadWord(const Located<std::string>& text, std::string_view key,
                               std::span<const std::string_view> words, Diagnostics& problems);

// In one map. Every node has those of its preset.
inline constexpr size_t kMostVariables = 1000;

// The text map `key` as an environment; refuses names that no environment can hold, and too many.
Variables ReadEnvironment(const Fields& fields, std::string_view key, Diagnostics& problems);

// A path as written in a file of the project: relative ones start from that file's folder.
// `directory` is what the file's own path starts from.
std::string AnchoredPath(const std::string& directory, const Located<std::string>& path);

// The file's name without its folders and its last extension.
std::string FileStem(const std::string& path);

}  // namespace ctestbed
