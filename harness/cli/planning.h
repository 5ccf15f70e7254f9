// Options that say how to plan, and the plan that they ask for.
#pragma once

#include <optional>
#include <string>

#include "cli/program.h"
#include "cli/selection.h"
#include "plan/plan.h"
#include "plan/shards.h"

namespace ctestbed {

struct PlanningOptions {
  SelectionOptions selection;
  std::string lanes = "1";          // checked when parsed, as the others
  std::string memory;               // "8GiB"
  std::string cpus;                 // "4"
  std::string shard;                // "2/5"
  std::string shard_start = "60s";  // what a job takes before its first environment
  std::string fail_first = "0";
};

// Selection, --lanes, --memory, --cpus, --shard, --shard-start, --fail-first.
void AddPlanningOptions(CLI::App& app, PlanningOptions& options);
// --lanes N|auto alone.
void AddLanes(CLI::App& app, std::string& lanes);
// "auto" is 0, as in PlanSettings.
int LanesOf(const std::string& lanes);
// --shards N|auto, for who plans all of them.
void AddShards(CLI::App& app, std::string& shards);

// kInvalid where options contradict each other: lanes and their limits are within one job.
Status CheckTogether(const PlanningOptions& options, bool shards);

PlanInput InputOf(const LoadedProject& loaded);

// What was learned on `backend` decides, but for shards: these must all see the same. As many
// `shards` are lanes; 0 takes as many as pay.
PlanSettings SettingsFor(Program& program, const ProjectOptions& project,
                         const PlanningOptions& options, const std::string& backend,
                         std::optional<int> shards = std::nullopt);

}  // namespace ctestbed
