#include "config/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace ctestbed {

Document WithoutForeignKeys(const Document& map, std::string_view what,
                            std::span<const ForeignKey> foreign, Diagnostics& problems) {
  Document own = map;
  std::erase_if(own.entries, [&](const Document::Entry& entry) {
    const auto found = std::find_if(foreign.begin(), foreign.end(), [&](const ForeignKey& known) {
      return known.key == entry.key.value;
    });
    if (found == foreign.end()) return false;
    problems.Error(entry.key.mark, fmt::format("unknown key {} in {}", Quote(found->key), what),
                   std::string(found->hint));
    return true;
  });
  return own;
}

bool CheckName(const Located<std::string>& name, std::string_view what, Diagnostics& problems) {
  if (IsName(name.value)) return true;
  problems.Error(name.mark, fmt::format("{} {} is no name", what, Quote(name.value)),
                 "use up to 63 letters, digits, '_', '.' and '-', a letter or digit first");
  return false;
}

bool CheckSize(const Document& value, std::string_view key, size_t most, Diagnostics& problems) {
  const size_t size = std::max(value.items.size(), value.entries.size());
  if (size <= most) return true;
  problems.Error(value.mark,
                 fmt::format("{} may have at most {} entries, not {}", Quote(key), most, size));
  return false;
}

std::optional<size_t> ReadWord(const Located<std::string>& text, std::string_view key,
                               std::span<const std::string_view> words, Diagnostics& problems) {
  const auto found = std::find(words.begin(), words.end(), text.value);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  problems.Error(text.mark, fmt::format("{} must be {}, not {}", Quote(key),
                                        fmt::join(words, " or "), Quote(text.value)));
  return std::nullopt;
}

Variables ReadEnvironment(const Fields& fields, std::string_view key, Diagnostics& problems) {
  Variables environment;
  const Document* map = fields.Find(key);
  if (map == nullptr || !CheckSize(*map, key, kMostVariables, problems)) return environment;
  for (const auto& [name, value] : fields.TextMap(key)) {
    if (name.value.empty() || name.value.find('=') != std::string::npos) {
      problems.Error(name.mark,
                     fmt::format("{} cannot name an environment variable", Quote(name.value)));
    }
    environment[name.value] = value;
  }
  return environment;
}

std::string AnchoredPath(const std::string& directory, const Located<std::string>& path) {
  const std::filesystem::path folder = std::filesystem::path(path.mark.file).parent_path();
  return (directory / folder / path.value).lexically_normal().string();
}

std::string FileStem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace ctestbed
