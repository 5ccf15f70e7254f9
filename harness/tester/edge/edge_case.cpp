#include "tester/edge/edge_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/base64.h"
#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr size_t kMostLines = 40;
constexpr size_t kMostPayload = 120;

std::string Arrow(const Traffic& traffic) {
  return traffic.way == Traffic::Way::kSent ? "->" : "<-";
}

std::string ShowPayload(const Traffic& traffic, const Variables& variables) {
  constexpr size_t kWellBeyond = 4096;  // so that no hidden value is cut before it is masked
  const std::string masked =
      variables.Mask(std::string_view(traffic.payload).substr(0, kWellBeyond));
  const bool is_text = traffic.op != WsOp::kBinary && FindInvalidUtf8(masked) == std::string::npos;
  if (is_text) return OneLine(Shortened(masked, kMostPayload));
  constexpr size_t kMostBytes = 16;
  return HexText(std::string_view(masked).substr(0, kMostBytes)) +
         (masked.size() > kMostBytes ? " ..." : "");
}

// "#1 text 35 B", "close 4003", "ping 2 B".
std::string Describe(const Traffic& traffic) {
  std::string text = traffic.IsMessage() ? fmt::format("#{} ", traffic.number) : "";
  text += WsOpName(traffic.op);
  if (traffic.op == WsOp::kClose) return fmt::format("{} {}", text, traffic.close_code);
  if (traffic.compressed) text += " deflated";
  return fmt::format("{} {} B", text, traffic.payload.size());
}

// One line of the traffic without its time.
std::string ShowLine(const Traffic& traffic, const Variables& variables) {
  std::string line;
  if (traffic.way == Traffic::Way::kNote) {
    const std::string text = OneLine(variables.Mask(traffic.payload));
    line = text.starts_with("->") ? text : "    " + text;
  } else {
    line = fmt::format("{}  {:<14} {}", Arrow(traffic), Describe(traffic),
                       ShowPayload(traffic, variables));
  }
  std::string remark = OneLine(variables.Mask(traffic.remark));
  if (traffic.unread && traffic.IsMessage()) remark += remark.empty() ? "unread" : ", unread";
  if (remark.empty()) return std::string(line.substr(0, line.find_last_not_of(' ') + 1));
  return fmt::format("{:<56} {}", line, remark);
}

Json FrameJson(const std::string& client, double seconds, const Traffic& traffic,
               const Variables& variables) {
  constexpr std::array<std::string_view, 3> kWays{"sent", "received", "note"};
  Json json{
      {"client", client}, {"at_s", seconds}, {"way", kWays.at(static_cast<size_t>(traffic.way))}};
  const std::string payload = variables.Mask(traffic.payload);
  if (traffic.way == Traffic::Way::kNote) {
    json["note"] = payload;
    if (!traffic.remark.empty()) json["remark"] = variables.Mask(traffic.remark);
    return json;
  }
  json["op"] = WsOpName(traffic.op);
  json["hex"] = HexText(payload);
  if (traffic.op == WsOp::kText) json["text"] = payload;
  if (traffic.IsMessage()) json["number"] = traffic.number;
  if (traffic.op == WsOp::kClose) json["code"] = traffic.close_code;
  if (traffic.compressed) json["compressed"] = true;
  if (traffic.fragments > 1) json["fragments"] = traffic.fragments;
  return json;
}

std::string FirstLine(Client& client) {
  std::string line = fmt::format("  {}   {}", client.name(), OneLine(client.place()));
  if (!client.was_opened()) return fmt::format("  {}   never connected\n", client.name());
  if (const auto& answer = client.answer(); answer && answer->upgraded()) {
    line += fmt::format("   {}   {}",
                        answer->subprotocol.empty() ? "no subprotocol" : answer->subprotocol,
                        answer->deflate ? "deflate" : "no deflate");
  }
  return line + "\n";
}

}  // namespace

EdgeCase::EdgeCase(std::shared_ptr<const EdgeSettings> settings, std::vector<NamedClient> more,
                   std::shared_ptr<std::atomic<int>> files, const Clock& clock)
    : settings_(std::move(settings)),
      more_(std::move(more)),
      files_(std::move(files)),
      clock_(clock),
      start_(clock.Now()) {}

EdgeCase::~EdgeCase() {
  for (const auto& [name, client] : clients_) client->SayGoodBye();
}

Client& EdgeCase::Get(const std::string& name) {
  std::unique_ptr<Client>& client = clients_[name];
  if (!client) client = std::make_unique<Client>(name, clock_);
  return *client;
}

const ConnectOptions* EdgeCase::OptionsOf(const std::string& name) const {
  for (const auto* clients : {&more_, &settings_->clients}) {
    for (const NamedClient& client : *clients) {
      if (client.name.value == name) return &client.options;
    }
  }
  return nullptr;
}

void EdgeCase::Mark(const std::string& name) {
  for (const auto& client : clients_) {
    client.second->Look([&](Inbox& inbox) { marks_[name][client.first] = inbox.traffic.size(); });
  }
}

size_t EdgeCase::Since(const std::string& mark, const std::string& client) const {
  const auto marked = marks_.find(mark);
  if (marked == marks_.end()) return 0;
  const auto at = marked->second.find(client);
  return at == marked->second.end() ? 0 : at->second;
}

void EdgeCase::RememberOrigin(const std::string& variable, std::string origin) {
  origins_[variable] = std::move(origin);
}

double EdgeCase::SecondsAt(TimePoint at) const {
  return std::chrono::duration<double>(at - start_).count();
}

std::string EdgeCase::ShowTraffic(Client& client, const std::string& outcome,
                                  const Variables& variables) {
  std::string text = variables.Mask(FirstLine(client));
  client.Look([&](Inbox& inbox) {
    const auto& traffic = inbox.traffic;
    const size_t skipped = traffic.size() > kMostLines ? traffic.size() - kMostLines : 0;
    if (skipped > 0) text += fmt::format("     ... {} before\n", skipped);
    for (size_t i = skipped; i < traffic.size(); ++i) {
      text += fmt::format("     {:+.3f}  {}\n", SecondsAt(traffic[i].at),
                          ShowLine(traffic[i], variables));
    }
  });
  if (!outcome.empty()) {
    text += fmt::format("     {:+.3f}      {}\n", SecondsAt(clock_.Now()), variables.Mask(outcome));
  }
  return text;
}

std::string EdgeCase::ShowValues(const SuiteStep& step, const Variables& variables) const {
  std::string text;
  for (const std::string& name : step.references) {
    const Json* value = variables.Find(name);
    if (value == nullptr) continue;
    text +=
        fmt::format("{}{}={}", text.empty() ? "  values  " : "   ", name, variables.Show(*value));
    const auto origin = origins_.find(name);
    if (origin != origins_.end()) text += fmt::format(" ({})", origin->second);
  }
  return text.empty() ? "" : text + "\n";
}

std::string EdgeCase::WriteFrames(const StepContext& context, const Variables& variables) {
  if (context.test.work_directory.empty()) return "";
  std::string lines;
  for (const auto& client : clients_) {
    client.second->Look([&](Inbox& inbox) {
      for (const Traffic& traffic : inbox.traffic) {
        lines +=
            DumpJson(FrameJson(client.first, SecondsAt(traffic.at), traffic, variables)) + "\n";
      }
    });
  }
  const std::string path =
      fmt::format("{}/frames.{}.jsonl", context.test.work_directory, files_->fetch_add(1) + 1);
  const Status written = context.io.files.Write(path, lines);
  return fmt::format("  frames  {}\n", written ? path : written.error().message);
}

StepFailure EdgeCase::Render(const EdgeProblem& problem, std::string_view what, Client& client,
                             const SuiteStep& step, const StepContext& context,
                             const Variables& variables) {
  constexpr size_t kMost = 300;
  const std::vector<Failure>& failures = problem.failures;
  std::string message = fmt::format("{}: {}: {}", client.name(), what, Headline(failures.front()));
  message = Shortened(variables.Mask(message), kMost);
  if (failures.size() > 1) message += fmt::format(" (+{} more)", failures.size() - 1);
  std::string detail = variables.Mask(RenderFailures(failures, context.source));
  const size_t line_end = detail.find('\n');
  if (failures.front().mark.line > 0) {
    detail.insert(line_end, fmt::format("   client {}", client.name()));
  }
  detail += ShowTraffic(client, problem.outcome, variables) + ShowValues(step, variables);
  detail += fmt::format("  again   ctestbed run --run {}\n", RunName(context.test.run));
  return {std::move(message), detail + WriteFrames(context, variables)};
}

std::optional<StepFailure> EdgeCase::Finish(const StepContext& context,
                                            const Variables& variables) {
  if (!settings_->leftover_fails) return std::nullopt;
  for (const auto& [name, client] : clients_) {
    size_t unread = 0;
    client->Look([&](Inbox& inbox) {
      unread = static_cast<size_t>(
          std::count_if(inbox.traffic.begin(), inbox.traffic.end(),
                        [](const Traffic& traffic) { return traffic.IsUnreadMessage(); }));
    });
    if (unread == 0) continue;
    const std::string message = fmt::format("{}: {} {} left over that no step took", name, unread,
                                            unread == 1 ? "message is" : "messages are");
    return StepFailure{message, message + "\n" + ShowTraffic(*client, "", variables) +
                                    WriteFrames(context, variables)};
  }
  return std::nullopt;
}

}  // namespace ctestbed
