#include "model/event.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 5> kVerdicts{{
    {Verdict::kPassed, "passed"},
    {Verdict::kFailed, "failed"},
    {Verdict::kError, "error"},
    {Verdict::kSkipped, "skipped"},
    {Verdict::kBlocked, "blocked"},
}};

}  // namespace

std::string_view EventKindName(EventKind kind) {
  for (const EventKindEntry& entry : kEventKinds) {
    if (entry.kind == kind) return entry.name;
  }
  return "unknown";
}

std::string_view VerdictName(Verdict verdict) {
  for (const auto& [value, name] : kVerdicts) {
    if (value == verdict) return name;
  }
  return "error";
}

Result<Verdict> VerdictFromName(std::string_view name) {
  for (const auto& [value, known] : kVerdicts) {
    if (known == name) return value;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("unknown verdict {}", Quote(name)));
}

void ChangeTexts(Event& event, const std::function<std::string(std::string_view)>& change) {
  const auto apply = [&](std::string& text) { text = change(text); };
  for (std::string* text : {&event.name, &event.message, &event.detail}) apply(*text);
  std::for_each(event.command.begin(), event.command.end(), apply);
  for (Change& changed : event.changes) apply(changed.why);
  for (NodeFacts& node : event.nodes) {
    std::for_each(node.command.begin(), node.command.end(), apply);
  }
  for (LogWindow& window : event.logs) apply(window.text);
}

}  // namespace ctestbed
