// Executes runs against the environments of a session, and tells what happened as events.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "model/plan.h"
#include "supervisor/client.h"
#include "tester/tester.h"

namespace ctestbed {

struct RunnerServices {
  TesterIo io;
  std::function<Result<SessionClient>()> connect;       // a new connection to the session
  std::map<std::string, std::string> host_environment;  // what programs get beside endpoints
  std::string results;                                  // directory for what runs leave behind
};

// The demand for a batch that is number `order` of its plan, in that lane.
Demand DemandFor(const Batch& batch, int order, int lane);

// Executes one run on an environment that the caller has a lease on. Emits run-started, a
// case-finished per case and run-finished. The verdict is kError when there is no true one: no case
// ran, the tester failed, a node died meanwhile (then Breakage is in `environment_broke`).
struct RunOutcome {
  Verdict verdict = Verdict::kError;
  std::string message;
  bool environment_broke = false;
};
Result<RunOutcome> ExecuteRun(SessionClient& session, const EnvironmentView& environment,
                              const Run& run, const Suite& suite, const RunnerServices& services,
                              std::stop_token stop);

// Why a suite is skipped without an environment: a program that it needs is not in the PATH of
// `host_environment`. Empty when it is not.
std::string SkipReason(const Suite& suite, const FileSystem& files,
                       const std::map<std::string, std::string>& host_environment);
Status EmitSkipped(SessionClient& session, const Run& run, const std::string& reason);

// The nodes that a run of `suite` leaves unfit for others.
std::vector<std::string> DirtyNodes(const Suite& suite);

// Emits that `run` could not be tried.
Status EmitBlocked(SessionClient& session, const Run& run, const std::string& message);

// Executes the lanes of a plan side by side, the batches of each in order; lanes do not wait for
// each other. Batches whose environment cannot be had block their runs, and the next batch goes on.
// An error, the first of any lane, means that the session is lost, or `stop`.
Status ExecutePlan(const Plan& plan, const std::vector<Suite>& suites,
                   const RunnerServices& services, std::stop_token stop);

}  // namespace ctestbed
