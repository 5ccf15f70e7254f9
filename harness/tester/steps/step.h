// One step of a case, whatever kind it is: what a tester has to supply to run suites that are data.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_mark.h"
#include "tester/expectation/variables.h"
#include "tester/steps/cookie_jar.h"
#include "tester/tester.h"

namespace ctestbed {

// The same for all steps of a run; outlives it. Thread-safe as far as `io` is.
struct StepContext {
  const TesterIo& io;
  const TestContext& test;
  std::stop_token stop;
  std::string source;  // text of the suite's file, for carets; may be empty
};

// A step that failed, rendered and without the values of secrets.
struct StepFailure {
  std::string message;  // one line: names its cause
  std::string detail;   // source lines with carets, what came instead; ends in a newline
};

// What a tester keeps while one case runs, such as connections; it ends them when it is destroyed.
class CaseState {
 public:
  virtual ~CaseState() = default;
  // After the last step of a case that holds so far: what is wrong in the end, if anything.
  virtual std::optional<StepFailure> Finish(const StepContext& context,
                                            const Variables& variables) = 0;
};

using BeginCase = std::function<std::unique_ptr<CaseState>(const StepContext& context)>;

// What the steps of one case see and change. Steps around the tests share one of their own.
struct Scene {
  Variables variables;
  CookieJar cookies;
  std::unique_ptr<CaseState> state;  // null where the tester keeps none
  bool around_tests = false;         // these steps are setup or the suite's final ones
};

// Read from a suite; immutable, so that cases may share it across threads.
class SuiteStep {
 public:
  virtual ~SuiteStep() = default;
  // Does all that the step says, and sets what it saves. Bounded by the run's deadline and `stop`.
  virtual std::optional<StepFailure> Run(const StepContext& context, Scene& scene) const = 0;

  SourceMark mark;                      // of what names the step
  std::vector<std::string> saves;       // variables that it sets
  std::vector<std::string> references;  // variables that it names
};

using Steps = std::vector<std::shared_ptr<const SuiteStep>>;

}  // namespace ctestbed
