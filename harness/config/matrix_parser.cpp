#include "config/matrix_parser.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

constexpr size_t kMostPatterns = 1000;

constexpr Inside kAtLeastOne{.at_least = 1};
constexpr Field kChoice{"choice", Shape::kTextOrList, "all, any, a value or a list of values",
                        false, &kAtLeastOne};
constexpr Inside kChoices{.each = &kChoice};
constexpr Field kPattern{"cell", Shape::kTextMap, "{AXIS: VALUE}"};
constexpr Inside kPatterns{.each = &kPattern};

// Values of several axes at once.
constexpr Field kValues{"values", Shape::kTextOrList, "a value or a list of values", false,
                        &kAtLeastOne};
constexpr Inside kCellSet{.name = "cells", .each = &kValues};
constexpr Field kCells{"cells", Shape::kMap, "{AXIS: VALUE or list}", false, &kCellSet};
constexpr Inside kCellSets{.each = &kCells};
constexpr std::array kNeverForms{
    Field{"never", Shape::kMap, "{AXIS: VALUE or list}", false, &kCellSet},
    Field{"list", Shape::kList, "several of these", false, &kCellSets}};
constexpr Inside kNever{.either = kNeverForms};
constexpr std::array kOnlyIfFields{
    Field{"cells", Shape::kMap, "{AXIS: VALUE or list}: these are run ...", true, &kCellSet},
    Field{"if", Shape::kMap, "... only where axes have these values, too", true, &kCellSet}};
constexpr Inside kOnlyIf{.fields = kOnlyIfFields};
constexpr Field kOnlyIfItem{"rule", Shape::kMap, "{cells, if}", false, &kOnlyIf};
constexpr Inside kOnlyIfs{.each = &kOnlyIfItem};

constexpr std::array<std::string_view, 2> kCoverWords{"all", "pairs"};
constexpr Inside kCoverWord{.words = kCoverWords};
constexpr Inside kStrength{.least = 2, .most = 6};
constexpr std::array kStrongerFields{
    Field{"axes", Shape::kTextList, "the axes that matter more", true, &kAtLeastOne},
    Field{"strength", Shape::kInteger, "2 to 6: every combination of so many", true, &kStrength}};
constexpr Inside kStronger{.fields = kStrongerFields};
constexpr Field kStrongerItem{"stronger", Shape::kMap, "{axes, strength}", false, &kStronger};
constexpr Inside kStrongerList{.each = &kStrongerItem};
constexpr std::array kCoverFields{
    Field{"strength", Shape::kInteger, "2 to 6: every combination of values of so many axes", true,
          &kStrength},
    Field{"stronger", Shape::kList, "axes that are covered with a strength of their own", false,
          &kStrongerList}};
constexpr Inside kCoverMap{.fields = kCoverFields};
constexpr std::array kCoverForms{
    Field{"word", Shape::kText, "every cell, or every pair of values", false, &kCoverWord},
    Field{"strength", Shape::kInteger, "every combination of values of so many axes", false,
          &kStrength},
    Field{"map", Shape::kMap, "the same, and axes that matter more", false, &kCoverMap}};
constexpr Inside kCover{.either = kCoverForms};

constexpr std::array kOverrideFields{
    Field{"when", Shape::kTextMap, "{AXIS: VALUE}: the cells; 'preset' names a preset", true},
    Field{"environment", Shape::kTextMap, "variables of every node, over the suite's own", true},
};
constexpr Inside kOverride{.fields = kOverrideFields};
constexpr Field kOverrideItem{"override", Shape::kMap, "{when, environment}", false, &kOverride};
constexpr Inside kOverrides{.each = &kOverrideItem};
constexpr std::array kMatrixFields{
    Field{"axes", Shape::kMap, "AXIS: all, any, a value or a list of values", false, &kChoices},
    Field{"include", Shape::kList, "cells to add, {AXIS: VALUE} each", false, &kPatterns},
    Field{"exclude", Shape::kList, "cells to leave out, {AXIS: VALUE or list} each", false,
          &kCellSets},
    Field{"never", Shape::kAny, "the same, one or a list", false, &kNever},
    Field{"only_if", Shape::kList, "cells that need others: {cells, if} each", false, &kOnlyIfs},
    Field{"cover", Shape::kAny, "how much of the product is run; default: all", false, &kCover},
    Field{"overrides", Shape::kList, "what differs in some cells: {when, environment} each", false,
          &kOverrides},
};
std::optional<AxisChoice> ReadChoice(const Document::Entry& entry, Diagnostics& problems) {
  if (!CheckShape(entry.value, Shape::kTextOrList, entry.key.value, problems)) return std::nullopt;
  if (entry.value.IsScalar()) {
    if (entry.value.text == "all") return AxisChoice{AxisChoice::Kind::kAll, {}};
    if (entry.value.text == "any") return AxisChoice{AxisChoice::Kind::kAny, {}};
    return AxisChoice{AxisChoice::Kind::kListed, {{entry.value.text, entry.value.mark}}};
  }
  AxisChoice choice{AxisChoice::Kind::kListed, {}};
  for (const Document& item : entry.value.items) choice.values.push_back({item.text, item.mark});
  if (choice.values.empty()) {
    problems.Error(entry.value.mark,
                   fmt::format("no value of axis {} is chosen", Quote(entry.key.value)),
                   "name values, or write 'all' or 'any'");
    return std::nullopt;
  }
  return choice;
}

CellSet ReadCellSet(const Document& map, Diagnostics& problems) {
  CellSet set;
  for (const Document::Entry& entry : map.entries) {
    Field named = kValues;
    named.key = entry.key.value;
    if (!CheckField(entry.value, named, problems)) continue;
    if (entry.value.IsList() && entry.value.items.empty()) {
      problems.Error(entry.value.mark, fmt::format("no value of {} is named", Quote(named.key)),
                     "name values, or leave it out");
    }
    std::vector<Located<std::string>>& values = set[entry.key.value];
    if (entry.value.IsScalar()) values.push_back({entry.value.text, entry.value.mark});
    for (const Document& item : entry.value.items) values.push_back({item.text, item.mark});
  }
  return set;
}

// The sets of a list; `key` names it in messages.
std::vector<CellSet> ReadCellSets(const Document& list, std::string_view key,
                                  Diagnostics& problems) {
  std::vector<CellSet> sets;
  if (!CheckSize(list, key, kMostPatterns, problems)) return sets;
  for (const Document& item : list.items) {
    if (!CheckShape(item, Shape::kMap, fmt::format("{} entry", key), problems)) continue;
    sets.push_back(ReadCellSet(item, problems));
  }
  return sets;
}

std::vector<CellSet> ReadNever(const Fields& fields, Diagnostics& problems) {
  std::vector<CellSet> sets;
  if (const Document* list = fields.Find("exclude")) {
    sets = ReadCellSets(*list, "exclude", problems);
  }
  const Document* never = fields.Find("never");
  if (never == nullptr) return sets;
  if (never->kind == Document::Kind::kMap) {
    sets.push_back(ReadCellSet(*never, problems));
  } else if (CheckShape(*never, Shape::kList, "never", problems)) {
    for (CellSet& set : ReadCellSets(*never, "never", problems)) sets.push_back(std::move(set));
  }
  return sets;
}

std::vector<OnlyIf> ReadOnlyIf(const Fields& fields, Diagnostics& problems) {
  std::vector<OnlyIf> rules;
  const Document* list = fields.Find("only_if");
  if (list == nullptr || !CheckSize(*list, "only_if", kMostPatterns, problems)) return rules;
  for (const Document& item : list->items) {
    const Fields rule(item, "only_if entry", kOnlyIfFields, problems);
    const Document* cells = rule.Find("cells");
    const Document* condition = rule.Find("if");
    if (cells == nullptr || condition == nullptr) continue;
    rules.push_back({ReadCellSet(*cells, problems), ReadCellSet(*condition, problems)});
  }
  return rules;
}

std::vector<Coverage::Stronger> ReadStronger(const Fields& fields, Diagnostics& problems) {
  std::vector<Coverage::Stronger> all;
  const Document* list = fields.Find("stronger");
  if (list == nullptr || !CheckSize(*list, "stronger", kMostPatterns, problems)) return all;
  for (const Document& item : list->items) {
    const Fields inner(item, "stronger entry", kStrongerFields, problems);
    all.push_back({inner.Texts("axes").value_or(std::vector<Located<std::string>>()),
                   static_cast<int>(inner.Integer("strength").value_or(0))});
  }
  return all;
}

Coverage ReadCover(const Fields& fields, Diagnostics& problems) {
  const Document* cover = fields.Find("cover");
  if (cover == nullptr) return {};
  if (cover->kind == Document::Kind::kMap) {
    const Fields inner(*cover, "cover", kCoverFields, problems);
    return {static_cast<int>(inner.Integer("strength").value_or(0)), ReadStronger(inner, problems)};
  }
  if (!CheckShape(*cover, Shape::kText, "cover", problems)) return {};
  if (cover->text == "all") return {};
  if (cover->text == "pairs") return {2, {}};
  if (cover->text.size() == 1 && cover->text >= "2" && cover->text <= "6") {
    return {cover->text.front() - '0', {}};
  }
  problems.Error(cover->mark,
                 fmt::format("'cover' must be all, pairs or 2 to 6, not {}", Quote(cover->text)),
                 "or {strength: 2, stronger: [{axes: [AXIS, ...], strength: 3}]}");
  return {};
}

std::vector<CellPattern> ReadPatterns(const Fields& fields, std::string_view key,
                                      Diagnostics& problems) {
  std::vector<CellPattern> patterns;
  const Document* list = fields.Find(key);
  if (list == nullptr || !CheckSize(*list, key, kMostPatterns, problems)) return patterns;
  for (const Document& item : list->items) {
    CellPattern& pattern = patterns.emplace_back();
    if (!CheckShape(item, Shape::kTextMap, fmt::format("{} entry", key), problems)) continue;
    for (const Document::Entry& entry : item.entries) {
      pattern[entry.key.value] = {entry.value.text, entry.value.mark};
    }
  }
  return patterns;
}

std::vector<MatrixOverride> ReadOverrides(const Fields& fields, Diagnostics& problems) {
  std::vector<MatrixOverride> overrides;
  const Document* list = fields.Find("overrides");
  if (list == nullptr) return overrides;
  constexpr std::array kForeign{
      ForeignKey{"image", "give the axis a value whose node has run: {image: IMAGE}"}};
  for (const Document& item : list->items) {
    const Document map = WithoutForeignKeys(item, "override", kForeign, problems);
    const Fields inner(map, "override", kOverrideFields, problems);
    MatrixOverride& change = overrides.emplace_back();
    for (const auto& [axis, value] : inner.TextMap("when")) change.when[axis.value] = value;
    change.environment = ReadEnvironment(inner, "environment", problems);
  }
  return overrides;
}

}  // namespace

constinit const Inside kMatrix{.fields = kMatrixFields};

Matrix ReadMatrix(const Fields& fields, Diagnostics& problems) {
  Matrix matrix;
  matrix.include = ReadPatterns(fields, "include", problems);
  matrix.never = ReadNever(fields, problems);
  matrix.only_if = ReadOnlyIf(fields, problems);
  matrix.overrides = ReadOverrides(fields, problems);
  matrix.cover = ReadCover(fields, problems);
  const Document* axes = fields.Find("axes");
  if (axes == nullptr) return matrix;
  for (const Document::Entry& entry : axes->entries) {
    if (auto choice = ReadChoice(entry, problems)) {
      matrix.axes[entry.key.value] = std::move(*choice);
    }
  }
  return matrix;
}

}  // namespace ctestbed
