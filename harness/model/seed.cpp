#include "model/seed.h"

#include "base/json.h"
#include "model/wire.h"

namespace ctestbed {
namespace {

Json ToJson(const SeedAction& action) {
  Json exec = Json::array();
  for (const auto& word : action.exec) exec.push_back(word.value);
  Json headers = Json::object();
  for (const auto& [name, value] : action.headers) headers[name] = value.value;
  return {{"exec", exec},       {"method", action.method},   {"path", action.path.value},
          {"headers", headers}, {"body", action.body.value}, {"accepted", action.accepted}};
}

std::optional<SeedAction> ActionFromJson(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  SeedAction action;
  for (std::string& word : TextsFromJson(JsonMember(json, "exec"))) {
    action.exec.push_back({std::move(word), {}});
  }
  action.method = JsonText(json, "method");
  action.path.value = JsonText(json, "path");
  for (const auto& [name, value] : TextMapFromJson(JsonMember(json, "headers"))) {
    action.headers[name] = {value, {}};
  }
  action.body.value = JsonText(json, "body");
  for (const Json& number : JsonMember(json, "accepted")) {
    if (number.is_number_integer()) action.accepted.push_back(number.get<int>());
  }
  return action;
}

}  // namespace

Json ToJson(const SeedStep& step) {
  return {{"name", step.name.value},
          {"node", step.node.value},
          {"port", step.port},
          {"do", ToJson(step.todo)},
          {"undo", step.undo ? ToJson(*step.undo) : Json()},
          {"within_s", Seconds(step.within)}};
}

SeedStep SeedStepFromJson(const Json& json) {
  return {.name = {JsonText(json, "name"), {}},
          .node = {JsonText(json, "node"), {}},
          .port = JsonText(json, "port"),
          .todo = ActionFromJson(JsonMember(json, "do")).value_or(SeedAction{}),
          .undo = ActionFromJson(JsonMember(json, "undo")),
          .within = DurationFromJson(json, "within_s")};
}

}  // namespace ctestbed
