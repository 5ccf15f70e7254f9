#include "plan/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "plan/cost.h"
#include "plan/render.h"

namespace ctestbed {
namespace {

struct Place {
  size_t lane = 0;
  size_t batch = 0;
  size_t run = 0;
};

std::optional<Place> Find(const Plan& plan, std::string_view name) {
  for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
    for (size_t batch = 0; batch < plan.lanes[lane].batches.size(); ++batch) {
      const std::vector<Run>& runs = plan.lanes[lane].batches[batch].runs;
      for (size_t run = 0; run < runs.size(); ++run) {
        if (RunName(runs[run]) == name) return Place{lane, batch, run};
      }
    }
  }
  return std::nullopt;
}

std::vector<std::string> AllNames(const Plan& plan) {
  std::vector<std::string> names;
  for (const Lane& lane : plan.lanes) {
    for (const Batch& batch : lane.batches) {
      for (const Run& run : batch.runs) names.push_back(RunName(run));
    }
  }
  return names;
}

class Explanation {
 public:
  Explanation(const Plan& plan, const PlanInput& input, const PlanSettings& settings,
              const Place& place)
      : input_(input),
        settings_(settings),
        place_(place),
        lanes_(plan.lanes.size()),
        batches_(plan.lanes[place.lane].batches),
        batch_(batches_[place.batch]),
        run_(batch_.runs[place.run]) {}

  std::string Tell() const {
    return Where() + Company() + Choice() + Changes() + Elsewhere() + Bonds();
  }

 private:
  const Batch* At(size_t index) const {
    return index < batches_.size() ? &batches_[index] : nullptr;
  }
  const Batch* Before() const { return place_.batch == 0 ? nullptr : At(place_.batch - 1); }

  std::string Where() const {
    return fmt::format("{} is run {} of {} in batch {} of {}{}, in the environment {}\n",
                       RunName(run_), place_.run + 1, batch_.runs.size(), place_.batch + 1,
                       batches_.size(),
                       lanes_ > 1 ? fmt::format(", lane {} of {}", place_.lane + 1, lanes_) : "",
                       EnvironmentTitle(batch_));
  }

  std::string Company() const {
    if (batch_.renewal == Renewal::kRestart) {
      return "it is alone: its suite wants every node newly started\n";
    }
    if (batch_.renewal == Renewal::kReset)
      return "it is alone: its suite wants every node as new\n";
    if (batch_.runs.size() == 1) return "no other run can use this environment\n";
    return fmt::format("{} other runs need the same environment: nothing restarts between them\n",
                       batch_.runs.size() - 1);
  }

  std::string Choice() const {
    const Suite* suite = SuiteOf(run_.suite);
    std::vector<std::string> open;
    for (const auto& [axis, value] : run_.cell) {
      const auto chosen = suite->matrix.axes.find(axis);
      const bool any =
          chosen != suite->matrix.axes.end() && chosen->second.kind == AxisChoice::Kind::kAny;
      if (any) open.push_back(fmt::format("{}={}", axis, value));
    }
    if (open.empty()) return "";
    return fmt::format("the suite takes any value of some axes: {} {} for sharing\n",
                       Join(open, ", "), open.size() == 1 ? "was chosen" : "were chosen");
  }

  std::string Changes() const {
    std::string text =
        Before() == nullptr
            ? fmt::format("everything starts for it, {}\n", FormatDuration(batch_.cost))
            : fmt::format("after {} these change, {}:\n", EnvironmentTitle(*Before()),
                          FormatDuration(batch_.cost));
    for (const Change& change : batch_.changes) {
      text += fmt::format("  {} {}: {}\n", ChangeActionName(change.action), change.node,
                          Visible(change.why));
    }
    return text;
  }

  Duration Step(const Batch* from, const Batch* to) const {
    return CostOfStep(from, to, settings_.estimates);
  }

  // What the lane would cost more with the batch behind another one.
  std::string Elsewhere() const {
    if (batches_.size() < 2) return "";
    const Batch* next = At(place_.batch + 1);
    const Duration here = Step(Before(), &batch_) + Step(&batch_, next) - Step(Before(), next);
    std::optional<Duration> least;
    size_t best = 0;
    for (size_t i = 0; i <= batches_.size(); ++i) {
      if (i == place_.batch || i == place_.batch + 1) continue;
      const Batch* from = i == 0 ? nullptr : At(i - 1);
      const Duration there = Step(from, &batch_) + Step(&batch_, At(i)) - Step(from, At(i));
      if (least && there >= *least) continue;
      least = there;
      best = i;
    }
    if (!least) return "";
    const std::string place =
        best == 0 ? "as the first" : fmt::format("after {}", EnvironmentTitle(batches_[best - 1]));
    const Duration more = *least - here;
    return more < Duration::zero()
               ? fmt::format("moved {} it would save {}, but other bonds hold it here\n", place,
                             FormatDuration(-more))
               : fmt::format("the next best place, {}, would cost {} more\n", place,
                             FormatDuration(more));
  }

  std::string Bonds() const {
    std::string text;
    const Suite* suite = SuiteOf(run_.suite);
    for (const auto& name : suite->after) {
      text += fmt::format("it comes after every run of suite {}, as its suite says\n", name.value);
    }
    for (const Suite& other : input_.suites) {
      const bool waits = std::any_of(other.after.begin(), other.after.end(),
                                     [&](const auto& name) { return name.value == run_.suite; });
      if (waits) text += fmt::format("suite {} comes after it\n", other.name.value);
    }
    return text;
  }

  const Suite* SuiteOf(const std::string& name) const {
    return &*std::find_if(input_.suites.begin(), input_.suites.end(),
                          [&](const Suite& suite) { return suite.name.value == name; });
  }

  const PlanInput& input_;
  const PlanSettings& settings_;
  const Place place_;
  const size_t lanes_;
  const std::vector<Batch>& batches_;
  const Batch& batch_;
  const Run& run_;
};

}  // namespace

Result<std::string> ExplainRun(const Plan& plan, const PlanInput& input,
                               const PlanSettings& settings, std::string_view run) {
  const std::optional<Place> place = Find(plan, run);
  if (!place) {
    return Fail(ErrorKind::kInvalid, fmt::format("the plan has no run {}", Quote(run)),
                DidYouMean(std::string(run), AllNames(plan), "runs"));
  }
  return Explanation(plan, input, settings, *place).Tell();
}

}  // namespace ctestbed
