#include "config/suite_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/references.h"
#include "model/matrix.h"
#include "model/resolve.h"

namespace ctestbed {
namespace {

constexpr size_t kMostCheckedCells = 256;

template <typename Items>
std::vector<std::string> NamesOf(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name.value);
  return names;
}

// The value under `keys`, one inside the other, in the file of the suite; null if it is not there.
const Document* Under(const Suite& suite, const std::vector<std::string>& keys) {
  const Document* at = &suite.body;
  for (const std::string& key : keys) at = at == nullptr ? nullptr : at->Find(key);
  return at;
}

// Where `key` stands in `map`.
SourceMark MarkOfKey(const Document* map, const std::string& key, const SourceMark& otherwise) {
  if (map == nullptr) return otherwise;
  for (const Document::Entry& entry : map->entries) {
    if (entry.key.value == key) return entry.key.mark;
  }
  return otherwise;
}

// The entry of that key, anywhere below, whose value (or first value of a list) stands at `value`.
const Document::Entry* FindEntry(const Document& below, const std::string& key,
                                 const SourceMark& value) {
  for (const Document::Entry& entry : below.entries) {
    const Document& first = entry.value.items.empty() ? entry.value : entry.value.items.front();
    if (entry.key.value == key && first.mark == value) return &entry;
    if (const auto* found = FindEntry(entry.value, key, value)) return found;
  }
  for (const Document& item : below.items) {
    if (const auto* found = FindEntry(item, key, value)) return found;
  }
  return nullptr;
}

CellSet SetOf(const CellPattern& pattern) {
  CellSet set;
  for (const auto& [axis, value] : pattern) set[axis] = {value};
  return set;
}

bool HasText(const std::vector<Located<std::string>>& texts, const std::string& wanted) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const auto& text) { return text.value == wanted; });
}

class SuiteChecks {
 public:
  SuiteChecks(const Suite& suite, const PresetsByName& presets, Diagnostics& problems)
      : suite_(suite), presets_(presets), problems_(problems) {}

  void Run() {
    FindTargets();
    CheckServices();
    CheckAxes();
    CheckMatrix();
    CheckDirties();
    if (!sound_) return;
    for (const Preset* preset : targets_) CheckCells(*preset);
  }

 private:
  void Error(const SourceMark& mark, std::string message, std::string hint = {}) {
    problems_.Error(mark, std::move(message), std::move(hint));
    sound_ = false;
  }

  void FindTargets() {
    std::set<std::string> seen;
    for (const auto& name : suite_.presets) {
      const auto preset = presets_.find(name.value);
      if (!seen.insert(name.value).second) {
        Error(name.mark, fmt::format("preset {} is named twice", Quote(name.value)));
      } else if (preset == presets_.end()) {
        std::vector<std::string> known;
        for (const auto& [other, value] : presets_) known.push_back(other);
        Error(name.mark, fmt::format("unknown preset {}", Quote(name.value)),
              DidYouMean(name.value, known, "presets"));
      } else if (preset->second != nullptr) {
        targets_.push_back(preset->second);
      }
    }
  }

  void CheckServices() {
    for (const Preset* preset : targets_) {
      std::vector<std::string> hosted;
      for (const Node& node : Resolve(*preset, {}, {}, {}).nodes) {
        hosted.insert(hosted.end(), node.services.begin(), node.services.end());
      }
      for (const auto& service : suite_.services) {
        if (std::find(hosted.begin(), hosted.end(), service.value) != hosted.end()) continue;
        Error(service.mark,
              fmt::format("no node of preset {} hosts service {}", Quote(preset->name.value),
                          Quote(service.value)),
              DidYouMean(service.value, hosted, "services"));
      }
    }
  }

  void CheckDirties() {
    if (targets_.empty() || targets_.size() < suite_.presets.size()) return;
    std::set<std::string> known;
    const auto add = [&](const Overlay& overlay) {
      for (const NodeOverlay& node : overlay.nodes) known.insert(node.name.value);
    };
    for (const Preset* preset : targets_) {
      for (const Overlay& layer : preset->layers) add(layer);
      for (const Axis& axis : preset->axes) {
        for (const AxisValue& value : axis.values) add(value.overlay);
      }
    }
    for (const auto& node : suite_.dirties) {
      if (known.contains(node.value)) continue;
      Error(node.mark, fmt::format("no preset of the suite has a node {}", Quote(node.value)),
            DidYouMean(node.value, {known.begin(), known.end()}, "nodes"));
    }
  }

  void CheckAxes() {
    const Document* map = Under(suite_, {"matrix", "axes"});
    for (const auto& [axis, choice] : suite_.matrix.axes) {
      const SourceMark mark = MarkOfKey(map, axis, suite_.name.mark);
      std::set<std::string> seen;
      for (const auto& value : choice.values) {
        if (seen.insert(value.value).second) continue;
        Error(value.mark, fmt::format("value {} is named twice", Quote(value.value)));
      }
      for (const Preset* preset : targets_) {
        const Axis* known = FindAxis(*preset, axis, mark);
        for (const auto& value : choice.values) CheckValue(*preset, known, value);
      }
    }
  }

  const Axis* FindAxis(const Preset& preset, const std::string& name, const SourceMark& mark) {
    const Axis* axis = preset.FindAxis(name);
    if (axis == nullptr) {
      Error(mark, fmt::format("preset {} has no axis {}", Quote(preset.name.value), Quote(name)),
            DidYouMean(name, NamesOf(preset.axes), "axes"));
    }
    return axis;
  }

  void CheckValue(const Preset& preset, const Axis* axis, const Located<std::string>& value) {
    if (axis == nullptr || axis->Find(value.value) != nullptr) return;
    Error(value.mark,
          fmt::format("axis {} of preset {} has no value {}", Quote(axis->name.value),
                      Quote(preset.name.value), Quote(value.value)),
          DidYouMean(value.value, NamesOf(axis->values), "values"));
  }

  void CheckMatrix() {
    const Matrix& matrix = suite_.matrix;
    for (const CellPattern& pattern : matrix.include) CheckSet(SetOf(pattern));
    for (const CellSet& set : matrix.never) CheckSet(set);
    for (const OnlyIf& rule : matrix.only_if) {
      CheckSet(rule.cells);
      CheckSet(rule.condition);
    }
    for (const MatrixOverride& change : matrix.overrides) CheckSet(SetOf(change.when));
    for (const Coverage::Stronger& stronger : matrix.cover.stronger) CheckStronger(stronger);
  }

  void CheckSet(const CellSet& set) {
    const auto named = set.find("preset");
    if (named != set.end()) {
      for (const auto& preset : named->second) CheckNeeded(preset);
    }
    for (const Preset* preset : targets_) {
      if (named != set.end() && !HasText(named->second, preset->name.value)) continue;
      for (const auto& [axis, values] : set) {
        if (axis == "preset" || values.empty()) continue;
        const Axis* known = FindAxis(*preset, axis, MarkOfAxis(axis, values.front().mark));
        for (const auto& value : values) CheckValue(*preset, known, value);
      }
    }
  }

  void CheckNeeded(const Located<std::string>& preset) {
    if (HasText(suite_.presets, preset.value)) return;
    std::vector<std::string> needed;
    for (const auto& each : suite_.presets) needed.push_back(each.value);
    Error(preset.mark, fmt::format("the suite does not need preset {}", Quote(preset.value)),
          DidYouMean(preset.value, needed, "presets"));
  }

  void CheckStronger(const Coverage::Stronger& stronger) {
    std::set<std::string> seen;
    for (const auto& axis : stronger.axes) {
      if (!seen.insert(axis.value).second) {
        Error(axis.mark, fmt::format("axis {} is named twice", Quote(axis.value)));
      }
      for (const Preset* preset : targets_) FindAxis(*preset, axis.value, axis.mark);
      const auto chosen = suite_.matrix.axes.find(axis.value);
      if (chosen != suite_.matrix.axes.end() && chosen->second.kind == AxisChoice::Kind::kAny) {
        Error(axis.mark, fmt::format("axis {} cannot be covered", Quote(axis.value)),
              "under 'axes' any of its values will do");
      }
    }
    if (!stronger.axes.empty() && stronger.axes.size() < static_cast<size_t>(stronger.strength)) {
      Error(stronger.axes.front().mark,
            fmt::format("strength {} needs at least as many axes", stronger.strength));
    }
  }

  // Where the axis is named whose first value stands at `value`.
  SourceMark MarkOfAxis(const std::string& axis, const SourceMark& value) const {
    const Document* matrix = Under(suite_, {"matrix"});
    const Document::Entry* entry = matrix == nullptr ? nullptr : FindEntry(*matrix, axis, value);
    return entry == nullptr ? value : entry->key.mark;
  }

  void CheckCells(const Preset& preset) {
    const Document* written = Under(suite_, {"matrix"});
    const SourceMark mark =
        MarkOfKey(&suite_.body, written == nullptr ? "suite" : "matrix", suite_.name.mark);
    const bool all = suite_.matrix.cover.strength == 0;
    if ((all ? CountCells(suite_, preset) : CountOpenCells(suite_, preset)) > kMostCells) {
      Error(mark,
            fmt::format("the suite runs in more than {} cells of preset {}", kMostCells,
                        Quote(preset.name.value)),
            all ? "choose fewer values under matrix: {axes: ...}, or cover: pairs"
                : "name fewer axes 'any'");
      return;
    }
    CheckIncluded(preset);
    std::vector<Cell> cells;
    if (all) {
      for (const CellChoice& choice : ChoicesOf(suite_, preset)) cells.push_back(choice.front());
    } else if (const auto first = FirstCell(suite_, preset)) {
      cells.push_back(*first);
    }
    if (cells.empty()) {
      Error(mark, fmt::format("no cell of preset {} is left to run in", Quote(preset.name.value)),
            "what 'exclude', 'never' and 'only_if' say takes every cell away");
    }
    for (size_t i = 0; i < std::min(cells.size(), kMostCheckedCells); ++i) {
      CheckEnvironment(preset, cells[i]);
      CheckSecrets(preset, cells[i]);
    }
  }

  void CheckIncluded(const Preset& preset) {
    for (const CellPattern& pattern : suite_.matrix.include) {
      const std::optional<Cell> cell = IncludedCell(pattern, preset);
      if (!cell || pattern.empty() || Allows(suite_.matrix, preset, *cell)) continue;
      Error(pattern.begin()->second.mark,
            fmt::format("cell {} is both included and left out", Quote(CellName(*cell))),
            "see 'exclude', 'never' and 'only_if'");
    }
  }

  void CheckSecrets(const Preset& preset, const Cell& cell) {
    if (secrets_.empty()) return;
    std::vector<std::string> known;
    for (const auto& [name, source] : DeclarationsOf(preset, cell).secrets) known.push_back(name);
    for (const Located<std::string>& secret : secrets_) {
      if (std::find(known.begin(), known.end(), secret.value) != known.end()) continue;
      ReportOnce(secret.mark, fmt::format("there is no secret {}", Quote(secret.value)),
                 known.empty() ? "declare it there by secrets: {NAME: {env: VARIABLE}}"
                               : DidYouMean(secret.value, known, "secrets"),
                 preset);
    }
  }

  void CheckEnvironment(const Preset& preset, const Cell& cell) {
    std::vector<Located<std::string>> texts;
    for (const auto& [name, value] : suite_.environment) texts.push_back(value);
    for (const MatrixOverride& change : suite_.matrix.overrides) {
      for (const auto& [name, value] : change.environment) texts.push_back(value);
    }
    if (texts.empty()) return;
    const auto nodes = MergedNodes(preset, cell, {}, {});
    const Topology declared = DeclarationsOf(preset, cell);
    for (const NodeOverlay& node : nodes) {
      const std::vector<std::string> names = NamesFor(node, nodes, declared);
      for (const Located<std::string>& text : texts) {
        CheckReferences(text, names,
                        [&](const SourceMark& mark, const std::string& message,
                            const std::string& hint) { ReportOnce(mark, message, hint, preset); });
      }
    }
  }

  // Nodes and cells show the same mistake many times.
  void ReportOnce(const SourceMark& mark, const std::string& message, const std::string& hint,
                  const Preset& preset) {
    if (!reported_.emplace(mark.line, mark.column).second) return;
    Error(mark, fmt::format("{} in preset {}", message, Quote(preset.name.value)), hint);
  }

  const Suite& suite_;
  const PresetsByName& presets_;
  Diagnostics& problems_;
  const std::vector<Located<std::string>> secrets_ = SecretsIn(suite_.body);
  std::vector<const Preset*> targets_;  // the presets it needs, as far as they are sound
  std::set<std::pair<int, int>> reported_;
  bool sound_ = true;
};

}  // namespace

namespace {

// Finds circles of `after` depth first; each suite is entered once.
class OrderCheck {
 public:
  OrderCheck(const std::vector<const Suite*>& suites, Diagnostics& problems) : problems_(problems) {
    for (const Suite* suite : suites) by_name_.try_emplace(suite->name.value, suite);
  }

  void Visit(const Suite& suite, const std::vector<std::string>& all) {
    if (!entered_.insert(suite.name.value).second) return;
    path_.push_back(suite.name.value);
    for (const auto& name : suite.after) {
      const auto next = by_name_.find(name.value);
      const auto start = std::find(path_.begin(), path_.end(), name.value);
      if (start != path_.end()) {
        std::vector<std::string> circle(start, path_.end());
        circle.push_back(name.value);
        problems_.Error(
            name.mark,
            fmt::format("suites come after each other in a circle: {}", Join(circle, " -> ")),
            "remove one of these 'after'");
      } else if (next != by_name_.end()) {
        Visit(*next->second, all);
      } else if (std::find(all.begin(), all.end(), name.value) == all.end()) {
        problems_.Error(name.mark, fmt::format("unknown suite {}", Quote(name.value)),
                        DidYouMean(name.value, all, "suites"));
      }
    }
    path_.pop_back();
  }

 private:
  Diagnostics& problems_;
  std::map<std::string, const Suite*> by_name_;
  std::vector<std::string> path_;
  std::set<std::string> entered_;
};

}  // namespace

void CheckOrder(const std::vector<const Suite*>& suites, const std::vector<std::string>& all,
                Diagnostics& problems) {
  OrderCheck check(suites, problems);
  for (const Suite* suite : suites) check.Visit(*suite, all);
}

void CheckSuite(const Suite& suite, const PresetsByName& presets, Diagnostics& problems) {
  SuiteChecks(suite, presets, problems).Run();
}

}  // namespace ctestbed
