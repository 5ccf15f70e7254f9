#include "cli/ctest_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "io/private_directory.h"

namespace ctestbed {
namespace {

constexpr Duration kGrace{30'000};  // for ctestbed itself
constexpr Duration kSessionTakes{60'000};

// A bracket argument: taken as it is, whatever is in it.
std::string Bracket(std::string_view text) {
  std::string equals = "==";
  while (text.find("]" + equals + "]") != std::string_view::npos) equals += "=";
  return fmt::format("[{0}[{1}]{0}]", equals, text);
}

Duration DeployBudget(const Batch& batch, const ListingOptions& options) {
  if (options.deploy_budget > Duration::zero()) return options.deploy_budget;
  Duration budget = kGrace;
  for (const Node& node : batch.topology.nodes) {
    if (node.ready) budget += node.ready->within;
  }
  return budget;
}

class Renderer {
 public:
  Renderer(const CTestProject& project, const ListingOptions& options)
      : project_(project), options_(options), labels_(options.labels) {
    labels_.push_back("ctestbed");
    size_t tests = project.broken.size() + 2;
    for (const PlannedBatch& planned : project.batches) tests += planned.batch.runs.size() + 2;
    cost_ = tests;
  }

  std::string Render() {
    Add(Own("session"),
        {"session", "--build-dir", options_.tree.build, "--source-dir", options_.tree.source},
        SessionProperties());
    for (const PlannedBatch& planned : project_.batches) AddBatch(planned);
    for (const BrokenName& broken : project_.broken) AddBroken(broken);
    Add(Own("report"), {"report"},
        {{"FIXTURES_CLEANUP", Own("session")},
         {"LABELS", Join(AllLabels(), ";")},
         Timeout(kSessionTakes)});
    return std::move(text_);
  }

 private:
  using Property = std::pair<std::string, std::string>;
  using Properties = std::vector<Property>;

  // The name of a test or fixture that stands for no run.
  std::string Own(std::string_view name) const {
    return fmt::format("{}ctestbed.{}", options_.common.prefix, name);
  }
  // "B03"
  std::string Number(int order) const {
    const size_t width = std::max<size_t>(2, std::to_string(project_.batches.size()).size());
    return fmt::format("B{:0{}}", order + 1, width);
  }
  std::string Fixture(const PlannedBatch& planned) const { return Own(Number(planned.order)); }
  std::string StepOf(std::string_view step, const PlannedBatch& planned) const {
    return Own(fmt::format("{}.{}-{}", step, Number(planned.order), planned.name));
  }

  static Property Timeout(Duration duration) {
    return {"TIMEOUT", fmt::format("{:.0f}", Seconds(duration))};
  }

  void Add(const std::string& name, const std::vector<std::string>& step, Properties properties) {
    text_ += fmt::format("add_test({}", Bracket(name));
    for (const std::string& word : StepCommand(step, options_.common)) {
      text_ += " " + Bracket(word);
    }
    text_ += fmt::format(")\nset_tests_properties({} PROPERTIES", Bracket(name));
    properties.emplace_back("COST", std::to_string(cost_--));
    for (const auto& [key, value] : properties) {
      text_ += fmt::format("\n  {} {}", key, Bracket(value));
    }
    text_ += ")\n";
  }

  std::set<std::string> LabelsOf(const Run& run) const {
    std::set<std::string> labels(labels_.begin(), labels_.end());
    labels.insert("suite:" + run.suite);
    labels.insert("preset:" + run.preset);
    for (const auto& [axis, value] : run.cell) labels.insert(fmt::format("{}={}", axis, value));
    return labels;
  }

  std::vector<std::string> BatchLabels(const Batch& batch) const {
    std::set<std::string> all;
    for (const Run& run : batch.runs) all.merge(LabelsOf(run));
    return {all.begin(), all.end()};
  }

  // So that excluding by label what all runs have excludes the fixtures with them.
  std::vector<std::string> AllLabels() const {
    std::set<std::string> all(labels_.begin(), labels_.end());
    for (const PlannedBatch& planned : project_.batches) {
      for (std::string& label : BatchLabels(planned.batch)) all.insert(std::move(label));
    }
    return {all.begin(), all.end()};
  }

  Properties SessionProperties() const {
    return {{"FIXTURES_SETUP", Own("session")},
            {"LABELS", Join(AllLabels(), ";")},
            Timeout(kSessionTakes)};
  }

  void AddBatch(const PlannedBatch& planned) {
    const std::string labels = Join(BatchLabels(planned.batch), ";");
    const Duration budget = DeployBudget(planned.batch, options_);
    waited_ += budget;
    Properties up{{"FIXTURES_SETUP", Fixture(planned)},
                  {"FIXTURES_REQUIRED", Own("session")},
                  {"LABELS", labels},
                  Timeout(waited_)};
    std::vector<std::string>& before = before_[planned.lane];
    if (!before.empty()) up.emplace_back("DEPENDS", Join(before, ";"));
    Add(StepOf("up", planned), {"up", planned.name}, std::move(up));
    for (const Run& run : planned.batch.runs) AddRun(planned, run, budget);
    Add(StepOf("down", planned), {"down", planned.name},
        {{"FIXTURES_CLEANUP", Fixture(planned)},
         {"FIXTURES_REQUIRED", Own("session")},
         {"LABELS", labels},
         Timeout(kGrace)});
    if (options_.parallel) {
      // All of them, not only the last: a filter may leave any of them out.
      before.push_back(StepOf("down", planned));
    } else {
      before = {StepOf("up", planned)};
    }
  }

  // The tests of all runs of the suites that `suite` comes after.
  std::vector<std::string> RunsBefore(const Suite& suite) const {
    std::vector<std::string> tests;
    for (const PlannedBatch& planned : project_.batches) {
      for (const Run& run : planned.batch.runs) {
        const bool before =
            std::any_of(suite.after.begin(), suite.after.end(),
                        [&](const Located<std::string>& name) { return name.value == run.suite; });
        if (before) tests.push_back(options_.common.prefix + RunName(run));
      }
    }
    return tests;
  }

  void AddRun(const PlannedBatch& planned, const Run& run, Duration budget) {
    const Suite& suite = *project_.FindSuite(run.suite);
    const std::set<std::string> labels = LabelsOf(run);
    waited_ += suite.timeout + kGrace;
    Properties properties{{"FIXTURES_REQUIRED", Own("session") + ";" + Fixture(planned)},
                          {"LABELS", Join({labels.begin(), labels.end()}, ";")},
                          Timeout(suite.timeout + budget + kGrace),
                          {"TIMEOUT_SIGNAL_NAME", "SIGTERM"},
                          {"TIMEOUT_SIGNAL_GRACE_PERIOD", "10"},
                          {"SKIP_RETURN_CODE", "77"},
                          {"_BACKTRACE_TRIPLES",
                           fmt::format("{};{};suite", suite.name.mark.file, suite.name.mark.line)}};
    const std::vector<std::string> before = RunsBefore(suite);
    if (!before.empty()) properties.emplace_back("DEPENDS", Join(before, ";"));
    Add(options_.common.prefix + RunName(run), {"run", RunName(run)}, std::move(properties));
  }

  void AddBroken(const BrokenName& broken) {
    Properties properties{
        {"FIXTURES_REQUIRED", Own("session")}, {"LABELS", Join(labels_, ";")}, Timeout(kGrace)};
    if (!broken.problems.empty()) {
      const SourceMark& mark = broken.problems.front().mark;
      properties.emplace_back("_BACKTRACE_TRIPLES",
                              fmt::format("{};{};discovery", mark.file, mark.line));
    }
    Add(fmt::format("{}{}.discovery", options_.common.prefix, broken.name),
        {"discovery", broken.name}, std::move(properties));
  }

  const CTestProject& project_;
  const ListingOptions& options_;
  std::vector<std::string> labels_;
  std::map<int, std::vector<std::string>> before_;  // what the next `up` of a lane comes after
  Duration waited_{0};                              // at most, until the next `up` gets its turn
  size_t cost_ = 0;
  std::string text_;
};

}  // namespace

std::string RenderListing(const CTestProject& project, const ListingOptions& options) {
  return Renderer(project, options).Render();
}

std::vector<std::string> StepCommand(const std::vector<std::string>& step,
                                     const CTestOptions& options) {
  std::vector<std::string> command{OwnProgram(), "ctest"};
  command.insert(command.end(), step.begin(), step.end());
  command.insert(command.end(), {"--presets", options.project.presets, "--suites",
                                 options.project.suites, "--results", options.results});
  for (const std::string& directory : options.project.path) {
    command.insert(command.end(), {"--path", directory});
  }
  if (!options.prefix.empty()) command.insert(command.end(), {"--prefix", options.prefix});
  if (!options.backend.empty()) command.insert(command.end(), {"--backend", options.backend});
  if (options.lanes != "1") command.insert(command.end(), {"--lanes", options.lanes});
  return command;
}

}  // namespace ctestbed
