#include "tester/requests/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"
#include "tester/expectation/xpath.h"
#include "tester/requests/exchange_checks.h"
#include "tester/requests/step_reader.h"

namespace ctestbed {
namespace {

// All fields of a name as one value (RFC 9110 section 5.3).
Actual HeaderOf(const HttpResponse& response, std::string_view name) {
  std::vector<std::string> values;
  std::vector<std::string> names;
  for (const auto& header : response.headers) {
    HttpResponse one;
    one.headers.push_back(header);
    if (one.Header(name) != nullptr) values.push_back(header.second);
    if (std::find(names.begin(), names.end(), header.first) == names.end()) {
      names.push_back(header.first);
    }
  }
  if (!values.empty()) return Actual::Text(Join(values, ", "));
  std::sort(names.begin(), names.end());
  return {ValueKind::kText,
          {},
          fmt::format("no header {}; {}", Quote(name),
                      names.empty() ? "there are none" : "headers are " + Join(names, ", "))};
}

class Checker {
 public:
  Checker(const HttpSettings& settings, const HttpStep& step, const Answer& answer,
          const Variables& variables)
      : settings_(settings), step_(step), answer_(answer), variables_(variables) {}

  Findings Check(const CheckFiles& files) {
    const HttpExpect& expect = step_.expect;
    const HttpResponse& response = answer_.response;
    CheckVersion();
    findings_.Add(CheckStatus(), "status");
    for (const auto& [name, matcher] : expect.headers) {
      findings_.Add(Match(matcher, HeaderOf(response, name.value), variables_),
                    "header " + name.value);
    }
    CheckHeaderSnapshot(expect, response, variables_, files, findings_);
    CheckCookies(expect, answer_, variables_, findings_);
    CheckHops(expect, answer_, variables_, findings_);
    CheckTls(expect, answer_, variables_, findings_);
    CheckJson();
    CheckXPaths(expect, response, variables_, findings_);
    CheckBody(expect, response, variables_, files, findings_);
    CheckTimes(expect, answer_, variables_, findings_);
    return std::move(findings_);
  }

 private:
  void CheckVersion() {
    if (!settings_.version) return;
    const std::string& spoken = answer_.response.version;
    if (spoken == settings_.version->value) return findings_.Add({});
    findings_.Add({{settings_.version->mark,
                    fmt::format("is {}, wanted {}", spoken, settings_.version->value),
                    {}}},
                  "HTTP version");
  }

  std::vector<Failure> CheckStatus() {
    const int status = answer_.response.status;
    if (step_.expect.status) return MatchStatus(*step_.expect.status, status, variables_);
    if (status < 400) return {};
    return {{step_.mark, fmt::format("is {}, wanted one below 400", status), {}}};
  }

  void CheckJson() {
    if (step_.expect.json.empty()) return;
    const Result<Json> body = ParseJson(answer_.response.body);
    if (!body) {
      // One cause, one failure: at the first path, for all of them.
      findings_.asserts += static_cast<int>(step_.expect.json.size()) - 1;
      findings_.Add(
          {{step_.expect.json.front().key.mark,
            fmt::format("is {} ({})", variables_.Show(Json(Start())), body.error().message),
            "body"}});
      return;
    }
    for (const Document::Entry& entry : step_.expect.json) {
      findings_.Add(MatchPath(entry, *body, variables_));
    }
  }

  std::string Start() const { return answer_.response.body.substr(0, 4096); }

  const HttpSettings& settings_;
  const HttpStep& step_;
  const Answer& answer_;
  const Variables& variables_;
  Findings findings_;
};

// A list of nodes: the first.
Actual FirstOf(Actual found) {
  if (!found.absence.empty()) found.value.reset();
  if (found.value && found.several) found.value = Json(found.value->front());
  return found;
}

OrFailure<Actual> SavedJson(const HttpSave& save, const HttpResponse& response,
                            const Variables& variables) {
  const Result<Json> body = ParseJson(response.body);
  if (!body) return Actual{ValueKind::kJson, {}, "the body is " + body.error().message};
  return FindPath(save.query, *body, variables).map(FirstOf);
}

OrFailure<Actual> SavedXPath(const HttpSave& save, const HttpResponse& response,
                             const Variables& variables) {
  const OrFailure<std::string> path = ExpandText(save.query, variables);
  if (!path) return tl::unexpected(path.error());
  const std::string* type = response.Header("Content-Type");
  Result<Json> found =
      FindXPath(*path, response.body, MarkupOf(response.body, type == nullptr ? "" : *type));
  if (!found) return Actual{ValueKind::kJson, {}, found.error().message};
  const bool nothing = found->is_array() && found->empty();
  Actual actual{ValueKind::kJson, std::move(*found), nothing ? "no node is found" : ""};
  actual.several = actual.value->is_array();
  return FirstOf(std::move(actual));
}

Actual SavedCookie(const HttpSave& save, const Answer& answer) {
  Actual actual{ValueKind::kText, {}, fmt::format("no cookie {} is set", Quote(save.query.value))};
  for (const SetCookie& cookie : answer.cookies) {
    if (cookie.name == save.query.value) actual = Actual::Text(cookie.value);
  }
  return actual;
}

Actual SavedBytes(const HttpSave& save, const std::string& body) {
  const ByteRange range = RangeOf(save.query.value).value_or(ByteRange{});
  if (range.from >= body.size()) {
    return {ValueKind::kText, {}, fmt::format("the body has {} bytes", body.size())};
  }
  return Actual::Text(HexOfBytes(body.substr(range.from, range.to - range.from)));
}

OrFailure<Actual> SavedValue(const HttpSave& save, const Answer& answer,
                             const Variables& variables) {
  const HttpResponse& response = answer.response;
  switch (save.source) {
    case HttpSave::Source::kBytes:
      return SavedBytes(save, response.body);
    case HttpSave::Source::kCookie:
      return SavedCookie(save, answer);
    case HttpSave::Source::kStatus:
      return Actual{ValueKind::kJson, Json(response.status), {}};
    case HttpSave::Source::kHeader:
      return HeaderOf(response, save.query.value);
    case HttpSave::Source::kRegex: {
      Result<std::string> found = FindRegex(save.query.value, response.body);
      if (found) return Actual::Text(std::move(*found));
      return Actual{ValueKind::kText, {}, found.error().message + " in the body"};
    }
    case HttpSave::Source::kXPath:
      return SavedXPath(save, response, variables);
    case HttpSave::Source::kJson:
      return SavedJson(save, response, variables);
  }
  return Actual{};
}

bool IsBinary(std::string_view body) {
  return body.find('\0') != std::string_view::npos ||
         FindInvalidUtf8(body.substr(0, 64)) < std::min<size_t>(body.size(), 60);
}

std::string Snippet(const HttpResponse& response, const Variables& variables) {
  constexpr size_t kMostBytes = 800;
  constexpr size_t kMostLines = 12;
  constexpr size_t kWellBeyond = 64U << 10U;  // so that no hidden value is cut before it is masked
  if (IsBinary(response.body)) {
    return fmt::format("  binary, starts with {}\n", HexOfBytes(response.body.substr(0, 16)));
  }
  const std::string masked = variables.Mask(response.body.substr(0, kWellBeyond));
  std::string text;
  size_t lines = 0;
  for (const std::string& line : Split(Shortened(Trim(masked), kMostBytes), '\n')) {
    if (++lines > kMostLines) return text + "  ...\n";
    if (!line.empty()) text += fmt::format("  {}\n", OneLine(line));
  }
  return text;
}

}  // namespace

Findings CheckAnswer(const HttpSettings& settings, const HttpStep& step, const Answer& answer,
                     const Variables& variables, const CheckFiles& files) {
  return Checker(settings, step, answer, variables).Check(files);
}

std::vector<Failure> SaveFrom(const HttpStep& step, const Answer& answer, Variables& variables) {
  std::vector<Failure> failures;
  for (const HttpSave& save : step.saves) {
    OrFailure<Actual> value = SavedValue(save, answer, variables);
    const std::string subject = fmt::format("save {}", save.name);
    if (!value) {
      failures.push_back({value.error().mark, value.error().remark, subject});
    } else if (!value->value) {
      failures.push_back({save.query.mark, value->absence, subject});
    } else {
      variables.Set(save.name, std::move(*value->value));
    }
  }
  return failures;
}

std::string DescribeAnswer(const Answer& answer, const Findings& findings,
                           const Variables& variables) {
  const HttpResponse& response = answer.response;
  std::string text =
      fmt::format("status {}, {} B, HTTP/{}, {}", response.status, response.body.size(),
                  OneLine(response.version), FormatDuration(answer.phases.Total()));
  if (findings.asserts_failed > 0) {
    text += fmt::format(" ({} of {} asserts failed)", findings.asserts_failed, findings.asserts);
  }
  text += "\n";
  for (const Hop& hop : answer.hops) {
    text += fmt::format("  {} to {}\n", hop.status, OneLine(variables.Mask(hop.to)));
  }
  return text + Snippet(response, variables);
}

}  // namespace ctestbed
