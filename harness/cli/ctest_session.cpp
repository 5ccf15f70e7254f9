#include "cli/ctest_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/backend_choice.h"
#include "cli/ctest_arguments.h"

namespace ctestbed {
namespace {

constexpr Duration kAskingTakes{20'000};
constexpr std::string_view kSelection = "/selection.txt";
constexpr std::string_view kFailedLog = "/Testing/Temporary/LastTestsFailed.log";

Result<std::set<std::string>> NamesIn(const std::string& output, const std::string& prefix) {
  // What scripts of the project print comes before.
  const size_t begin = output.starts_with("{") ? 0 : output.find("\n{");
  if (begin == std::string::npos) return Fail(ErrorKind::kInvalid, "ctest printed no list");
  TRY(const Json listed, ParseJson(std::string_view(output).substr(begin)));
  std::set<std::string> names;
  for (const Json& test : JsonMember(listed, "tests")) {
    const std::string name = JsonText(test, "name");
    if (name.starts_with(prefix)) names.insert(name.substr(prefix.size()));
  }
  return names;
}

// A directory whose tests are those of `build`, number by number.
Status MakeStandIn(FileSystem& files, const std::string& directory, const std::string& build) {
  TRY_DO(
      files.Write(directory + "/CTestTestfile.cmake", fmt::format("subdirs([==[{}]==])\n", build)));
  const auto failed = files.Read(build + std::string(kFailedLog));
  return failed ? files.Write(directory + std::string(kFailedLog), *failed) : Status();
}

// ctest's own directory is that of the tests it runs, unless it is just starting one elsewhere.
std::string TestDirectory(FileSystem& files, const CTestOwner& owner, const CTestTree& tree) {
  std::string directory = WorkingDirectoryOf(owner.process.pid);
  return files.Exists(directory + "/CTestTestfile.cmake") ? directory : tree.build;
}

}  // namespace

Result<CTestOwner> FindOwner(const CTestOptions& options) {
  const auto process = FindAncestor("ctest");
  if (!process) {
    return Fail(ErrorKind::kInvalid, "this command is for tests that ctest runs, and none runs it",
                "run suites without ctest by: ctestbed run");
  }
  std::string session = fmt::format("ctest-{}-{}", process->pid, process->start_time);
  if (!options.prefix.empty()) session += "-" + Sha256(options.prefix).substr(0, 6);
  return CTestOwner{*process, std::move(session)};
}

std::string ResultsOf(const CTestOptions& options, const CTestOwner& owner) {
  return options.results + "/" + owner.session;
}

Result<ConnectedSession> OpenSession(Program& program, const CTestOptions& options,
                                     const CTestOwner& owner) {
  TRY(const StateDirectory state, program.state());
  if (state.IsLive(owner.session)) return ConnectSession(program, owner.session);
  TRY(const LoadedProject loaded, program.Load(options.project));
  TRY(const std::string backend, ChooseBackend(program, options.backend, loaded.Presets()));
  TRY(SessionHandle handle,
      StartSession(program, {owner.session, ResultsOf(options, owner), backend, owner.process}));
  TRY(SessionClient client, handle.Connect());
  return ConnectedSession{std::move(handle), std::move(client)};
}

Result<SessionHandle> FindOwnSession(Program& program, const CTestOptions& options) {
  TRY(const CTestOwner owner, FindOwner(options));
  return FindSession(program, owner.session);
}

ExitCode ComplainOfSession(Program& program, const Error& error) {
  const ExitCode code = program.Complain(error);
  const bool lost = error.kind == ErrorKind::kNotFound || error.kind == ErrorKind::kUnavailable;
  return lost ? ExitCode::kEnvironmentFailed : code;
}

Status WriteSelection(FileSystem& files, const SessionHandle& session,
                      const std::set<std::string>& names) {
  return files.Write(session.results + std::string(kSelection),
                     Join({names.begin(), names.end()}, "\n"));
}

std::optional<std::set<std::string>> ReadSelection(FileSystem& files, const std::string& results) {
  const auto text = files.Read(results + std::string(kSelection));
  if (!text) return std::nullopt;
  const std::vector<std::string> names = Split(*text, '\n');
  return std::set<std::string>(names.begin(), names.end());
}

Result<std::set<std::string>> AskForSelection(Program& program, const SessionHandle& session,
                                              const CTestOwner& owner, const CTestTree& tree,
                                              const std::string& prefix) {
  const auto arguments = SelectingArguments(CommandLineOf(owner.process.pid));
  if (!arguments) return Fail(ErrorKind::kUnsupported, "ctest runs as a dashboard client");
  const std::string directory = session.state.Session(session.id) + "/asking";
  TRY_DO(MakeStandIn(program.files(), directory, TestDirectory(program.files(), owner, tree)));
  std::vector<std::string> command{fmt::format("/proc/{}/exe", owner.process.pid)};
  command.insert(command.end(), arguments->begin(), arguments->end());
  command.insert(command.end(), {"--test-dir", directory, "--show-only=json-v1"});
  std::map<std::string, std::string> environment = program.environment();
  environment[kAskingVariable] = "1";
  const bool uses_preset = std::any_of(arguments->begin(), arguments->end(), [](const auto& word) {
    return word.starts_with("--preset");
  });
  TRY(Launcher * launcher, program.launcher());
  TRY(const auto process,
      launcher->Start({command, environment, uses_preset ? tree.source : directory,
                       directory + "/list.json", directory + "/errors.txt"}));
  const auto end = process->Wait(program.clock().Now() + kAskingTakes, {});
  if (!end) return Fail(ErrorKind::kTimeout, "ctest takes too long to list its tests");
  if (*end != ProcessEnd{}) {
    return Fail(ErrorKind::kUnavailable, "ctest " + end->Describe(),
                program.files().Read(directory + "/errors.txt").value_or(""));
  }
  TRY(const std::string output, program.files().Read(directory + "/list.json"));
  return NamesIn(output, prefix);
}

}  // namespace ctestbed
