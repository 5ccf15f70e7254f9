#include "probe/exec/exec_probe.h"

#include <fmt/format.h>

#include <array>

#include "base/fields.h"
#include "base/text.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

constexpr Inside kProgram{.at_least = 1};
constexpr std::array<Field, 2> kFields{{
    {"command", Shape::kTextList, "the program and its arguments", true, &kProgram},
    {"exit_code", Shape::kInteger, "the code that means ready (default 0)"},
}};
constexpr Inside kMap{.fields = kFields};
constexpr std::array kForms{
    Field{"command", Shape::kTextList, "the program and its arguments", false, &kProgram},
    Field{"map", Shape::kMap, "these and the code that means ready", false, &kMap},
};

struct Question {
  std::vector<std::string> command;
  long exit_code = 0;
};

void ReadCommand(const Document& list, Question& question, Diagnostics& problems) {
  if (!CheckShape(list, Shape::kTextList, "exec", problems)) return;
  for (const Document& word : list.items) question.command.push_back(word.text);
  if (list.items.empty() || list.items.front().text.empty()) {
    problems.Error(list.mark, "the command of an exec probe must name a program");
  }
}

Question ReadQuestion(const Document& arguments, Diagnostics& problems) {
  Question question;
  if (!arguments.IsMap()) {
    ReadCommand(arguments, question, problems);
    return question;
  }
  const Fields fields(arguments, "exec probe", kFields, problems);
  if (const Document* command = fields.Find("command")) ReadCommand(*command, question, problems);
  question.exit_code = fields.Integer("exit_code").value_or(0);
  return question;
}

class ExecProbe final : public Probe {
 public:
  explicit ExecProbe(Question question) : question_(std::move(question)) {}

  Status Check(const ProbeTarget& target, TimePoint deadline, std::stop_token stop) override {
    const std::string command = ShellCommand(question_.command);
    if (!target.exec) {
      return Fail(ErrorKind::kUnsupported, "exec is not supported by this driver");
    }
    const auto result = target.exec(question_.command, deadline, stop);
    if (!result) {
      return Fail(result.error().kind, fmt::format("exec {}: {}", command, result.error().message),
                  result.error().detail);
    }
    if (result->exit_code == question_.exit_code) return {};
    const std::string said = LastLines(result->output, 1);
    return Fail(ErrorKind::kUnavailable,
                fmt::format("exec {} exited with code {}{}{}", command, result->exit_code,
                            said.empty() ? "" : ": ", Visible(said)),
                result->output);
  }

 private:
  Question question_;
};

}  // namespace

constexpr Inside kExecArguments{.either = kForms};

std::unique_ptr<Probe> MakeExecProbe(const Document& arguments, Diagnostics& problems) {
  Diagnostics own;
  Question question = ReadQuestion(arguments, own);
  return HandOn(own, problems) ? std::make_unique<ExecProbe>(std::move(question)) : nullptr;
}

}  // namespace ctestbed
