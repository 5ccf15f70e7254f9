#include "config/env_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/references.h"

namespace ctestbed {
namespace {

bool IsVariableName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<std::string> Unescape(std::string_view text) {
  std::string value;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      return Fail(ErrorKind::kInvalid, "a '\"' inside double quotes needs a '\\'");
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    constexpr std::string_view kEscapes = "nt\"\\";
    constexpr std::string_view kMeanings = "\n\t\"\\";
    const size_t which = ++i < text.size() ? kEscapes.find(text[i]) : std::string_view::npos;
    if (which == std::string_view::npos) {
      return Fail(ErrorKind::kInvalid, "only \\n, \\t, \\\" and \\\\ are known in double quotes");
    }
    value += kMeanings[which];
  }
  return value;
}

Result<std::string> ParseValue(std::string_view text) {
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return std::string(text);
  const char quote = text.front();
  if (text.size() < 2 || text.back() != quote) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("a value that begins with {0} must end with {0}", quote));
  }
  const std::string_view inner = text.substr(1, text.size() - 2);
  if (quote == '"') return Unescape(inner);
  if (inner.find('\'') == std::string_view::npos) return std::string(inner);
  return Fail(ErrorKind::kInvalid, "there is no \"'\" inside single quotes");
}

Status ParseLine(std::string_view line, std::map<std::string, std::string>& variables) {
  const size_t equals = line.find('=');
  const std::string name(Trim(line.substr(0, equals)));
  if (name.starts_with("export ")) return Fail(ErrorKind::kInvalid, "leave out 'export'");
  if (equals == std::string_view::npos || !IsVariableName(name)) {
    return Fail(ErrorKind::kInvalid, fmt::format("expected NAME=VALUE, not {}", Quote(line)));
  }
  TRY(std::string value, ParseValue(Trim(line.substr(equals + 1))));
  if (variables.try_emplace(name, std::move(value)).second) return {};
  return Fail(ErrorKind::kInvalid, fmt::format("{} is set twice", Quote(name)));
}

}  // namespace

Result<std::map<std::string, std::string>> ParseEnvFile(std::string_view text) {
  std::map<std::string, std::string> variables;
  size_t number = 0;
  for (const std::string& whole : Split(text, '\n')) {
    ++number;
    const std::string line(Trim(whole));
    if (line.empty() || line.starts_with('#')) continue;
    if (const Status status = ParseLine(line, variables); !status) {
      return Fail(ErrorKind::kInvalid, fmt::format("line {}: {}", number, status.error().message));
    }
  }
  return variables;
}

Variables ReadVariables(const Fields& fields, const Reader& reader) {
  Variables environment;
  const auto files = fields.Texts("env_files").value_or(std::vector<Located<std::string>>());
  for (const Located<std::string>& file : files) {
    if (!reader.vocabulary.read_file) continue;
    const auto text = reader.vocabulary.read_file(AnchoredPath(reader.vocabulary.directory, file));
    const auto variables =
        text.and_then([](const std::string& content) { return ParseEnvFile(content); });
    if (!variables) {
      reader.problems.Error(file.mark, fmt::format("cannot read variables from {}: {}",
                                                   Quote(file.value), variables.error().message));
      continue;
    }
    for (const auto& [name, value] : *variables) {
      environment[name] = {EscapeReferences(value), file.mark};
    }
  }
  if (environment.size() > kMostVariables) {
    reader.problems.Error(fields.Find("env_files")->mark,
                          fmt::format("the files set {} variables, and may set at most {}",
                                      environment.size(), kMostVariables));
    return {};
  }
  for (auto& [name, value] : ReadEnvironment(fields, "environment", reader.problems)) {
    environment[name] = value;
  }
  return environment;
}

}  // namespace ctestbed
