// ctestbed history: what earlier sessions took.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/history.h"
#include "history/estimator.h"

namespace ctestbed {
namespace {

struct HistoryOptions {
  ProjectOptions project;
  std::string action;
  std::string file;
  bool prune = false;
};

constexpr size_t kDigestShown = 8;
constexpr size_t kVerdictsShown = 10;

struct NodeRow {
  std::map<Measure, size_t> samples;
  NodeEstimate estimate;
};
struct RunRow {
  std::vector<Verdict> verdicts;  // the newest last
  RunEstimate estimate;
};
// Preset, name, and digest or run.
using Key = std::tuple<std::string, std::string, std::string>;

struct Rows {
  std::map<Key, NodeRow> nodes;
  std::map<Key, RunRow> runs;
};

std::map<std::string, Rows> ByBackend(const std::vector<Sample>& samples) {
  std::map<std::string, Rows> backends;
  for (const auto& [of, at, session, seq, duration, verdict] : samples) {
    Rows& rows = backends[of.backend];
    if (of.measure == Measure::kRun) {
      auto& verdicts = rows.runs[{of.preset, of.name, of.variant}].verdicts;
      verdicts.insert(verdicts.begin(), verdict);
    } else {
      ++rows.nodes[{of.preset, of.name, of.variant}].samples[of.measure];
    }
  }
  for (auto& [backend, rows] : backends) {
    const Estimates estimates = EstimatesFrom(samples, backend);
    for (auto& [key, row] : rows.nodes) row.estimate = estimates.Of(std::get<2>(key), "", "");
    for (auto& [key, row] : rows.runs) {
      const auto found = estimates.runs.find(std::get<2>(key));
      if (found != estimates.runs.end()) row.estimate = found->second;
    }
  }
  return backends;
}

// Lines of cells in columns; `left` says of each column whether its cells stand at the left.
class Table {
 public:
  explicit Table(std::vector<bool> left) : left_(std::move(left)), widths_(left_.size()) {}

  void Add(std::vector<std::string> cells) {
    for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], cells[i].size());
    lines_.push_back(std::move(cells));
  }

  std::string Render() const {
    std::string text;
    for (const std::vector<std::string>& cells : lines_) {
      std::string line;
      for (size_t i = 0; i < cells.size(); ++i) {
        const std::string gap(widths_[i] - cells[i].size(), ' ');
        line += "  " + (left_[i] ? cells[i] + gap : gap + cells[i]);
      }
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
    }
    return text;
  }

 private:
  std::vector<bool> left_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> lines_;
};

char Letter(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return '.';
    case Verdict::kFailed:
      return 'F';
    case Verdict::kSkipped:
      return 's';
    default:
      return 'E';
  }
}

std::string Lately(const std::vector<Verdict>& verdicts) {
  std::string text;
  for (const Verdict verdict : verdicts) text += Letter(verdict);
  return text.substr(text.size() - std::min(text.size(), kVerdictsShown));
}

std::string TimeOf(const NodeRow& row, Measure measure, Duration estimate) {
  return row.samples.contains(measure) ? FormatDuration(estimate) : "-";
}

std::string RenderNodes(const Rows& rows) {
  Table table({true, true, true, false, false, false});
  table.Add({"preset", "node", "digest", "samples", "start", "stop"});
  for (const auto& [key, row] : rows.nodes) {
    const auto& [preset, name, digest] = key;
    size_t samples = 0;
    for (const auto& [measure, count] : row.samples) samples = std::max(samples, count);
    table.Add({Visible(preset), Visible(name), Visible(digest.substr(0, kDigestShown)),
               fmt::to_string(samples), TimeOf(row, Measure::kStart, row.estimate.start),
               TimeOf(row, Measure::kStop, row.estimate.stop)});
  }
  return table.Render();
}

std::string RenderRuns(const Rows& rows) {
  Table table({true, false, false, true});
  table.Add({"run", "samples", "time", "lately"});
  for (const auto& [key, row] : rows.runs) {
    table.Add({Visible(std::get<2>(key)), fmt::to_string(row.verdicts.size()),
               FormatDuration(row.estimate.duration), Lately(row.verdicts)});
  }
  return table.Render();
}

std::string RenderText(const std::string& project, const std::vector<Sample>& samples) {
  if (samples.empty()) return fmt::format("nothing is known of project {} yet\n", Quote(project));
  std::string text;
  for (const auto& [backend, rows] : ByBackend(samples)) {
    text += fmt::format("{}project {}, backend {}\n", text.empty() ? "" : "\n", Visible(project),
                        Visible(backend));
    if (!rows.nodes.empty()) text += "\n" + RenderNodes(rows);
    if (!rows.runs.empty()) text += "\n" + RenderRuns(rows);
  }
  return text + "\nlately, the newest last: . passed, F failed, E error, s skipped\n";
}

void Describe(const std::string& backend, const Rows& rows, Json& nodes, Json& runs) {
  for (const auto& [key, row] : rows.nodes) {
    const auto& [preset, name, digest] = key;
    Json samples = Json::object();
    for (const auto& [measure, count] : row.samples) samples[MeasureName(measure)] = count;
    nodes.push_back({{"backend", backend},
                     {"preset", preset},
                     {"node", name},
                     {"digest", digest},
                     {"samples", samples},
                     {"start_s", Seconds(row.estimate.start)},
                     {"stop_s", Seconds(row.estimate.stop)},
                     {"reset_s", Seconds(row.estimate.reset)}});
  }
  for (const auto& [key, row] : rows.runs) {
    const auto& [preset, suite, run] = key;
    Json verdicts = Json::array();
    for (const Verdict verdict : row.verdicts) verdicts.push_back(VerdictName(verdict));
    runs.push_back({{"backend", backend},
                    {"preset", preset},
                    {"suite", suite},
                    {"run", run},
                    {"samples", row.verdicts.size()},
                    {"duration_s", Seconds(row.estimate.duration)},
                    {"failure_score", row.estimate.failure},
                    {"verdicts", verdicts}});
  }
}

ExitCode Show(Program& program, const HistoryOptions& options) {
  const auto samples = ReadSamples(program, options.project);
  if (!samples) return program.Complain(samples.error());
  const std::string project = ProjectName(options.project);
  if (!program.json()) {
    program.Print(RenderText(project, *samples));
    return ExitCode::kPassed;
  }
  Json nodes = Json::array();
  Json runs = Json::array();
  for (const auto& [backend, rows] : ByBackend(*samples)) Describe(backend, rows, nodes, runs);
  program.PrintJson(
      {{"file", HistoryPath(program)}, {"project", project}, {"nodes", nodes}, {"runs", runs}});
  return ExitCode::kPassed;
}

std::string SampleCount(size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "sample" : "samples");
}

void Answer(Program& program, const Json& facts, const std::string& text) {
  if (program.json()) return program.PrintJson(facts);
  program.Print(text + "\n");
}

Status Export(Program& program, const HistoryOptions& options) {
  TRY(const std::vector<Sample> samples, ReadSamples(program, options.project));
  std::string text;
  for (const Sample& sample : samples) text += DumpJson(ToJson(sample)) + "\n";
  TRY_DO(program.files().Write(options.file, text));
  const std::string project = ProjectName(options.project);
  Answer(program, {{"file", options.file}, {"project", project}, {"samples", samples.size()}},
         fmt::format("{} of project {} written to {}", SampleCount(samples.size()), Quote(project),
                     Quote(options.file)));
  return {};
}

Result<std::vector<Sample>> ParseSamples(const std::string& text, const std::string& file) {
  std::vector<Sample> samples;
  size_t line = 0;
  for (const std::string& each : Split(text, '\n')) {
    ++line;
    if (each.empty()) continue;
    const auto json = ParseJson(each);
    auto sample = json ? SampleFromJson(*json) : tl::unexpected<Error>(json.error());
    if (!sample) {
      return Fail(ErrorKind::kInvalid, fmt::format("{}:{}: {}", file, line, sample.error().message),
                  "expected what ctestbed history export writes; nothing was imported");
    }
    samples.push_back(std::move(*sample));
  }
  return samples;
}

Status Import(Program& program, const HistoryOptions& options) {
  TRY(const std::string text, program.files().Read(options.file));
  TRY(const std::vector<Sample> samples, ParseSamples(text, options.file));
  TRY(History history, OpenHistory(program));
  TRY_DO(history.Record(samples));
  Answer(program, {{"file", options.file}, {"samples", samples.size()}},
         fmt::format("{} read from {}", SampleCount(samples.size()), Quote(options.file)));
  return {};
}

Status Prune(Program& program) {
  TRY(History history, OpenHistory(program));
  TRY(const size_t before, history.Size());
  TRY_DO(history.Prune());
  TRY(const size_t after, history.Size());
  const size_t dropped = before - std::min(before, after);  // others may have added some
  Answer(program, {{"dropped", dropped}, {"kept", after}},
         fmt::format("{} dropped, {} kept", SampleCount(dropped), after));
  return {};
}

Status Act(Program& program, const HistoryOptions& options) {
  if (options.action.empty()) return Prune(program);
  if (options.prune) {
    return Fail(ErrorKind::kInvalid, fmt::format("history {} takes no --prune", options.action));
  }
  if (!options.file.empty()) {
    return options.action == "export" ? Export(program, options) : Import(program, options);
  }
  return Fail(ErrorKind::kInvalid,
              fmt::format("history {} needs the name of a file", options.action),
              "ctestbed history " + options.action + " FILE");
}

ExitCode Main(Program& program, const HistoryOptions& options) {
  if (options.action.empty() && !options.prune) return Show(program, options);
  const Status done = Act(program, options);
  return done ? ExitCode::kPassed : program.Complain(done.error());
}

}  // namespace

Body DefineHistory(CLI::App& app, Program& program) {
  auto options = std::make_shared<HistoryOptions>();
  AddOption(app, "action", options->action,
            "export: write it to a file, as JSON lines; import: add what such a file has",
            {.choices = {"export", "import"}});
  AddOption(app, "file", options->file, "file to export to or to import");
  AddFlag(app, "--prune", options->prune, "drop what was not measured for 90 days");
  AddProjectOptions(app, options->project);
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed
