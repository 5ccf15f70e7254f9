// What a case of an edge suite keeps while it runs: its clients, and how their traffic is shown.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tester/edge/client.h"
#include "tester/edge/settings.h"
#include "tester/expectation/failure.h"
#include "tester/steps/step.h"

namespace ctestbed {

// What went wrong at one client.
struct EdgeProblem {
  std::vector<Failure> failures;
  std::string outcome;  // last line of the traffic: "2 s are over; still open; 1 message unread"
};

class EdgeCase final : public CaseState {
 public:
  // `files` counts the files of frames that the run has written.
  EdgeCase(std::shared_ptr<const EdgeSettings> settings, std::vector<NamedClient> more,
           std::shared_ptr<std::atomic<int>> files, const Clock& clock);
  ~EdgeCase() override;
  EdgeCase(const EdgeCase&) = delete;
  EdgeCase& operator=(const EdgeCase&) = delete;

  // Made when first asked for.
  Client& Get(const std::string& name);
  const ConnectOptions* OptionsOf(const std::string& name) const;

  // From here on, for steps with `since: NAME`.
  void Mark(const std::string& name);
  // Where in the traffic of `client` that is; 0 for what was never marked.
  size_t Since(const std::string& mark, const std::string& client) const;

  void RememberOrigin(const std::string& variable, std::string origin);

  // `what` names the step: "expect". Writes the traffic of all clients to a file.
  StepFailure Render(const EdgeProblem& problem, std::string_view what, Client& client,
                     const SuiteStep& step, const StepContext& context, const Variables& variables);

  std::optional<StepFailure> Finish(const StepContext& context,
                                    const Variables& variables) override;

 private:
  std::string ShowTraffic(Client& client, const std::string& outcome, const Variables& variables);
  std::string ShowValues(const SuiteStep& step, const Variables& variables) const;
  std::string WriteFrames(const StepContext& context, const Variables& variables);
  double SecondsAt(TimePoint at) const;

  const std::shared_ptr<const EdgeSettings> settings_;
  const std::vector<NamedClient> more_;  // of this test alone
  const std::shared_ptr<std::atomic<int>> files_;
  const Clock& clock_;
  const TimePoint start_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::map<std::string, std::map<std::string, size_t>> marks_;
  std::map<std::string, std::string> origins_;
};

}  // namespace ctestbed
