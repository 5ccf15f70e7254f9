#include "plan/render.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

std::string SuitesOf(const Batch& batch) {
  std::vector<std::string> names;
  for (const Run& run : batch.runs) {
    if (std::find(names.begin(), names.end(), run.suite) == names.end()) names.push_back(run.suite);
  }
  return Join(names, ", ");
}

struct Widths {
  size_t environment = 11;
  size_t suites = 6;
  size_t node = 0;
};

Widths Measure(const Lane& lane) {
  Widths widths;
  for (const Batch& batch : lane.batches) {
    widths.environment = std::max(widths.environment, EnvironmentTitle(batch).size());
    widths.suites = std::max(widths.suites, SuitesOf(batch).size());
    for (const Change& change : batch.changes) {
      widths.node = std::max(widths.node, change.node.size());
    }
  }
  return widths;
}

std::string RenderLane(const Lane& lane) {
  const Widths widths = Measure(lane);
  std::string text = fmt::format("batch  {:<{}}  {:<{}}  cost\n", "environment", widths.environment,
                                 "suites", widths.suites);
  for (size_t i = 0; i < lane.batches.size(); ++i) {
    const Batch& batch = lane.batches[i];
    text +=
        fmt::format("{:>5}  {:<{}}  {:<{}}  {}\n", i + 1, EnvironmentTitle(batch),
                    widths.environment, SuitesOf(batch), widths.suites, FormatDuration(batch.cost));
    for (const Change& change : batch.changes) {
      text += fmt::format("         {:<7}  {:<{}}  {}\n", ChangeActionName(change.action),
                          change.node, widths.node, Visible(change.why));
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
  return batch.preset + (cell.empty() ? "" : " " + cell) + (batch.fresh ? " (fresh)" : "");
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
