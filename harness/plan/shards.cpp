#include "plan/shards.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "plan/cost.h"

namespace ctestbed {
namespace {

// https://docs.github.com/en/actions/reference/limits: jobs of a matrix.
constexpr size_t kGitHubJobs = 256;
// https://docs.gitlab.com/ci/yaml/#parallelmatrix: permutations.
constexpr size_t kGitLabJobs = 200;
// Of one argument, MAX_ARG_STRLEN of Linux: 32 pages.
constexpr size_t kArgumentBytes = 131'071;

std::string NameOf(size_t lane, int shards) {
  return fmt::format("{}/{}", lane + 1, shards);
}

size_t RunsOf(const Lane& lane) {
  size_t runs = 0;
  for (const Batch& batch : lane.batches) runs += batch.runs.size();
  return runs;
}

Status CheckJobs(const Plan& plan, size_t most, std::string_view system) {
  if (plan.lanes.size() <= most) return {};
  return Fail(ErrorKind::kInvalid,
              fmt::format("{} shards are more than the {} jobs that {} allows in a matrix",
                          plan.lanes.size(), most, system),
              fmt::format("ask for --shards {} at most", most));
}

// The value of `strategy: matrix:`, by fromJSON.
Result<std::string> RenderGitHub(const Plan& plan, int shards) {
  TRY_DO(CheckJobs(plan, kGitHubJobs, "GitHub"));
  Json include = Json::array();
  for (size_t i = 0; i < plan.lanes.size(); ++i) {
    include.push_back({{"shard", NameOf(i, shards)}, {"runs", RunsOf(plan.lanes[i])}});
  }
  return DumpJson({{"include", include}}) + "\n";
}

// A pipeline to include as an artefact of the job that planned.
Result<std::string> RenderGitLab(const Plan& plan, int shards) {
  TRY_DO(CheckJobs(plan, kGitLabJobs, "GitLab"));
  std::vector<std::string> names;
  for (size_t i = 0; i < plan.lanes.size(); ++i) names.push_back('"' + NameOf(i, shards) + '"');
  return fmt::format(
      "ctestbed:\n"
      "  parallel:\n"
      "    matrix:\n"
      "      - SHARD: [{}]\n"
      "  script:\n"
      "    - ctestbed run --shard \"$SHARD\" --out results\n"
      "  artifacts:\n"
      "    when: always\n"
      "    paths: [results]\n"
      "    reports: {{junit: results/junit.xml}}\n",
      Join(names, ", "));
}

// What a pipeline script loads and calls.
Result<std::string> RenderJenkins(const Plan& plan, int shards) {
  std::string text = "parallel([\n";
  for (size_t i = 0; i < plan.lanes.size(); ++i) {
    text += fmt::format(
        "  'shard {0}': {{ node {{ checkout scm; sh 'ctestbed run --shard {0} --out results'; "
        "junit 'results/junit.xml' }} }},\n",
        NameOf(i, shards));
  }
  return text + "])\n";
}

std::string EscapedForRegex(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view(R"(\.[]()*+?^$|)").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A line for each shard: the runs that its ctest has to run.
Result<std::string> RenderCTest(const Plan& plan, int shards) {
  std::string text;
  for (size_t i = 0; i < plan.lanes.size(); ++i) {
    std::vector<std::string> names;
    for (const Batch& batch : plan.lanes[i].batches) {
      for (const Run& run : batch.runs) names.push_back(EscapedForRegex(RunName(run)));
    }
    const std::string pattern = fmt::format("^({})$", Join(names, "|"));
    if (pattern.size() > kArgumentBytes) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("the names of shard {} are longer than the {} bytes of an argument",
                              NameOf(i, shards), kArgumentBytes),
                  "ask for more --shards, or call: ctestbed run --shard");
    }
    text += fmt::format("ctest -R {}\n", ShellCommand({pattern}));
  }
  return text;
}

std::string Labelled(const Batch& batch) {
  const std::string cell = CellName(batch.cell);
  return fmt::format("{}{}{}\\n{} runs", batch.preset, cell.empty() ? "" : "\\n", cell,
                     batch.runs.size());
}

std::string WhatChanges(const Batch& batch) {
  std::vector<std::string> nodes;
  for (const Change& change : batch.changes) {
    if (change.action == ChangeAction::kKeep) continue;
    nodes.push_back(fmt::format("{} {}", ChangeActionName(change.action), change.node));
  }
  nodes.push_back(FormatDuration(batch.cost));
  return Join(nodes, "\\n");
}

// Batches as boxes, a row for each lane, changes at the arrows.
Result<std::string> RenderDot(const Plan& plan, int /*shards*/) {
  std::string text = "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n";
  for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
    std::string before = fmt::format("lane{}", lane + 1);
    text += fmt::format("  {} [shape=plaintext, label=\"lane {}\"];\n", before, lane + 1);
    for (size_t i = 0; i < plan.lanes[lane].batches.size(); ++i) {
      const Batch& batch = plan.lanes[lane].batches[i];
      const std::string name = fmt::format("b{}_{}", lane + 1, i + 1);
      text += fmt::format("  {} [label=\"{}\"];\n  {} -> {} [label=\"{}\"];\n", name,
                          Labelled(batch), before, name, WhatChanges(batch));
      before = name;
    }
  }
  return text + "}\n";
}

constexpr std::array<PlanFormat, 5> kFormats{{
    {"ctest", "a ctest call per shard", RenderCTest},
    {"dot", "a drawing for Graphviz", RenderDot},
    {"github", "the matrix of a GitHub workflow, for fromJSON", RenderGitHub},
    {"gitlab", "a child pipeline for GitLab", RenderGitLab},
    {"jenkins", "a parallel step for a Jenkins pipeline script", RenderJenkins},
}};

}  // namespace

Result<Shard> ParseShard(std::string_view text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, shard.number);
  if (number.ec == std::errc() && number.ptr != end && *number.ptr == '/') {
    const auto count = std::from_chars(number.ptr + 1, end, shard.count);
    const bool sound = count.ec == std::errc() && count.ptr == end && shard.number >= 1 &&
                       shard.number <= shard.count && shard.count <= kMostShards;
    if (sound) return shard;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("{} is no shard", Quote(text)),
              fmt::format("write 1/4 for the first of four; there can be {}", kMostShards));
}

Plan ShardOf(const Plan& plan, const Shard& shard, const PlanSettings& settings) {
  Plan part{{}, {}, plan.method, {}};
  const auto index = static_cast<size_t>(shard.number - 1);
  if (index < plan.lanes.size()) part.lanes.push_back(plan.lanes[index]);
  part.cost = CostOf(part.lanes, settings.estimates);
  return part;
}

std::span<const PlanFormat> PlanFormats() {
  return kFormats;
}

}  // namespace ctestbed
