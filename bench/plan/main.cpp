// Measures how well and how fast plans are ordered; bench/ctestbed-bench plan calls it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/json.h"
#include "base/text.h"
#include "plan/targets.h"

namespace ctestbed {
namespace {

constexpr std::string_view kUsage =
    "usage: ctestbed-bench plan [--time SECONDS] [--seed N] [--family NAME,...|all]\n"
    "                           [--target O1,...|all] [--json]\n"
    "\nFamilies:\n";

int Usage() {
  fmt::print(stderr, "{}", kUsage);
  for (const Family& family : Families()) {
    fmt::print(stderr, "  {:4} {}\n", family.name, family.help);
  }
  return 2;
}

void PrintTable(const std::vector<Bar>& bars) {
  for (const Bar& bar : bars) {
    fmt::print("{:48} {:>9.3f} {:2}  target {:>8.3f}  {:6}  {}\n", bar.name, bar.value, bar.unit,
               bar.target, bar.Met() ? "met" : "MISSED", bar.note);
  }
}

void PrintJson(const std::vector<Bar>& bars) {
  Json list = Json::array();
  for (const Bar& bar : bars) {
    list.push_back({{"name", bar.name},
                    {"value", bar.value},
                    {"unit", bar.unit},
                    {"target", bar.target},
                    {"met", bar.Met()},
                    {"note", bar.note}});
  }
  fmt::print("{}\n", Json{{"schema", 1}, {"bars", list}}.dump());
}

int Main(const std::vector<std::string>& arguments) {
  BenchOptions options;
  bool json = false;
  std::string families = "all";
  std::string targets = "all";
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--json") {
      json = true;
      continue;
    }
    if (i + 1 == arguments.size()) return Usage();
    const std::string& value = arguments[i + 1];
    if (arguments[i] == "--time") {
      options.seconds = std::atof(value.c_str());
    } else if (arguments[i] == "--seed") {
      options.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (arguments[i] == "--family") {
      families = value;
    } else if (arguments[i] == "--target") {
      targets = value;
    } else {
      return Usage();
    }
    ++i;
  }
  const auto names = Split(families, ',');
  for (const Family& family : Families()) {
    const bool named = std::find(names.begin(), names.end(), family.name) != names.end();
    if (named || families == "all") options.families.push_back(family);
  }
  if (options.families.empty()) return Usage();
  if (targets != "all") {
    for (const auto& name : Split(targets, ',')) options.targets.emplace_back(name);
  }
  const std::vector<Bar> bars = MeasureTargets(options);
  json ? PrintJson(bars) : PrintTable(bars);
  return !std::all_of(bars.begin(), bars.end(), [](const Bar& bar) { return bar.Met(); });
}

}  // namespace
}  // namespace ctestbed

int main(int argc, char** argv) {
  return ctestbed::Main(std::vector<std::string>(argv + 1, argv + argc));
}
