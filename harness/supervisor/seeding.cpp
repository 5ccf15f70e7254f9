#include "supervisor/seeding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr size_t kTailLines = 20;
constexpr Duration kPause{50};

bool IsAccepted(const SeedAction& action, int number) {
  return std::find(action.accepted.begin(), action.accepted.end(), number) != action.accepted.end();
}

std::string Expected(const SeedAction& action) {
  return fmt::format("{}", fmt::join(action.accepted, " or "));
}

std::string Repeat(const std::vector<std::string>& command, const std::string& said) {
  std::string detail = fmt::format("again: {}\n", ShellCommand(command));
  if (!Trim(said).empty()) {
    detail += fmt::format("last lines:\n{}\n", Visible(LastLines(said, kTailLines)));
  }
  return detail;
}

Status Failed(ErrorKind kind, const std::string& what, const std::string& why, std::string detail) {
  return Fail(kind, fmt::format("{}: {}", what, why), std::move(detail));
}

Status Execute(const SeedAction& action, const std::string& what, const SeedTarget& target,
               TimePoint deadline, std::stop_token stop) {
  std::vector<std::string> command;
  for (const auto& word : action.exec) {
    TRY(std::string expanded, Expand(word.value, target.lookup));
    command.push_back(std::move(expanded));
  }
  const auto result = target.exec(command, deadline, std::move(stop));
  if (!result) {
    return Failed(result.error().kind, what, result.error().message,
                  Repeat(command, result.error().detail));
  }
  if (IsAccepted(action, result->exit_code)) return {};
  return Failed(ErrorKind::kEnvironment, what,
                fmt::format("{} exited with code {}, not {}", Quote(command.front()),
                            result->exit_code, Expected(action)),
                Repeat(command, result->output));
}

Result<HttpRequest> MakeRequest(const SeedAction& action, const SeedTarget& target) {
  HttpRequest request{.method = action.method};
  TRY(const std::string path, Expand(action.path.value, target.lookup));
  request.url = "http://" + target.address.Text() + path;
  TRY(request.body, Expand(action.body.value, target.lookup));
  bool typed = request.body.empty();
  for (const auto& [header, value] : action.headers) {
    TRY(std::string expanded, Expand(value.value, target.lookup));
    request.headers.push_back({header, std::move(expanded)});
    typed = typed || header == "Content-Type" || header == "content-type";
  }
  if (!typed) request.headers.push_back({"Content-Type", "application/json"});
  return request;
}

std::vector<std::string> CurlCommand(const HttpRequest& request) {
  std::vector<std::string> command{"curl", "-i", "-X", request.method};
  for (const auto& [name, value] : request.headers) {
    command.insert(command.end(), {"-H", name + ": " + value});
  }
  if (!request.body.empty()) command.insert(command.end(), {"--data-binary", request.body});
  command.push_back(request.url);
  return command;
}

Result<HttpResponse> Send(const HttpRequest& request, const SeedTarget& target, Clock& clock,
                          TimePoint deadline, std::stop_token stop) {
  for (;;) {
    auto response = target.http->Send(request, deadline, stop);
    const bool nobody = !response && response.error().kind == ErrorKind::kUnavailable;
    if (!nobody || stop.stop_requested() || clock.Now() + kPause >= deadline) return response;
    clock.SleepUntil(clock.Now() + kPause, stop);
  }
}

Status Ask(const SeedAction& action, const std::string& what, const SeedTarget& target,
           Clock& clock, TimePoint deadline, std::stop_token stop) {
  TRY(const HttpRequest request, MakeRequest(action, target));
  const auto response = Send(request, target, clock, deadline, std::move(stop));
  if (!response) {
    return Failed(response.error().kind, what, response.error().message,
                  Repeat(CurlCommand(request), ""));
  }
  if (IsAccepted(action, static_cast<int>(response->status))) return {};
  return Failed(ErrorKind::kEnvironment, what,
                fmt::format("{} {} answered {}, not {}", action.method, action.path.value,
                            response->status, Expected(action)),
                Repeat(CurlCommand(request), response->body));
}

// What is undone when all is taken down must not hold that up for long.
constexpr Duration kUndoTakes{5'000};

}  // namespace

Status Perform(const SeedAction& action, const SeedTarget& target, const std::string& what,
               Clock& clock, TimePoint deadline, std::stop_token stop) {
  return action.exec.empty() ? Ask(action, what, target, clock, deadline, std::move(stop))
                             : Execute(action, what, target, deadline, std::move(stop));
}

Seeding::Seeding(Clock& clock, TargetOf target_of)
    : clock_(clock), target_of_(std::move(target_of)) {}

Status Seeding::Run(const SeedStep& step, const SeedAction& action, const std::string& name,
                    TimePoint deadline, std::stop_token stop) {
  TRY(const SeedTarget target, target_of_(step));
  Status status = Perform(action, target, fmt::format("seed step {}", Quote(name)), clock_,
                          deadline, std::move(stop));
  if (!status) status.error().node = step.node.value;
  return status;
}

Status Seeding::Apply(const std::vector<SeedStep>& seed, bool changed, TimePoint deadline,
                      std::stop_token stop) {
  if (!changed && is_done_ && begun_ == seed) return {};
  is_done_ = false;
  begun_.clear();
  for (const SeedStep& step : seed) {
    begun_.push_back(step);  // before it runs: half a step may have to be undone, too
    TRY_DO(Run(step, step.todo, step.name.value, std::min(deadline, clock_.Now() + step.within),
               stop));
  }
  is_done_ = true;
  return {};
}

Status Seeding::Undo() {
  Status first_failure;
  for (auto step = begun_.rbegin(); step != begun_.rend(); ++step) {
    if (!step->undo || !target_of_(*step)) continue;
    const Status status = Run(*step, *step->undo, step->name.value + ".undo",
                              clock_.Now() + std::min(step->within, kUndoTakes), {});
    if (!status && first_failure) first_failure = status;
  }
  begun_.clear();
  is_done_ = false;
  return first_failure;
}

Status Seeding::UndoUnless(const std::vector<SeedStep>& seed) {
  return begun_ == seed ? Status() : Undo();
}

}  // namespace ctestbed
