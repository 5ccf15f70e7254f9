// The one event stream. The supervisor gives every event its number and appends it to
// events.ndjson; console, JUnit and summary are functions of these events.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/duration.h"
#include "base/result.h"
#include "base/source_mark.h"
#include "model/plan.h"

namespace ctestbed {

enum class EventKind {
  kSessionStarted,
  kSessionPlanned,
  kRunPlanned,
  kEnvironmentDeploying,
  kNodeStarting,
  kNodeReady,
  kNodeReset,
  kNodeStopped,
  kNodeFailed,
  kEnvironmentReady,
  kEnvironmentFailed,
  kEnvironmentRemoving,
  kEnvironmentRemoved,
  kRunStarted,
  kCaseFinished,
  kRunFinished,
  kSessionFinished,
};

struct EventKindEntry {
  EventKind kind;
  std::string_view name;
  std::string_view help;  // which fields it carries beside seq and at
};

inline constexpr std::array<EventKindEntry, 17> kEventKinds{{
    {EventKind::kSessionStarted, "session-started",
     "session, out, backend, version, host, command"},
    {EventKind::kSessionPlanned, "session-planned",
     "cost; absent when the plan is not made by who runs it"},
    {EventKind::kRunPlanned, "run-planned", "run, suite, preset, cell; a selected run"},
    {EventKind::kEnvironmentDeploying, "environment-deploying",
     "environment, preset, cell, changes, nodes"},
    {EventKind::kNodeStarting, "node-starting", "environment, node, image, log, endpoints"},
    {EventKind::kNodeReady, "node-ready", "environment, node, digest, duration_s"},
    {EventKind::kNodeReset, "node-reset",
     "environment, node, digest, duration_s; made as if newly started while it ran"},
    {EventKind::kNodeStopped, "node-stopped", "environment, node, digest, duration_s"},
    {EventKind::kNodeFailed, "node-failed", "environment, node, message, detail, log"},
    {EventKind::kEnvironmentReady, "environment-ready",
     "environment, preset, cell, duration_s; deployed or reconfigured"},
    {EventKind::kEnvironmentFailed, "environment-failed",
     "environment, preset, cell, duration_s, node, message, detail"},
    {EventKind::kEnvironmentRemoving, "environment-removing", "environment; teardown begins"},
    {EventKind::kEnvironmentRemoved, "environment-removed",
     "environment, duration_s; message names what is left, if anything is"},
    {EventKind::kRunStarted, "run-started", "run, suite, preset, cell, environment, attempt"},
    {EventKind::kCaseFinished, "case-finished",
     "run, name, verdict, duration_s, message, detail, mark, attempt, logs; the message of a "
     "skipped case is the reason"},
    {EventKind::kRunFinished, "run-finished",
     "run, suite, preset, cell, verdict, duration_s, message, detail, attempt, logs; a blocked run "
     "has no run-started"},
    {EventKind::kSessionFinished, "session-finished",
     "message says why an aborted session ended; empty for a complete one"},
}};

std::string_view EventKindName(EventKind kind);

enum class Verdict { kPassed, kFailed, kError, kSkipped, kBlocked };
std::string_view VerdictName(Verdict verdict);
Result<Verdict> VerdictFromName(std::string_view name);

// A node as an environment was asked to run it: references are as the preset wrote them, so that
// no secret is told.
struct NodeFacts {
  std::string name;
  std::string app_id;
  std::vector<std::string> services;
  int replicas = 1;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> ports;          // names; the first is the default one
  std::vector<std::string> depends_on;     // names of nodes
  std::vector<std::string> opt_outs = {};  // OptOutsOf its security, where a container runs it

  bool operator==(const NodeFacts&) const = default;
};

// What an instance of a node wrote to one of its logs during a case that went wrong.
struct LogWindow {
  std::string node;
  std::string stream;        // "stdout", "stderr"
  std::string file;          // relative to `out`
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 0;    // bytes written meanwhile
  std::string text;          // of these; the middle is cut out where they are many

  bool operator==(const LogWindow&) const = default;
};

// One record of the stream; which fields are set is said by kEventKinds.
struct Event {
  EventKind kind = EventKind::kSessionStarted;
  std::uint64_t seq = 0;    // from 1, without gaps
  std::string at;           // RFC 3339, UTC, milliseconds
  double mono_s = 0;        // the same instant on the monotonic clock of the session
  std::string session;      // id
  std::string out;          // the directory of the results
  std::string backend;      // driver name
  std::string environment;  // id
  std::string preset;
  Cell cell;
  std::string suite;
  std::string run;  // RunName
  std::string node;
  std::string digest;  // DigestOf the node
  std::string image;   // id of what the node is started from, by its content: "sha256:..."
  std::string name;    // of the case
  Verdict verdict = Verdict::kPassed;
  std::string message;  // first line of a failure: names its cause
  std::string detail;   // the rendered failure, with log lines
  std::string log;      // path of the node's log directory, relative to `out`
  SourceMark mark;      // where the case stands
  int attempt = 1;
  Duration duration{0};
  std::vector<Change> changes;
  std::string version;               // of ctestbed
  std::string host;                  // "NAME, Linux 6.1.0 x86_64, 8 processors"
  std::vector<std::string> command;  // that the session was started by, as words
  PlanCost cost;
  std::vector<NodeFacts> nodes;
  std::map<std::string, std::string> endpoints;  // port name -> host:port
  std::vector<LogWindow> logs;

  bool operator==(const Event&) const = default;
};

// Puts every text of `event` that programs and people wrote through `change`; names that others
// refer by, paths and addresses stay as they are.
void ChangeTexts(Event& event, const std::function<std::string(std::string_view)>& change);

}  // namespace ctestbed
