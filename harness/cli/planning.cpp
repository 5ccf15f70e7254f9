#include "cli/planning.h"

#include <fmt/format.h>

#include <charconv>

#include "base/duration.h"
#include "base/text.h"
#include "cli/history.h"

namespace ctestbed {
namespace {

constexpr std::string_view kAuto = "auto";

// The number that all of `text` is; nothing when it is none, or not from 1 to `most`.
std::optional<int> NumberIn(const std::string& text, int most) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool whole = read.ec == std::errc() && read.ptr == end;
  if (!whole || number < 1 || number > most) return std::nullopt;
  return number;
}

std::string CheckNumber(const std::string& text, int most) {
  if (text == kAuto || NumberIn(text, most)) return {};
  return fmt::format("{} is neither 'auto' nor from 1 to {}", Quote(text), most);
}

std::string CheckShard(const std::string& text) {
  const auto shard = ParseShard(text);
  return shard ? "" : fmt::format("{}; {}", shard.error().message, shard.error().detail);
}

std::string CheckDuration(const std::string& text) {
  return ParseDuration(text) ? "" : fmt::format("{} is no duration such as 90s", Quote(text));
}

std::string CheckBytes(const std::string& text) {
  return ParseBytes(text) ? "" : fmt::format("{} is no size such as 512MiB", Quote(text));
}

std::string CheckProcessors(const std::string& text) {
  return ParseProcessors(text) ? "" : fmt::format("{} is no number such as 1.5", Quote(text));
}

std::optional<double> WeightIn(const std::string& text) {
  double weight = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, weight);
  const bool sound = read.ec == std::errc() && read.ptr == end && weight >= 0 && weight <= 1e6;
  return sound ? std::optional(weight) : std::nullopt;
}

std::string CheckWeight(const std::string& text) {
  return WeightIn(text) ? "" : fmt::format("{} is no weight such as 0.5", Quote(text));
}

}  // namespace

void AddLanes(CLI::App& app, std::string& lanes) {
  AddOption(app, "--lanes", lanes, "most environments that are alive at once; auto: as many as pay",
            {.show_default = true, .value = "N|auto", .check = [](const std::string& text) {
               return CheckNumber(text, kMostLanes);
             }});
}

void AddShards(CLI::App& app, std::string& shards) {
  AddOption(app, "--shards", shards, "spread the plan over so many jobs; auto: as many as pay",
            {.value = "N|auto",
             .check = [](const std::string& text) { return CheckNumber(text, kMostShards); }});
}

void AddPlanningOptions(CLI::App& app, PlanningOptions& options) {
  AddSelectionOptions(app, options.selection);
  AddLanes(app, options.lanes);
  AddOption(app, "--memory", options.memory,
            "most that environments alive at once may ask for by their resources",
            {.value = "SIZE", .check = CheckBytes});
  AddOption(app, "--cpus", options.cpus, "the same of processors",
            {.value = "NUMBER", .check = CheckProcessors});
  AddOption(app, "--shard", options.shard, "only this part of the plan, as 2/5",
            {.value = "I/N", .check = CheckShard});
  AddOption(app, "--shard-start", options.shard_start,
            "what a job takes before its first environment, for --shards auto",
            {.show_default = true, .value = "DURATION", .check = CheckDuration});
  AddOption(app, "--fail-first", options.fail_first,
            "seconds of change that it is worth to see a likely failure one second earlier",
            {.show_default = true, .value = "WEIGHT", .check = CheckWeight});
}

int LanesOf(const std::string& lanes) {
  return lanes == kAuto ? 0 : NumberIn(lanes, kMostShards).value_or(1);
}

Status CheckTogether(const PlanningOptions& options, bool shards) {
  const bool lanes = options.lanes != "1" || !options.memory.empty() || !options.cpus.empty();
  if (!shards || !lanes) return {};
  return Fail(ErrorKind::kInvalid, "a shard runs in one lane",
              "leave --lanes, --memory and --cpus out, or --shard and --shards");
}

PlanInput InputOf(const LoadedProject& loaded) {
  return {loaded.Presets(), loaded.Suites(), loaded.project.host_environment};
}

PlanSettings SettingsFor(Program& program, const ProjectOptions& project,
                         const PlanningOptions& options, const std::string& backend,
                         std::optional<int> shards) {
  PlanSettings settings;
  settings.fail_first = WeightIn(options.fail_first).value_or(0);
  if (shards) {
    settings.lanes = *shards;
    settings.most_lanes = kMostShards;
    settings.lane_start = ParseDuration(options.shard_start).value_or(Duration{0});
    return settings;
  }
  settings.lanes = LanesOf(options.lanes);
  settings.memory = ParseBytes(options.memory).value_or(0);
  settings.cpus = ParseProcessors(options.cpus).value_or(0);
  settings.estimates = LoadEstimates(program, project, backend);
  return settings;
}

}  // namespace ctestbed
