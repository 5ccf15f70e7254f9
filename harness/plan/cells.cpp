#include "plan/cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace ctestbed {
namespace {

// Tenths of a second at most: a plan is made at every start of ctest. Small models need less.
constexpr uint64_t kMostIterations = 100'000;
constexpr uint64_t kIterationsPerPair = 200;
constexpr size_t kMostForbidden = 100'000;

using Values = std::vector<int>;

// A matrix in terms of indices: axes as AxesOf has them, values as they have.
class ModelMaker {
 public:
  ModelMaker(const Suite& suite, const Preset& preset)
      : suite_(suite), preset_(preset), axes_(AxesOf(suite, preset)) {}

  const std::vector<MatrixAxis>& axes() const { return axes_; }

  Result<CoverModel> Make() {
    const Coverage& cover = suite_.matrix.cover;
    std::vector<int> fixed;
    for (size_t i = 0; i < axes_.size(); ++i) {
      model_.levels.push_back(static_cast<int>(axes_[i].values.size()));
      if (!axes_[i].open) fixed.push_back(static_cast<int>(i));
    }
    model_.strength = 0;
    model_.demands.push_back({fixed, cover.strength});
    for (const Coverage::Stronger& stronger : cover.stronger) {
      StrengthDemand& demand = model_.demands.emplace_back(StrengthDemand{{}, stronger.strength});
      for (const auto& axis : stronger.axes) demand.axes.push_back(*IndexOf(axis.value));
    }
    for (const CellSet& set : suite_.matrix.never) Forbid(set, std::nullopt);
    for (const OnlyIf& rule : suite_.matrix.only_if) ForbidUnless(rule);
    for (const CellPattern& pattern : suite_.matrix.include) Require(pattern);
    if (model_.forbidden.size() >= kMostForbidden) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("suite '{}' leaves out over {} combinations of values in preset '{}'",
                              suite_.name.value, kMostForbidden, preset_.name.value),
                  "say it by fewer or shorter lists under 'never' and 'only_if'");
    }
    return std::move(model_);
  }

 private:
  std::optional<int> IndexOf(const std::string& axis) const {
    const auto found = std::find_if(axes_.begin(), axes_.end(),
                                    [&](const MatrixAxis& each) { return each.name == axis; });
    if (found == axes_.end()) return std::nullopt;
    return static_cast<int>(found - axes_.begin());
  }

  // The indices of the values of `axis` that are in `values`, or that are not.
  Values IndicesOf(int axis, const std::vector<Located<std::string>>& values, bool inside) const {
    const std::vector<std::string>& known = axes_[static_cast<size_t>(axis)].values;
    Values indices;
    for (size_t i = 0; i < known.size(); ++i) {
      const bool is_in = std::any_of(values.begin(), values.end(),
                                     [&](const auto& value) { return value.value == known[i]; });
      if (is_in == inside) indices.push_back(static_cast<int>(i));
    }
    return indices;
  }

  bool IsForPreset(const CellSet& set) const {
    const auto named = set.find("preset");
    return named == set.end() ||
           std::any_of(named->second.begin(), named->second.end(),
                       [&](const auto& name) { return name.value == preset_.name.value; });
  }

  // Forbids each combination of `set`, with each of `also` if there are any.
  void Forbid(const CellSet& set, const std::optional<std::pair<int, Values>>& also) {
    if (!IsForPreset(set)) return;
    std::vector<PartialRow> rows{PartialRow{}};
    for (const auto& [name, values] : set) {
      if (name == "preset") continue;
      const std::optional<int> axis = IndexOf(name);
      Extend(rows, axis ? *axis : 0, axis ? IndicesOf(*axis, values, true) : Values{});
    }
    if (also) Extend(rows, also->first, also->second);
    model_.forbidden.insert(model_.forbidden.end(), rows.begin(), rows.end());
  }

  void ForbidUnless(const OnlyIf& rule) {
    if (!IsForPreset(rule.condition)) return Forbid(rule.cells, std::nullopt);
    for (const auto& [name, values] : rule.condition) {
      const std::optional<int> axis = IndexOf(name);
      if (axis) Forbid(rule.cells, std::pair(*axis, IndicesOf(*axis, values, false)));
    }
  }

  void Extend(std::vector<PartialRow>& rows, int axis, const Values& values) const {
    std::vector<PartialRow> longer;
    for (const PartialRow& row : rows) {
      for (const int value : values) {
        if (model_.forbidden.size() + longer.size() >= kMostForbidden) break;
        longer.push_back(row);
        longer.back().push_back({axis, value});
      }
    }
    rows = std::move(longer);
  }

  void Require(const CellPattern& pattern) {
    const std::optional<Cell> cell = IncludedCell(pattern, preset_);
    if (!cell) return;
    PartialRow row;
    for (const auto& [name, value] : *cell) {
      const std::optional<int> axis = IndexOf(name);
      const Values index = axis ? IndicesOf(*axis, {{value, {}}}, true) : Values{};
      if (index.empty()) return;  // among the cells, but none of the product
      row.push_back({*axis, index.front()});
    }
    model_.required.push_back(std::move(row));
  }

  const Suite& suite_;
  const Preset& preset_;
  const std::vector<MatrixAxis> axes_;
  CoverModel model_;
};

uint64_t IterationsFor(const CoverModel& model) {
  uint64_t pairs = 0;
  uint64_t values = 0;  // of the axes so far
  for (const int levels : model.levels) {
    pairs += values * static_cast<uint64_t>(levels);
    values += static_cast<uint64_t>(levels);
  }
  return std::min(kMostIterations, kIterationsPerPair * pairs);
}

// Without the axes that are open: each cell once.
std::vector<Cell> CellsOf(const std::vector<MatrixAxis>& axes, const std::vector<CoverRow>& rows) {
  std::vector<Cell> cells;
  for (const CoverRow& row : rows) {
    Cell cell;
    for (size_t i = 0; i < axes.size(); ++i) {
      if (!axes[i].open) cell[axes[i].name] = axes[i].values[static_cast<size_t>(row[i])];
    }
    if (std::find(cells.begin(), cells.end(), cell) == cells.end()) cells.push_back(cell);
  }
  return cells;
}

}  // namespace

Result<ChosenCells> CellChooser::Choose(const Suite& suite, const Preset& preset,
                                        const std::function<AxisWeights()>& weights) {
  const int strength = suite.matrix.cover.strength;
  ModelMaker maker(suite, preset);
  const bool nothing_to_cover = std::all_of(maker.axes().begin(), maker.axes().end(),
                                            [](const MatrixAxis& axis) { return axis.open; });
  if (strength == 0 || nothing_to_cover) return ChosenCells{ChoicesOf(suite, preset), {}};
  TRY(const CoverModel model, maker.Make());
  auto array = ArrayFor(model, weights());
  if (!array) {
    return Fail(array.error().kind,
                fmt::format("suite '{}' cannot cover preset '{}': {}", suite.name.value,
                            preset.name.value, array.error().message),
                array.error().detail);
  }
  ChosenCells chosen;
  chosen.choices = ChoicesFor(CellsOf(maker.axes(), array->rows), suite, preset);
  chosen.coverage = CoverageOutcome{suite.name.value,      preset.name.value,  strength,
                                    chosen.choices.size(), array->lower_bound, array->tuples};
  return chosen;
}

Result<CellChooser::Array> CellChooser::ArrayFor(const CoverModel& model,
                                                 const AxisWeights& weights) {
  const auto known = std::find_if(arrays_.begin(), arrays_.end(), [&](const Array& array) {
    return array.model == model && array.weights == weights;
  });
  if (known != arrays_.end()) return *known;
  const uint64_t iterations = IterationsFor(model);
  TRY(OrderedCover ordered,
      CoverInOrder(model, weights,
                   {.cover = {.iterations = iterations}, .iterations = iterations}));
  return arrays_.emplace_back(Array{model, weights, std::move(ordered.rows),
                                    ordered.smallest.lower_bound,
                                    ordered.smallest.feasible_tuples});
}

}  // namespace ctestbed
