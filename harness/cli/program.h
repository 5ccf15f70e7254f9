// What every command works with: the outside world, the plug-ins, the project, the output.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/json_fwd.h"
#include "cli/exit_code.h"
#include "config/project.h"
#include "driver/registry.h"
#include "supervisor/state_directory.h"
#include "tester/tester.h"

namespace ctestbed {

// Where the project's files are, from the options that most commands share.
struct ProjectOptions {
  std::string presets = "presets";
  std::string suites = "suites";
  std::vector<std::string> path;  // put before PATH, for nodes and test programs
};

// The project as loaded, with everything that is wrong with it.
struct LoadedProject {
  Project project;
  Diagnostics problems;
  // Host variables for test programs; with the directories of ProjectOptions::path in PATH.
  std::map<std::string, std::string> host_environment;

  // Presets and suites without errors.
  std::vector<Preset> Presets() const;
  std::vector<Suite> Suites() const;
};

// Owned by main(); lives as long as the program. Things are made on first use, so that commands
// which need no launcher or backend start none.
class Program {
 public:
  explicit Program(std::map<std::string, std::string> environment);
  ~Program();

  FileSystem& files() { return *files_; }
  Clock& clock() { return *clock_; }
  HttpClient& http();
  Result<Launcher*> launcher();
  Result<TesterIo> tester_io();
  const std::map<std::string, std::string>& environment() const { return environment_; }

  Result<StateDirectory> state();
  // The driver of a backend; kInvalid for an unknown name (with what is known).
  Result<Driver*> driver(const std::string& backend);
  // The same, checked: kUnavailable with the reason when it cannot be used here.
  Result<Driver*> available_driver(const std::string& backend);
  // Reads presets and suites. kNotFound when a directory is missing.
  Result<LoadedProject> Load(const ProjectOptions& options);
  // Reads a suite again that Load has found sound.
  Result<Suite> ReadSoundSuite(const ProjectOptions& options, const SourceFile& file,
                               const Defaults& defaults);
  // Clears up after dead sessions; problems are warnings on stderr.
  void Sweep();
  // `everywhere`: also after those of whom only the labels on an engine tell.
  Result<std::vector<std::string>> SweepDead(bool dry_run, bool everywhere);
  // Writes the reports of a results directory from its events.
  Status Report(const std::vector<Event>& events, const std::string& results);
  void ReportFromFile(const std::string& results);
  // The stream as recorded in a results directory, up to a torn last line; only what is of `run`
  // if one is named.
  std::vector<Event> ReadEvents(const std::string& results, const std::string& run = {});

  // Errors and diagnostics go to stderr, as text or, once SetJson was called, as JSON.
  void SetJson(bool json) { json_ = json; }
  bool json() const { return json_; }
  ExitCode Complain(const Error& error);
  ExitCode Complain(const Diagnostics& problems);
  void Print(std::string_view text);
  void Warn(std::string_view text);
  // {"schema": 1, ...} on stdout.
  void PrintJson(Json json);

 private:
  Vocabulary MakeVocabulary(const ProjectOptions& options, const TesterIo& io) const;

  std::map<std::string, std::string> environment_;
  std::unique_ptr<FileSystem> files_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<PortPool> ports_;
  std::map<std::string, std::unique_ptr<Driver>> drivers_;
  bool json_ = false;
};

// Diagnostics as the JSON list of --json listings.
Json ToJson(const std::vector<Diagnostic>& diagnostics);

}  // namespace ctestbed
