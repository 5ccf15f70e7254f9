#include "cli/ctest_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "model/wire.h"
#include "runner/runner.h"

namespace ctestbed {
namespace {

// Files of a stored plan: `index`, written last, has a line "batch NAME\tORDER" and "run
// NAME\tORDER" for each; `project` says what the plan was made from; `batch-ORDER` and `suite-NAME`
// are parts.
class PlanFiles {
 public:
  PlanFiles(FileSystem& files, const std::string& session_directory)
      : files_(files), directory_(session_directory + "/plan/") {}

  Status Write(const std::string& name, const Json& json) {
    return files_.Write(directory_ + name, DumpJson(json));
  }
  Status WriteIndex(const std::string& lines) { return files_.Write(directory_ + "index", lines); }

  Result<Json> Read(const std::string& name) const {
    TRY(const std::string text, files_.Read(directory_ + name));
    return ParseJson(text);
  }
  Result<std::string> ReadIndex() const { return files_.Read(directory_ + "index"); }

 private:
  FileSystem& files_;
  const std::string directory_;
};

// What a plan is made by.
Json ToJson(const CTestOptions& options) {
  return {{"presets", options.project.presets},
          {"suites", options.project.suites},
          {"path", options.project.path},
          {"lanes", options.lanes}};
}

Json ToJson(const Run& run) {
  return {{"suite", run.suite}, {"preset", run.preset}, {"cell", ctestbed::ToJson(run.cell)}};
}

Run RunFromJson(const Json& json) {
  return {JsonText(json, "suite"), JsonText(json, "preset"),
          CellFromJson(JsonMember(json, "cell"))};
}

PlannedWork WorkOf(const PlannedBatch& planned) {
  return {DemandFor(planned.batch, planned.order, planned.lane), planned.batch.runs};
}

Json ToJson(const PlannedWork& work) {
  Json runs = Json::array();
  for (const Run& run : work.runs) runs.push_back(ToJson(run));
  return {{"demand", ToJson(work.demand)}, {"runs", runs}};
}

Result<PlannedWork> WorkFromJson(const Json& json) {
  PlannedWork work;
  TRY(work.demand, DemandFromJson(JsonMember(json, "demand")));
  for (const Json& run : JsonMember(json, "runs")) work.runs.push_back(RunFromJson(run));
  return work;
}

std::string BatchFile(std::string_view order) {
  return fmt::format("batch-{}.json", order);
}

std::string SuiteFileOf(std::string_view name) {
  return fmt::format("suite-{}.json", name);
}

class StoredPlan {
 public:
  // Nothing when the session has no plan that was made from these options.
  static std::optional<StoredPlan> Find(Program& program, const CTestOptions& options,
                                        const CTestOwner& owner) {
    const auto state = program.state();
    if (!state) return std::nullopt;
    PlanFiles files(program.files(), state->Session(owner.session));
    auto index = files.ReadIndex();
    auto project = files.Read("project.json");
    if (!index || !project) return std::nullopt;
    if (JsonMember(*project, "options") != ToJson(options)) return std::nullopt;
    return StoredPlan(std::move(files), std::move(*index), std::move(*project));
  }

  // `what` is "batch" or "run"; nothing when the plan has none of that name.
  Result<std::optional<PlannedWork>> Work(std::string_view what, std::string_view name) const {
    const std::string line = fmt::format("\n{} {}\t", what, name);
    const size_t found = index_.find(line);
    if (found == std::string::npos) return std::nullopt;
    const size_t begin = found + line.size();
    const std::string_view order =
        std::string_view(index_).substr(begin, index_.find('\n', begin) - begin);
    TRY(const Json json, files_.Read(BatchFile(order)));
    return WorkFromJson(json);
  }

  Result<Suite> SuiteNamed(Program& program, const CTestOptions& options,
                           const std::string& name) const {
    TRY(const Json json, files_.Read(SuiteFileOf(name)));
    Defaults defaults;
    defaults.suite_timeout = DurationFromJson(project_, "suite_timeout_s");
    return program.ReadSoundSuite(options.project, {JsonText(json, "file"), JsonText(json, "text")},
                                  defaults);
  }

  std::map<std::string, std::string> HostEnvironment() const {
    return TextMapFromJson(JsonMember(project_, "host_environment"));
  }

 private:
  StoredPlan(PlanFiles files, std::string index, Json project)
      : files_(std::move(files)), index_(std::move(index)), project_(std::move(project)) {}

  const PlanFiles files_;
  const std::string index_;
  const Json project_;
};

Error NoSuchRun(const std::string& run) {
  return {ErrorKind::kInvalid, fmt::format("no run '{}'", run),
          "the presets and suites have changed since the tests were listed; run ctest again"};
}

const Run& RunIn(const std::vector<Run>& runs, const std::string& name) {
  return *std::find_if(runs.begin(), runs.end(),
                       [&](const Run& run) { return RunName(run) == name; });
}

}  // namespace

Status StorePlan(Program& program, const CTestOptions& options, const SessionHandle& session,
                 const CTestProject& project) {
  PlanFiles files(program.files(), session.state.Session(session.id));
  TRY_DO(files.Write("project.json", {{"options", ToJson(options)},
                                      {"host_environment", project.loaded.host_environment},
                                      {"suite_timeout_s",
                                       Seconds(project.loaded.project.defaults.suite_timeout)}}));
  for (const SuiteFile& suite : project.loaded.project.suites) {
    if (!suite.suite) continue;
    TRY_DO(files.Write(SuiteFileOf(suite.name), {{"file", suite.file}, {"text", suite.text}}));
  }
  std::string index = "\n";
  for (const PlannedBatch& planned : project.batches) {
    TRY_DO(files.Write(BatchFile(std::to_string(planned.order)), ToJson(WorkOf(planned))));
    index += fmt::format("batch {}\t{}\n", planned.name, planned.order);
    for (const Run& run : planned.batch.runs) {
      index += fmt::format("run {}\t{}\n", RunName(run), planned.order);
    }
  }
  return files.WriteIndex(index);
}

Result<std::optional<PlannedWork>> FindWork(Program& program, const CTestOptions& options,
                                            const CTestOwner& owner, const std::string& batch) {
  if (const auto stored = StoredPlan::Find(program, options, owner)) {
    return stored->Work("batch", batch);
  }
  TRY(const CTestProject project, LoadCTestProject(program, options));
  const PlannedBatch* planned = project.FindBatch(batch);
  if (planned == nullptr) return std::nullopt;
  return WorkOf(*planned);
}

Result<PlannedRun> FindPlannedRun(Program& program, const CTestOptions& options,
                                  const CTestOwner& owner, const std::string& run) {
  if (const auto stored = StoredPlan::Find(program, options, owner)) {
    TRY(std::optional<PlannedWork> work, stored->Work("run", run));
    if (!work) return tl::unexpected<Error>(NoSuchRun(run));
    Run found = RunIn(work->runs, run);
    TRY(Suite suite, stored->SuiteNamed(program, options, found.suite));
    return PlannedRun{std::move(work->demand), std::move(found), std::move(suite),
                      stored->HostEnvironment()};
  }
  TRY(const CTestProject project, LoadCTestProject(program, options));
  const PlannedBatch* planned = project.FindBatchOf(run);
  if (planned == nullptr) return tl::unexpected<Error>(NoSuchRun(run));
  PlannedWork work = WorkOf(*planned);
  Run found = RunIn(work.runs, run);
  Suite suite = *project.FindSuite(found.suite);
  return PlannedRun{std::move(work.demand), std::move(found), std::move(suite),
                    project.loaded.host_environment};
}

}  // namespace ctestbed
