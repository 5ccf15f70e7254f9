#include "report/html/lane_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "report/wording.h"
#include "report/xml.h"

namespace ctestbed {
namespace {

using Kind = TimelineBar::Kind;

struct BarShape {
  Kind kind;
  double top;
  double height;
  double least;  // width, so that it can be seen
};

// Heights tell kinds apart where colours do not.
constexpr std::array<BarShape, 5> kShapes{{
    {Kind::kDeploy, 2, 24, 1.5},
    {Kind::kIdle, 12, 4, 0.5},
    {Kind::kRun, 4, 20, 1.5},
    {Kind::kCase, 8, 12, 0.8},
    {Kind::kTeardown, 7, 14, 1.5},
}};

const BarShape& ShapeOf(Kind kind) {
  return *std::find_if(kShapes.begin(), kShapes.end(),
                       [&](const BarShape& shape) { return shape.kind == kind; });
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
  return fmt::format("{}{}: {}", named ? bar.name : std::string(BarKindName(bar.kind)),
                     named    ? fmt::format(", {}", VerdictName(bar.verdict))
                     : failed ? ", failed"
                              : "",
                     FormatDuration(Milliseconds(bar.end_s - bar.begin_s)));
}

}  // namespace

std::string LaneSvg(const TimelineLane& lane, double length_s) {
  constexpr int kMostCases = 500;
  constexpr double kWidth = 1000;
  int cases = 0;
  std::string rects;
  for (const TimelineBar& bar : lane.bars) {
    const BarShape& shape = ShapeOf(bar.kind);
    const double scale = length_s > 0 ? kWidth / length_s : 0;
    const double width = std::max((bar.end_s - bar.begin_s) * scale, Least(bar));
    const double x = std::min(bar.begin_s * scale, kWidth - width);
    const bool plain_case = bar.kind == Kind::kCase && bar.verdict == Verdict::kPassed;
    if (plain_case && (width <= Least(bar) || ++cases > kMostCases)) continue;
    rects += fmt::format(
        R"(<rect class="{} {}" x="{:.2f}" y="{}" width="{:.2f}" height="{}"><title>{}</title></rect>)",
        BarKindName(bar.kind), VerdictName(bar.verdict), x, shape.top, width, shape.height,
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
    parts.push_back(fmt::format("{}{}{} {}", number, BarKindName(kind), number.empty() ? "" : "s",
                                FormatDuration(Milliseconds(std::max(time, 0.0)))));
  }
  const bool deployed = std::any_of(lane.bars.begin(), lane.bars.end(), [](const TimelineBar& bar) {
    return bar.kind == Kind::kDeploy;
  });
  if (!deployed) parts.emplace_back("in an environment deployed for others");
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
