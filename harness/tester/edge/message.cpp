#include "tester/edge/message.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"

namespace ctestbed {
namespace {

using Failures = std::vector<Failure>;

bool IsPath(const Document::Entry& entry) {
  return entry.key.value.starts_with('$');
}

bool HoldsPaths(const Document& document) {
  return document.IsMap() && !document.quoted && !document.entries.empty() &&
         std::all_of(document.entries.begin(), document.entries.end(), IsPath);
}

bool IsValueCodec(Codec codec) {
  return codec == Codec::kJson || codec == Codec::kMessagePack;
}

Result<std::string> BytesOf(std::string_view form, const std::string& text) {
  return form == "hex" ? FromHex(text) : FromBase64(text);
}

void CheckEncoding(const Fields& fields, Diagnostics& problems) {
  for (const std::string_view form : {"hex", "base64"}) {
    const Document* text = fields.Find(form);
    if (text == nullptr || !text->IsScalar() || HasReferences(text->text)) continue;
    const Result<std::string> bytes = BytesOf(form, text->text);
    if (!bytes) problems.Error(text->mark, bytes.error().message);
  }
}

// "00 ff 10 80" around the first byte that differs.
std::string BytesDifference(std::string_view actual, std::string_view wanted) {
  constexpr size_t kWindow = 16;
  const size_t most = std::min(actual.size(), wanted.size());
  size_t at = 0;
  while (at < most && actual[at] == wanted[at]) ++at;
  if (at == actual.size() && at == wanted.size()) return "";
  const size_t begin = at < kWindow / 2 ? 0 : at - kWindow / 2;
  const auto window = [&](std::string_view bytes) {
    if (begin >= bytes.size()) return std::string("nothing");
    return HexText(bytes.substr(begin, kWindow)) + (bytes.size() > begin + kWindow ? " ..." : "");
  };
  return fmt::format("differs at byte {}: from byte {} on {}, wanted {}", at, begin, window(actual),
                     window(wanted));
}

// One message at a pattern.
class PatternMatch {
 public:
  PatternMatch(const Traffic& message, Codec codec, const Variables& variables)
      : message_(message), codec_(codec), variables_(variables) {}

  Failures Match(const Document& pattern) {
    if (!pattern.IsMap()) {
      MatchLiteral(pattern);
      return std::move(failures_);
    }
    for (const Document::Entry& entry : pattern.entries) {
      if (IsPath(entry)) {
        MatchPaths({entry});
      } else {
        MatchKey(entry);
      }
    }
    return std::move(failures_);
  }

  int asserts() const { return asserts_; }

 private:
  void Add(std::string_view subject, Failures failures) {
    ++asserts_;
    for (Failure& failure : failures) {
      if (failure.subject.empty()) failure.subject = subject;
      failures_.push_back(std::move(failure));
    }
  }

  void MatchLiteral(const Document& literal) {
    if (IsValueCodec(codec_)) return MatchValue(literal);
    Add("", ctestbed::Match(literal, Actual::Text(message_.payload), variables_));
  }

  void MatchValue(const Document& wanted) {
    const Result<Json> value = Decoded(message_, codec_);
    if (!value) return Add("", {{wanted.mark, value.error().message, {}}});
    Add("", ctestbed::Match(wanted, {ValueKind::kJson, *value, {}}, variables_));
  }

  void MatchPaths(const std::vector<Document::Entry>& paths) {
    const Result<Json> value = Decoded(message_, codec_);
    if (!value) {
      asserts_ += static_cast<int>(paths.size()) - 1;
      return Add("", {{paths.front().key.mark, value.error().message, {}}});
    }
    for (const Document::Entry& entry : paths) Add("", MatchPath(entry, *value, variables_));
  }

  void MatchKey(const Document::Entry& entry) {
    const std::string& key = entry.key.value;
    if (key == "text") MatchText(entry.value);
    if (key == "json") {
      HoldsPaths(entry.value) ? MatchPaths(entry.value.entries) : MatchValue(entry.value);
    }
    if (key == "hex" || key == "base64") MatchBytes(entry);
    if (key == "size") MatchNumber(entry, message_.payload.size());
    if (key == "fragments") MatchNumber(entry, static_cast<size_t>(message_.fragments));
    if (key == "compressed" && (entry.value.text == "true") != message_.compressed) {
      Add("",
          {{entry.value.mark, message_.compressed ? "is compressed" : "is not compressed", {}}});
    }
  }

  void MatchText(const Document& wanted) {
    if (message_.op != WsOp::kText) {
      return Add("", {{wanted.mark, "is binary, wanted a text", {}}});
    }
    Add("", ctestbed::Match(wanted, Actual::Text(message_.payload), variables_));
  }

  void MatchBytes(const Document::Entry& entry) {
    if (message_.op == WsOp::kText) {
      return Add("", {{entry.value.mark, "is a text, wanted a binary message", {}}});
    }
    if (entry.value.IsMap()) {
      const Actual text = Actual::Text(HexText(message_.payload));
      return Add("", ctestbed::Match(entry.value, text, variables_));
    }
    const auto text = ExpandText({entry.value.text, entry.value.mark}, variables_);
    if (!text) return Add("", {text.error()});
    const Result<std::string> wanted = BytesOf(entry.key.value, *text);
    if (wanted && *wanted == message_.payload) return Add("", {});
    Add("", {{entry.value.mark, wanted ? Difference(*wanted) : wanted.error().message, {}}});
  }

  // Masked first, so that no hidden value is shown as digits.
  std::string Difference(const std::string& wanted) const {
    const std::string difference =
        BytesDifference(variables_.Mask(message_.payload), variables_.Mask(wanted));
    return difference.empty() ? "differs within a hidden value" : difference;
  }

  void MatchNumber(const Document::Entry& entry, size_t number) {
    Add(entry.key.value,
        ctestbed::Match(entry.value, {ValueKind::kJson, Json(number), {}}, variables_));
  }

  const Traffic& message_;
  const Codec codec_;
  const Variables& variables_;
  Failures failures_;
  int asserts_ = 0;
};

}  // namespace

void CheckBytes(const Document& bytes, Diagnostics& problems) {
  if (bytes.IsScalar()) return;
  const Fields fields(bytes, "payload", kPayloadFields, problems);
  if (bytes.IsMap() && bytes.entries.size() != 1) {
    problems.Error(bytes.mark, "a payload is one of text, json, hex, base64");
  }
  CheckEncoding(fields, problems);
}

void CheckPayload(const Document& payload, Codec codec, Diagnostics& problems) {
  if (!IsValueCodec(codec)) CheckBytes(payload, problems);
}

OrFailure<Payload> BuildBytes(const Document& bytes, const Variables& variables) {
  const OrFailure<Document> expanded = ExpandDocument(bytes, variables);
  if (!expanded) return tl::unexpected(expanded.error());
  if (!expanded->IsMap()) return Payload{WsOp::kText, TextOf(JsonOf(*expanded))};
  if (expanded->entries.size() != 1) {
    return tl::unexpected(Failure{bytes.mark, "a payload is one of text, json, hex, base64", {}});
  }
  const auto& [form, value] = expanded->entries.front();
  if (form.value == "text") return Payload{WsOp::kText, TextOf(JsonOf(value))};
  if (form.value == "json") return Encoded(JsonOf(value), Codec::kJson);
  Result<std::string> decoded = BytesOf(form.value, value.text);
  if (!decoded) return tl::unexpected(Failure{value.mark, decoded.error().message, {}});
  return Payload{WsOp::kBinary, std::move(*decoded)};
}

OrFailure<Payload> BuildPayload(const Document& payload, Codec codec, const Variables& variables) {
  if (IsValueCodec(codec)) {
    const OrFailure<Document> expanded = ExpandDocument(payload, variables);
    if (!expanded) return tl::unexpected(expanded.error());
    return Encoded(JsonOf(*expanded), codec);
  }
  OrFailure<Payload> built = BuildBytes(payload, variables);
  if (built && codec == Codec::kBinary) built->op = WsOp::kBinary;
  return built;
}

Payload Encoded(const Json& value, Codec codec) {
  if (codec != Codec::kMessagePack) return {WsOp::kText, DumpJson(value)};
  Payload packed{WsOp::kBinary, {}};
  Json::to_msgpack(value, packed.bytes);
  return packed;
}

Result<Json> Decoded(const Traffic& message, Codec codec) {
  if (codec != Codec::kMessagePack) {
    Result<Json> value = ParseJson(message.payload);
    if (!value) return Fail(ErrorKind::kInvalid, "is " + value.error().message);
    return value;
  }
  Json value = Json::from_msgpack(message.payload, true, false);
  if (value.is_discarded()) return Fail(ErrorKind::kInvalid, "is no MessagePack");
  return value;
}

void CheckPattern(const Document& pattern, Diagnostics& problems) {
  if (!pattern.IsMap()) {
    if (pattern.IsNull()) problems.Error(pattern.mark, "expected a message or what it is like");
    return;
  }
  const Document keys = [&] {
    Document rest = pattern;
    std::erase_if(rest.entries, IsPath);
    return rest;
  }();
  const Fields fields(keys, "expected message", kPatternFields, problems);
  for (const auto& entry : pattern.entries) {
    if (!IsPath(entry)) continue;
    CheckPath(entry.key, problems);
    CheckMatcher(entry.value, ValueKind::kJson, problems);
  }
  CheckEncoding(fields, problems);
  if (const Document* text = fields.Find("text")) CheckMatcher(*text, ValueKind::kText, problems);
  if (const Document* hex = fields.Find("hex"); hex != nullptr && !hex->IsScalar()) {
    CheckMatcher(*hex, ValueKind::kText, problems);
  }
  if (const Document* json = fields.Find("json"); json != nullptr) {
    HoldsPaths(*json) ? CheckPaths(*json, problems)
                      : CheckMatcher(*json, ValueKind::kJson, problems);
  }
  for (const std::string_view number : {"size", "fragments"}) {
    if (const Document* wanted = fields.Find(number)) {
      CheckMatcher(*wanted, ValueKind::kJson, problems);
    }
  }
  if (const Document* save = fields.Find("save")) CheckSave(*save, problems);
}

std::vector<Failure> MatchPattern(const Document& pattern, const Traffic& message, Codec codec,
                                  const Variables& variables, int* asserts) {
  PatternMatch match(message, codec, variables);
  std::vector<Failure> failures = match.Match(pattern);
  if (asserts != nullptr) *asserts = match.asserts();
  return failures;
}

void CheckSave(const Document& save, Diagnostics& problems) {
  for (const auto& [name, path] : save.entries) {
    if (!IsName(name.value) || name.value.find('.') != std::string::npos) {
      problems.Error(name.mark,
                     fmt::format("{} cannot name a variable: expected letters, digits, '_' and '-'",
                                 Quote(name.value)));
    }
    if (CheckShape(path, Shape::kText, name.value, problems)) {
      CheckPath({path.text, path.mark}, problems);
    }
  }
}

std::vector<Failure> SaveFromMessage(const Document& save, const Traffic& message, Codec codec,
                                     Variables& variables) {
  std::vector<Failure> failures;
  const Result<Json> value = Decoded(message, codec);
  for (const auto& [name, path] : save.entries) {
    const std::string subject = fmt::format("save {}", name.value);
    if (!value) {
      failures.push_back({path.mark, value.error().message, subject});
      continue;
    }
    OrFailure<Actual> found = FindPath({path.text, path.mark}, *value, variables);
    if (!found) {
      failures.push_back(found.error());
    } else if (!found->absence.empty()) {
      failures.push_back({path.mark, found->absence, subject});
    } else {
      variables.Set(name.value, found->several ? found->value->front() : *found->value);
    }
  }
  return failures;
}

std::optional<Failure> Undefined(const Document& document, const Variables& variables) {
  const OrFailure<Document> expanded = ExpandDocument(document, variables);
  return expanded ? std::nullopt : std::optional(expanded.error());
}

SourceMark MarkOfAll(const Document& document) {
  if (!document.IsMap() || document.entries.empty()) return document.mark;
  return Spanning(document.entries.front().key.mark, document.entries.back().value.mark);
}

}  // namespace ctestbed
