#include "config/seed_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

// Checks look at all of them in every cell.
constexpr size_t kMostSteps = 100;
constexpr size_t kMostSecrets = 100;

constexpr Inside kExitCode{.most = 255};
constexpr Field kExitCodeField{"exit_codes", Shape::kInteger, "0 to 255", false, &kExitCode};
constexpr Inside kExitCodes{.each = &kExitCodeField, .at_least = 1};

constexpr Inside kStatus{.least = 100, .most = 599};
constexpr Field kStatusField{"status", Shape::kInteger, "100 to 599", false, &kStatus};
constexpr Inside kStatusList{.each = &kStatusField, .at_least = 1};
constexpr std::array kStatusForms{
    Field{"status", Shape::kInteger, "the status that is fine", false, &kStatus},
    Field{"statuses", Shape::kList, "those that are fine", false, &kStatusList}};
constexpr Inside kStatuses{.either = kStatusForms};
constexpr Field kRequest{"request", Shape::kAny, "a status, or several", false, &kStatuses};
constexpr Inside kHttp{.each = &kRequest, .keys = "^[A-Z]+ /.*$", .at_least = 1};

constexpr Field kExec{"exec", Shape::kTextList, "a command beside the node, with its environment"};
constexpr Field kCodes{"exit_codes", Shape::kList, "those that are fine; default: [0]", false,
                       &kExitCodes};
constexpr Field kHttpField{"http", Shape::kMap, "'METHOD /path': STATUS or [STATUS, ...]", false,
                           &kHttp};
constexpr Field kHeaders{"headers", Shape::kTextMap, "of the request"};
constexpr Field kBody{"body", Shape::kText, "of the request; JSON unless its headers say else"};

constexpr std::array kActionFields{kExec, kCodes, kHttpField, kHeaders, kBody};
constexpr Inside kUndo{.fields = kActionFields};

constexpr Field kPort{"port", Shape::kName, "that `http` asks; default: the node's first"};
constexpr Field kWithin{"within", Shape::kDuration, "how long it may take; default: 30s"};

constexpr std::array kResetFields{kPort, kExec, kCodes, kHttpField, kHeaders, kBody, kWithin};

constexpr std::array kStepFields{
    Field{"name", Shape::kName, "what messages and overlays call the step", true},
    Field{"node", Shape::kName, "whom `exec` and `http` are about", true},
    kPort,
    kExec,
    kCodes,
    kHttpField,
    kHeaders,
    kBody,
    kWithin,
    Field{"undo", Shape::kMap, "what takes it back: exec or http", false, &kUndo},
};
constexpr Inside kStepInside{.fields = kStepFields};
constexpr Field kStep{"step", Shape::kMap, "what is done", false, &kStepInside};

constexpr Inside kLength{.least = 8, .most = 4096};
constexpr std::array kSecretFields{
    Field{"env", Shape::kText, "the variable that holds it"},
    Field{"file", Shape::kText, "the file that holds it, relative to the preset"},
    Field{"generate", Shape::kInteger, "a random one of so many characters", false, &kLength},
};
constexpr Inside kSecretInside{.fields = kSecretFields};
constexpr Field kSecret{"secret", Shape::kMap, "where it comes from", false, &kSecretInside};

// One number, or a list of at least one; `field` is that of each.
std::vector<int> ReadNumbers(const Document& value, const Field& field, Diagnostics& problems) {
  if (value.IsList() && value.items.empty()) {
    problems.Error(value.mark, fmt::format("'{}' names none that is fine", field.key));
  }
  const auto read = [&](const Document& one) {
    return static_cast<int>(ReadInteger(one, field, problems).value_or(0));
  };
  if (!value.IsList()) return {read(value)};
  std::vector<int> numbers;
  std::transform(value.items.begin(), value.items.end(), std::back_inserter(numbers), read);
  return numbers;
}

void ReadRequest(const Document::Entry& entry, SeedAction& action, Diagnostics& problems) {
  const std::string& key = entry.key.value;
  const size_t blank = key.find(' ');
  const bool is_method =
      blank != 0 &&
      std::all_of(key.begin(), key.begin() + static_cast<long>(std::min(blank, key.size())),
                  [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_method || blank == std::string::npos || key[blank + 1] != '/') {
    problems.Error(entry.key.mark, fmt::format("{} is no request", Quote(key)),
                   "write 'METHOD /path'");
    return;
  }
  SourceMark mark = entry.key.mark;
  if (mark.length == static_cast<int>(key.size())) {
    mark.column += static_cast<int>(blank) + 1;
    mark.length -= static_cast<int>(blank) + 1;
  }
  action.method = key.substr(0, blank);
  action.path = {key.substr(blank + 1), mark};
  action.accepted = ReadNumbers(entry.value, kStatusField, problems);
}

void ReadRequests(const Document& map, SeedAction& action, Diagnostics& problems) {
  for (const Document::Entry& entry : map.entries) ReadRequest(entry, action, problems);
  if (map.entries.empty()) problems.Error(map.mark, "'http' makes no request");
  if (map.entries.size() < 2) return;
  problems.Error(map.mark, fmt::format("a step makes one request, not {}", map.entries.size()),
                 "write a step for each");
}

// What only one of `exec` and `http` has.
void RefuseBeside(const Fields& fields, std::string_view action,
                  std::initializer_list<std::string_view> keys, Diagnostics& problems) {
  for (const std::string_view key : keys) {
    if (const Document* value = fields.Find(key)) {
      problems.Error(value->mark, fmt::format("'{}' has no meaning beside '{}'", key, action));
    }
  }
}

std::optional<SeedAction> ReadAction(const Fields& fields, Diagnostics& problems) {
  const auto exec = fields.Texts("exec");
  const Document* http = fields.Find("http");
  const Document* codes = fields.Find("exit_codes");
  std::vector<int> accepted{0};
  if (codes != nullptr) accepted = ReadNumbers(*codes, kExitCodeField, problems);
  if (!exec && http == nullptr) return std::nullopt;
  SeedAction action;
  if (http != nullptr) ReadRequests(*http, action, problems);
  for (const auto& [name, value] : fields.TextMap("headers")) action.headers[name.value] = value;
  action.body = fields.Text("body").value_or(Located<std::string>());
  if (!exec) {
    RefuseBeside(fields, "http", {"exit_codes"}, problems);
    return action;
  }
  RefuseBeside(fields, "exec", {"http", "headers", "body"}, problems);
  if (exec->empty()) problems.Error(fields.Find("exec")->mark, "'exec' names no program");
  action.exec = *exec;
  action.accepted = std::move(accepted);
  return action;
}

// What steps and hooks have in common. Nothing is said of one without a name, `what`.
void ReadWork(const Fields& fields, const std::string& what, SeedStep& step,
              Diagnostics& problems) {
  step.within = fields.Time("within").value_or(step.within);
  if (const auto port = fields.Text("port")) step.port = port->value;
  if (auto todo = ReadAction(fields, problems)) {
    step.todo = std::move(*todo);
  } else if (!what.empty()) {
    problems.Error(step.name.mark, what + " does nothing",
                   "add exec: [PROGRAM, ARGUMENT...] or http: {'POST /path': 201}");
  }
}

SeedStep ReadStep(const Document& item, Diagnostics& problems) {
  const Fields fields(item, "step", kStepFields, problems);
  SeedStep step;
  step.name = fields.Text("name").value_or(Located<std::string>{"", item.mark});
  step.node = fields.Text("node").value_or(step.name);
  const bool named = !step.name.value.empty();
  ReadWork(fields, named ? "step " + Quote(step.name.value) : "", step, problems);
  if (const auto undo = fields.Inner("undo", problems)) {
    step.undo = ReadAction(*undo, problems);
    if (!step.undo) {
      problems.Error(fields.Find("undo")->mark, "'undo' does nothing",
                     "add exec: [PROGRAM, ARGUMENT...] or http: {'DELETE /path': 204}");
    }
  }
  return step;
}

SecretSource ReadSource(const Document::Entry& entry, const Reader& reader) {
  Diagnostics& problems = reader.problems;
  using Kind = SecretSource::Kind;
  const Fields fields(entry.value, fmt::format("secret {}", Quote(entry.key.value)), kSecretFields,
                      problems);
  const auto variable = fields.Text("env");
  const auto file = fields.Text("file");
  const auto length = fields.Integer("generate");
  if (entry.value.IsMap() && entry.value.entries.size() != 1) {
    problems.Error(entry.key.mark,
                   fmt::format("secret {} must have one source, not {}", Quote(entry.key.value),
                               entry.value.entries.size()),
                   "write {env: VARIABLE}, {file: PATH} or {generate: LENGTH}");
  }
  if (variable && !reader.vocabulary.host_environment.contains(variable->value)) {
    problems.Error(variable->mark,
                   fmt::format("environment variable {} is not set", Quote(variable->value)),
                   "the secret comes from it: set it before you run this");
  }
  if (variable) return {Kind::kEnvironment, variable->value, 0};
  if (!file) return {Kind::kGenerated, "", static_cast<int>(length.value_or(0))};
  const std::string path = AnchoredPath(reader.vocabulary.directory, *file);
  if (reader.vocabulary.read_file) {
    const auto text = reader.vocabulary.read_file(path);
    if (!text) {
      reader.problems.Error(file->mark, text.error().message,
                            "the secret comes from it: write it before you run this");
    }
  }
  return {Kind::kFile, path, 0};
}

}  // namespace

const Inside kSeedInside{.each = &kStep};
const Inside kResetInside{.fields = kResetFields};
const Inside kSecretsInside{.each = &kSecret};

std::vector<SeedStep> ReadSeed(const Fields& fields, const Reader& reader) {
  std::vector<SeedStep> steps;
  const Document* list = fields.Find("seed");
  if (list == nullptr || !CheckSize(*list, "seed", kMostSteps, reader.problems)) return steps;
  for (const Document& item : list->items) {
    SeedStep step = ReadStep(item, reader.problems);
    const auto same = std::find_if(steps.begin(), steps.end(), [&](const SeedStep& other) {
      return other.name.value == step.name.value;
    });
    if (same != steps.end()) {
      reader.problems.Error(step.name.mark,
                            fmt::format("duplicate step {}", Quote(step.name.value)),
                            fmt::format("it is already on line {}", same->name.mark.line));
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

std::optional<SeedStep> ReadReset(const Fields& fields, const Reader& reader) {
  const Document* map = fields.Find("reset");
  const auto reset = fields.Inner("reset", reader.problems);
  if (!reset) return std::nullopt;
  SeedStep step;
  step.name = {"reset", map->mark};
  step.node = {fields.Text("name").value_or(step.name).value, map->mark};
  ReadWork(*reset, "'reset'", step, reader.problems);
  return step;
}

std::map<std::string, SecretSource> ReadSecrets(const Fields& fields, const Reader& reader) {
  std::map<std::string, SecretSource> secrets;
  const Document* map = fields.Find("secrets");
  if (map == nullptr || !CheckSize(*map, "secrets", kMostSecrets, reader.problems)) return secrets;
  for (const Document::Entry& entry : map->entries) {
    CheckName(entry.key, "secret", reader.problems);
    secrets[entry.key.value] = ReadSource(entry, reader);
  }
  return secrets;
}

}  // namespace ctestbed
