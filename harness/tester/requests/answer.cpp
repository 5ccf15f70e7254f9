#include "tester/requests/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"

namespace ctestbed {
namespace {

std::vector<Failure> About(std::string_view subject, std::vector<Failure> failures) {
  for (Failure& failure : failures) failure.subject = subject;
  return failures;
}

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
  Checker(const HttpStep& step, const HttpResponse& response, const Variables& variables)
      : step_(step), response_(response), variables_(variables) {}

  Findings Check() {
    Add(About("status", CheckStatus()));
    for (const auto& [name, matcher] : step_.expect.headers) {
      Add(About("header " + name.value,
                Match(matcher, HeaderOf(response_, name.value), variables_)));
    }
    CheckJson();
    if (step_.expect.body) {
      Add(About("body", Match(*step_.expect.body, Actual::Text(response_.body), variables_)));
    }
    if (step_.expect.time) Add(About("time", CheckTime()));
    return std::move(findings_);
  }

 private:
  void Add(std::vector<Failure> failures) {
    ++findings_.asserts;
    if (!failures.empty()) ++findings_.asserts_failed;
    std::move(failures.begin(), failures.end(), std::back_inserter(findings_.failures));
  }

  std::vector<Failure> CheckStatus() {
    if (!step_.expect.status) {
      if (response_.status < 400) return {};
      return {{step_.mark, fmt::format("is {}, wanted one below 400", response_.status), {}}};
    }
    const Document& wanted = *step_.expect.status;
    if (wanted.IsMap()) {
      return Match(wanted, {ValueKind::kJson, Json(response_.status), {}}, variables_);
    }
    const OrFailure<Document> expanded = ExpandDocument(wanted, variables_);
    if (!expanded) return {expanded.error()};
    std::vector<std::string> patterns;
    if (expanded->IsScalar()) patterns.push_back(expanded->text);
    for (const Document& item : expanded->items) patterns.push_back(item.text);
    for (const std::string& pattern : patterns) {
      if (StatusFits(pattern, response_.status)) return {};
    }
    return {{wanted.mark,
             fmt::format("is {}, wanted {}", response_.status, Join(patterns, " or ")),
             {}}};
  }

  void CheckJson() {
    if (step_.expect.json.empty()) return;
    const Result<Json> body = ParseJson(response_.body);
    if (!body) {
      // One cause, one failure: at the first path, for all of them.
      findings_.asserts += static_cast<int>(step_.expect.json.size()) - 1;
      Add({{step_.expect.json.front().key.mark,
            fmt::format("is {} ({})", variables_.Show(Json(Start())), body.error().message),
            "body"}});
      return;
    }
    for (const Document::Entry& entry : step_.expect.json) Add(MatchPath(entry, *body, variables_));
  }

  std::string Start() const { return response_.body.substr(0, 4096); }

  std::vector<Failure> CheckTime() {
    const Actual total{ValueKind::kTime, Json(response_.total.count()), {}};
    std::vector<Failure> failures = Match(*step_.expect.time, total, variables_);
    for (Failure& failure : failures) {
      failure.remark +=
          fmt::format(": connect {}, first byte {}", FormatDuration(response_.connect),
                      FormatDuration(response_.first_byte));
    }
    return failures;
  }

  const HttpStep& step_;
  const HttpResponse& response_;
  const Variables& variables_;
  Findings findings_;
};

OrFailure<Actual> SavedValue(const HttpSave& save, const HttpResponse& response,
                             const Variables& variables) {
  switch (save.source) {
    case HttpSave::Source::kStatus:
      return Actual{ValueKind::kJson, Json(response.status), {}};
    case HttpSave::Source::kHeader:
      return HeaderOf(response, save.query.value);
    case HttpSave::Source::kRegex: {
      Result<std::string> found = FindRegex(save.query.value, response.body);
      if (found) return Actual::Text(std::move(*found));
      return Actual{ValueKind::kText, {}, found.error().message + " in the body"};
    }
    case HttpSave::Source::kJson:
      break;
  }
  const Result<Json> body = ParseJson(response.body);
  if (!body) return Actual{ValueKind::kJson, {}, "the body is " + body.error().message};
  OrFailure<Actual> found = FindPath(save.query, *body, variables);
  if (!found) return found;
  // A path with wildcards or filters: the first node.
  if (!found->absence.empty()) found->value.reset();
  if (found->value && found->several) found->value = Json(found->value->front());
  return found;
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
    std::string bytes;
    for (const char c : response.body.substr(0, 16)) {
      bytes += fmt::format(" {:02x}", static_cast<unsigned char>(c));
    }
    return fmt::format("  binary, starts with{}\n", bytes);
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

Findings CheckAnswer(const HttpStep& step, const HttpResponse& response,
                     const Variables& variables) {
  return Checker(step, response, variables).Check();
}

std::vector<Failure> SaveFrom(const HttpStep& step, const HttpResponse& response,
                              Variables& variables) {
  std::vector<Failure> failures;
  for (const HttpSave& save : step.saves) {
    OrFailure<Actual> value = SavedValue(save, response, variables);
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

std::string DescribeAnswer(const HttpResponse& response, const Findings& findings,
                           const Variables& variables) {
  std::string text =
      fmt::format("status {}, {} B, HTTP/{}, {}", response.status, response.body.size(),
                  OneLine(response.version), FormatDuration(response.total));
  if (findings.asserts_failed > 0) {
    text += fmt::format(" ({} of {} asserts failed)", findings.asserts_failed, findings.asserts);
  }
  return text + "\n" + Snippet(response, variables);
}

}  // namespace ctestbed
