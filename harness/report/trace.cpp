#include "report/trace.h"

#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "report/timeline.h"

namespace ctestbed {
namespace {

std::int64_t Microseconds(double seconds) {
  return std::llround(seconds * 1e6);
}

Json NameOfThread(const TimelineLane& lane, size_t thread) {
  return {{"name", "thread_name"},
          {"ph", "M"},
          {"pid", 1},
          {"tid", thread},
          {"args", {{"name", Visible(lane.name)}}}};
}

Json ToJson(const TimelineBar& bar, size_t thread) {
  const std::string kind(BarKindName(bar.kind));
  return {{"name", bar.name.empty() ? kind : Visible(bar.name)},
          {"cat", kind},
          {"ph", "X"},
          {"pid", 1},
          {"tid", thread},
          {"ts", Microseconds(bar.begin_s)},
          {"dur", Microseconds(bar.end_s - bar.begin_s)},
          {"args", {{"verdict", VerdictName(bar.verdict)}}}};
}

}  // namespace

std::string RenderTrace(const std::vector<Event>& events) {
  std::string text;
  const auto add = [&](const Json& event) {
    text += text.empty() ? "[\n" : ",\n";
    text += DumpJson(event);
  };
  size_t thread = 0;
  for (const TimelineLane& lane : FoldTimeline(events).lanes) {
    add(NameOfThread(lane, ++thread));
    for (const TimelineBar& bar : lane.bars) {
      // Runs happen while an environment idles; bars of a thread may only nest.
      if (bar.kind != TimelineBar::Kind::kIdle) add(ToJson(bar, thread));
    }
  }
  return (text.empty() ? "[" : text) + "\n]\n";
}

}  // namespace ctestbed
