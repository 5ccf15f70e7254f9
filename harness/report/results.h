// What a session came to: the one place that folds the event stream. Every report and the exit code
// are read from these values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// What an earlier attempt of a run said of a case, when it was not good.
struct EarlierFailure {
  Verdict verdict = Verdict::kFailed;
  std::string message;
  std::string detail;

  bool operator==(const EarlierFailure&) const = default;
};

struct CaseRecord {
  std::string name;
  Verdict verdict = Verdict::kPassed;
  std::string message;
  std::string detail;
  SourceMark mark;
  Duration duration{0};
  std::vector<LogWindow> logs;  // what nodes logged meanwhile; of a case that went wrong
  std::vector<EarlierFailure> earlier;

  bool operator==(const CaseRecord&) const = default;
};

// One run, by its last attempt. A verdict that is not kPassed always has a case that says why:
// where the tester gave none, the fold adds one called "run", or by the suite's name for kBlocked
// and kSkipped. A run that says it passed, but has a bad case or none at all, did not pass.
struct RunResult {
  Run run;
  std::string name;         // RunName(run)
  std::string environment;  // id; empty when it never started
  std::string started_at;   // as Event::at; empty when it never started
  Verdict verdict = Verdict::kError;
  std::string message;
  std::string detail;
  Duration duration{0};
  int attempts = 0;
  bool flaky = false;  // passed after an attempt that did not
  std::vector<CaseRecord> cases;

  bool operator==(const RunResult&) const = default;
};

// One thing that happened to an environment.
struct EnvironmentStage {
  enum class Kind {
    kDeploy,    // or reconfigure
    kServe,     // only as a failure: it broke after it had been ready
    kTeardown,  // a failure names what is left
  };
  Kind kind = Kind::kDeploy;
  std::string environment;  // id
  std::string preset;
  Cell cell;
  bool ok = false;
  bool recovered = false;  // a failed deploy that a later one of it made good
  Duration duration{0};
  std::string node;
  std::string message;
  std::string detail;

  bool operator==(const EnvironmentStage&) const = default;
};

struct Totals {
  int passed = 0;
  int failed = 0;
  int errors = 0;
  int skipped = 0;
  int blocked = 0;

  void Count(Verdict verdict);
  int All() const { return passed + failed + errors + skipped + blocked; }
  bool operator==(const Totals&) const = default;
};

struct Results {
  std::string session;
  std::string backend;
  std::string out;  // directory of the results
  std::string version;
  std::string host;
  std::vector<std::string> command;  // that started the session
  std::optional<PlanCost> cost;      // where the stream tells
  int node_starts = 0;               // replicas that became ready
  Duration changing{0};              // that nodes took to start and stop, added up
  std::string started_at;
  Duration duration{0};
  bool aborted = true;                   // until a session-finished without a message
  std::string abort_reason;              // set when aborted
  std::vector<RunResult> runs;           // in the order planned
  std::vector<EnvironmentStage> stages;  // in the order finished

  bool operator==(const Results&) const = default;
};

Totals CountRuns(const Results& results);
Totals CountCases(const Results& results);

// One word for the whole session; the first that applies.
enum class Outcome {
  kAborted,
  kEnvironmentFailed,  // an environment failed, broke, or blocked a run
  kTestsFailed,        // a run failed or has no verdict
  kLeftovers,          // something could not be torn down
  kNothingRan,         // zero runs are not a success
  kSkipped,            // every run was skipped
  kPassed,
};
Outcome OutcomeOf(const Results& results);

// `events` in the order of the stream; one that ends early counts as aborted.
Results FoldResults(const std::vector<Event>& events);

}  // namespace ctestbed
