// Testers run the cases of a suite against a live environment. One folder and one line of the
// table in registry.cpp make a new one.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/result.h"
#include "io/clock.h"
#include "io/file_system.h"
#include "io/http_client.h"
#include "io/process.h"
#include "model/event.h"
#include "model/suite.h"

namespace ctestbed {

// What a tester gets for one run.
struct TestContext {
  Run run;
  // What `${...}` may name, flat: "services.accounts.url" (http://host:port, or https:// where the
  // port is named https), ".host", ".port", ".address" (host:port); "main.address",
  // "main.host", "main.port.http"; "cell.store"; "preset"; "run.id" (unique per run
  // and attempt); "suite.directory" (absolute, of the suite's file).
  std::map<std::string, std::string> values;
  // The same as environment variables for programs, see runner/test_environment.h.
  std::map<std::string, std::string> environment;
  std::string work_directory;  // of this run, exists; what a program leaves there is kept
  TimePoint deadline;          // of the whole run
};

// Services of the outside world that a tester may use; all outlive it, and testers on other threads
// use them too.
struct TesterIo {
  HttpClient& http;
  Launcher& launcher;
  FileSystem& files;
  Clock& clock;
};

struct CaseResult {
  std::string name;
  Verdict verdict = Verdict::kPassed;
  std::string message;  // first line of a failure: names its cause
  std::string detail;   // rendered: source line, caret, expected, actual, how to repeat
  SourceMark mark;
  Duration duration{0};

  bool operator==(const CaseResult&) const = default;
};

// Called once per case, in order, from the thread that called Run.
using CaseSink = std::function<void(const CaseResult&)>;

class Tester {
 public:
  virtual ~Tester() = default;
  // Reads the suite's own part strictly; mistakes go to `problems`. The cases, as far as they can
  // be known before they run (none for an external program).
  virtual std::vector<Case> Cases(const Suite& suite, Diagnostics& problems) = 0;
  // Runs every case and reports each to `sink`; failures of cases are no errors. An error means
  // that there is no verdict: the tester's program crashed, its result file is missing or
  // unreadable. kCancelled on `stop`. Zero cases is for the caller to judge.
  virtual Status Run(const Suite& suite, const TestContext& context, const CaseSink& sink,
                     std::stop_token stop) = 0;
};

struct TesterEntry {
  std::string_view name;
  std::string_view help;
  std::span<const Field> fields;  // the keys of a suite that are this tester's own
  std::unique_ptr<Tester> (*make)(const TesterIo& io);
};

// Every tester there is, sorted by name.
std::span<const TesterEntry> Testers();
const TesterEntry* FindTester(std::string_view name);

}  // namespace ctestbed
