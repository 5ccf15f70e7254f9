#include "report/html/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.h"
#include "report/wording.h"
#include "report/xml.h"

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
        environments_[event.environment].lane = LaneOf(event.preset, event.cell);
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

  size_t LaneOf(const std::string& preset, const Cell& cell) {
    const std::string name = EnvironmentName(preset, cell);
    const auto [found, is_new] = lanes_.try_emplace(name, timeline_.lanes.size());
    if (is_new) timeline_.lanes.push_back({name, {}});
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
      runs_[event.run] = AddBar(LaneOf(event.preset, event.cell),
                                {Kind::kRun, now_s_, now_s_, event.run, Verdict::kError});
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
  std::map<std::string, size_t> lanes_;
  std::map<std::string, EnvironmentState> environments_;
  std::map<std::string, Place> runs_;  // those that have not finished
  bool begun_ = false;
  double start_s_ = 0;
  double now_s_ = 0;
};

struct Shape {
  Kind kind;
  std::string_view name;
  double top;
  double height;
  double least;  // width, so that it can be seen
};

// Heights tell kinds apart where colours do not.
constexpr std::array<Shape, 5> kShapes{{
    {Kind::kDeploy, "deploy", 2, 24, 1.5},
    {Kind::kIdle, "idle", 12, 4, 0.5},
    {Kind::kRun, "run", 4, 20, 1.5},
    {Kind::kCase, "case", 8, 12, 0.8},
    {Kind::kTeardown, "teardown", 7, 14, 1.5},
}};

const Shape& ShapeOf(Kind kind) {
  return *std::find_if(kShapes.begin(), kShapes.end(),
                       [&](const Shape& shape) { return shape.kind == kind; });
}

// What went wrong must not be overlooked.
double Least(const TimelineBar& bar) {
  const bool bad_case = bar.kind == Kind::kCase && bar.verdict != Verdict::kPassed &&
                        bar.verdict != Verdict::kSkipped;
  return bad_case ? 3 : ShapeOf(bar.kind).least;
}

Duration Milliseconds(double seconds) {
  return Duration(std::llround(seconds * 1000));
}

std::string Title(const TimelineBar& bar) {
  const bool named = bar.kind == Kind::kRun || bar.kind == Kind::kCase;
  const bool failed = !named && bar.verdict != Verdict::kPassed;
  return fmt::format("{}{}: {}", named ? bar.name : std::string(ShapeOf(bar.kind).name),
                     named    ? fmt::format(", {}", VerdictName(bar.verdict))
                     : failed ? ", failed"
                              : "",
                     FormatDuration(Milliseconds(bar.end_s - bar.begin_s)));
}

}  // namespace

Timeline FoldTimeline(const std::vector<Event>& events) {
  TimelineFold fold;
  for (const Event& event : events) fold.Add(event);
  return fold.Finish();
}

std::string LaneSvg(const TimelineLane& lane, double length_s) {
  constexpr int kMostCases = 500;
  constexpr double kWidth = 1000;
  int cases = 0;
  std::string rects;
  for (const TimelineBar& bar : lane.bars) {
    const Shape& shape = ShapeOf(bar.kind);
    const double scale = length_s > 0 ? kWidth / length_s : 0;
    const double width = std::max((bar.end_s - bar.begin_s) * scale, Least(bar));
    const double x = std::min(bar.begin_s * scale, kWidth - width);
    const bool plain_case = bar.kind == Kind::kCase && bar.verdict == Verdict::kPassed;
    if (plain_case && (width <= Least(bar) || ++cases > kMostCases)) continue;
    rects += fmt::format(
        R"(<rect class="{} {}" x="{:.2f}" y="{}" width="{:.2f}" height="{}"><title>{}</title></rect>)",
        shape.name, VerdictName(bar.verdict), x, shape.top, width, shape.height,
        XmlText(CutMiddle(Title(bar), 300)));
  }
  return fmt::format(
      R"(<svg viewBox="0 0 1000 28" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>)",
      XmlAttribute(lane.name + ": " + DescribeLane(lane)), rects);
}

std::string DescribeLane(const TimelineLane& lane) {
  std::vector<std::string> parts;
  for (const Kind kind : {Kind::kDeploy, Kind::kRun, Kind::kIdle, Kind::kTeardown}) {
    int count = 0;
    double time = 0;
    for (const TimelineBar& bar : lane.bars) {
      if (bar.kind != kind) continue;
      ++count;
      time += bar.end_s - bar.begin_s;
    }
    // Runs happen while an environment is up and seems to idle.
    if (kind == Kind::kIdle) {
      for (const TimelineBar& bar : lane.bars) {
        if (bar.kind == Kind::kRun) time -= bar.end_s - bar.begin_s;
      }
    }
    if (count == 0) continue;
    const std::string number = kind == Kind::kIdle || count == 1 ? "" : fmt::format("{} ", count);
    parts.push_back(fmt::format("{}{}{} {}", number, ShapeOf(kind).name, number.empty() ? "" : "s",
                                FormatDuration(Milliseconds(std::max(time, 0.0)))));
  }
  return Join(parts, ", ");
}

std::vector<double> AxisTicks(double length_s) {
  if (!(length_s > 0)) return {0};
  constexpr double kMost = 6;
  double step = std::pow(10, std::floor(std::log10(length_s / kMost)));
  for (const double factor : {2.0, 2.5, 2.0}) {  // 2, 5, 10
    if (length_s / step <= kMost) break;
    step *= factor;
  }
  std::vector<double> ticks;
  for (int i = 0; i * step <= length_s; ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace ctestbed
