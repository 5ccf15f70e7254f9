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

constexpr std::array<Field, 4> kSuiteFields{{
    {"command", Shape::kTextList, "the program, looked up in PATH, and its arguments", true},
    {"format", Shape::kText, "junit (default), gtest or exit_code"},
    {"result", Shape::kMap, "where the program leaves its results: {junit: results.xml}"},
    {"variables", Shape::kTextMap, "environment variables for the program"},
}};

constexpr std::array<Field, 1> kResultFields{{
    {"junit", Shape::kText, "path in the work directory", true},
}};

constexpr std::array<std::pair<std::string_view, Format>, 3> kFormats{
    {{"exit_code", Format::kExitCode}, {"gtest", Format::kGtest}, {"junit", Format::kJunit}}};

Format ReadFormat(const Located<std::string>& name, Diagnostics& problems) {
  std::vector<std::string> known;
  for (const auto& [candidate, format] : kFormats) {
    if (candidate == name.value) return format;
    known.emplace_back(candidate);
  }
  problems.Error(name.mark, fmt::format("unknown format {}", Quote(name.value)),
                 DidYouMean(name.value, known, "formats"));
  return Format::kJunit;
}

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
                   "known variables: services.NAME.url, NODE.port.NAME, cell.AXIS, preset, run.id");
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
  if (const auto format = fields.Text("format")) read.format = ReadFormat(*format, problems);
  if (const Document* result = fields.Find("result")) {
    const Fields result_fields(*result, "result", kResultFields, problems);
    if (const auto junit = result_fields.Text("junit")) {
      CheckInside(*junit, problems);
      read.junit = junit->value;
    }
    if (read.format == Format::kExitCode) {
      problems.Error(result->mark, "the format exit_code has no result file");
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
