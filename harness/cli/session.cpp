#include "cli/session.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "base/text.h"
#include "io/detach.h"
#include "io/private_directory.h"

namespace ctestbed {
namespace {

constexpr Duration kStartTakes{20'000};
constexpr Duration kEndTakes{30'000};
constexpr Duration kHangUpTakes{2'000};
constexpr Duration kLook{5};

// What an earlier run may have left in a results directory that is used again.
Status ClearResults(FileSystem& files, const std::string& results) {
  for (const std::string_view name :
       {"events.ndjson", "junit.xml", "summary.md", "report.html", "trace.json", "logs", "runs"}) {
    TRY_DO(files.Remove(fmt::format("{}/{}", results, name)));
  }
  return files.MakeDirectories(results);
}

// The supervisor works in a directory of its own.
std::string AbsolutePath(const std::string& path) {
  const auto absolute = std::filesystem::absolute(path).lexically_normal();
  return (absolute.has_filename() ? absolute : absolute.parent_path()).string();
}

std::vector<std::string> SuperviseCommand(const SessionOptions& options,
                                          const std::string& results) {
  std::vector<std::string> command{OwnProgram(), "supervise",
                                   "--session",  options.id,
                                   "--results",  results,
                                   "--backend",  options.backend,
                                   "--ttl",      fmt::format("{}ms", options.ttl.count())};
  if (options.owner) {
    command.insert(command.end(), {"--owner", std::to_string(options.owner->pid)});
  }
  return command;
}

}  // namespace

Result<SessionHandle> StartSession(Program& program, const SessionOptions& options) {
  TRY(StateDirectory state, program.state());
  // Most calls find their session, and to claim one writes to the disk.
  if (state.IsLive(options.id)) return FindSession(program, options.id);
  auto lock = state.CreateSession(options.id);
  if (!lock) {
    if (lock.error().kind == ErrorKind::kConflict) return FindSession(program, options.id);
    return tl::unexpected<Error>(lock.error());
  }
  // Each command looks after processes anyway.
  if (options.backend != "process") TRY_DO(state.NoteBackend(options.backend));
  const std::string results =
      options.results.empty() ? state.Results(options.id) : AbsolutePath(options.results);
  TRY_DO(ClearResults(program.files(), results));
  const Status started = StartDetached(SuperviseCommand(options, results),
                                       state.Session(options.id) + "/supervisor.log",
                                       std::move(*lock), program.clock().Now() + kStartTakes);
  if (!started) return tl::unexpected<Error>(started.error());
  return SessionHandle{options.id, results, std::move(state)};
}

Result<ConnectedSession> ConnectSession(Program& program, const std::string& id) {
  TRY(StateDirectory state, program.state());
  // A supervisor that was just started opens its socket a moment after it took its lock.
  const TimePoint deadline = program.clock().Now() + kStartTakes;
  while (state.IsLive(id) && program.clock().Now() < deadline) {
    auto client = SessionClient::Connect(state.Socket(id));
    if (client) {
      TRY(const SessionClient::Hello hello, client->Ping());
      return ConnectedSession{{id, hello.results, std::move(state)}, std::move(*client)};
    }
    program.clock().SleepUntil(program.clock().Now() + kLook, {});
  }
  return Fail(ErrorKind::kNotFound, fmt::format("no live session {}", Quote(id)));
}

Result<SessionHandle> FindSession(Program& program, const std::string& id) {
  TRY(ConnectedSession session, ConnectSession(program, id));
  return std::move(session.handle);
}

void AwaitLock(Program& program, const SessionHandle& session) {
  Clock& clock = program.clock();
  const TimePoint deadline = clock.Now() + kHangUpTakes;
  while (session.state.IsLive(session.id) && clock.Now() < deadline) {
    clock.SleepUntil(clock.Now() + kLook, {});
  }
}

Result<SessionClient::Ending> EndSession(const SessionHandle& session, const std::string& reason) {
  TRY(SessionClient client, session.Connect());
  TRY(const SessionClient::Hello hello, client.Ping());
  const auto supervisor = Identify(hello.pid);
  TRY(SessionClient::Ending ending, client.Finish(reason));
  // Only when it is gone, all that it held is.
  std::stop_source late;
  const std::unique_ptr<Clock> clock = MakeRealClock();
  const std::jthread timer([&](std::stop_token stop) {
    clock->SleepUntil(clock->Now() + kEndTakes, stop);
    if (!stop.stop_requested()) late.request_stop();
  });
  const bool ended = !supervisor || WaitForEnd(*supervisor, late.get_token());
  if (!ended && ending.leftovers.empty()) {
    ending.leftovers = fmt::format("the supervisor, process {}", hello.pid);
  }
  return ending;
}

}  // namespace ctestbed
