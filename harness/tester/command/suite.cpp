#include "tester/command/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

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

constexpr std::array<std::string_view, 4> kVerdictWords{"passed", "failed", "skipped", "error"};
constexpr Inside kVerdictInside{.words = kVerdictWords};
constexpr Field kVerdict{"verdict", Shape::kText, "passed, failed, skipped or error", false,
                         &kVerdictInside};
constexpr Inside kExitCodes{.each = &kVerdict, .keys = "^[0-9]+$"};

constexpr Inside kProgram{.at_least = 1};

constexpr std::array<Field, 5> kSuiteFields{{
    {"command", Shape::kTextList, "the program, looked up in PATH, and its arguments", true,
     &kProgram},
    {"format", Shape::kText, "junit (default), gtest, tap or exit_code", false, &kFormat},
    {"result", Shape::kMap, "where the program leaves its results: {junit: results.xml}", false,
     &kResult},
    {"exit_codes", Shape::kMap,
     "CODE: passed, failed, skipped or error, of format exit_code; default 0 passed, 77 skipped",
     false, &kExitCodes},
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

void ReadExitCodes(const Document& map, CommandSuite& suite, Diagnostics& problems) {
  for (const Document::Entry& entry : map.entries) {
    const std::string& text = entry.key.value;
    int code = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc() || end != text.data() + text.size() || code < 0 || code > 255) {
      problems.Error(entry.key.mark, fmt::format("{} is no exit code from 0 to 255", Quote(text)));
      continue;
    }
    Field verdict = kVerdict;
    verdict.key = text;
    if (!CheckField(entry.value, verdict, problems)) continue;
    suite.exit_codes[code] = VerdictFromName(entry.value.text).value_or(Verdict::kError);
  }
  if (suite.format != Format::kExitCode) {
    problems.Error(map.mark, "'exit_codes' is for format exit_code; the result file says the rest");
  }
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
  if (const Document* codes = fields.Find("exit_codes")) ReadExitCodes(*codes, read, problems);
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
