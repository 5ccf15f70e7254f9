#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tester/edge/edge_step.h"
#include "tester/expectation/matcher.h"
#include "tester/requests/request_step.h"
#include "tester/requests/step_reader.h"

namespace ctestbed {
namespace {

constexpr size_t kActions = 20;  // the first lines of kEdgeStepFields

constexpr std::array<Field, 1> kUntilField{{
    {"until", Shape::kMap, "connect again until it works: {within, every}"},
}};
constexpr auto kOpenFields = Joined(kConnectFields, kUntilField);

constexpr std::array<Field, 2> kUntilFields{{
    {"within", Shape::kDuration, "give up after this", true},
    {"every", Shape::kDuration, "pause between two handshakes; default 200ms"},
}};

constexpr std::array<Field, 5> kAgreementFields{{
    {"subprotocol", Shape::kAny, "what was agreed on; '' for none"},
    {"deflate", Shape::kBoolean, "whether compression was agreed on"},
    {"status", Shape::kAny, "status of the answer"},
    {"headers", Shape::kMap, "of the answer: name to matcher"},
    {"time", Shape::kMap, "operators on the time of the handshake"},
}};

constexpr std::array<Field, 2> kPingFields{{
    {"text", Shape::kText, "what it carries"},
    {"pong_within", Shape::kDuration, "wait so long for the pong"},
}};

constexpr std::array<Field, 2> kCloseFields{{
    {"code", Shape::kText, "default 1000"},
    {"reason", Shape::kText, "a text"},
}};

constexpr std::array<Field, 4> kClosedFields{{
    {"code", Shape::kAny, "a code, a list of these, or operators; 1006 without a close frame"},
    {"reason", Shape::kAny, "a text or operators"},
    {"clean", Shape::kBoolean, "whether close frames went both ways"},
    {"within", Shape::kDuration, "how long to wait"},
}};

constexpr std::array<Field, 2> kPingsFields{{
    {"count", Shape::kAny, "a number or operators", true},
    {"within", Shape::kDuration, "how long to wait"},
}};

// What may stand beside an action, other than 'each'.
std::vector<std::string_view> ModifiersOf(EdgeAction action) {
  switch (action) {
    case EdgeAction::kOpen:
      return {"expect", "refused"};
    case EdgeAction::kExpect:
    case EdgeAction::kNext:
      return {"within", "save", "since"};
    case EdgeAction::kExpectSeq:
    case EdgeAction::kExpectAll:
      return {"within", "since"};
    case EdgeAction::kExpectCount:
      return {"within", "since", "gap"};
    case EdgeAction::kQuiet:
      return {"since"};
    case EdgeAction::kCall:
      return {"reply", "within", "save", "time"};
    case EdgeAction::kPong:
    case EdgeAction::kClosed:
      return {"within"};
    default:
      return {};
  }
}

// Whether clients take the step, rather than the case as a whole.
bool TakesClients(EdgeAction action) {
  return action != EdgeAction::kHttp && action != EdgeAction::kMark;
}

bool HoldsReference(const Document& value) {
  return value.IsScalar() && HasReferences(value.text);
}

class Reader {
 public:
  Reader(const std::shared_ptr<const EdgeSettings>& settings, const EdgeNames& names,
         std::vector<Located<std::string>>& used, Diagnostics& problems)
      : settings_(settings), names_(names), used_(used), problems_(problems) {}

  std::optional<EdgeStep> Read(const Document& item) {
    if (item.IsScalar()) return ReadMap(MapOf(item));
    if (!CheckShape(item, Shape::kMap, "step", problems_)) return std::nullopt;
    if (item.entries.size() == 1 && names_.clients.contains(item.entries[0].key.value)) {
      const auto& [name, inner] = item.entries[0];
      used_.push_back(name);
      auto step = ReadMap(inner.IsScalar() ? MapOf(inner) : inner);
      if (step) step->targets = {name.value};
      return step;
    }
    return ReadMap(item);
  }

 private:
  // `- open` is short for `- open:`.
  static Document MapOf(const Document& scalar) {
    Document map;
    map.kind = Document::Kind::kMap;
    map.mark = scalar.mark;
    map.entries.push_back({{scalar.text, scalar.mark}, {}});
    map.entries[0].value.mark = scalar.mark;
    return map;
  }

  std::optional<EdgeStep> ReadMap(const Document& map) {
    const Fields fields(map, "step", kEdgeStepFields, problems_);
    if (!map.IsMap()) return std::nullopt;
    const auto action = std::find_if(map.entries.begin(), map.entries.end(), [](const auto& entry) {
      return IsEdgeAction(entry.key.value);
    });
    if (action == map.entries.end()) {
      problems_.Error(map.mark, "this step does nothing: expected an action such as 'send'",
                      "actions are " + ActionNames());
      return std::nullopt;
    }
    EdgeStep step;
    step.settings = settings_;
    step.key = action->key;
    step.argument = action->value;
    step.all = map;
    for (size_t i = 0; i < kActions; ++i) {
      if (kEdgeStepFields.at(i).key == step.key.value) step.action = static_cast<EdgeAction>(i);
    }
    CheckModifiers(step);
    ReadTargets(fields, step);
    ReadArgument(step);
    CheckBeside(step);
    return step;
  }

  static std::string ActionNames() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kActions; ++i) names.emplace_back(kEdgeStepFields.at(i).key);
    return Join(names, ", ");
  }

  void CheckModifiers(const EdgeStep& step) {
    const std::vector<std::string_view> allowed = ModifiersOf(step.action);
    for (const auto& [key, value] : step.all.entries) {
      const std::string& name = key.value;
      const bool is_known = IsEdgeAction(name) || IsEdgeModifier(name);
      const bool fits = name == step.key.value || (name == "each" && TakesClients(step.action)) ||
                        std::find(allowed.begin(), allowed.end(), name) != allowed.end();
      if (!is_known || fits) continue;
      problems_.Error(key.mark,
                      fmt::format("{} cannot stand beside {}", Quote(name), Quote(step.key.value)),
                      IsEdgeAction(name) ? "a step has one action: write a second step" : "");
    }
  }

  void ReadTargets(const Fields& fields, EdgeStep& step) {
    for (const auto& name : fields.Texts("each").value_or(Names{})) AddTarget(name, step);
    const bool names_clients = step.action == EdgeAction::kOpen && !step.argument.IsMap();
    if (!names_clients) return;
    if (!CheckShape(step.argument, step.argument.IsNull() ? Shape::kAny : Shape::kTextOrList,
                    "open", problems_)) {
      return;
    }
    if (step.argument.IsScalar()) AddTarget({step.argument.text, step.argument.mark}, step);
    for (const Document& item : step.argument.items) AddTarget({item.text, item.mark}, step);
  }

  void AddTarget(const Located<std::string>& name, EdgeStep& step) {
    step.targets.push_back(name.value);
    if (names_.clients.contains(name.value)) {
      used_.push_back(name);
      return;
    }
    problems_.Error(
        name.mark, fmt::format("unknown client {}", Quote(name.value)),
        DidYouMean(name.value, {names_.clients.begin(), names_.clients.end()}, "clients"));
  }

  void ReadArgument(EdgeStep& step) {
    const Document& value = step.argument;
    switch (step.action) {
      case EdgeAction::kOpen:
        return ReadOpen(step);
      case EdgeAction::kRefused:
        return ReadRefused(value, step);
      case EdgeAction::kSend:
        return CheckPayload(value, settings_->codec, problems_);
      case EdgeAction::kExpect:
      case EdgeAction::kNext:
        return CheckPattern(value, problems_);
      case EdgeAction::kExpectSeq:
      case EdgeAction::kExpectAll:
        return CheckPatterns(value);
      case EdgeAction::kExpectCount:
        return Check(value, Shape::kInteger, step);
      case EdgeAction::kQuiet:
        return Check(value, Shape::kDuration, step);
      case EdgeAction::kCall:
        return CheckCall(step);
      case EdgeAction::kPing:
        return CheckMapOr(value, "ping", kPingFields);
      case EdgeAction::kFrames:
        return CheckFrames(value, problems_);
      case EdgeAction::kClose:
        return CheckMapOr(value, "close", kCloseFields);
      case EdgeAction::kClosed:
        return CheckClosed(value);
      case EdgeAction::kPings:
        return CheckPings(value);
      case EdgeAction::kHttp:
        step.http = ReadRequestStep(value, settings_->http, problems_);
        return;
      case EdgeAction::kPong:
      case EdgeAction::kMark:
      case EdgeAction::kDrop:
      case EdgeAction::kRead:
        return;
    }
  }

  void Check(const Document& value, Shape shape, const EdgeStep& step) {
    if (!HoldsReference(value)) CheckShape(value, shape, step.key.value, problems_);
  }

  void CheckMapOr(const Document& value, std::string_view what, std::span<const Field> table) {
    if (value.IsMap()) {
      const Fields fields(value, what, table, problems_);
    } else if (!value.IsNull()) {
      CheckShape(value, Shape::kText, what, problems_);
    }
  }

  void CheckPings(const Document& value) {
    const Fields fields(value, "pings", kPingsFields, problems_);
    if (const Document* count = fields.Find("count")) {
      CheckMatcher(*count, ValueKind::kJson, problems_);
    }
  }

  void CheckPatterns(const Document& list) {
    for (const Document& pattern : list.items) CheckPattern(pattern, problems_);
    if (list.IsList() && list.items.empty()) {
      problems_.Error(list.mark, "expected at least one message");
    }
  }

  void CheckCall(const EdgeStep& step) {
    const bool has_values =
        settings_->codec == Codec::kJson || settings_->codec == Codec::kMessagePack;
    if (!has_values || settings_->request_id.empty()) {
      problems_.Error(step.key.mark,
                      has_values ? "'call' needs to know where ids stand: the suite has no "
                                   "'correlate'"
                                 : "'call' needs the codec json or msgpack",
                      "correlate: {request: $.id, reply: $.re}");
    }
    if (!HoldsReference(step.argument)) CheckShape(step.argument, Shape::kMap, "call", problems_);
  }

  void CheckClosed(const Document& value) {
    if (value.IsNull() || HoldsReference(value)) return;
    if (!value.IsMap()) {
      CheckShape(value, Shape::kTextOrList, "closed", problems_);
      return;
    }
    const Fields fields(value, "closed", kClosedFields, problems_);
    if (const Document* code = fields.Find("code"); code != nullptr && !code->IsList()) {
      CheckMatcher(*code, ValueKind::kJson, problems_);
    }
    if (const Document* reason = fields.Find("reason")) {
      CheckMatcher(*reason, ValueKind::kText, problems_);
    }
  }

  void ReadOpen(EdgeStep& step) {
    if (step.argument.IsMap()) {
      const Fields fields(step.argument, "open", kOpenFields, problems_);
      step.connect = ReadConnectOptions(fields, problems_);
      if (const Document* until = fields.Find("until")) ReadUntil(*until, step);
    }
    const Document* refused = step.Beside("refused");
    const Document* expect = step.Beside("expect");
    if (refused != nullptr) ReadRefused(*refused, step);
    if (refused != nullptr && expect != nullptr) {
      problems_.Error(expect->mark, "what is refused agrees on nothing",
                      "put what the answer is like into 'refused'");
    } else if (expect != nullptr) {
      ReadAgreement(*expect, step);
    }
  }

  void ReadUntil(const Document& map, EdgeStep& step) {
    const Fields fields(map, "until", kUntilFields, problems_);
    step.until.emplace();
    step.until->within = fields.Time("within").value_or(Duration(0));
    step.until->every = fields.Time("every").value_or(step.until->every);
  }

  void ReadRefused(const Document& value, EdgeStep& step) {
    step.may_be_refused = true;
    if (value.IsMap()) return ReadHandshake(value, step);
    Document map;
    map.kind = Document::Kind::kMap;
    map.mark = value.mark;
    if (!value.IsNull()) map.entries.push_back({{"status", value.mark}, value});
    ReadHandshake(map, step);
  }

  void ReadAgreement(const Document& map, EdgeStep& step) {
    const Fields fields(map, "expect", kAgreementFields, problems_);
    if (const Document* wanted = fields.Find("subprotocol")) {
      CheckMatcher(*wanted, ValueKind::kText, problems_);
    }
    ReadHandshake(OnlyEntries(map,
                              [](const auto& entry) {
                                return entry.key.value == "status" ||
                                       entry.key.value == "headers" || entry.key.value == "time";
                              }),
                  step);
  }

  // The handshake is a request like others, and its answer is held against what is expected alike.
  void ReadHandshake(Document expect, EdgeStep& step) {
    if (expect.Find("status") == nullptr) {
      Document any;
      any.kind = Document::Kind::kMap;
      any.mark = expect.mark;
      any.entries.push_back({{"ge", expect.mark}, DocumentOf(Json(100), expect.mark)});
      expect.entries.push_back({{"status", expect.mark}, any});
    }
    Document request;
    request.kind = Document::Kind::kMap;
    request.mark = step.key.mark;
    request.entries.push_back({{"GET /", step.key.mark}, {}});
    request.entries.push_back({{"expect", expect.mark}, std::move(expect)});
    step.handshake = ReadHttpStep(request, *settings_->http, problems_);
  }

  void CheckBeside(const EdgeStep& step) {
    if (const Document* reply = step.Beside("reply")) CheckPattern(*reply, problems_);
    if (const Document* save = step.Beside("save"); save != nullptr && save->IsMap()) {
      CheckSave(*save, problems_);
    }
    if (const Document* time = step.Beside("time")) {
      CheckMatcher(*time, ValueKind::kTime, problems_);
    }
    if (const Document* gap = step.Beside("gap"); gap != nullptr && gap->IsMap()) {
      const Fields fields(*gap, "gap", kGapFields, problems_);
      for (const auto& [name, matcher] : gap->entries) {
        CheckMatcher(matcher, ValueKind::kTime, problems_);
      }
    }
  }

  using Names = std::vector<Located<std::string>>;

  const std::shared_ptr<const EdgeSettings>& settings_;
  const EdgeNames& names_;
  Names& used_;
  Diagnostics& problems_;
};

}  // namespace

bool IsEdgeAction(std::string_view key) {
  return std::any_of(kEdgeStepFields.begin(), kEdgeStepFields.begin() + kActions,
                     [&](const Field& field) { return field.key == key; });
}

bool IsEdgeModifier(std::string_view key) {
  return std::any_of(kEdgeStepFields.begin() + kActions, kEdgeStepFields.end(),
                     [&](const Field& field) { return field.key == key; });
}

std::optional<EdgeStep> ReadEdgeStep(const Document& item,
                                     const std::shared_ptr<const EdgeSettings>& settings,
                                     const EdgeNames& names,
                                     std::vector<Located<std::string>>& used,
                                     Diagnostics& problems) {
  return Reader(settings, names, used, problems).Read(item);
}

}  // namespace ctestbed
