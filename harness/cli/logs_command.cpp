// ctestbed logs: what the nodes of a live environment have written.

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/environments.h"

namespace ctestbed {
namespace {

struct LogsOptions {
  std::string environment;
  std::string node;
  size_t tail = 0;
};

std::string Prefixed(const std::string& text, const std::string& name, std::string_view stream,
                     size_t tail) {
  std::string lines;
  const std::string shown = tail == 0 ? text : LastLines(text, tail);
  for (const std::string& line : Split(shown, '\n')) {
    if (line.empty() && lines.size() + 1 >= shown.size()) break;
    lines += fmt::format("{} {} | {}\n", name, stream, Visible(line));
  }
  return lines;
}

// What nodes that run have printed holds secrets in clear.
Result<Mask> MaskFor(const LiveEnvironment& environment) {
  TRY(SessionClient client, environment.session.Connect());
  TRY(const auto secrets, client.Secrets(environment.view.id));
  return Mask(secrets);
}

void PrintLogs(Program& program, const ReplicaView& replica, const Mask& mask, size_t tail) {
  for (const std::string_view stream : {"stdout", "stderr"}) {
    const auto text = program.files().Read(fmt::format("{}/{}.log", replica.log, stream));
    if (text && !text->empty()) program.Print(Prefixed(mask(*text), replica.name, stream, tail));
  }
}

ExitCode Main(Program& program, const LogsOptions& options) {
  program.Sweep();
  const auto environment = ChooseEnvironment(program, options.environment);
  if (!environment) return program.Complain(environment.error());
  const auto mask = MaskFor(*environment);
  if (!mask) return program.Complain(mask.error());
  std::vector<std::string> known;
  bool found = false;
  for (const NodeView& node : environment->view.nodes) {
    known.push_back(node.name);
    if (!options.node.empty() && node.name != options.node) continue;
    found = true;
    for (const ReplicaView& replica : node.replicas)
      PrintLogs(program, replica, *mask, options.tail);
  }
  if (found) return ExitCode::kPassed;
  return program.Complain(Error{ErrorKind::kNotFound,
                                fmt::format("unknown node {}", Quote(options.node)),
                                DidYouMean(options.node, known, "nodes")});
}

}  // namespace

Body DefineLogs(CLI::App& app, Program& program) {
  auto options = std::make_shared<LogsOptions>();
  AddOption(app, "environment", options->environment, "its id, when several are live");
  AddOption(app, "--node", options->node, "only this node");
  AddOption(app, "--tail", options->tail, "only so many last lines of each stream");
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed
