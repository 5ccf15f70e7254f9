#include "probe/exec/exec_probe.h"

#include <gtest/gtest.h>

#include "probe/mistakes.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

using Command = std::vector<std::string>;

// A target whose commands all answer `result`; `asked` receives the last one.
ProbeTarget Answering(Result<Driver::ExecResult> result, Command* asked = nullptr) {
  ProbeTarget target;
  target.exec = [result, asked](const Command& command, TimePoint, std::stop_token) {
    if (asked != nullptr) *asked = command;
    return result;
  };
  return target;
}

Status Check(std::string_view arguments, const ProbeTarget& target) {
  Diagnostics problems;
  const auto probe = MakeExecProbe(DocumentFromJson(arguments), problems);
  EXPECT_TRUE(problems.empty()) << Render(problems.Sorted());
  return probe->Check(target, {}, {});
}

TEST(ExecProbe, RunsItsCommandWordByWord) {
  Command asked;
  EXPECT_TRUE(
      Check("[redis-cli, a b, $HOME]", Answering(Driver::ExecResult{0, ""}, &asked)).has_value());
  EXPECT_EQ(asked, (Command{"redis-cli", "a b", "$HOME"}));
}

TEST(ExecProbe, NamesTheExitCodeAndTheLastLine) {
  const Status status =
      Check("[pg_isready]", Answering(Driver::ExecResult{2, "starting\nno \x1b[31mresponse\n"}));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "exec pg_isready exited with code 2: no \\x1b[31mresponse");
}

TEST(ExecProbe, SaysNothingOfAnEmptyOutput) {
  const Status status = Check("[pg_isready]", Answering(Driver::ExecResult{2, ""}));
  EXPECT_EQ(status.error().message, "exec pg_isready exited with code 2");
}

TEST(ExecProbe, TakesTheExitCodeThatMeansReady) {
  constexpr std::string_view kArguments = "{command: [check, --now], exit_code: 3}";
  EXPECT_TRUE(Check(kArguments, Answering(Driver::ExecResult{3, ""})).has_value());
  EXPECT_FALSE(Check(kArguments, Answering(Driver::ExecResult{0, ""})).has_value());
}

TEST(ExecProbe, PassesOnWhyTheCommandDidNotRun) {
  const Status status =
      Check("[pg_isready]", Answering(Fail(ErrorKind::kNotFound, "no program 'pg_isready'")));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(status.error().message, "exec pg_isready: no program 'pg_isready'");
}

TEST(ExecProbe, SaysWhenTheDriverCannotExec) {
  const Status status = Check("[pg_isready]", ProbeTarget{});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kUnsupported);
}

TEST(ExecProbe, RefusesACommandLine) {
  EXPECT_EQ(Mistakes(MakeExecProbe, DocumentFromJson("pg_isready -q")),
            "1:1 'exec' must be a list of texts, not 'pg_isready -q'");
}

TEST(ExecProbe, RefusesACommandWithoutAProgram) {
  EXPECT_EQ(Mistakes(MakeExecProbe, DocumentFromJson("[]")),
            "1:1 the command of an exec probe must name a program");
  EXPECT_EQ(Mistakes(MakeExecProbe, DocumentFromJson("{command: ['']}")),
            "1:11 the command of an exec probe must name a program");
}

TEST(ExecProbe, RefusesAMapWithoutACommand) {
  EXPECT_EQ(Mistakes(MakeExecProbe, DocumentFromJson("{exit_code: 1}")),
            "1:1 exec probe lacks 'command'; command: the program and its arguments");
}

}  // namespace
}  // namespace ctestbed
