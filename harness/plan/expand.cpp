#include "plan/expand.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "model/resolve.h"
#include "plan/cells.h"
#include "plan/cost.h"
#include "plan/selection.h"
#include "plan/superset.h"

namespace ctestbed {
namespace {

// What a run may become: one of several where its suite leaves an axis open, the default first.
using Candidates = std::vector<ExpandedRun>;

const Preset* FindPreset(const PlanInput& input, const std::string& name) {
  const auto found = std::find_if(input.presets.begin(), input.presets.end(),
                                  [&](const Preset& preset) { return preset.name.value == name; });
  return found == input.presets.end() ? nullptr : &*found;
}

// Topologies with their digests, each resolved once however many suites ask for it.
class Environments {
 public:
  explicit Environments(const std::map<std::string, std::string>& host) : host_(host) {}

  struct Resolved {
    std::shared_ptr<const Topology> topology;
    std::string digest;
  };

  const Resolved& Of(const Preset& preset, const Cell& cell,
                     std::map<std::string, std::string> suite_environment) {
    const auto [place, is_new] =
        known_.try_emplace({&preset, cell, std::move(suite_environment)}, Resolved{});
    if (is_new) {
      Topology topology = Resolve(preset, cell, std::get<2>(place->first), host_);
      place->second.digest = DigestOf(topology);
      place->second.topology = std::make_shared<const Topology>(std::move(topology));
    }
    return place->second;
  }

 private:
  using Key = std::tuple<const Preset*, Cell, std::map<std::string, std::string>>;

  const std::map<std::string, std::string>& host_;
  std::map<Key, Resolved> known_;
};

Renewal RenewalFor(Isolation isolation) {
  switch (isolation) {
    case Isolation::kReset:
      return Renewal::kReset;
    case Isolation::kFresh:
      return Renewal::kRestart;
    case Isolation::kShared:
    case Isolation::kExclusive:
      break;
  }
  return Renewal::kNone;
}

Candidates CandidatesFor(const Suite& suite, const Preset& preset, const CellChoice& choice,
                         Environments& environments) {
  Candidates candidates;
  for (const Cell& cell : choice) {
    const auto& [topology, digest] =
        environments.Of(preset, cell, EnvironmentOf(suite, preset, cell));
    candidates.push_back({{suite.name.value, preset.name.value, cell},
                          topology,
                          digest,
                          RenewalFor(suite.isolation),
                          preset.name.value,
                          cell});
  }
  return candidates;
}

// The dearest change of each axis alone, from the default cell.
AxisWeights WeightsOf(const Suite& suite, const Preset& preset, Environments& environments,
                      const Estimates& estimates) {
  const auto batch_in = [&](const Cell& cell) {
    return Batch{
        .preset = preset.name.value,
        .cell = cell,
        .topology = *environments.Of(preset, cell, EnvironmentOf(suite, preset, cell)).topology,
        .environment = {},
        .runs = {},
        .changes = {}};
  };
  const Cell default_cell = DefaultCell(preset);
  const Batch begin = batch_in(default_cell);
  AxisWeights weights;
  for (const MatrixAxis& axis : AxesOf(suite, preset)) {
    int64_t& weight = weights.emplace_back(0);
    for (const std::string& value : axis.values) {
      Cell cell = default_cell;
      cell[axis.name] = value;
      const Batch end = batch_in(cell);
      weight = std::max<int64_t>(weight, CostOfStep(&begin, &end, estimates).count());
    }
  }
  return weights;
}

struct AllRuns {
  std::vector<Candidates> candidates;
  std::vector<CoverageOutcome> coverage;
};

Result<AllRuns> FindRuns(const PlanInput& input, const Estimates& estimates) {
  Environments environments(input.host_environment);
  CellChooser chooser;
  AllRuns all;
  for (const Suite& suite : input.suites) {
    for (const auto& name : suite.presets) {
      const Preset* preset = FindPreset(input, name.value);
      if (preset == nullptr) continue;
      const auto weights = [&] { return WeightsOf(suite, *preset, environments, estimates); };
      TRY(const ChosenCells chosen, chooser.Choose(suite, *preset, weights));
      for (const CellChoice& choice : chosen.choices) {
        all.candidates.push_back(CandidatesFor(suite, *preset, choice, environments));
      }
      if (chosen.coverage) all.coverage.push_back(*chosen.coverage);
    }
  }
  return all;
}

// Settles what is open: again and again with the environment that serves most of what is left,
// those first that are needed in any case.
class Settling {
 public:
  explicit Settling(const std::vector<Candidates>& all) : all_(all), settled_(all.size()) {}

  std::vector<ExpandedRun> Settle() {
    for (size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].size() == 1) Take(i, 0);
    }
    for (size_t i = 0; i < all_.size(); ++i) {
      if (!settled_[i]) Join(i);
    }
    Count();
    while (const std::string* environment = MostWanted()) {
      needed_.insert(*environment);
      for (size_t i = 0; i < all_.size(); ++i) {
        if (!settled_[i]) Join(i);
      }
    }
    std::vector<ExpandedRun> runs;
    for (size_t i = 0; i < all_.size(); ++i) runs.push_back(all_[i][*settled_[i]]);
    return runs;
  }

 private:
  void Take(size_t run, size_t candidate) {
    settled_[run] = candidate;
    needed_.insert(all_[run][candidate].environment);
    if (counted_) {
      for (const ExpandedRun& each : all_[run]) --wanted_[each.environment];
    }
  }

  // Takes the first candidate whose environment is needed anyway.
  void Join(size_t run) {
    for (size_t i = 0; i < all_[run].size(); ++i) {
      if (!needed_.contains(all_[run][i].environment)) continue;
      return Take(run, i);
    }
  }

  void Count() {
    counted_ = true;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (settled_[i]) continue;
      for (const ExpandedRun& each : all_[i]) ++wanted_[each.environment];
    }
  }

  // Of those that serve most runs the one that is declared first; null when nothing is left.
  const std::string* MostWanted() const {
    const std::string* most = nullptr;
    int runs = 0;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (settled_[i]) continue;
      for (const ExpandedRun& each : all_[i]) {
        const int wanted = wanted_.at(each.environment);
        if (wanted <= runs) continue;
        runs = wanted;
        most = &each.environment;
      }
    }
    return most;
  }

  const std::vector<Candidates>& all_;
  std::vector<std::optional<size_t>> settled_;  // which candidate of each
  std::set<std::string> needed_;                // environments
  std::map<std::string, int> wanted_;           // by how many runs that are not settled
  bool counted_ = false;
};

}  // namespace

Result<Expansion> Expand(const PlanInput& input, const Selection& selection,
                         const Estimates& estimates) {
  TRY(AllRuns all, FindRuns(input, estimates));
  std::vector<Run> names;
  for (const Candidates& candidates : all.candidates) {
    for (const ExpandedRun& candidate : candidates) names.push_back(candidate.run);
  }
  TRY_DO(CheckSelection(names, selection));
  for (Candidates& candidates : all.candidates) {
    std::erase_if(candidates, [&](const ExpandedRun& candidate) {
      return !IsSelected(candidate.run, selection);
    });
  }
  std::erase_if(all.candidates, [](const Candidates& candidates) { return candidates.empty(); });
  std::vector<ExpandedRun> runs = Settling(all.candidates).Settle();
  JoinSupersets(runs, input.suites);
  return Expansion{std::move(runs), std::move(all.coverage)};
}

Result<std::vector<Run>> ExpandRuns(const PlanInput& input) {
  TRY(const AllRuns all, FindRuns(input, {}));
  std::vector<Run> runs;
  for (ExpandedRun& expanded : Settling(all.candidates).Settle()) {
    runs.push_back(std::move(expanded.run));
  }
  return runs;
}

}  // namespace ctestbed
