#include "plan/expand.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "model/matrix.h"
#include "model/resolve.h"
#include "plan/selection.h"

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

Candidates CandidatesFor(const Suite& suite, const Preset& preset, const CellChoice& choice,
                         Environments& environments) {
  Candidates candidates;
  for (const Cell& cell : choice) {
    const auto& [topology, digest] =
        environments.Of(preset, cell, EnvironmentOf(suite, preset, cell));
    candidates.push_back({{suite.name.value, preset.name.value, cell},
                          topology,
                          digest,
                          suite.isolation == Isolation::kFresh});
  }
  return candidates;
}

std::vector<Candidates> AllCandidates(const PlanInput& input) {
  Environments environments(input.host_environment);
  std::vector<Candidates> all;
  for (const Suite& suite : input.suites) {
    for (const auto& name : suite.presets) {
      const Preset* preset = FindPreset(input, name.value);
      if (preset == nullptr) continue;
      for (const CellChoice& choice : ChoicesOf(suite, *preset)) {
        all.push_back(CandidatesFor(suite, *preset, choice, environments));
      }
    }
  }
  return all;
}

// Settles what is open: first come the environments that are needed in any case.
std::vector<ExpandedRun> Pick(const std::vector<Candidates>& all) {
  std::set<std::string> needed;
  for (const Candidates& candidates : all) {
    if (candidates.size() == 1) needed.insert(candidates.front().environment);
  }
  std::vector<ExpandedRun> runs;
  for (const Candidates& candidates : all) {
    const auto shared = std::find_if(
        candidates.begin(), candidates.end(),
        [&](const ExpandedRun& candidate) { return needed.contains(candidate.environment); });
    runs.push_back(shared == candidates.end() ? candidates.front() : *shared);
    needed.insert(runs.back().environment);
  }
  return runs;
}

}  // namespace

Result<std::vector<ExpandedRun>> Expand(const PlanInput& input, const Selection& selection) {
  std::vector<Candidates> all = AllCandidates(input);
  std::vector<Run> names;
  for (const Candidates& candidates : all) {
    for (const ExpandedRun& candidate : candidates) names.push_back(candidate.run);
  }
  TRY_DO(CheckSelection(names, selection));
  for (Candidates& candidates : all) {
    std::erase_if(candidates, [&](const ExpandedRun& candidate) {
      return !IsSelected(candidate.run, selection);
    });
  }
  std::erase_if(all, [](const Candidates& candidates) { return candidates.empty(); });
  return Pick(all);
}

std::vector<Run> ExpandRuns(const PlanInput& input) {
  std::vector<Run> runs;
  for (ExpandedRun& expanded : Pick(AllCandidates(input))) runs.push_back(std::move(expanded.run));
  return runs;
}

}  // namespace ctestbed
