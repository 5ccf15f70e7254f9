// The one event stream. The supervisor gives every event its number and appends it to
// events.ndjson; console, JUnit and summary are functions of these events.
#pragma once

#include <array>
#include <cstdint>
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
  kRunPlanned,
  kEnvironmentDeploying,
  kNodeStarting,
  kNodeReady,
  kNodeStopped,
  kNodeFailed,
  kEnvironmentReady,
  kEnvironmentFailed,
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

inline constexpr std::array<EventKindEntry, 14> kEventKinds{{
    {EventKind::kSessionStarted, "session-started", "session, out, backend"},
    {EventKind::kRunPlanned, "run-planned", "run, suite, preset, cell; a selected run"},
    {EventKind::kEnvironmentDeploying, "environment-deploying",
     "environment, preset, cell, changes"},
    {EventKind::kNodeStarting, "node-starting", "environment, node, log"},
    {EventKind::kNodeReady, "node-ready", "environment, node, duration_s"},
    {EventKind::kNodeStopped, "node-stopped", "environment, node, duration_s"},
    {EventKind::kNodeFailed, "node-failed", "environment, node, message, detail, log"},
    {EventKind::kEnvironmentReady, "environment-ready",
     "environment, preset, cell, duration_s; deployed or reconfigured"},
    {EventKind::kEnvironmentFailed, "environment-failed",
     "environment, preset, cell, duration_s, node, message, detail"},
    {EventKind::kEnvironmentRemoved, "environment-removed",
     "environment, duration_s; message names what is left, if anything is"},
    {EventKind::kRunStarted, "run-started", "run, suite, preset, cell, environment, attempt"},
    {EventKind::kCaseFinished, "case-finished",
     "run, name, verdict, duration_s, message, detail, mark, attempt"},
    {EventKind::kRunFinished, "run-finished",
     "run, suite, preset, cell, verdict, duration_s, message, detail, attempt; a blocked run has "
     "no run-started"},
    {EventKind::kSessionFinished, "session-finished",
     "message says why an aborted session ended; empty for a complete one"},
}};

std::string_view EventKindName(EventKind kind);

enum class Verdict { kPassed, kFailed, kError, kSkipped, kBlocked };
std::string_view VerdictName(Verdict verdict);
Result<Verdict> VerdictFromName(std::string_view name);

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
  std::string name;  // of the case
  Verdict verdict = Verdict::kPassed;
  std::string message;  // first line of a failure: names its cause
  std::string detail;   // the rendered failure, with log lines
  std::string log;      // path of the node's log directory, relative to `out`
  SourceMark mark;      // where the case stands
  int attempt = 1;
  Duration duration{0};
  std::vector<Change> changes;

  bool operator==(const Event&) const = default;
};

}  // namespace ctestbed
