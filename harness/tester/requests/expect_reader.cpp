#include "tester/requests/expect_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/fields.h"
#include "base/text.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"
#include "tester/expectation/xpath.h"
#include "tester/requests/exchange_checks.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 2> kSnapshotFields{{
    {"snapshot", Shape::kText, "a file beside the suite that holds what is expected"},
    {"ignore", Shape::kTextList, "headers that may differ"},
}};

constexpr std::array<Field, 1> kHexFields{{
    {"hex", Shape::kText, "hex digits such as 89 50 4e 47", true},
}};
constexpr Inside kHex{.fields = kHexFields};
constexpr std::array<Field, 2> kTextOrHex{{
    {"text", Shape::kText, "the text"},
    {"bytes", Shape::kMap, "the bytes", false, &kHex},
}};
constexpr Inside kBytes{.either = kTextOrHex};

constexpr std::array<Field, 8> kBodyFields{{
    {"same_as", Shape::kText, "a file beside the suite that holds the same bytes"},
    {"snapshot", Shape::kText, "such a file, which can be updated"},
    {"sha256", Shape::kText, "64 hex digits"},
    {"size", Shape::kAny, "matcher on the number of bytes"},
    {"hex", Shape::kText, "the bytes as hex digits"},
    {"starts", Shape::kAny, "a text or {hex: 89 50}", false, &kBytes},
    {"ends", Shape::kAny, "a text or {hex: 89 50}", false, &kBytes},
    {"contains", Shape::kAny, "a text or {hex: 89 50}", false, &kBytes},
}};

constexpr std::array<Field, 2> kHopFields{{
    {"status", Shape::kAny, "as in expect"},
    {"to", Shape::kAny, "matcher on the path, or on the whole URL if it leads to another server"},
}};

// Values of an answer that go by fixed names.
struct Known {
  Field field;
  ValueKind kind;
};

constexpr std::array<Known, 8> kCookieValues{{
    {{"value", Shape::kAny, "matcher"}, ValueKind::kText},
    {{"domain", Shape::kAny, "matcher"}, ValueKind::kText},
    {{"path", Shape::kAny, "matcher"}, ValueKind::kText},
    {{"expires", Shape::kAny, "matcher on the text"}, ValueKind::kText},
    {{"max_age", Shape::kAny, "matcher on the seconds"}, ValueKind::kText},
    {{"same_site", Shape::kAny, "matcher: Strict, Lax, None"}, ValueKind::kText},
    {{"secure", Shape::kAny, "true or false"}, ValueKind::kJson},
    {{"http_only", Shape::kAny, "true or false"}, ValueKind::kJson},
}};

constexpr std::array<Known, 5> kTlsValues{{
    {{"version", Shape::kAny, "matcher: TLSv1.3"}, ValueKind::kText},
    {{"subject", Shape::kAny, "matcher on the name, as CN=...,O=..."}, ValueKind::kText},
    {{"issuer", Shape::kAny, "matcher on the name, as CN=...,O=..."}, ValueKind::kText},
    {{"names", Shape::kAny, "matcher on the list of hosts that it is valid for"}, ValueKind::kJson},
    {{"days_left", Shape::kAny, "matcher on the days until it expires"}, ValueKind::kJson},
}};

template <size_t N>
constexpr std::array<Field, N> FieldsOf(const std::array<Known, N>& known) {
  std::array<Field, N> fields{};
  for (size_t i = 0; i < N; ++i) fields[i] = known[i].field;
  return fields;
}

constexpr auto kCookieFields = FieldsOf(kCookieValues);
constexpr auto kTlsFields = FieldsOf(kTlsValues);

// What stands at keys of the user's own: names of headers, paths.
constexpr Field kMatcher{"", Shape::kAny, "a value, or operators that must hold"};
constexpr Inside kMatchers{.each = &kMatcher};

constexpr Inside kHeaders{.fields = kSnapshotFields, .each = &kMatcher};
constexpr Inside kCookieAttributes{.fields = kCookieFields};
constexpr std::array<Field, 2> kCookieForms{{
    {"value", Shape::kText, "the value, or a type such as <absent>"},
    {"attributes", Shape::kMap, "its attributes", false, &kCookieAttributes},
}};
constexpr Inside kCookieForm{.either = kCookieForms};
constexpr Field kCookie{"", Shape::kAny, "of one cookie", false, &kCookieForm};
constexpr Inside kCookies{.each = &kCookie};
constexpr Inside kBodyMap{.fields = kBodyFields, .each = &kMatcher};
constexpr std::array<Field, 2> kBodyForms{{
    {"value", Shape::kText, "the whole text, or a type such as <json>"},
    {"operators", Shape::kMap, "operators, or of the bytes", false, &kBodyMap},
}};
constexpr Inside kBody{.either = kBodyForms};
constexpr Inside kTls{.fields = kTlsFields};
constexpr Inside kHopMap{.fields = kHopFields};
constexpr Field kHop{"", Shape::kMap, "a redirect", false, &kHopMap};
constexpr Inside kHops{.each = &kHop};
constexpr std::array<std::string_view, 1> kSameWords{"same"};
constexpr Inside kSameWord{.words = kSameWords};
constexpr Field kSame{"", Shape::kText, "same", false, &kSameWord};
constexpr std::array<Field, 1> kAcrossFields{{
    {"time", Shape::kMap, "min, p50, p90, p95, p99 or max to a matcher", false, &kMatchers},
}};
constexpr Inside kAcross{.fields = kAcrossFields, .each = &kSame};

constexpr std::array<Field, 11> kExpectFields{{
    {"status", Shape::kAny, "200, 2xx, a list of these, or operators; default: below 400"},
    {"headers", Shape::kMap, "name to matcher; snapshot: FILE holds all but those of ignore: []",
     false, &kHeaders},
    {"cookies", Shape::kMap, "those that the answer sets: name to value, or to its attributes",
     false, &kCookies},
    {"json", Shape::kMap, "JSONPath to matcher", false, &kMatchers},
    {"xpath", Shape::kMap, "XPath to matcher, in HTML or XML", false, &kMatchers},
    {"schema", Shape::kText, "a file beside the suite: the JSON Schema (draft 7) of the body"},
    {"body", Shape::kAny, "matcher on the whole text; same_as, snapshot, sha256, size, hex", false,
     &kBody},
    {"time", Shape::kMap, "operators on the time to the last byte, or on its phases", false,
     &kMatchers},
    {"tls", Shape::kMap, "the secured connection and the server's certificate", false, &kTls},
    {"hops", Shape::kList, "the redirects that were followed: {status, to}", false, &kHops},
    {"across", Shape::kMap, "of parallel requests: JSONPath, status or body to `same`, or time",
     false, &kAcross},
}};

template <size_t N>
void CheckKnown(const Document& map, std::string_view what, const std::array<Known, N>& known,
                std::span<const Field> table, Diagnostics& problems) {
  const Fields fields(map, what, table, problems);
  for (const Known& one : known) {
    const Document* matcher = fields.Find(one.field.key);
    if (matcher != nullptr) CheckMatcher(*matcher, one.kind, problems);
  }
}

std::vector<Document::Entry> EntriesOf(const Document* map) {
  return map == nullptr ? std::vector<Document::Entry>{} : map->entries;
}

std::optional<Document> CopyOf(const Fields& fields, std::string_view key) {
  const Document* value = fields.Find(key);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

void CheckHex(const Located<std::string>& hex, Diagnostics& problems) {
  if (HasReferences(hex.value) || BytesOfHex(hex.value)) return;
  problems.Error(hex.mark, fmt::format("{} are no hex digits", Quote(hex.value)),
                 "two digits for each byte: 89 50 4e 47");
}

void ReadHeaders(const Document& map, HttpExpect& expect, Diagnostics& problems) {
  const auto is_own = [](const Document::Entry& entry) {
    return IsFieldOf(kSnapshotFields, entry.key.value);
  };
  const Document own = OnlyEntries(map, is_own);
  const Fields fields(own, "headers", kSnapshotFields, problems);
  if (const auto file = fields.Text("snapshot")) expect.header_snapshot = HttpSnapshot{*file, {}};
  for (const auto& name : fields.Texts("ignore").value_or(std::vector<Located<std::string>>{})) {
    if (expect.header_snapshot) expect.header_snapshot->ignore.push_back(name.value);
  }
  if (const Document* ignore = fields.Find("ignore");
      ignore != nullptr && !fields.Has("snapshot")) {
    problems.Error(ignore->mark, "'ignore' needs a 'snapshot'");
  }
  for (const Document::Entry& entry : map.entries) {
    if (is_own(entry)) continue;
    CheckMatcher(entry.value, ValueKind::kText, problems);
    expect.headers.push_back(entry);
  }
}

using Place = HttpBodyExpect::Bytes::Place;
constexpr std::array<std::pair<std::string_view, Place>, 3> kPlaces{
    {{"starts", Place::kStart}, {"ends", Place::kEnd}, {"contains", Place::kAnywhere}}};

// Whether `value` is {hex: ...}, and not an operator's text.
bool IsBytes(const Document* value) {
  return value != nullptr && value->IsMap();
}

HttpBodyExpect ReadBody(const Document& document, Diagnostics& problems) {
  HttpBodyExpect body;
  const auto is_ours = [](const Document::Entry& entry) {
    const bool is_place = std::any_of(kPlaces.begin(), kPlaces.end(), [&](const auto& place) {
      return place.first == entry.key.value;
    });
    return IsFieldOf(kBodyFields, entry.key.value) && (!is_place || entry.value.IsMap());
  };
  Document matcher = document;
  if (document.IsMap()) {
    matcher = OnlyEntries(document, [&](const auto& entry) { return !is_ours(entry); });
  }
  if (!matcher.IsMap() || !matcher.entries.empty() || document.entries.empty()) {
    CheckMatcher(matcher, ValueKind::kText, problems);
    body.matcher = std::move(matcher);
  }
  if (!document.IsMap()) return body;
  const Document own = OnlyEntries(document, is_ours);
  const Fields fields(own, "body", kBodyFields, problems);
  for (const auto& [key, place] : kPlaces) {
    if (!IsBytes(fields.Find(key))) continue;
    const Fields bytes(*fields.Find(key), key, kHexFields, problems);
    if (const auto hex = bytes.Text("hex")) body.bytes.push_back({place, *hex});
  }
  if (const auto hex = fields.Text("hex")) body.bytes.push_back({Place::kAll, *hex});
  for (const auto& bytes : body.bytes) CheckHex(bytes.hex, problems);
  body.size = CopyOf(fields, "size");
  if (body.size) CheckMatcher(*body.size, ValueKind::kJson, problems);
  body.sha256 = fields.Text("sha256");
  if (body.sha256) CheckHex(*body.sha256, problems);
  body.same_as = fields.Text("same_as");
  if (const auto file = fields.Text("snapshot")) body.snapshot = HttpSnapshot{*file, {}};
  return body;
}

// Splits `map` into what is of the whole and what is of a phase.
void ReadTime(const Document& map, HttpExpect& expect, Diagnostics& problems) {
  const auto is_phase = [](const Document::Entry& entry) {
    return std::find(kPhaseNames.begin(), kPhaseNames.end(), entry.key.value) != kPhaseNames.end();
  };
  for (const Document::Entry& entry : map.entries) {
    if (!is_phase(entry)) continue;
    CheckMatcher(entry.value, ValueKind::kTime, problems);
    expect.phases.push_back(entry);
  }
  const Document whole = OnlyEntries(map, [&](const auto& entry) { return !is_phase(entry); });
  if (whole.entries.empty() && !expect.phases.empty()) return;
  CheckMatcher(whole, ValueKind::kTime, problems);
  expect.time = whole;
}

void ReadHops(const Document& list, Diagnostics& problems) {
  for (const Document& item : list.items) {
    const Fields fields(item, "hop", kHopFields, problems);
    if (const Document* status = fields.Find("status")) CheckStatus(*status, problems);
    if (const Document* to = fields.Find("to")) CheckMatcher(*to, ValueKind::kText, problems);
  }
}

void ReadAcross(const Document& map, HttpExpect& expect, Diagnostics& problems) {
  for (const Document::Entry& entry : map.entries) {
    const std::string& key = entry.key.value;
    if (key == "time") {
      if (!CheckShape(entry.value, Shape::kMap, key, problems)) continue;
      for (const Document::Entry& one : entry.value.entries) {
        if (std::find(kPercentileNames.begin(), kPercentileNames.end(), one.key.value) ==
            kPercentileNames.end()) {
          problems.Error(one.key.mark, fmt::format("unknown time {}", Quote(one.key.value)),
                         DidYouMean(one.key.value,
                                    {kPercentileNames.begin(), kPercentileNames.end()}, "times"));
        }
        CheckMatcher(one.value, ValueKind::kTime, problems);
        expect.across_times.push_back(one);
      }
      continue;
    }
    if (key != "status" && key != "body") CheckPath(entry.key, problems);
    if (!entry.value.IsScalar() || entry.value.text != "same") {
      problems.Error(entry.value.mark,
                     fmt::format("expected 'same', not {}", Describe(entry.value)));
    }
    expect.across.push_back(entry);
  }
}

}  // namespace

const Inside kHttpExpect{.name = "http_expect", .fields = kExpectFields};

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
  if (const Document* headers = fields.Find("headers")) ReadHeaders(*headers, expect, problems);
  expect.cookies = EntriesOf(fields.Find("cookies"));
  for (const auto& [name, value] : expect.cookies) {
    if (value.IsMap()) {
      CheckKnown(value, "cookie", kCookieValues, kCookieFields, problems);
    } else {
      CheckMatcher(value, ValueKind::kText, problems);
    }
  }
  expect.json = EntriesOf(fields.Find("json"));
  if (fields.Has("json")) CheckPaths(*fields.Find("json"), problems);
  expect.xpath = EntriesOf(fields.Find("xpath"));
  for (const auto& [path, matcher] : expect.xpath) {
    const Status usable = HasReferences(path.value) ? Status{} : CheckXPath(path.value);
    if (!usable) problems.Error(path.mark, usable.error().message);
    CheckMatcher(matcher, ValueKind::kJson, problems);
  }
  expect.schema = fields.Text("schema");
  if (const Document* body = fields.Find("body")) expect.body = ReadBody(*body, problems);
  if (const Document* time = fields.Find("time")) ReadTime(*time, expect, problems);
  if (const Document* tls = fields.Find("tls")) {
    CheckKnown(*tls, "tls", kTlsValues, kTlsFields, problems);
    expect.tls = tls->entries;
  }
  expect.hops = CopyOf(fields, "hops");
  if (expect.hops) ReadHops(*expect.hops, problems);
  if (const Document* across = fields.Find("across")) ReadAcross(*across, expect, problems);
}

}  // namespace ctestbed
