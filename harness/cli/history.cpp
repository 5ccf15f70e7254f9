#include "cli/history.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/text.h"
#include "history/estimator.h"
#include "history/observations.h"

namespace ctestbed {
namespace {

std::string Variable(Program& program, const std::string& name) {
  const auto found = program.environment().find(name);
  return found == program.environment().end() ? "" : found->second;
}

void WarnOf(Program& program, const Error& error) {
  if (error.kind == ErrorKind::kNotFound) return;
  program.Warn("ctestbed: " + Visible(error.message));
}

}  // namespace

std::string HistoryPath(Program& program) {
  const std::string chosen = Variable(program, "CTESTBED_HISTORY");
  if (chosen == "off") return "";
  if (!chosen.empty()) return std::filesystem::absolute(chosen).lexically_normal().string();
  const std::string state = Variable(program, "XDG_STATE_HOME");
  if (state.starts_with("/")) return state + "/ctestbed/history.sqlite";
  const std::string home = Variable(program, "HOME");
  if (!home.starts_with("/") || !program.files().Exists(home)) return "";
  return home + "/.local/state/ctestbed/history.sqlite";
}

std::string ProjectName(const ProjectOptions& options) {
  std::filesystem::path suites = std::filesystem::absolute(options.suites).lexically_normal();
  if (!suites.has_filename()) suites = suites.parent_path();
  const std::string name = suites.parent_path().filename().string();
  return name.empty() ? "/" : name;
}

Result<History> OpenHistory(Program& program) {
  const std::string path = HistoryPath(program);
  if (path.empty()) {
    return Fail(ErrorKind::kNotFound, "there is no history",
                "CTESTBED_HISTORY is 'off', or there is no home; it may name a file");
  }
  return History::Open(path, program.files(), program.clock(), [&](std::string_view text) {
    program.Warn(fmt::format("ctestbed: {}", text));
  });
}

Result<std::vector<Sample>> ReadSamples(Program& program, const ProjectOptions& options) {
  if (!program.files().Exists(HistoryPath(program))) return std::vector<Sample>();
  TRY(History history, OpenHistory(program));
  return history.Samples(ProjectName(options));
}

void Remember(Program& program, const ProjectOptions& options, const std::vector<Event>& events) {
  const std::vector<Sample> samples = ObservationsIn(events, ProjectName(options));
  if (samples.empty()) return;
  auto history = OpenHistory(program);
  if (!history) return WarnOf(program, history.error());
  const Status recorded = history->Record(samples);
  if (recorded) return;
  program.Warn(fmt::format("ctestbed: history {} does not take what this session took: {}",
                           Quote(HistoryPath(program)), Visible(recorded.error().message)));
}

Estimates LoadEstimates(Program& program, const ProjectOptions& options,
                        const std::string& backend) {
  const auto samples = ReadSamples(program, options);
  if (samples) return EstimatesFrom(*samples, backend);
  WarnOf(program, samples.error());
  return {};
}

}  // namespace ctestbed
