#include "plan/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "plan/cost.h"

namespace ctestbed {
namespace {

// How long a batch takes, where it is the first of its lane and where it follows its neighbour.
struct Take {
  Duration first{0};
  Duration next{0};
};

std::vector<Take> Measure(const std::vector<Batch>& batches) {
  std::vector<Take> takes;
  for (const Batch& batch : batches) {
    const Duration runs = static_cast<int>(batch.runs.size()) * kRunCost;
    const Duration start = CostOf(ChangesBetween(Topology{}, batch.topology));
    takes.push_back({start + runs, batch.cost + runs});
  }
  return takes;
}

// How many batches each lane gets when none may take longer than `limit`, filled one by one.
std::vector<size_t> Fill(const std::vector<Take>& takes, Duration limit) {
  std::vector<size_t> counts;
  Duration filled{0};
  for (const Take& take : takes) {
    if (counts.empty() || filled + take.next > limit) {
      counts.push_back(0);
      filled = take.first;
    } else {
      filled += take.next;
    }
    ++counts.back();
  }
  return counts;
}

Duration LongestOf(const std::vector<Take>& takes) {
  Duration longest{0};
  for (const Take& take : takes) longest = std::max(longest, take.first);
  return longest;
}

// The shortest that the fullest of so many lanes can be.
Duration LimitFor(const std::vector<Take>& takes, size_t lanes) {
  Duration low = LongestOf(takes);
  Duration high = std::accumulate(takes.begin(), takes.end(), low,
                                  [](Duration sum, const Take& take) { return sum + take.next; });
  while (low < high) {
    const Duration middle = low + (high - low) / 2;
    if (Fill(takes, middle).size() <= lanes) {
      high = middle;
    } else {
      low = middle + Duration{1};
    }
  }
  return low;
}

}  // namespace

void FillChanges(std::vector<Batch>& batches) {
  Topology current;
  for (Batch& batch : batches) {
    batch.changes = ChangesBetween(current, batch.topology);
    for (Change& change : batch.changes) {
      if (batch.fresh && change.action == ChangeAction::kKeep) {
        change = {change.node, ChangeAction::kRestart, "the suite wants it fresh"};
      }
    }
    batch.cost = CostOf(batch.changes);
    current = batch.topology;
  }
}

std::vector<Lane> SpreadOverLanes(std::vector<Batch> batches, int lanes) {
  FillChanges(batches);
  const std::vector<Take> takes = Measure(batches);
  std::vector<Lane> spread;
  auto next = batches.begin();
  for (const size_t count : Fill(takes, LimitFor(takes, static_cast<size_t>(std::max(lanes, 1))))) {
    const auto end = next + static_cast<std::ptrdiff_t>(count);
    spread.push_back({{std::make_move_iterator(next), std::make_move_iterator(end)}});
    FillChanges(spread.back().batches);
    next = end;
  }
  return spread;
}

Status CheckLanes(const std::vector<Lane>& lanes) {
  std::map<int, size_t> lane_of;  // by port of the host
  for (size_t lane = 0; lane < lanes.size(); ++lane) {
    for (const Batch& batch : lanes[lane].batches) {
      for (const Node& node : batch.topology.nodes) {
        for (const Port& port : node.ports) {
          if (port.host == 0 || lane_of.try_emplace(port.host, lane).first->second == lane)
            continue;
          return Fail(ErrorKind::kInvalid,
                      fmt::format("node '{}' of preset '{}' has the fixed port {} of the host, "
                                  "which only one environment at a time can have",
                                  node.name, batch.preset, port.host),
                      "use one lane, or let the port be a free one");
        }
      }
    }
  }
  return {};
}

}  // namespace ctestbed
