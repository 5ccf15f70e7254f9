#include "plan/cover/cover_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

namespace ctestbed {
namespace {

bool Contains(const CoverRow& row, const PartialRow& partial) {
  return std::all_of(partial.begin(), partial.end(), [&](const Setting& setting) {
    return row[static_cast<size_t>(setting.axis)] == setting.value;
  });
}

std::string Text(const PartialRow& partial) {
  std::vector<std::string> parts;
  for (const Setting& setting : partial) {
    parts.push_back(fmt::format("{}={}", setting.axis, setting.value));
  }
  return fmt::format("{}", fmt::join(parts, " "));
}

// Plain search for a row with some settings; open cells are -1.
class RowSearch {
 public:
  explicit RowSearch(const CoverModel& model) : model_(model) {}

  // kInternal when that takes too long to say.
  Result<bool> IsFeasible(const PartialRow& partial) {
    row_.assign(model_.levels.size(), -1);
    for (const Setting& setting : partial) row_[static_cast<size_t>(setting.axis)] = setting.value;
    Reach(partial);
    steps_ = 0;
    const bool found = !IsForbidden() && Fill();
    if (steps_ > kMostSteps) {
      return Fail(ErrorKind::kInternal,
                  fmt::format("cannot tell if {} is feasible", Text(partial)));
    }
    return found;
  }

 private:
  static constexpr uint64_t kMostSteps = 200'000;

  bool IsForbidden() const {
    return std::any_of(model_.forbidden.begin(), model_.forbidden.end(),
                       [&](const PartialRow& forbidden) { return Contains(row_, forbidden); });
  }

  // The open axes that constraints connect with `partial`.
  void Reach(const PartialRow& partial) {
    std::vector<int> reached;
    const auto reach = [&](int axis) {
      if (std::find(reached.begin(), reached.end(), axis) == reached.end()) reached.push_back(axis);
    };
    for (const Setting& setting : partial) reach(setting.axis);
    for (size_t next = 0; next < reached.size(); ++next) {
      for (const PartialRow& forbidden : model_.forbidden) {
        const int axis = reached[next];
        if (std::none_of(forbidden.begin(), forbidden.end(),
                         [axis](const Setting& setting) { return setting.axis == axis; })) {
          continue;
        }
        for (const Setting& setting : forbidden) reach(setting.axis);
      }
    }
    std::erase_if(reached, [&](int axis) { return row_[static_cast<size_t>(axis)] >= 0; });
    open_ = std::move(reached);
  }

  // Values of `axis` that nothing forbids beside the cells so far.
  std::vector<int> Allowed(size_t axis) {
    std::vector<int> allowed;
    for (int value = 0; value < model_.levels[axis]; ++value) {
      row_[axis] = value;
      if (!IsForbidden()) allowed.push_back(value);
    }
    row_[axis] = -1;
    return allowed;
  }

  // The axis with the fewest values left comes first, so that dead ends show early.
  bool Fill() {
    size_t tightest = 0;
    std::vector<int> values;
    bool open = false;
    for (const int candidate : open_) {
      const auto axis = static_cast<size_t>(candidate);
      if (row_[axis] >= 0) continue;
      std::vector<int> allowed = Allowed(axis);
      if (open && allowed.size() >= values.size()) continue;
      open = true;
      tightest = axis;
      values = std::move(allowed);
    }
    if (!open) return true;
    for (const int value : values) {
      if (++steps_ > kMostSteps) return false;
      row_[tightest] = value;
      if (Fill()) return true;
    }
    row_[tightest] = -1;
    return false;
  }

  const CoverModel& model_;
  CoverRow row_;
  std::vector<int> open_;
  uint64_t steps_ = 0;
};

Status CheckRow(const CoverModel& model, const CoverRow& row, size_t number) {
  if (row.size() != model.levels.size()) {
    return Fail(ErrorKind::kInvalid, fmt::format("row {} has {} values, expected {}", number,
                                                 row.size(), model.levels.size()));
  }
  for (size_t axis = 0; axis < row.size(); ++axis) {
    if (row[axis] >= 0 && row[axis] < model.levels[axis]) continue;
    return Fail(ErrorKind::kInvalid,
                fmt::format("row {}: axis {} has no value {}", number, axis, row[axis]));
  }
  for (const PartialRow& forbidden : model.forbidden) {
    if (!Contains(row, forbidden)) continue;
    return Fail(ErrorKind::kInvalid,
                fmt::format("row {} contains forbidden {}", number, Text(forbidden)));
  }
  return {};
}

// The number of combinations of `axes` in the rows; an error if a feasible one is not there.
Result<size_t> CheckAxes(const CoverModel& model, const std::vector<CoverRow>& rows,
                         const std::vector<int>& axes, RowSearch& search) {
  size_t combinations = 1;
  for (const int axis : axes) {
    combinations *= static_cast<size_t>(model.levels[static_cast<size_t>(axis)]);
  }
  std::vector<bool> seen(combinations);
  for (const CoverRow& row : rows) {
    size_t code = 0;
    for (const int axis : axes) {
      const auto index = static_cast<size_t>(axis);
      code = code * static_cast<size_t>(model.levels[index]) + static_cast<size_t>(row[index]);
    }
    seen[code] = true;
  }
  for (size_t code = 0; code < combinations; ++code) {
    if (seen[code]) continue;
    PartialRow partial;
    size_t rest = code;
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
      const auto levels = static_cast<size_t>(model.levels[static_cast<size_t>(*axis)]);
      partial.insert(partial.begin(), {*axis, static_cast<int>(rest % levels)});
      rest /= levels;
    }
    TRY(const bool feasible, search.IsFeasible(partial));
    if (feasible) {
      return Fail(ErrorKind::kInvalid, fmt::format("no row contains {}", Text(partial)));
    }
  }
  return static_cast<size_t>(std::count(seen.begin(), seen.end(), true));
}

// Whether every array contains `partial`, a feasible one.
bool IsDemanded(const std::vector<StrengthDemand>& demands, const PartialRow& partial) {
  return std::any_of(demands.begin(), demands.end(), [&](const StrengthDemand& demand) {
    return partial.size() <= static_cast<size_t>(std::max(1, demand.strength)) &&
           std::all_of(partial.begin(), partial.end(), [&](const Setting& setting) {
             return std::find(demand.axes.begin(), demand.axes.end(), setting.axis) !=
                    demand.axes.end();
           });
  });
}

Status CheckApart(const std::vector<CoverRow>& rows, const std::vector<StrengthDemand>& demands,
                  const std::vector<PartialRow>& apart, RowSearch& search) {
  const auto fail = [](const PartialRow& partial) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} needs no row of its own", Text(partial)));
  };
  for (size_t i = 0; i < apart.size(); ++i) {
    if (!IsDemanded(demands, apart[i]) ||
        std::none_of(rows.begin(), rows.end(),
                     [&](const CoverRow& row) { return Contains(row, apart[i]); })) {
      return fail(apart[i]);
    }
    for (size_t j = 0; j < i; ++j) {
      const bool differ =
          std::any_of(apart[i].begin(), apart[i].end(), [&](const Setting& setting) {
            return std::any_of(apart[j].begin(), apart[j].end(), [&](const Setting& other) {
              return other.axis == setting.axis && other.value != setting.value;
            });
          });
      if (differ) continue;
      PartialRow both = apart[i];
      both.insert(both.end(), apart[j].begin(), apart[j].end());
      TRY(const bool fit, search.IsFeasible(both));
      if (fit) return fail(apart[i]);
    }
  }
  return {};
}

}  // namespace

Result<size_t> CheckCovering(const CoverModel& model, const std::vector<CoverRow>& rows,
                             const std::vector<PartialRow>& apart) {
  for (size_t i = 0; i < rows.size(); ++i) TRY_DO(CheckRow(model, rows[i], i));
  if (rows.empty()) return Fail(ErrorKind::kInvalid, "there are no rows");
  for (const PartialRow& required : model.required) {
    if (std::none_of(rows.begin(), rows.end(),
                     [&](const CoverRow& row) { return Contains(row, required); })) {
      return Fail(ErrorKind::kInvalid, fmt::format("no row contains required {}", Text(required)));
    }
  }

  std::vector<StrengthDemand> demands = model.demands;
  demands.push_back({{}, model.strength});
  for (size_t axis = 0; axis < model.levels.size(); ++axis) {
    demands.back().axes.push_back(static_cast<int>(axis));
  }
  RowSearch search(model);
  size_t bound = 1;
  for (StrengthDemand& demand : demands) {
    std::sort(demand.axes.begin(), demand.axes.end());
    demand.axes.erase(std::unique(demand.axes.begin(), demand.axes.end()), demand.axes.end());
    const size_t strength =
        std::min(demand.axes.size(), static_cast<size_t>(std::max(1, demand.strength)));
    std::vector<int> chosen;
    const std::function<Status(size_t)> choose = [&](size_t from) -> Status {
      if (chosen.size() == strength) {
        TRY(const size_t combinations, CheckAxes(model, rows, chosen, search));
        bound = std::max(bound, combinations);
        return {};
      }
      for (size_t i = from; i < demand.axes.size(); ++i) {
        chosen.push_back(demand.axes[i]);
        TRY_DO(choose(i + 1));
        chosen.pop_back();
      }
      return {};
    };
    TRY_DO(choose(0));
  }
  TRY_DO(CheckApart(rows, demands, apart, search));
  return std::max(bound, apart.size());
}

}  // namespace ctestbed
