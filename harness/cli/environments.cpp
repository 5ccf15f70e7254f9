#include "cli/environments.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ctestbed {

Result<std::vector<LiveEnvironment>> ListEnvironments(Program& program) {
  std::vector<LiveEnvironment> environments;
  TRY(const StateDirectory state, program.state());
  for (const std::string& id : state.LiveSessions()) {
    auto session = FindSession(program, id);
    if (!session) continue;  // it ended while we looked
    auto client = session->Connect();
    auto views = client ? client->Environments() : tl::unexpected<Error>(client.error());
    if (!views) continue;
    for (EnvironmentView& view : *views) environments.push_back({*session, std::move(view)});
  }
  return environments;
}

Result<LiveEnvironment> ChooseEnvironment(Program& program, const std::string& id) {
  TRY(std::vector<LiveEnvironment> environments, ListEnvironments(program));
  std::vector<std::string> known;
  for (const LiveEnvironment& environment : environments) known.push_back(environment.view.id);
  if (id.empty() && environments.size() > 1) {
    return Fail(ErrorKind::kInvalid, "several environments are live; name one",
                "live environments: " + Join(known, ", "));
  }
  for (LiveEnvironment& environment : environments) {
    if (id.empty() || environment.view.id == id || environment.session.id == id) return environment;
  }
  if (id.empty()) return Fail(ErrorKind::kNotFound, "no environment is live");
  return Fail(ErrorKind::kNotFound, fmt::format("no live environment {}", Quote(id)),
              DidYouMean(id, known, "environments"));
}

std::string RenderEnvironment(const EnvironmentView& view) {
  const std::string cell = CellName(view.cell);
  std::string text = fmt::format("{}  {}{}{}  {}  on {}\n", view.id, view.preset,
                                 cell.empty() ? "" : ",", cell, view.state, view.backend);
  for (const NodeView& node : view.nodes) {
    for (const ReplicaView& replica : node.replicas) {
      text += fmt::format("  {:<16} {:<9}", replica.name, node.state);
      if (replica.pid != 0) text += fmt::format(" pid {:<7}", replica.pid);
      for (const auto& [port, address] : replica.endpoints) {
        text += fmt::format(" {}={}", port, address);
      }
      if (!node.services.empty()) text += fmt::format("  [{}]", Join(node.services, ", "));
      text += "\n";
    }
  }
  return text;
}

ExitCode ComplainOfEnvironment(Program& program, const Error& error) {
  program.Complain(error);
  const bool unsupported = error.kind == ErrorKind::kUnsupported;
  const bool unavailable = error.kind == ErrorKind::kUnavailable;
  const bool blocked = error.kind == ErrorKind::kBlocked;
  const bool ours = error.kind == ErrorKind::kInvalid && error.node.empty();
  if (unsupported || unavailable || blocked || ours) return ExitCodeFor(error);
  return ExitCode::kEnvironmentFailed;
}

}  // namespace ctestbed
