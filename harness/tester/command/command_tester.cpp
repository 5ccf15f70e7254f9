#include "tester/command/command_tester.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/reference.h"
#include "base/text.h"
#include "tester/command/junit_reader.h"
#include "tester/command/suite.h"
#include "tester/command/tap_reader.h"

namespace ctestbed {
namespace {

using Format = CommandSuite::Format;

constexpr int kSkippedExitCode = 77;  // CTest's and automake's convention
constexpr size_t kMostResultBytes = 25U << 20U;
constexpr Duration kGrace{5'000};

class CommandRun {
 public:
  CommandRun(const CommandSuite& suite, const TesterIo& io, const TestContext& context,
             const CaseSink& sink, std::stop_token stop)
      : suite_(suite), io_(io), context_(context), sink_(sink), stop_(std::move(stop)) {}

  Status Run() {
    start_ = io_.clock.Now();
    TRY(spec_, Spec());
    // What an earlier attempt left must not pass for the results of this one.
    if (suite_.WritesJunit()) TRY_DO(io_.files.Remove(JunitPath()));
    auto process = io_.launcher.Start(spec_);
    if (!process) {
      return Fail(process.error().kind, fmt::format("cannot start {}: {}", Quote(suite_.Program()),
                                                    process.error().message));
    }
    const std::optional<ProcessEnd> end = (*process)->Wait(context_.deadline, stop_);
    if (!end) return GiveUp(**process);
    return suite_.format == Format::kExitCode ? JudgeExitCode(*end) : JudgeResults(*end);
  }

 private:
  std::string InWorkDirectory(std::string_view name) const {
    return fmt::format("{}/{}", context_.work_directory, name);
  }
  std::string JunitPath() const { return InWorkDirectory(suite_.junit); }
  bool SaysTap() const { return suite_.format == Format::kTap; }

  Result<std::string> Expanded(const Located<std::string>& text) const {
    return Expand(text.value, [&](std::string_view name) -> std::optional<std::string> {
      const auto found = context_.values.find(std::string(name));
      return found == context_.values.end() ? std::nullopt : std::optional(found->second);
    });
  }

  Result<ProcessSpec> Spec() const {
    ProcessSpec spec;
    for (const auto& word : suite_.command) {
      TRY(std::string expanded, Expanded(word));
      spec.command.push_back(std::move(expanded));
    }
    if (suite_.format == Format::kGtest) {
      spec.command.push_back("--gtest_output=xml:" + JunitPath());
    }
    spec.environment = context_.environment;
    if (suite_.WritesJunit()) spec.environment["CTESTBED_JUNIT"] = JunitPath();
    for (const auto& [name, value] : suite_.variables) {
      TRY(spec.environment[name.value], Expanded(value));
    }
    spec.working_directory = context_.work_directory;
    spec.stdout_path = InWorkDirectory("stdout.log");
    spec.stderr_path = InWorkDirectory("stderr.log");
    return spec;
  }

  Status GiveUp(Process& process) {
    const Status stopped = process.Stop(kGrace);
    if (stop_.stop_requested()) return Fail(ErrorKind::kCancelled, "the run was stopped");
    std::string message = fmt::format("no result after {}", FormatDuration(Elapsed()));
    if (!stopped) message += "; " + stopped.error().message;
    return Fail(ErrorKind::kTimeout, std::move(message), Evidence());
  }

  Verdict VerdictOf(int exit_code) const {
    const auto said = suite_.exit_codes.find(exit_code);
    if (said != suite_.exit_codes.end()) return said->second;
    if (exit_code == kSkippedExitCode) return Verdict::kSkipped;
    return exit_code == 0 ? Verdict::kPassed : Verdict::kFailed;
  }

  Status JudgeExitCode(const ProcessEnd& end) {
    if (end.signal != 0) return Crashed(end);
    CaseResult result;
    result.name = suite_.Program();
    result.mark = suite_.command.front().mark;
    result.duration = Elapsed();
    result.verdict = VerdictOf(end.exit_code);
    if (result.verdict != Verdict::kPassed) result.message = end.Describe();
    if (result.verdict == Verdict::kFailed || result.verdict == Verdict::kError) {
      result.detail = Evidence();
    }
    sink_(result);
    return {};
  }

  Status JudgeResults(const ProcessEnd& end) {
    const Result<std::string> text =
        io_.files.Read(SaysTap() ? spec_.stdout_path : JunitPath(), kMostResultBytes);
    if (!text) return NoResults(text.error(), end);
    const ProgramResults results = SaysTap() ? ReadTap(*text) : ReadJunit(*text);
    bool bad = false;
    for (CaseResult result : results.cases) {
      const bool failed = result.verdict == Verdict::kFailed || result.verdict == Verdict::kError;
      if (failed && result.detail.empty()) result.detail = Evidence();
      bad = bad || failed;
      sink_(result);
    }
    if (end.signal != 0) return Crashed(end);
    if (!results.problem.empty()) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("{} is unusable: {}; program {}", ResultsName(), results.problem,
                              end.Describe()),
                  Evidence());
    }
    if (end.exit_code != 0 && !bad) {
      return Fail(ErrorKind::kInternal,
                  fmt::format("program {} although none of its {} cases failed", end.Describe(),
                              results.cases.size()),
                  Evidence());
    }
    return {};
  }

  Status NoResults(const Error& error, const ProcessEnd& end) const {
    if (end.signal != 0) return Crashed(end);
    const std::string what = error.kind == ErrorKind::kNotFound
                                 ? fmt::format("no {}", ResultsName())
                                 : fmt::format("{} is unusable: {}", ResultsName(), error.message);
    return Fail(ErrorKind::kInvalid, fmt::format("{}; program {}", what, end.Describe()),
                Evidence());
  }

  std::string ResultsName() const {
    return SaysTap() ? "TAP on standard output" : fmt::format("result file {}", suite_.junit);
  }

  Status Crashed(const ProcessEnd& end) const {
    return Fail(ErrorKind::kInternal, fmt::format("program {}", end.Describe()), Evidence());
  }

  // The command line and the last lines that the program wrote.
  std::string Evidence() const {
    constexpr size_t kLines = 40;
    std::string text = Visible(ShellCommand(spec_.command)) + "\n";
    for (const std::string& path : {spec_.stdout_path, spec_.stderr_path}) {
      const std::string lines = LastLines(io_.files.Read(path).value_or(""), kLines);
      if (lines.empty()) continue;
      text += fmt::format("{}:\n{}\n", path, Visible(lines));
    }
    return text;
  }

  Duration Elapsed() const {
    return std::chrono::duration_cast<Duration>(io_.clock.Now() - start_);
  }

  const CommandSuite& suite_;
  const TesterIo& io_;
  const TestContext& context_;
  const CaseSink& sink_;
  std::stop_token stop_;
  TimePoint start_;
  ProcessSpec spec_;
};

class CommandTester final : public Tester {
 public:
  explicit CommandTester(const TesterIo& io) : io_(io) {}

  std::vector<Case> Cases(const Suite& suite, Diagnostics& problems) override {
    const CommandSuite read = ReadCommandSuite(suite, problems);
    if (read.format != Format::kExitCode || read.command.empty()) return {};
    return {{read.Program(), read.command.front().mark}};
  }

  Status Run(const Suite& suite, const TestContext& context, const CaseSink& sink,
             std::stop_token stop) override {
    Diagnostics problems;
    const CommandSuite read = ReadCommandSuite(suite, problems);
    if (problems.HasErrors()) {
      return Fail(ErrorKind::kInvalid, problems.Sorted().front().message,
                  Render(problems.Sorted()));
    }
    return CommandRun(read, io_, context, sink, std::move(stop)).Run();
  }

 private:
  const TesterIo io_;
};

}  // namespace

std::unique_ptr<Tester> MakeCommandTester(const TesterIo& io) {
  return std::make_unique<CommandTester>(io);
}

}  // namespace ctestbed
