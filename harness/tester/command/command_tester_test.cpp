#include "tester/command/command_tester.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kJunit = "/work/results.xml";
constexpr std::string_view kOnePassed = "<testsuite><testcase name='a'/></testsuite>";
constexpr std::string_view kOneFailed =
    "<testsuite><testcase name='a'><failure message='no'/></testcase></testsuite>";

// Ends as it was told, or never.
class ScriptedProcess final : public Process {
 public:
  ScriptedProcess(std::optional<ProcessEnd> end, bool& stopped) : end_(end), stopped_(stopped) {}
  int Pid() const override { return 1; }
  std::optional<ProcessEnd> Wait(TimePoint, std::stop_token) override { return end_; }
  std::optional<ProcessEnd> End() const override { return end_; }
  Status Stop(Duration) override {
    stopped_ = true;
    return {};
  }
  Status Signal(int) override { return {}; }

 private:
  std::optional<ProcessEnd> end_;
  bool& stopped_;
};

class ScriptedLauncher final : public Launcher {
 public:
  Result<std::unique_ptr<Process>> Start(const ProcessSpec& spec) override {
    started.push_back(spec);
    if (missing) return Fail(ErrorKind::kNotFound, "no such program");
    on_start();
    return std::make_unique<ScriptedProcess>(end, stopped);
  }

  std::vector<ProcessSpec> started;
  std::function<void()> on_start = [] {};
  std::optional<ProcessEnd> end = ProcessEnd{0, 0};
  bool missing = false;
  bool stopped = false;
};

struct World {
  // The results, one line each, and the error.
  std::vector<std::string> Run(std::string_view body) {
    Suite suite;
    suite.body = DocumentFromJson(body);
    TestContext context;
    context.values = {{"services.api.url", "http://127.0.0.1:4000"}};
    context.environment = {{"PATH", "/bin"}};
    context.work_directory = "/work";
    std::vector<std::string> lines;
    const Status status = MakeCommandTester(io)->Run(
        suite, context,
        [&](const CaseResult& result) {
          lines.push_back(std::string(VerdictName(result.verdict)) + " " + result.name +
                          (result.message.empty() ? "" : ": " + result.message));
          details.push_back(result.detail);
        },
        stop.get_token());
    if (!status) {
      lines.push_back("error: " + status.error().message);
      details.push_back(status.error().detail);
    }
    return lines;
  }

  // The program writes `xml` where its results are looked for.
  void Writes(std::string_view xml) {
    launcher.on_start = [this, xml] { files.files[std::string(kJunit)] = xml; };
  }

  FakeHttpClient http{[](const HttpRequest&) -> Result<HttpResponse> {
    return Fail(ErrorKind::kUnavailable, "no network here");
  }};
  ScriptedLauncher launcher;
  FakeFileSystem files;
  FakeClock clock;
  TesterIo io{http, launcher, files, clock};
  std::stop_source stop;
  std::vector<std::string> details;
};

std::string ProblemsOf(std::string_view body) {
  World world;
  Suite suite;
  suite.body = DocumentFromJson(body);
  Diagnostics problems;
  MakeCommandTester(world.io)->Cases(suite, problems);
  std::string lines;
  for (const Diagnostic& problem : problems.Sorted()) {
    lines += std::to_string(problem.mark.column) + ": " + problem.message + "\n";
  }
  return lines;
}

TEST(CommandTester, ReadsTheResultsOfTheProgram) {
  World world;
  world.Writes(kOneFailed);
  world.launcher.end = ProcessEnd{1, 0};
  EXPECT_THAT(world.Run("{command: [pytest, '--url=${services.api.url}'], variables: {A: b}}"),
              ElementsAre("failed a: no"));
  ASSERT_EQ(world.launcher.started.size(), 1U);
  const ProcessSpec& spec = world.launcher.started[0];
  EXPECT_THAT(spec.command, ElementsAre("pytest", "--url=http://127.0.0.1:4000"));
  EXPECT_EQ(spec.environment,
            (std::map<std::string, std::string>{
                {"A", "b"}, {"CTESTBED_JUNIT", "/work/results.xml"}, {"PATH", "/bin"}}));
  EXPECT_EQ(spec.working_directory, "/work");
  EXPECT_EQ(spec.stdout_path, "/work/stdout.log");
}

TEST(CommandTester, AsksGoogleTestForItsResults) {
  World world;
  world.Writes(kOnePassed);
  EXPECT_THAT(world.Run("{command: [t], format: gtest}"), ElementsAre("passed a"));
  EXPECT_THAT(world.launcher.started[0].command,
              ElementsAre("t", "--gtest_output=xml:/work/results.xml"));
}

TEST(CommandTester, DoesNotTakeOldResultsForNewOnes) {
  World world;
  world.files.files[std::string(kJunit)] = kOnePassed;
  EXPECT_THAT(world.Run("{command: [t]}"),
              ElementsAre("error: no result file results.xml; program exited with code 0"));
}

TEST(CommandTester, HasNoVerdictWithoutReadableResults) {
  World world;
  world.launcher.end = ProcessEnd{1, 0};
  world.launcher.on_start = [&] { world.files.files["/work/stdout.log"] = "cannot bind\n"; };
  EXPECT_THAT(world.Run("{command: [t, 'a b'], result: {junit: out/r.xml}}"),
              ElementsAre("error: no result file out/r.xml; program exited with code 1"));
  EXPECT_EQ(world.details[0], "t 'a b'\n/work/stdout.log:\ncannot bind\n");
  world.Writes("<testsuite><testcase name='a'/><testc");
  EXPECT_THAT(world.Run("{command: [t]}"),
              ElementsAre("passed a",
                          HasSubstr("error: result file results.xml is unusable: broken at byte")));
}

TEST(CommandTester, TrustsNoGreenResultsOfAProgramThatFailed) {
  World world;
  world.Writes(kOnePassed);
  world.launcher.end = ProcessEnd{3, 0};
  EXPECT_THAT(world.Run("{command: [t]}"),
              ElementsAre("passed a",
                          "error: program exited with code 3 although none of its 1 cases failed"));
  world.launcher.end = ProcessEnd{0, 11};
  EXPECT_THAT(world.Run("{command: [t]}"),
              ElementsAre("passed a", "error: program was killed by SIGSEGV"));
}

TEST(CommandTester, BelievesAFailedCaseWhateverTheExitCode) {
  World world;
  world.Writes(kOneFailed);
  EXPECT_THAT(world.Run("{command: [t]}"), ElementsAre("failed a: no"));
}

TEST(CommandTester, LeavesZeroCasesToTheCaller) {
  World world;
  world.Writes("<testsuites/>");
  EXPECT_THAT(world.Run("{command: [t]}"), ElementsAre());
}

TEST(CommandTester, ReadsWhatTheProgramSaysInTap) {
  World world;
  const auto says = [&world](std::string_view text) {
    world.launcher.on_start = [&world, text] { world.files.files["/work/stdout.log"] = text; };
  };
  constexpr std::string_view kSuite = "{command: [sh, t.sh], format: tap}";
  says("1..2\nok 1 - a\nnot ok 2 - b\n# why\n");
  world.launcher.end = ProcessEnd{1, 0};
  EXPECT_THAT(world.Run(kSuite), ElementsAre("passed a", "failed b: why"));
  EXPECT_EQ(world.details.back(), "why\n");
  says("1..2\nok 1 - a\n");
  EXPECT_THAT(world.Run(kSuite),
              ElementsAre("passed a",
                          "error: TAP on standard output is unusable: 2 tests were "
                          "planned and 1 came; program exited with code 1"));
  says("1..1\nok 1 - a\n");
  EXPECT_THAT(world.Run(kSuite),
              ElementsAre("passed a",
                          "error: program exited with code 1 although none of its 1 cases failed"));
  EXPECT_FALSE(world.launcher.started[0].environment.contains("CTESTBED_JUNIT"));
}

TEST(CommandTester, TakesAnExitCodeForACase) {
  World world;
  constexpr std::string_view kSuite = "{command: [./bin/smoke], format: exit_code}";
  EXPECT_THAT(world.Run(kSuite), ElementsAre("passed smoke"));
  world.launcher.end = ProcessEnd{77, 0};
  EXPECT_THAT(world.Run(kSuite), ElementsAre("skipped smoke: exited with code 77"));
  world.launcher.end = ProcessEnd{2, 0};
  world.files.files["/work/stderr.log"] = "boom\x1b[2J";
  EXPECT_THAT(world.Run(kSuite), ElementsAre("failed smoke: exited with code 2"));
  EXPECT_THAT(world.details.back(), HasSubstr("/work/stderr.log:\nboom\\x1b[2J\n"));
  constexpr std::string_view kMapped =
      "{command: [smoke], format: exit_code, exit_codes: {2: skipped, 3: error, 0: failed}}";
  EXPECT_THAT(world.Run(kMapped), ElementsAre("skipped smoke: exited with code 2"));
  world.launcher.end = ProcessEnd{0, 0};
  EXPECT_THAT(world.Run(kMapped), ElementsAre("failed smoke: exited with code 0"));
  world.launcher.end = ProcessEnd{0, 6};
  EXPECT_THAT(world.Run(kSuite), ElementsAre("error: program was killed by SIGABRT"));
  EXPECT_FALSE(world.launcher.started[0].environment.contains("CTESTBED_JUNIT"));
}

TEST(CommandTester, EndsTheProgramAtItsDeadline) {
  World world;
  world.launcher.end.reset();
  world.launcher.on_start = [&] { world.clock.Advance(Duration(300'000)); };
  EXPECT_THAT(world.Run("{command: [t]}"), ElementsAre("error: no result after 5 min 0 s"));
  EXPECT_TRUE(world.launcher.stopped);
}

TEST(CommandTester, EndsTheProgramWhenStopped) {
  World world;
  world.launcher.end.reset();
  world.launcher.on_start = [&] { world.stop.request_stop(); };
  EXPECT_THAT(world.Run("{command: [t]}"), ElementsAre("error: the run was stopped"));
  EXPECT_TRUE(world.launcher.stopped);
}

TEST(CommandTester, SaysThatItCannotStart) {
  World world;
  world.launcher.missing = true;
  EXPECT_THAT(world.Run("{command: [/opt/t]}"),
              ElementsAre("error: cannot start 't': no such program"));
  EXPECT_THAT(world.Run("{command: ['${x.y}']}"),
              ElementsAre("error: undefined reference '${x.y}'"));
}

TEST(CommandTester, LocatesMistakesOfASuite) {
  EXPECT_EQ(ProblemsOf("{}"), "1: suite lacks 'command'\n");
  EXPECT_EQ(ProblemsOf("{command: []}"), "11: 'command' must begin with a program\n");
  EXPECT_EQ(ProblemsOf("{command: [t, '${x}']}"), "15: undefined variable 'x'\n");
  EXPECT_EQ(ProblemsOf("{command: [t], format: tpa}"),
            "24: 'format' must be exit_code or gtest or junit or tap, not 'tpa'\n");
  EXPECT_EQ(ProblemsOf("{command: [t], result: {junit: ../x.xml}}"),
            "32: '../x.xml' is no path inside the work directory\n");
  EXPECT_EQ(ProblemsOf("{command: [t], format: exit_code, result: {junit: x}}"),
            "43: only the formats junit and gtest have a result file\n");
  EXPECT_THAT(ProblemsOf("{command: [t], format: exit_code, exit_codes: {256: skipped}}"),
              HasSubstr("'256' is no exit code from 0 to 255"));
  EXPECT_THAT(ProblemsOf("{command: [t], exit_codes: {2: skipped}}"),
              HasSubstr("'exit_codes' is for format exit_code"));
}

TEST(CommandTester, KnowsItsCaseBeforehandWhereThereIsOne) {
  World world;
  Suite suite;
  suite.body = DocumentFromJson("{command: [bin/smoke], format: exit_code}");
  Diagnostics problems;
  const std::vector<Case> cases = MakeCommandTester(world.io)->Cases(suite, problems);
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].name, "smoke");
}

TEST(Testers, AreSortedByName) {
  std::vector<std::string_view> names;
  for (const TesterEntry& entry : Testers()) names.push_back(entry.name);
  EXPECT_THAT(names, ElementsAre("command", "edge", "http"));
  EXPECT_NE(FindTester("http"), nullptr);
  EXPECT_EQ(FindTester("htpp"), nullptr);
}

}  // namespace
}  // namespace ctestbed
