// The actions of edge steps at work.
#pragma once

#include <optional>

#include "tester/edge/edge_case.h"
#include "tester/edge/edge_step.h"

namespace ctestbed {

// One step at one client.
struct EdgeRun {
  const EdgeStep& step;
  const StepContext& context;
  Scene& scene;
  EdgeCase& state;
  Client& client;

  Variables& variables() const { return scene.variables; }
  // What the step says about waiting, its pattern included, else the suite's default.
  Duration Within(const Document* pattern = nullptr) const;
  TimePoint Deadline(Duration within) const;
};

using MaybeProblem = std::optional<EdgeProblem>;

// Does what the step says; what went wrong, if anything.
MaybeProblem RunAction(const EdgeRun& run);

// The parts of it, by subject.
MaybeProblem RunOpen(const EdgeRun& run);
// Connects a client that never was, as the suite says.
MaybeProblem OpenIfNever(const EdgeRun& run);
MaybeProblem RunExpect(const EdgeRun& run);
MaybeProblem RunNext(const EdgeRun& run);
MaybeProblem RunExpectSeq(const EdgeRun& run);
MaybeProblem RunExpectAll(const EdgeRun& run);
MaybeProblem RunExpectCount(const EdgeRun& run);
MaybeProblem RunQuiet(const EdgeRun& run);
MaybeProblem RunCall(const EdgeRun& run);
MaybeProblem RunPing(const EdgeRun& run);
MaybeProblem RunPong(const EdgeRun& run);
MaybeProblem RunPings(const EdgeRun& run);
MaybeProblem RunClosed(const EdgeRun& run);

EdgeProblem ProblemAt(const SourceMark& mark, std::string remark);

}  // namespace ctestbed
