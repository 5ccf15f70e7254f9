#include "tester/requests/body_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "tester/expectation/json_schema.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/xpath.h"

namespace ctestbed {
namespace {

using Failures = std::vector<Failure>;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool SameName(const std::string& a, const std::string& b) {
  return Lower(a) == Lower(b);
}

// The path of a file beside the suite.
OrFailure<std::string> PathOf(const Located<std::string>& file, const Variables& variables) {
  return ExpandText(file, variables).map([&](const std::string& name) {
    return PathBeside(name, file.mark);
  });
}

OrFailure<std::string> ReadFile(const Located<std::string>& file, const Variables& variables,
                                const FileSystem& files) {
  const OrFailure<std::string> path = PathOf(file, variables);
  if (!path) return path;
  Result<std::string> content = files.Read(*path);
  if (!content) return tl::unexpected(Failure{file.mark, content.error().message, {}});
  return std::move(*content);
}

Failures MatchBytes(const HttpBodyExpect::Bytes& bytes, const std::string& body,
                    const Variables& variables) {
  using Place = HttpBodyExpect::Bytes::Place;
  const OrFailure<std::string> hex = ExpandText(bytes.hex, variables);
  if (!hex) return {hex.error()};
  const auto wanted = BytesOfHex(*hex);
  if (!wanted) return {{bytes.hex.mark, fmt::format("{} are no hex digits", Quote(*hex)), {}}};
  const size_t size = std::min(wanted->size(), body.size());
  const std::string shown = HexOfBytes(wanted->substr(0, 16));
  std::string remark;
  if (bytes.place == Place::kAll) {
    remark = BytesDifference(body, *wanted);
  } else if (bytes.place == Place::kStart && !body.starts_with(*wanted)) {
    remark = fmt::format("starts with {}, wanted {}", HexOfBytes(body.substr(0, size)), shown);
  } else if (bytes.place == Place::kEnd && !body.ends_with(*wanted)) {
    remark =
        fmt::format("ends with {}, wanted {}", HexOfBytes(body.substr(body.size() - size)), shown);
  } else if (bytes.place == Place::kAnywhere && body.find(*wanted) == std::string::npos) {
    remark = fmt::format("does not contain {}", shown);
  }
  return remark.empty() ? Failures{} : Failures{{bytes.hex.mark, std::move(remark), {}}};
}

Failures MatchSha256(const Located<std::string>& wanted, const std::string& body,
                     const Variables& variables) {
  const OrFailure<std::string> expanded = ExpandText(wanted, variables);
  if (!expanded) return {expanded.error()};
  const std::string digest = Sha256(body);
  if (Lower(*expanded) == digest) return {};
  return {
      {wanted.mark, fmt::format("has SHA-256 {} ({} B), wanted another", digest, body.size()), {}}};
}

Failures MatchFile(const Located<std::string>& file, const std::string& body,
                   const Variables& variables, const FileSystem& files) {
  const OrFailure<std::string> wanted = ReadFile(file, variables, files);
  if (!wanted) return {wanted.error()};
  std::string difference = BytesDifference(body, *wanted);
  return difference.empty() ? Failures{} : Failures{{file.mark, std::move(difference), {}}};
}

Failures MatchSchema(const Located<std::string>& file, const std::string& body,
                     const Variables& variables, const FileSystem& files) {
  const OrFailure<std::string> text = ReadFile(file, variables, files);
  if (!text) return {text.error()};
  const Result<Json> schema = ParseJson(*text);
  if (!schema) return {{file.mark, "the schema is " + schema.error().message, {}}};
  const Result<Json> value = ParseJson(body);
  if (!value) return {{file.mark, "the body is " + value.error().message, {}}};
  const auto mistakes = SchemaMistakes(*schema, *value);
  if (!mistakes) return {{file.mark, mistakes.error().message, {}}};
  Failures failures;
  for (const std::string& mistake : *mistakes) {
    if (failures.size() < 5) failures.push_back({file.mark, OneLine(mistake), {}});
  }
  return failures;
}

Failures UpdateSnapshot(const std::string& path, const SourceMark& mark, const std::string& content,
                        FileSystem& files) {
  const Status written = files.Write(path, content);
  if (written) return {};
  return {{mark, written.error().message, {}}};
}

// Hidden values never get into a file that is kept.
Failures MatchSnapshot(const HttpSnapshot& snapshot, const std::string& content,
                       const Variables& variables, const CheckFiles& files) {
  const OrFailure<std::string> path = PathOf(snapshot.file, variables);
  if (!path) return {path.error()};
  const std::string shown = variables.Mask(content);
  if (files.update) return UpdateSnapshot(*path, snapshot.file.mark, shown, files.files);
  const Result<std::string> wanted = files.files.Read(*path);
  if (!wanted) {
    return {{snapshot.file.mark,
             wanted.error().message + "; CTESTBED_UPDATE_SNAPSHOTS=1 writes it",
             {}}};
  }
  const std::vector<std::string> is = Split(shown, '\n');
  const std::vector<std::string> was = Split(*wanted, '\n');
  const auto [left, right] = std::mismatch(is.begin(), is.end(), was.begin(), was.end());
  if (left == is.end() && right == was.end()) return {};
  const auto line = [&](auto at, auto end) {
    return at == end ? std::string("its end") : Quote(*at);
  };
  return {{snapshot.file.mark,
           fmt::format("differs from the snapshot in line {}: is {}, was {}", left - is.begin() + 1,
                       line(left, is.end()), line(right, was.end())),
           {}}};
}

std::string HeaderLines(const HttpResponse& response, const std::vector<std::string>& ignore) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : response.headers) {
    const bool ignored =
        std::any_of(ignore.begin(), ignore.end(),
                    [&, header = name](const auto& other) { return SameName(header, other); });
    if (!ignored) lines.push_back(fmt::format("{}: {}\n", Lower(name), value));
  }
  std::stable_sort(lines.begin(), lines.end());
  return Join(lines, "");
}

}  // namespace

std::string BytesDifference(std::string_view actual, std::string_view expected) {
  const auto [left, right] =
      std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
  if (left == actual.end() && right == expected.end()) return {};
  const auto offset = static_cast<size_t>(left - actual.begin());
  const size_t start = offset < 4 ? 0 : offset - 4;
  const auto window = [&](std::string_view bytes) {
    const std::string_view part = bytes.substr(std::min(start, bytes.size()), 16);
    return part.empty() ? "nothing" : HexOfBytes(part);
  };
  return fmt::format("differs from byte {} on: from {} {}, wanted {} ({} B, wanted {} B)", offset,
                     start, window(actual), window(expected), actual.size(), expected.size());
}

void CheckBody(const HttpExpect& expect, const HttpResponse& response, const Variables& variables,
               const CheckFiles& files, Findings& findings) {
  if (expect.schema) {
    findings.Add(MatchSchema(*expect.schema, response.body, variables, files.files), "schema");
  }
  if (!expect.body) return;
  const HttpBodyExpect& body = *expect.body;
  const auto add = [&](Failures failures) { findings.Add(std::move(failures), "body"); };
  if (body.matcher) add(Match(*body.matcher, Actual::Text(response.body), variables));
  for (const auto& bytes : body.bytes) add(MatchBytes(bytes, response.body, variables));
  if (body.size) {
    const Actual size{ValueKind::kJson, Json(response.body.size()), {}};
    findings.Add(Match(*body.size, size, variables), "size of the body");
  }
  if (body.sha256) add(MatchSha256(*body.sha256, response.body, variables));
  if (body.same_as) add(MatchFile(*body.same_as, response.body, variables, files.files));
  if (body.snapshot) add(MatchSnapshot(*body.snapshot, response.body, variables, files));
}

void CheckXPaths(const HttpExpect& expect, const HttpResponse& response, const Variables& variables,
                 Findings& findings) {
  const std::string* type = response.Header("Content-Type");
  const Markup markup = MarkupOf(response.body, type == nullptr ? "" : *type);
  for (const auto& [path, matcher] : expect.xpath) {
    const OrFailure<std::string> expression = ExpandText(path, variables);
    if (!expression) {
      findings.Add({expression.error()});
      continue;
    }
    Actual actual;
    Result<Json> found = FindXPath(*expression, response.body, markup);
    if (!found) {
      findings.Add({{path.mark, found.error().message, {}}}, path.value);
      continue;
    }
    if (found->is_array() && found->empty()) actual.absence = "no node is found";
    actual.several = found->is_array();
    actual.value = std::move(*found);
    findings.Add(Match(matcher, actual, variables), path.value);
  }
}

void CheckHeaderSnapshot(const HttpExpect& expect, const HttpResponse& response,
                         const Variables& variables, const CheckFiles& files, Findings& findings) {
  if (!expect.header_snapshot) return;
  const HttpSnapshot& snapshot = *expect.header_snapshot;
  findings.Add(MatchSnapshot(snapshot, HeaderLines(response, snapshot.ignore), variables, files),
               "headers");
}

}  // namespace ctestbed
