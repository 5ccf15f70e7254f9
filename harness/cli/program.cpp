#include "cli/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "base/json.h"
#include "base/text.h"
#include "io/private_directory.h"
#include "model/wire.h"
#include "probe/probe.h"
#include "report/reporter.h"
#include "supervisor/sweep.h"

namespace ctestbed {
namespace {

constexpr Duration kCheckTakes{15'000};  // an engine with much to do answers late
constexpr Duration kGlanceTakes{2'000};  // before a command that has other things to do
constexpr Duration kSweepTakes{20'000};
// Of files that presets name.
constexpr size_t kLargestFile = 4U << 20U;

TimePoint In(Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}

Result<std::vector<SourceFile>> ReadYamlFiles(FileSystem& files, const std::string& directory,
                                              std::string_view what) {
  const auto names = files.List(directory);
  if (!names) {
    return Fail(ErrorKind::kNotFound, fmt::format("no {} directory {}", what, Quote(directory)));
  }
  std::vector<SourceFile> sources;
  for (const std::string& name : *names) {
    if (!name.ends_with(".yaml") && !name.ends_with(".yml")) continue;
    TRY(std::string text, files.Read(directory + "/" + name));
    sources.push_back({directory + "/" + name, std::move(text)});
  }
  return sources;
}

// The PATH of nodes and test programs: the given directories, made absolute, before the host's.
std::string SearchPath(const ProjectOptions& options,
                       const std::map<std::string, std::string>& environment) {
  std::vector<std::string> path;
  for (const std::string& directory : options.path) {
    path.push_back(std::filesystem::absolute(directory).lexically_normal().string());
  }
  if (const auto host = environment.find("PATH"); host != environment.end()) {
    path.push_back(host->second);
  }
  return Join(path, ":");
}

}  // namespace

std::vector<Preset> LoadedProject::Presets() const {
  std::vector<Preset> presets;
  for (const PresetFile& file : project.presets) {
    if (file.preset) presets.push_back(*file.preset);
  }
  return presets;
}

std::vector<Suite> LoadedProject::Suites() const {
  std::vector<Suite> suites;
  for (const SuiteFile& file : project.suites) {
    if (file.suite) suites.push_back(*file.suite);
  }
  return suites;
}

Program::Program(std::map<std::string, std::string> environment)
    : environment_(std::move(environment)), files_(MakeRealFileSystem()), clock_(MakeRealClock()) {}

Program::~Program() = default;

HttpClient& Program::http() {
  if (!http_) http_ = MakeRealHttpClient();
  return *http_;
}

Result<Launcher*> Program::launcher() {
  if (!launcher_) {
    const std::filesystem::path own = OwnProgram();
    TRY(launcher_, MakeRealLauncher((own.parent_path() / "ctestbed-shim").string()));
  }
  return launcher_.get();
}

Result<TesterIo> Program::tester_io() {
  TRY(Launcher * launcher, this->launcher());
  return TesterIo{http(), *launcher, *files_, *clock_};
}

Result<StateDirectory> Program::state() {
  return StateDirectory::Open(environment_, *files_);
}

Result<Driver*> Program::driver(const std::string& backend) {
  if (const auto made = drivers_.find(backend); made != drivers_.end()) return made->second.get();
  const DriverEntry* entry = FindDriver(backend);
  if (entry == nullptr) {
    std::vector<std::string> known;
    for (const DriverEntry& each : Drivers()) known.emplace_back(each.name);
    return Fail(ErrorKind::kInvalid, fmt::format("unknown backend {}", Quote(backend)),
                DidYouMean(backend, known, "backends"));
  }
  TRY(Launcher * launcher, this->launcher());
  TRY(const StateDirectory state, this->state());
  if (!ports_) ports_ = MakeRealPortPool(state.Ports());
  auto made = entry->make({*launcher, *ports_, *files_, http(), *clock_, environment_});
  return drivers_.emplace(backend, std::move(made)).first->second.get();
}

Result<Driver*> Program::available_driver(const std::string& backend) {
  TRY(Driver * driver, this->driver(backend));
  const Availability availability = driver->Check(In(kCheckTakes));
  if (availability.available) return driver;
  return Fail(ErrorKind::kUnavailable,
              fmt::format("backend '{}' is not available: {}", backend, availability.reason));
}

Vocabulary Program::MakeVocabulary(const ProjectOptions& options, const TesterIo& io) const {
  Vocabulary vocabulary;
  for (const ProbeEntry& entry : Probes()) {
    vocabulary.probes.emplace_back(entry.name);
    if (entry.needs_port) vocabulary.port_probes.emplace(entry.name);
  }
  vocabulary.check_probe = [](const ProbeSpec& probe, Diagnostics& problems) {
    if (const ProbeEntry* entry = FindProbe(probe.kind)) entry->make(probe.arguments, problems);
  };
  for (const TesterEntry& entry : Testers()) {
    const std::shared_ptr<Tester> tester = entry.make(io);
    vocabulary.testers.push_back({std::string(entry.name), entry.fields,
                                  [tester](const Suite& suite, Diagnostics& problems) {
                                    return tester->Cases(suite, problems);
                                  }});
  }
  vocabulary.directory = std::filesystem::absolute(".").lexically_normal().string();
  vocabulary.read_file = [this](const std::string& path) {
    return files_->Read(path, kLargestFile);
  };
  vocabulary.host_environment = environment_;
  vocabulary.host_environment["PATH"] = SearchPath(options, environment_);
  return vocabulary;
}

Result<LoadedProject> Program::Load(const ProjectOptions& options) {
  TRY(const TesterIo io, tester_io());
  TRY(auto presets, ReadYamlFiles(*files_, options.presets, "presets"));
  TRY(auto suites, ReadYamlFiles(*files_, options.suites, "suites"));
  const Vocabulary vocabulary = MakeVocabulary(options, io);
  LoadedProject loaded;
  loaded.project = LoadProject(std::move(presets), std::move(suites), vocabulary, loaded.problems);
  for (const std::string& name : loaded.project.defaults.host_environment) {
    const auto variable = vocabulary.host_environment.find(name);
    if (variable != vocabulary.host_environment.end()) loaded.host_environment.insert(*variable);
  }
  // A switch of testers, not of what they test.
  if (const auto update = environment_.find("CTESTBED_UPDATE_SNAPSHOTS");
      update != environment_.end()) {
    loaded.host_environment.insert(*update);
  }
  return loaded;
}

Result<Suite> Program::ReadSoundSuite(const ProjectOptions& options, const SourceFile& file,
                                      const Defaults& defaults) {
  TRY(const TesterIo io, tester_io());
  return ctestbed::ReadSoundSuite(file, defaults, MakeVocabulary(options, io));
}

Result<std::vector<std::string>> Program::SweepDead(bool dry_run, bool everywhere) {
  TRY(const StateDirectory state, this->state());
  SweepServices services{*files_, {}, {}, {}};
  services.driver = [this](const std::string& backend) {
    return driver(backend).value_or(nullptr);
  };
  // Sessions that are dead name theirs; these may hold something without any session.
  services.backends = {"process"};
  for (const DriverEntry& entry : Drivers()) {
    const std::string name(entry.name);
    if (name == "process" || (!everywhere && !state.HasUsed(name))) continue;
    Driver* other = driver(name).value_or(nullptr);
    const TimePoint deadline = In(everywhere ? kCheckTakes : kGlanceTakes);
    if (other == nullptr || !other->Check(deadline).available) continue;
    services.backends.push_back(name);
  }
  services.report = [this](const std::string& results) { ReportFromFile(results); };
  return ctestbed::SweepDead(state, services, dry_run, In(kSweepTakes));
}

void Program::Sweep() {
  const auto removed = SweepDead(false, false);
  if (!removed) return Warn("cannot clear up after a dead session: " + removed.error().message);
  for (const std::string& line : *removed) Warn("cleared up: " + line);
}

Status Program::Report(const std::vector<Event>& events, const std::string& results) {
  for (const ReportEntry& report : Reports()) {
    TRY_DO(files_->Write(fmt::format("{}/{}", results, report.file_name), report.render(events)));
  }
  return {};
}

std::vector<Event> Program::ReadEvents(const std::string& results, const std::string& run) {
  const std::string mark = run.empty() ? "" : "\"run\":" + DumpJson(Json(run));
  std::vector<Event> events;
  for (const std::string& line :
       Split(files_->Read(results + "/events.ndjson").value_or(""), '\n')) {
    if (line.find(mark) == std::string::npos) continue;
    const auto json = ParseJson(line);
    if (!json) break;  // the torn last line of a killed supervisor
    auto event = EventFromJson(*json);
    if (event) events.push_back(std::move(*event));
  }
  return events;
}

void Program::ReportFromFile(const std::string& results) {
  const std::vector<Event> events = ReadEvents(results);
  if (!events.empty()) static_cast<void>(Report(events, results));
}

ExitCode Program::Complain(const Error& error) {
  if (json_) {
    const Json entry{{"message", error.message}, {"hint", error.detail}};
    Warn(DumpJson(Json{{"errors", Json::array({entry})}}));
  } else {
    std::string text = "ctestbed: " + Visible(error.message);
    if (!error.detail.empty()) text += "\n  " + Visible(error.detail);
    Warn(text);
  }
  return ExitCodeFor(error);
}

ExitCode Program::Complain(const Diagnostics& problems) {
  if (json_) {
    Warn(DumpJson(Json{{"errors", ToJson(problems.Sorted())}}));
  } else {
    std::string text = Render(problems.Sorted());
    if (!text.empty()) text.pop_back();
    Warn(text);
  }
  return ExitCode::kBadInput;
}

void Program::Print(std::string_view text) {
  std::cout << text << std::flush;
}

void Program::Warn(std::string_view text) {
  std::cerr << text << '\n' << std::flush;
}

void Program::PrintJson(Json json) {
  json["schema"] = 1;
  std::cout << DumpJsonPretty(json) << std::flush;
}

Json ToJson(const std::vector<Diagnostic>& diagnostics) {
  Json list = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::kError) continue;
    list.push_back({{"file", diagnostic.mark.file},
                    {"line", diagnostic.mark.line},
                    {"column", diagnostic.mark.column},
                    {"message", diagnostic.message},
                    {"hint", diagnostic.hint}});
  }
  return list;
}

}  // namespace ctestbed
