// ctestbed-cover-bench: sizes of covering arrays beside those of others, and the targets they meet.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/json.h"
#include "cover/joint.h"
#include "cover/measure.h"
#include "cover/model_text.h"

namespace ctestbed {
namespace {

struct BenchOptions {
  Limits limits;
  std::string family = "all";
  bool json = false;
  std::vector<std::string> models;
  int strength = 0;
  int count = 20;
};

Result<std::string> Contents(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Fail(ErrorKind::kNotFound, fmt::format("{}: cannot be read", file));
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// The format is told by the text: CASA's begins with a number, ACTS' has sections.
Result<CoverInstance> InstanceFrom(const std::string& file, int strength) {
  TRY(const std::string text, Contents(file));
  Result<CoverModel> model;
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] >= '0' && text[first] <= '9') {
    const std::string beside =
        std::filesystem::path(file).replace_extension(".constraints").string();
    const Result<std::string> constraints = Contents(beside);
    model = ModelFromCasa(text, file, constraints ? *constraints : "", beside);
  } else if (text.find("[Parameter]") != std::string::npos) {
    model = ModelFromActs(text, file);
  } else {
    model = ModelFromPict(text, file);
  }
  if (!model) return tl::unexpected<Error>(model.error());
  if (strength > 0) model->strength = strength;
  return CoverInstance{.name = std::filesystem::path(file).stem().string(),
                       .family = "file",
                       .model = *std::move(model)};
}

Result<std::vector<CoverInstance>> Instances(const BenchOptions& options) {
  std::vector<CoverInstance> instances;
  const auto add = [&](const char* family, std::vector<CoverInstance> more) {
    if (options.family != family && options.family != "all") return;
    std::move(more.begin(), more.end(), std::back_inserter(instances));
  };
  if (options.models.empty()) {
    add("classical", ClassicalInstances());
    add("deployment", DeploymentInstances());
    if (options.family == "random" || options.family == "all") {
      add("random", RandomInstances(options.limits.seed, options.count));
    }
  }
  for (const std::string& file : options.models) {
    TRY(CoverInstance instance, InstanceFrom(file, options.strength));
    instances.push_back(std::move(instance));
  }
  return instances;
}

std::string OrDash(size_t number) {
  return number == 0 ? "-" : std::to_string(number);
}

void Print(const Measured& measured) {
  const CoverInstance& instance = measured.instance;
  if (!measured.error.empty()) {
    fmt::print("{:30} t={}  ERROR {}\n", instance.name, instance.model.strength, measured.error);
    return;
  }
  fmt::print("{:30} t={} {:>5}{} {:>6} {:>5} {:>6} {:>8} {:>6} {:>6.3f} {:>6} {:>7.2f}\n",
             instance.name, instance.model.strength, measured.array.lower_bound,
             measured.array.optimal ? '*' : ' ', OrDash(instance.best), OrDash(instance.pict),
             OrDash(instance.pict_best), OrDash(measured.rival_rows), measured.fast_rows,
             measured.fast_s, measured.array.rows.size(), measured.array_s);
  std::fflush(stdout);
}

Json JsonOf(const Measured& measured) {
  const CoverInstance& instance = measured.instance;
  return {{"name", instance.name},
          {"family", instance.family},
          {"strength", instance.model.strength},
          {"best_known", instance.best},
          {"pict", instance.pict},
          {"pict_best", instance.pict_best},
          {"pict_like_best", measured.rival_rows},
          {"lower_bound", measured.array.lower_bound},
          {"optimal", measured.array.optimal},
          {"fast_rows", measured.fast_rows},
          {"fast_s", measured.fast_s},
          {"rows", measured.array.rows.size()},
          {"rows_s", measured.array_s},
          {"error", measured.error}};
}

void Print(const MeasuredOrder& measured) {
  fmt::print("{:30} {:>5} {:>7} {:>8} {:>8} {:>5} {:>8} {:>6} {:>7.2f} {}\n", measured.name,
             measured.rows, measured.rival_cost, measured.separate_cost, measured.cost,
             measured.longer_rows, measured.longer_cost, measured.lower_bound, measured.seconds,
             measured.error);
  std::fflush(stdout);
}

Json JsonOf(const MeasuredOrder& measured) {
  return {{"name", measured.name},
          {"rows", measured.rows},
          {"pict_like_cost", measured.rival_cost},
          {"separate_cost", measured.separate_cost},
          {"cost", measured.cost},
          {"longer_rows", measured.longer_rows},
          {"longer_cost", measured.longer_cost},
          {"lower_bound", measured.lower_bound},
          {"seconds", measured.seconds},
          {"error", measured.error}};
}

Json JsonOf(const Verdict& verdict) {
  return {{"target", verdict.target},
          {"what", verdict.what},
          {"value", verdict.value},
          {"wanted", verdict.wanted},
          {"met", verdict.met}};
}

std::vector<Verdict> Judge(const BenchOptions& options, const std::vector<Measured>& all) {
  std::vector<Verdict> verdicts;
  const auto asked = [&](const char* family) {
    return options.models.empty() && (options.family == family || options.family == "all");
  };
  if (asked("classical") || asked("deployment")) verdicts.push_back(NeverLargerThanRivals(all));
  if (asked("classical")) verdicts.push_back(PublishedSizes(all));
  if (asked("deployment")) {
    verdicts.push_back(ProvenOptimal(all));
    verdicts.push_back(SameBytesAndNoFalseRows(options.limits.seed));
  }
  return verdicts;
}

std::vector<MeasuredOrder> MeasureOrders(const BenchOptions& options) {
  std::vector<MeasuredOrder> orders;
  if (!options.models.empty() || (options.family != "joint" && options.family != "all")) {
    return orders;
  }
  if (!options.json) {
    fmt::print("{:30} {:>5} {:>7} {:>8} {:>8} {:>5} {:>8} {:>6} {:>7}\n", "change cost", "rows",
               "as pict", "separate", "together", "rows", "together", "bound", "s");
  }
  for (const CoverInstance& instance : DeploymentInstances()) {
    orders.push_back(MeasureOrder(instance, options.limits));
    if (!options.json) Print(orders.back());
  }
  return orders;
}

int Run(const BenchOptions& options) {
  const Result<std::vector<CoverInstance>> instances = Instances(options);
  if (!instances) {
    fmt::print(stderr, "{}\n", instances.error().message);
    return 2;
  }
  if (!options.json && !instances->empty()) {
    fmt::print("{:30}     {:>6} {:>6} {:>5} {:>6} {:>8} {:>6} {:>6} {:>6} {:>7}\n", "model",
               "bound", "best", "pict", "of 20", "its like", "fast", "s", "rows", "s");
  }
  std::vector<Measured> all;
  bool good = true;
  for (const CoverInstance& instance : *instances) {
    all.push_back(Measure(instance, options.limits));
    good = good && all.back().error.empty();
    if (!options.json) Print(all.back());
  }
  std::vector<Verdict> verdicts = Judge(options, all);
  const std::vector<MeasuredOrder> orders = MeasureOrders(options);
  if (!orders.empty()) {
    for (Verdict& verdict : JudgeOrders(orders)) verdicts.push_back(std::move(verdict));
  }
  Json models = Json::array();
  for (const Measured& measured : all) models.push_back(JsonOf(measured));
  Json sequences = Json::array();
  for (const MeasuredOrder& measured : orders) sequences.push_back(JsonOf(measured));
  Json targets = Json::array();
  for (const Verdict& verdict : verdicts) {
    targets.push_back(JsonOf(verdict));
    good = good && verdict.met;
    if (options.json) continue;
    fmt::print("{} {}: {} (target: {}) {}\n", verdict.target, verdict.what, verdict.value,
               verdict.wanted, verdict.met ? "met" : "MISSED");
  }
  if (options.json) {
    const Json whole{
        {"schema", 1}, {"models", models}, {"orders", sequences}, {"targets", targets}};
    fmt::print("{}\n", DumpJson(whole));
  } else {
    fmt::print(
        "pict: PICT 3.7.4 as measured once, default seed and best of 20. its like: our own greedy "
        "in "
        "its way, best of 20 seeds, where PICT was not measured. *: proven optimal.\n");
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace ctestbed

int main(int argc, char** argv) {
  ctestbed::BenchOptions options;
  CLI::App app{"Measures covering arrays; the exit code is 1 if a target is missed"};
  app.add_option("--time", options.limits.time_s, "seconds for each model")->capture_default_str();
  app.add_option("--seed", options.limits.seed)->capture_default_str();
  app.add_option("--family", options.family)
      ->check(CLI::IsMember({"classical", "deployment", "random", "joint", "all"}))
      ->capture_default_str();
  app.add_option("--count", options.count, "random models")->capture_default_str();
  app.add_flag("--json", options.json, "print one JSON object instead of a table");
  app.add_option("--model", options.models,
                 "files of PICT, ACTS or CASA (.model, with .constraints beside it) instead");
  app.add_option("--strength", options.strength, "for --model: instead of what the file says");
  CLI11_PARSE(app, argc, argv);
  return ctestbed::Run(options);
}
