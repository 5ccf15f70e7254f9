#include "tester/command/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "base/reference.h"
#include "base/text.h"
#include "tester/command/command_tester.h"

namespace ctestbed {
namespace {

using Format = CommandSuite::Format;

constexpr std::array<Field, 1> kResultFields{{
    {"junit", Shape::kText, "path in the work directory", true},
}};
constexpr Inside kResult{.fields = kResultFields};

constexpr std::array<std::string_view, 4> kFormatWords{"exit_code", "gtest", "junit", "tap"};
constexpr std::array kFormats{Format::kExitCode, Format::kGtest, Format::kJunit, Format::kTap};
constexpr Inside kFormat{.words = kFormatWords};

constexpr Inside kProgram{.at_least = 1};

constexpr std::array<Field, 4> kSuiteFields{{
    {"command", Shape::kTextList, "the program, looked up in PATH, and its arguments", true,
     &kProgram},
    {"format", Shape::kText, "junit (default), gtest, tap or exit_code", false, &kFormat},
    {"result", Shape::kMap, "where the program leaves its results: {junit: results.xml}", false,
     &kResult},
    {"variables", Shape::kTextMap, "environment variables for the program"},
}};

void CheckInside(const Located<std::string>& path, Diagnostics& problems) {
  const std::vector<std::string> parts = Split(path.value, '/');
  if (!path.value.empty() && path.value.front() != '/' &&
      std::find(parts.begin(), parts.end(), "..") == parts.end()) {
    return;
  }
  problems.Error(path.mark,
                 fmt::format("{} is no path inside the work directory", Quote(path.value)));
}

void CheckReferences(const Located<std::string>& text, Diagnostics& problems) {
  const auto pieces = ParseReferences(text.value);
  if (!pieces) return problems.Error(text.mark, pieces.error().message);
  for (const TextPiece& piece : *pieces) {
    const bool given = piece.text.find_first_of(".:") != std::string::npos;
    if (!piece.is_reference || given || piece.text == "preset") continue;
    problems.Error(text.mark, fmt::format("undefined variable {}", Quote(piece.text)),
                   "known variables: services.NAME.url, NODE.port.NAME, cell.AXIS, preset, run.id, "
                   "suite.directory");
  }
}

}  // namespace

std::span<const Field> CommandSuiteFields() {
  return kSuiteFields;
}

std::string CommandSuite::Program() const {
  return command.empty() ? "" : Split(command.front().value, '/').back();
}

CommandSuite ReadCommandSuite(const Suite& suite, Diagnostics& problems) {
  Document own = suite.body;
  std::erase_if(own.entries, [](const Document::Entry& entry) {
    return std::none_of(kSuiteFields.begin(), kSuiteFields.end(),
                        [&](const Field& field) { return field.key == entry.key.value; });
  });
  const Fields fields(own, "suite", kSuiteFields, problems);
  CommandSuite read;
  read.command = fields.Texts("command").value_or(read.command);
  read.variables = fields.TextMap("variables");
  if (const auto format = fields.Word("format")) read.format = kFormats[*format];
  if (const auto result = fields.Inner("result", problems)) {
    if (const auto junit = result->Text("junit")) {
      CheckInside(*junit, problems);
      read.junit = junit->value;
    }
    if (!read.WritesJunit()) {
      problems.Error(fields.Find("result")->mark,
                     "only the formats junit and gtest have a result file");
    }
  }
  if (fields.Has("command") && (read.command.empty() || read.command.front().value.empty())) {
    problems.Error(fields.Find("command")->mark, "'command' must begin with a program");
  }
  for (const auto& word : read.command) CheckReferences(word, problems);
  for (const auto& [name, value] : read.variables) CheckReferences(value, problems);
  return read;
}

}  // namespace ctestbed
