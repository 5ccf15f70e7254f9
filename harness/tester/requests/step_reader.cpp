#include "tester/requests/step_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/regex.h"
#include "base/text.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"DELETE", "GET",  "HEAD", "OPTIONS",
                                                   "PATCH",  "POST", "PUT"};

constexpr std::array<Field, 6> kRequestFields{{
    {"headers", Shape::kTextMap, "headers, over those of the suite"},
    {"query", Shape::kMap, "parameters of the URL; a list repeats one"},
    {"json", Shape::kAny, "the body, as JSON"},
    {"form", Shape::kTextMap, "the body, as a form"},
    {"body", Shape::kText, "the body, as it is"},
    {"timeout", Shape::kDuration, "for the whole answer; default 10s"},
}};

constexpr std::array<Field, 5> kExpectFields{{
    {"status", Shape::kAny, "200, 2xx, a list of these, or operators; default: below 400"},
    {"headers", Shape::kMap, "name to matcher"},
    {"json", Shape::kMap, "JSONPath to matcher"},
    {"body", Shape::kAny, "matcher on the whole text"},
    {"time", Shape::kMap, "operators on the time to the last byte"},
}};

constexpr std::array<Field, 3> kUntilFields{{
    {"within", Shape::kDuration, "give up after this", true},
    {"every", Shape::kDuration, "pause between two requests; default 200ms"},
    {"stop_on", Shape::kTextOrList, "statuses that end it at once: [4xx, 503]"},
}};

constexpr std::array<Field, 4> kSaveFields{{
    {"json", Shape::kText, "JSONPath; of several nodes the first is taken"},
    {"header", Shape::kText, "name of a header"},
    {"regex", Shape::kText, "a pattern on the body: its first group, or all of it"},
    {"status", Shape::kBoolean, "true"},
}};

std::vector<Document::Entry> EntriesOf(const Fields& fields, std::string_view key) {
  const Document* map = fields.Find(key);
  return map == nullptr ? std::vector<Document::Entry>{} : map->entries;
}

std::optional<Document> CopyOf(const Fields& fields, std::string_view key) {
  const Document* value = fields.Find(key);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

void CheckStatusPattern(const Located<std::string>& pattern, Diagnostics& problems) {
  if (HasReferences(pattern.value) || IsStatusPattern(pattern.value)) return;
  problems.Error(pattern.mark,
                 fmt::format("{} is no status: expected 100 to 599 or a class like 2xx",
                             Quote(pattern.value)));
}

void CheckStatus(const Document& status, Diagnostics& problems) {
  if (status.IsMap()) return CheckMatcher(status, ValueKind::kJson, problems);
  if (!CheckShape(status, Shape::kTextOrList, "status", problems)) return;
  if (status.IsScalar()) CheckStatusPattern({status.text, status.mark}, problems);
  for (const Document& item : status.items) CheckStatusPattern({item.text, item.mark}, problems);
  if (status.IsList() && status.items.empty()) problems.Error(status.mark, "no status would do");
}

void ReadExpect(const Document& map, HttpExpect& expect, Diagnostics& problems) {
  const Fields fields(map, "expect", kExpectFields, problems);
  if (expect.status && fields.Has("status")) {
    problems.Error(fields.Find("status")->mark, "the status is expected twice");
  }
  if (fields.Has("status")) {
    expect.status = CopyOf(fields, "status");
    CheckStatus(*expect.status, problems);
  }
  expect.headers = EntriesOf(fields, "headers");
  expect.json = EntriesOf(fields, "json");
  expect.body = CopyOf(fields, "body");
  expect.time = CopyOf(fields, "time");
  for (const auto& [name, matcher] : expect.headers) {
    CheckMatcher(matcher, ValueKind::kText, problems);
  }
  if (fields.Has("json")) CheckPaths(*fields.Find("json"), problems);
  if (expect.body) CheckMatcher(*expect.body, ValueKind::kText, problems);
  if (expect.time) CheckMatcher(*expect.time, ValueKind::kTime, problems);
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

void CheckQuery(const HttpSave& save, Diagnostics& problems) {
  if (save.source == HttpSave::Source::kJson) CheckPath(save.query, problems);
  if (save.source != HttpSave::Source::kRegex) return;
  if (const Status usable = CheckRegex(save.query.value); !usable) {
    problems.Error(save.query.mark, usable.error().message);
  }
}

HttpSave ReadSave(const Document::Entry& entry, Diagnostics& problems) {
  constexpr std::array<std::pair<std::string_view, HttpSave::Source>, 4> kSources{
      {{"json", HttpSave::Source::kJson},
       {"header", HttpSave::Source::kHeader},
       {"regex", HttpSave::Source::kRegex},
       {"status", HttpSave::Source::kStatus}}};
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
      problems.Error(entry.value.mark, "save needs one of header, json, regex, status");
    }
    if (save.query.value.empty()) return save;
  }
  CheckQuery(save, problems);
  return save;
}

void ReadRequestFields(const Document& options, HttpStep& step, Diagnostics& problems) {
  const Fields fields(options, "request", kRequestFields, problems);
  step.headers = EntriesOf(fields, "headers");
  step.query = EntriesOf(fields, "query");
  step.form = EntriesOf(fields, "form");
  step.json = CopyOf(fields, "json");
  step.body = fields.Text("body");
  step.timeout = fields.Time("timeout").value_or(step.timeout);
  for (const auto& [name, value] : step.query) {
    CheckShape(value, Shape::kTextOrList, name.value, problems);
  }
  if (fields.Has("json") + fields.Has("form") + fields.Has("body") > 1) {
    problems.Error(options.mark, "a request has one body: json, form or body");
  }
}

// What stands behind "METHOD target": options, or the status as the short form.
void ReadRequestValue(const Document& value, HttpStep& step, Diagnostics& problems) {
  if (value.IsMap()) return ReadRequestFields(value, step, problems);
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

}  // namespace

bool IsRequest(const Document::Entry& entry) {
  const std::string word = entry.key.value.substr(0, entry.key.value.find(' '));
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

HttpSettings ReadHttpSettings(const Fields& fields) {
  return {fields.Text("base"), EntriesOf(fields, "headers")};
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
  if (fields.Has("expect")) ReadExpect(*fields.Find("expect"), step.expect, problems);
  if (fields.Has("until")) step.until = ReadUntil(*fields.Find("until"), problems);
  for (const Document::Entry& entry : EntriesOf(fields, "save")) {
    step.saves.push_back(ReadSave(entry, problems));
  }
  return step;
}

}  // namespace ctestbed
