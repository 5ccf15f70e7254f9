#include "config/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/yaml_syntax.h"

namespace ctestbed {
namespace {

// Thrown through the library's parser to end it, after the mistake was reported.
struct Stop {};

SourceMark MarkAt(const std::string& file, std::string_view source, size_t pos, int length = 1) {
  const std::string_view before = source.substr(0, pos);
  const size_t line_end = before.rfind('\n');
  const size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
  return {file, static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(pos - start) + 1, length};
}

// Builds the tree from the parser's events. The library neither refuses duplicate keys nor limits
// depth, and its node API forgets anchors and tags: all of that is looked after here.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const std::string& file, std::string_view source, Diagnostics& problems)
      : file_(file), source_(source), problems_(problems) {}

  // The whole tree; absent when something of it had to be left out.
  std::optional<Document> Take() {
    return complete_ && root_ ? std::exchange(root_, std::nullopt) : std::nullopt;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    if (source_.substr(Position(mark)).starts_with("---")) {
      problems_.Error(At(mark, 3), "a file holds one document, and here a second one begins",
                      "move it to a file of its own");
    } else {
      problems_.Error(At(mark), "this does not continue the value above",
                      "check the indentation of this line and those above");
    }
    throw Stop{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    const bool written = IsNullWordAt(source_, Position(mark));
    Document document;
    document.mark =
        written ? At(mark, ScalarLength(source_, Position(mark), {})) : MarkOfAbsent(mark);
    Add(std::move(document));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.Error(At(mark, ScalarLength(source_, Position(mark), {})),
                    "aliases are not supported", "repeat the value here");
    complete_ = false;
    Add(Document{.mark = At(mark)});
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    problems_.Error(At(mark, static_cast<int>(name.size()) + 1), "anchors are not supported",
                    fmt::format("remove '&{}' and repeat the value where it is needed", name));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    const bool tagged = RefuseTag(mark, tag);
    const size_t pos = Position(mark);
    const int length = ScalarLength(source_, pos, value);
    if (length == 0) {
      problems_.Error(At(mark), "this quoted text is never closed");
      throw Stop{};
    }
    Add(Document{.kind = Document::Kind::kScalar,
                 .text = value,
                 .quoted = !tagged && IsQuotedAt(source_, pos),
                 .mark = At(mark, length)});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, Document::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, Document::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

 private:
  // A list or map that is not finished, and in a map the key whose value comes next.
  struct Level {
    Document document;
    std::optional<Document> key;
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };

  static size_t Position(const YAML::Mark& mark) { return static_cast<size_t>(mark.pos); }
  SourceMark At(const YAML::Mark& mark, int length = 1) const {
    return {file_, mark.line + 1, mark.column + 1, length};
  }

  // The library points behind an absent value; its key or dash is what a reader looks for.
  SourceMark MarkOfAbsent(const YAML::Mark& mark) const {
    if (!levels_.empty() && levels_.back().key) return levels_.back().key->mark;
    const size_t before =
        source_.find_last_not_of(" \t\r\n", std::max<size_t>(Position(mark), 1) - 1);
    const bool dash = before != std::string_view::npos && source_[before] == '-';
    return dash ? MarkBefore(mark, before) : At(mark);
  }

  // Of one byte at `pos`, a little before `mark`.
  SourceMark MarkBefore(const YAML::Mark& mark, size_t pos) const {
    const std::string_view between = source_.substr(pos, Position(mark) - pos);
    const size_t line_end = source_.rfind('\n', pos);
    const size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
    const auto lines = std::count(between.begin(), between.end(), '\n');
    return {file_, mark.line + 1 - static_cast<int>(lines), static_cast<int>(pos - start) + 1, 1};
  }

  bool RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    const std::string_view rest = source_.substr(Position(mark));
    if (!rest.starts_with("!") && (tag.empty() || tag == "?" || tag == "!")) return false;
    problems_.Error(At(mark, static_cast<int>(std::min(rest.find_first_of(" \r\n"), rest.size()))),
                    "tags are not supported", "remove it; quote a text that begins with '!'");
    return true;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, Document::Kind kind) {
    RefuseTag(mark, tag);
    if (levels_.size() >= kDeepestYaml) {
      problems_.Error(At(mark), fmt::format("nested over {} levels deep", kDeepestYaml));
      throw Stop{};
    }
    levels_.push_back({Document{.kind = kind, .mark = At(mark)}, std::nullopt, {}});
  }

  void Close() {
    Document document = std::move(levels_.back().document);
    levels_.pop_back();
    Add(std::move(document));
  }

  void Add(Document document) {
    if (levels_.empty()) {
      root_ = std::move(document);
      return;
    }
    Level& level = levels_.back();
    if (level.document.IsList()) {
      level.document.items.push_back(std::move(document));
    } else if (!level.key) {
      AddKey(level, std::move(document));
    } else {
      AddEntry(level, std::move(document));
    }
  }

  void AddKey(Level& level, Document key) {
    // A block map begins where its first key does: show the whole key.
    if (level.document.entries.empty() && key.mark.line == level.document.mark.line &&
        key.mark.column == level.document.mark.column) {
      level.document.mark.length = key.mark.length;
    }
    level.key = std::move(key);
  }

  void AddEntry(Level& level, Document value) {
    const Document key = *std::exchange(level.key, std::nullopt);
    if (!key.IsScalar()) {
      problems_.Error(key.mark, fmt::format("a key must be text, not {}", Describe(key)));
    } else if (key.text == "<<" && !key.quoted) {
      problems_.Error(key.mark, "merge keys are not supported",
                      "build on another preset with 'extends', or repeat the keys");
    } else if (const auto [first, is_new] = level.lines.try_emplace(key.text, key.mark.line);
               !is_new) {
      problems_.Error(key.mark, fmt::format("duplicate key {}", Quote(key.text)),
                      fmt::format("it is already on line {}", first->second));
    } else {
      level.document.entries.push_back({{key.text, key.mark}, std::move(value)});
    }
  }

  const std::string& file_;
  const std::string_view source_;
  Diagnostics& problems_;
  std::vector<Level> levels_;
  std::optional<Document> root_;
  int documents_ = 0;
  bool complete_ = true;
};

// False when the text is no YAML.
bool Parse(const std::string& file, std::string_view source, TreeBuilder& builder,
           Diagnostics& problems) {
  std::istringstream stream{std::string(source)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
    return true;
  } catch (const Stop&) {
    return false;
  } catch (const YAML::Exception& error) {
    const size_t pos = error.mark.is_null() ? 0 : static_cast<size_t>(error.mark.pos);
    SyntaxComplaint complaint = TranslateComplaint(source, pos, error.msg);
    problems.Error(MarkAt(file, source, complaint.pos), std::move(complaint.message),
                   std::move(complaint.hint));
    return false;
  }
}

// What makes a text unfit for the parser; the library would read on over it.
bool IsReadable(const std::string& file, std::string_view source, Diagnostics& problems) {
  if (source.size() > kMostYamlBytes) {
    problems.Error({file, 0, 0, 0}, fmt::format("the file has {} bytes, and may have at most {}",
                                                source.size(), kMostYamlBytes));
    return false;
  }
  if (const size_t bad = FindInvalidUtf8(source); bad != std::string_view::npos) {
    problems.Error(
        MarkAt(file, source, bad),
        fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(source[bad])),
        "save the file as UTF-8");
    return false;
  }
  if (const size_t bad = FindControlCharacter(source); bad != std::string_view::npos) {
    problems.Error(
        MarkAt(file, source, bad),
        fmt::format("control character 0x{:02x}", static_cast<unsigned char>(source[bad])),
        "write it as an escape in double quotes");
    return false;
  }
  return true;
}

}  // namespace

std::optional<Document> ReadYaml(const std::string& file, std::string_view text,
                                 Diagnostics& problems) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  problems.AddSource(file, std::string(text.substr(0, kMostYamlBytes)));
  if (!IsReadable(file, text, problems)) return std::nullopt;
  TreeBuilder builder(file, text, problems);
  if (!Parse(file, text, builder, problems)) return std::nullopt;
  std::optional<Document> root = builder.Take();
  if (root && root->IsNull()) root.reset();
  if (!root && problems.About(file).empty()) problems.Error({file, 1, 1, 1}, "the file is empty");
  return root;
}

}  // namespace ctestbed
