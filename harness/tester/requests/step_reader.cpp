#include "tester/requests/step_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/paths.h"
#include "tester/expectation/variables.h"
#include "tester/expectation/xpath.h"
#include "tester/requests/body.h"
#include "tester/requests/expect_reader.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"DELETE", "GET",  "HEAD", "OPTIONS",
                                                   "PATCH",  "POST", "PUT"};

constexpr std::array<Field, 4> kOptionFields{{
    {"headers", Shape::kTextMap, "headers, over those of the suite"},
    {"query", Shape::kMap, "parameters of the URL; a list repeats one"},
    {"redirects", Shape::kText, "none (default), follow (at most 20), or how many to follow"},
    {"timeout", Shape::kDuration, "for the whole answer; default 10s"},
}};
constexpr auto kRequestFields = Joined(kOptionFields, kHttpBodyFields);

constexpr std::array<Field, 3> kUntilFields{{
    {"within", Shape::kDuration, "give up after this", true},
    {"every", Shape::kDuration, "pause between two requests; default 200ms"},
    {"stop_on", Shape::kTextOrList, "statuses that end it at once: [4xx, 503]"},
}};

constexpr std::array<Field, 7> kSaveFields{{
    {"bytes", Shape::kText, "a part of the body, as hex digits: 0..4, 8.."},
    {"cookie", Shape::kText, "name of a cookie that the answer sets"},
    {"header", Shape::kText, "name of a header"},
    {"json", Shape::kText, "JSONPath; of several nodes the first is taken"},
    {"regex", Shape::kText, "a pattern on the body: its first group, or all of it"},
    {"status", Shape::kBoolean, "true"},
    {"xpath", Shape::kText, "XPath; of several nodes the text of the first is taken"},
}};

constexpr std::array<Field, 3> kTlsFields{{
    {"ca", Shape::kText, "file of the authorities that are trusted, in PEM"},
    {"cert", Shape::kText, "file of the client's certificate"},
    {"key", Shape::kText, "file of its key"},
}};

constexpr int kMostRedirects = 20;

constexpr Inside kSaveMap{.fields = kSaveFields};
constexpr std::array<Field, 2> kSaveForms{{
    {"path", Shape::kText, "JSONPath"},
    {"source", Shape::kMap, "where it is taken from", false, &kSaveMap},
}};
constexpr Inside kSaveForm{.either = kSaveForms};
constexpr Field kSave{"", Shape::kAny, "a value", false, &kSaveForm};
constexpr Inside kRequestMap{.fields = kRequestFields};
constexpr std::array<Field, 3> kRequestForms{{
    {"options", Shape::kMap, "what is sent", false, &kRequestMap},
    {"status", Shape::kText, "the status that is expected"},
    {"statuses", Shape::kTextList, "any of these"},
}};
constexpr Inside kRequestForm{.nothing = true, .either = kRequestForms};
constexpr std::array<std::string_view, 2> kVersionWords{"1.1", "2"};

std::vector<Document::Entry> EntriesOf(const Fields& fields, std::string_view key) {
  const Document* map = fields.Find(key);
  return map == nullptr ? std::vector<Document::Entry>{} : map->entries;
}

HttpUntil ReadUntil(const Document& map, Diagnostics& problems) {
  const Fields fields(map, "until", kUntilFields, problems);
  HttpUntil until;
  until.within = fields.Time("within").value_or(until.within);
  until.every = fields.Time("every").value_or(until.every);
  until.stop_on = fields.Texts("stop_on").value_or(until.stop_on);
  for (const auto& pattern : until.stop_on) CheckStatusPattern(pattern, problems);
  if (const Document* every = fields.Find("every"); every != nullptr && until.every.count() == 0) {
    problems.Error(every->mark, "'every' must be longer than nothing");
  }
  return until;
}

Status CheckQuery(const HttpSave& save) {
  switch (save.source) {
    case HttpSave::Source::kRegex:
      return CheckRegex(save.query.value);
    case HttpSave::Source::kXPath:
      return HasReferences(save.query.value) ? Status{} : CheckXPath(save.query.value);
    case HttpSave::Source::kBytes:
      if (!RangeOf(save.query.value)) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{} is no range, expected FROM..TO", Quote(save.query.value)));
      }
      return {};
    default:
      return {};
  }
}

HttpSave ReadSave(const Document::Entry& entry, Diagnostics& problems) {
  using Source = HttpSave::Source;
  constexpr std::array<std::pair<std::string_view, Source>, 7> kSources{
      {{"bytes", Source::kBytes},
       {"cookie", Source::kCookie},
       {"header", Source::kHeader},
       {"json", Source::kJson},
       {"regex", Source::kRegex},
       {"status", Source::kStatus},
       {"xpath", Source::kXPath}}};
  HttpSave save;
  save.name = entry.key.value;
  if (!IsName(save.name) || save.name.find('.') != std::string::npos) {
    problems.Error(entry.key.mark,
                   fmt::format("{} cannot name a variable: expected letters, digits, '_' and '-'",
                               Quote(save.name)));
  }
  if (entry.value.IsScalar()) {
    save.query = {entry.value.text, entry.value.mark};
  } else {
    const Fields fields(entry.value, "save", kSaveFields, problems);
    for (const auto& [key, source] : kSources) {
      const auto query = fields.Text(key);
      if (!query) continue;
      save.source = source;
      save.query = *query;
    }
    if (entry.value.IsMap() && entry.value.entries.size() != 1) {
      problems.Error(entry.value.mark,
                     "save needs one of bytes, cookie, header, json, regex, status, xpath");
    }
    if (save.query.value.empty()) return save;
  }
  if (save.source == Source::kJson) CheckPath(save.query, problems);
  if (const Status usable = CheckQuery(save); !usable) {
    problems.Error(save.query.mark, usable.error().message);
  }
  return save;
}

int ReadRedirects(const Located<std::string>& text, Diagnostics& problems) {
  if (text.value == "none") return 0;
  if (text.value == "follow") return kMostRedirects;
  int most = -1;
  const char* end = text.value.data() + text.value.size();
  const auto read = std::from_chars(text.value.data(), end, most);
  if (read.ec == std::errc() && read.ptr == end && most >= 0 && most <= kMostRedirects) return most;
  problems.Error(text.mark, fmt::format("{} redirects: expected none, follow or 0 to {}",
                                        Quote(text.value), kMostRedirects));
  return 0;
}

void ReadOptions(const Document& options, HttpStep& step, Diagnostics& problems) {
  const Fields fields(options, "request", kRequestFields, problems);
  step.headers = EntriesOf(fields, "headers");
  step.query = EntriesOf(fields, "query");
  step.body = ReadHttpBody(fields, options.mark, problems);
  step.timeout = fields.Time("timeout").value_or(step.timeout);
  if (const auto redirects = fields.Text("redirects")) {
    step.redirects = ReadRedirects(*redirects, problems);
  }
  for (const auto& [name, value] : step.query) {
    CheckShape(value, Shape::kTextOrList, name.value, problems);
  }
}

// What stands behind "METHOD target": options, or the status as the short form.
void ReadRequestValue(const Document& value, HttpStep& step, Diagnostics& problems) {
  if (value.IsMap()) return ReadOptions(value, step, problems);
  if (value.IsNull()) return;
  CheckStatus(value, problems);
  step.expect.status = value;
}

void ReadTarget(const Located<std::string>& key, const HttpSettings& settings, HttpStep& step,
                Diagnostics& problems) {
  const size_t blank = key.value.find(' ');
  step.mark = key.mark;
  step.method = key.value.substr(0, blank);
  if (std::find(kMethods.begin(), kMethods.end(), step.method) == kMethods.end()) {
    problems.Error(key.mark, fmt::format("unknown method {}", Quote(step.method)),
                   DidYouMean(step.method, {kMethods.begin(), kMethods.end()}, "methods"));
  }
  const size_t start = blank == std::string::npos ? blank : key.value.find_first_not_of(' ', blank);
  if (start == std::string::npos) {
    problems.Error(key.mark, fmt::format("{} has no path", Quote(key.value)),
                   fmt::format("write {} /path", step.method));
    return;
  }
  step.target.value = key.value.substr(start);
  step.target.mark = PartOf(key.mark, key.value.size(), start, step.target.value.size());
  if (step.target.value.front() == '/' && !settings.base) {
    problems.Error(
        step.target.mark,
        fmt::format("{} is a path, but the suite has no 'base'", Quote(step.target.value)),
        "base: ${services.NAME.url}");
  }
  if (step.target.value.front() != '/' && !HasReferences(step.target.value) &&
      step.target.value.find("://") == std::string::npos) {
    problems.Error(
        step.target.mark,
        fmt::format("{} is no path: it must begin with '/' or be a URL", Quote(step.target.value)));
  }
}

// What makes no sense together.
void CheckTogether(const HttpStep& step, const Fields& fields, Diagnostics& problems) {
  const bool across = !step.expect.across.empty() || !step.expect.across_times.empty();
  if (step.parallel == 1 && across) {
    problems.Error(fields.Find("expect")->Find("across")->mark,
                   "'across' compares parallel requests, but there is one",
                   "parallel: 20, beside the request");
  }
  for (const std::string_view key : {"save", "until"}) {
    if (step.parallel == 1 || !fields.Has(key)) continue;
    problems.Error(fields.Find(key)->mark, fmt::format("'{}' cannot stand beside 'parallel'", key));
  }
  if (step.redirects == 0 && step.expect.hops) {
    problems.Error(step.expect.hops->mark, "'hops' are of redirects, but none is followed",
                   fmt::format("{}: {{redirects: follow}}", step.Name()));
  }
}

}  // namespace

const Inside kHttpTls{.name = "http_tls", .fields = kTlsFields};
const Inside kHttpVersion{.words = kVersionWords};
const Inside kHttpUntil{.fields = kUntilFields};
const Inside kHttpSaves{.each = &kSave};
const Field kHttpRequest{"", Shape::kAny,
                         "METHOD path: what is sent, or the status that is expected", false,
                         &kRequestForm};

std::optional<ByteRange> RangeOf(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits, size_t fallback) -> std::optional<size_t> {
    size_t value = fallback;
    const char* end = digits.data() + digits.size();
    if (digits.empty()) return value;
    const auto read = std::from_chars(digits.data(), end, value);
    return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
  };
  const auto from = number(text.substr(0, dots), 0);
  const auto to = number(text.substr(dots + 2), std::string::npos);
  if (!from || !to || *from >= *to) return std::nullopt;
  return ByteRange{*from, *to};
}

HttpSettings ReadHttpSettings(const Fields& fields, Diagnostics& problems) {
  HttpSettings settings{fields.Text("base"), EntriesOf(fields, "headers"), fields.Text("http")};
  const Document* tls = fields.Find("tls");
  if (tls == nullptr) return settings;
  const Fields files(*tls, "tls", kTlsFields, problems);
  settings.ca = files.Text("ca");
  settings.cert = files.Text("cert");
  settings.key = files.Text("key");
  if (settings.cert.has_value() != settings.key.has_value()) {
    problems.Error(tls->mark, "'cert' and 'key' of 'tls' need each other");
  }
  return settings;
}

bool IsRequest(const Document::Entry& entry) {
  const std::string word = entry.key.value.substr(0, entry.key.value.find(' '));
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

HttpStep ReadHttpStep(const Document& map, const HttpSettings& settings, Diagnostics& problems) {
  HttpStep step;
  const Document rest =
      OnlyEntries(map, [](const Document::Entry& entry) { return !IsRequest(entry); });
  const Fields fields(rest, "step", kHttpStepFields, problems);
  if (!map.IsMap()) return step;
  const Document requests = OnlyEntries(map, IsRequest);
  if (requests.entries.empty()) {
    problems.Error(map.mark, "expected one request such as 'GET /path'");
    return step;
  }
  if (requests.entries.size() > 1) {
    problems.Error(requests.entries[1].key.mark, "a step has one request",
                   "write a second step, or a test with 'steps'");
  }
  ReadTarget(requests.entries[0].key, settings, step, problems);
  ReadRequestValue(requests.entries[0].value, step, problems);
  step.parallel = static_cast<int>(fields.Integer("parallel").value_or(1));
  if (fields.Has("expect")) ReadExpect(*fields.Find("expect"), step.expect, problems);
  if (fields.Has("until")) step.until = ReadUntil(*fields.Find("until"), problems);
  for (const Document::Entry& entry : EntriesOf(fields, "save")) {
    step.saves.push_back(ReadSave(entry, problems));
  }
  CheckTogether(step, fields, problems);
  return step;
}

}  // namespace ctestbed
