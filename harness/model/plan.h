// What is going to happen: batches in order, per lane, with the changes between them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/suite.h"
#include "model/topology.h"

namespace ctestbed {

enum class ChangeAction { kKeep, kReset, kStart, kStop, kRestart };
std::string_view ChangeActionName(ChangeAction action);

// What happens to one node on the way from one topology to the next, and why.
struct Change {
  std::string node;
  ChangeAction action = ChangeAction::kKeep;
  std::string why;  // "environment STORE 'memory' -> 'redis://...'"

  bool operator==(const Change&) const = default;
};

// From `current` to `desired`, in the order of `desired`, stopped nodes last.
std::vector<Change> ChangesBetween(const Topology& current, const Topology& desired);
// Makes a kept job of `desired` run again where a node that it depends on, directly or through
// other jobs, does not stay as it is.
void RunJobsAgain(std::vector<Change>& changes, const Topology& desired);

// What becomes of the nodes that could stay as they are.
enum class Renewal {
  kNone,     // they stay
  kReset,    // they become as new: by their hook (Node::reset), else by a restart
  kRestart,  // they restart
};
std::string_view RenewalName(Renewal renewal);
Renewal RenewalFromName(std::string_view name);  // kNone for others
// Nodes that kReset makes restart: servers without a hook, and the jobs that these wait for. What
// other jobs did is undone by hooks, or they run again behind a node that is reset.
std::set<std::string> RestartedByReset(const Topology& topology);
// What becomes of the kept nodes of `desired`, for the reason `why`.
void Renew(std::vector<Change>& changes, const Topology& desired, Renewal renewal,
           std::string_view why);
// Of one of them that a run has left unfit.
void Renew(Change& change, const Node& node, std::string_view why);

// As many environments can be alive in one session.
inline constexpr int kMostLanes = 64;

// The runs that share one environment configuration.
struct Batch {
  std::string preset;
  Cell cell;
  Topology topology;
  std::string environment;           // DigestOf(topology)
  Renewal renewal = Renewal::kNone;  // of its nodes, before its runs
  std::vector<Run> runs;
  std::vector<Change> changes;         // from the batch before it in its lane
  std::set<std::string> dirties = {};  // nodes that its last run leaves unfit for others
  Duration cost{0};                    // of those changes, estimated

  bool operator==(const Batch&) const = default;
};

// A place where one environment can be alive.
struct Lane {
  std::vector<Batch> batches;

  bool operator==(const Lane&) const = default;
};

struct PlanCost {
  Duration planned{0};      // of all changes
  Duration naive{0};        // declared order, everything restarted for every run
  Duration lower_bound{0};  // no plan can cost less
  Duration makespan{0};     // the longest lane with its runs, nodes starting side by side
  int node_starts_planned = 0;
  int node_starts_naive = 0;

  bool operator==(const PlanCost&) const = default;
};

// How the cells of a suite were chosen where it does not run in all of them.
struct CoverageOutcome {
  std::string suite;
  std::string preset;
  int strength = 0;
  size_t cells = 0;
  size_t lower_bound = 0;  // no fewer cells cover as much
  size_t tuples = 0;       // combinations of values that are covered: all that can be

  bool operator==(const CoverageOutcome&) const = default;
};

struct Plan {
  std::vector<Lane> lanes;
  PlanCost cost;
  std::string method = {};  // that found the order
  std::vector<CoverageOutcome> coverage = {};

  bool operator==(const Plan&) const = default;
};

}  // namespace ctestbed
