#include "plan/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace ctestbed {
namespace {

std::vector<std::string> SuitesOf(const Batch& batch) {
  std::vector<std::string> names;
  for (const Run& run : batch.runs) {
    if (std::find(names.begin(), names.end(), run.suite) == names.end()) names.push_back(run.suite);
  }
  return names;
}

constexpr size_t kWidth = 100;

// `words` in lines that begin with `indent`, each at most kWidth wide where words are not longer.
std::string Wrapped(const std::vector<std::string>& words, const std::string& indent) {
  std::string text;
  std::string line = indent;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i] + (i + 1 < words.size() ? "," : "");
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kWidth) {
      text += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return text + line + "\n";
}

// The first reasons of several, as far as there is room.
std::string Reasons(const std::string& why) {
  std::string text;
  size_t left = 0;
  for (const std::string& reason : Split(why, ';')) {
    if (!text.empty() && text.size() + reason.size() > kWidth) {
      ++left;
    } else {
      text += (text.empty() ? "" : ";") + reason;
    }
  }
  return Visible(text) + (left == 0 ? "" : fmt::format("; {} more", left));
}

// "restarts 1 and starts 2 of 4 nodes"
std::string Summary(const Batch& batch) {
  std::map<ChangeAction, int> counts;
  for (const Change& change : batch.changes) ++counts[change.action];
  std::vector<std::string> parts;
  for (const ChangeAction action :
       {ChangeAction::kStop, ChangeAction::kReset, ChangeAction::kRestart, ChangeAction::kStart}) {
    const int count = counts[action];
    if (count > 0) parts.push_back(fmt::format("{}s {}", ChangeActionName(action), count));
  }
  if (parts.empty()) return "changes nothing";
  const size_t nodes = batch.topology.nodes.size();
  return fmt::format("{} of {} node{}", Join(parts, ", "), nodes, nodes == 1 ? "" : "s");
}

std::string RenderLane(const Lane& lane) {
  size_t width = 11;
  size_t node_width = 0;
  for (const Batch& batch : lane.batches) {
    width = std::max(width, EnvironmentTitle(batch).size());
    for (const Change& change : batch.changes) {
      if (change.action != ChangeAction::kKeep)
        node_width = std::max(node_width, change.node.size());
    }
  }
  std::string text =
      fmt::format("batch  {:<{}}  runs  {:>8}  changes\n", "environment", width, "cost");
  for (size_t i = 0; i < lane.batches.size(); ++i) {
    const Batch& batch = lane.batches[i];
    text += fmt::format("{:>5}  {:<{}}  {:>4}  {:>8}  {}\n", i + 1, EnvironmentTitle(batch), width,
                        batch.runs.size(), FormatDuration(batch.cost), Summary(batch));
    text += Wrapped(SuitesOf(batch), std::string(9, ' '));
    for (const Change& change : batch.changes) {
      if (change.action == ChangeAction::kKeep) continue;
      text += fmt::format("         {:<7}  {:<{}}  {}\n", ChangeActionName(change.action),
                          change.node, node_width, Reasons(change.why));
    }
  }
  return text;
}

// "optimal", or how far the cost is above the bound.
std::string Gap(const PlanCost& cost) {
  if (cost.planned == cost.lower_bound) return "optimal";
  if (cost.lower_bound == Duration::zero()) return "no bound";
  return fmt::format("{:.1f} % above that",
                     100 * (Seconds(cost.planned) / Seconds(cost.lower_bound) - 1));
}

std::string RenderCoverage(const CoverageOutcome& coverage) {
  const bool optimal = coverage.cells == coverage.lower_bound;
  return fmt::format("{} on {}: {} cells cover all {} combinations of {} values ({})\n",
                     coverage.suite, coverage.preset, coverage.cells, coverage.tuples,
                     coverage.strength,
                     optimal ? "optimal" : fmt::format("{} at least", coverage.lower_bound));
}

}  // namespace

std::string EnvironmentTitle(const Batch& batch) {
  const std::string cell = CellName(batch.cell);
  static const std::map<Renewal, std::string_view> kNotes{
      {Renewal::kNone, ""}, {Renewal::kReset, " (reset)"}, {Renewal::kRestart, " (fresh)"}};
  return fmt::format("{}{}{}{}", batch.preset, cell.empty() ? "" : " ", cell,
                     kNotes.at(batch.renewal));
}

std::string RenderPlan(const Plan& plan) {
  std::string text;
  for (size_t i = 0; i < plan.lanes.size(); ++i) {
    if (plan.lanes.size() > 1) text += fmt::format("lane {}\n", i + 1);
    text += RenderLane(plan.lanes[i]);
  }
  for (const CoverageOutcome& coverage : plan.coverage) text += RenderCoverage(coverage);
  const PlanCost& cost = plan.cost;
  text += fmt::format("cost: {} planned, {} one by one, {} at least: {}\n",
                      FormatDuration(cost.planned), FormatDuration(cost.naive),
                      FormatDuration(cost.lower_bound), Gap(cost));
  text += fmt::format("node starts: {} planned, {} one by one\n", cost.node_starts_planned,
                      cost.node_starts_naive);
  text += fmt::format("expected time with all runs: {}\n", FormatDuration(cost.makespan));
  return text;
}

}  // namespace ctestbed
