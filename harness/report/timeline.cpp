#include "report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/wording.h"

namespace ctestbed {
namespace {

using Kind = TimelineBar::Kind;

class TimelineFold {
 public:
  void Add(const Event& event) {
    if (!begun_) start_s_ = event.mono_s;
    begun_ = true;
    now_s_ = event.mono_s - start_s_;
    switch (event.kind) {
      case EventKind::kEnvironmentDeploying:
        Close(event.environment);
        environments_[event.environment].lane = LaneOf(event);
        Open(event.environment, Kind::kDeploy);
        return;
      case EventKind::kEnvironmentReady:
        Close(event.environment);
        Open(event.environment, Kind::kIdle);
        return;
      case EventKind::kEnvironmentFailed:
        Fail(event.environment);
        Close(event.environment);
        return;
      case EventKind::kEnvironmentRemoving:
        Close(event.environment);
        Open(event.environment, Kind::kTeardown);
        return;
      case EventKind::kEnvironmentRemoved:
        if (!event.message.empty()) Fail(event.environment);
        Close(event.environment);
        return;
      default:
        AddRun(event);
    }
  }

  Timeline Finish() {
    for (auto& [id, environment] : environments_) CloseBar(environment);
    for (auto& [run, place] : runs_) BarAt(place).end_s = now_s_;
    timeline_.length_s = now_s_;
    return std::move(timeline_);
  }

 private:
  // Where a bar stands; lanes and bars are only ever added.
  struct Place {
    size_t lane = 0;
    size_t bar = 0;
  };
  struct EnvironmentState {
    size_t lane = 0;
    bool open = false;
    Place bar;
  };

  size_t LaneOf(const Event& event) {
    const std::string name = EnvironmentName(event.preset, event.cell);
    std::map<std::string, size_t>& namesakes = lanes_[name];
    const auto [found, is_new] = namesakes.try_emplace(event.environment, timeline_.lanes.size());
    const size_t number = namesakes.size();
    if (is_new)
      timeline_.lanes.push_back({number == 1 ? name : fmt::format("{} #{}", name, number), {}});
    return found->second;
  }
  TimelineBar& BarAt(Place place) { return timeline_.lanes[place.lane].bars[place.bar]; }
  Place AddBar(size_t lane, TimelineBar bar) {
    timeline_.lanes[lane].bars.push_back(std::move(bar));
    return {lane, timeline_.lanes[lane].bars.size() - 1};
  }

  // What the environment did before ends, and something else begins.
  void Open(const std::string& id, Kind kind) {
    const auto found = environments_.find(id);
    if (found == environments_.end()) return;  // the stream lacks its begin
    found->second.bar = AddBar(found->second.lane, {kind, now_s_, now_s_, {}, Verdict::kPassed});
    found->second.open = true;
  }
  void Close(const std::string& id) {
    if (const auto found = environments_.find(id); found != environments_.end()) {
      CloseBar(found->second);
    }
  }
  void CloseBar(EnvironmentState& environment) {
    if (environment.open) BarAt(environment.bar).end_s = now_s_;
    environment.open = false;
  }
  void Fail(const std::string& id) {
    const auto found = environments_.find(id);
    if (found != environments_.end() && found->second.open) {
      BarAt(found->second.bar).verdict = Verdict::kFailed;
    }
  }

  void AddRun(const Event& event) {
    const auto open = runs_.find(event.run);
    if (event.kind == EventKind::kRunStarted) {
      runs_[event.run] =
          AddBar(LaneOf(event), {Kind::kRun, now_s_, now_s_, event.run, Verdict::kError});
    } else if (event.kind == EventKind::kCaseFinished && open != runs_.end()) {
      const double begin = std::max(now_s_ - Seconds(event.duration), BarAt(open->second).begin_s);
      AddBar(open->second.lane, {Kind::kCase, begin, now_s_, event.name, event.verdict});
    } else if (event.kind == EventKind::kRunFinished && open != runs_.end()) {
      BarAt(open->second).end_s = now_s_;
      BarAt(open->second).verdict = event.verdict;
      runs_.erase(open);
    }
  }

  Timeline timeline_;
  // By configuration and environment: one can be alive in several environments at once.
  std::map<std::string, std::map<std::string, size_t>> lanes_;
  std::map<std::string, EnvironmentState> environments_;
  std::map<std::string, Place> runs_;  // those that have not finished
  bool begun_ = false;
  double start_s_ = 0;
  double now_s_ = 0;
};

}  // namespace

Timeline FoldTimeline(const std::vector<Event>& events) {
  TimelineFold fold;
  for (const Event& event : events) fold.Add(event);
  return fold.Finish();
}

std::string_view BarKindName(TimelineBar::Kind kind) {
  switch (kind) {
    case Kind::kDeploy:
      return "deploy";
    case Kind::kIdle:
      return "idle";
    case Kind::kRun:
      return "run";
    case Kind::kCase:
      return "case";
    case Kind::kTeardown:
      break;
  }
  return "teardown";
}

}  // namespace ctestbed
