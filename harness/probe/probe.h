// Readiness probes. One folder and one line of the table in registry.cpp make a new one.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/result.h"
#include "driver/driver.h"
#include "io/clock.h"
#include "io/file_system.h"
#include "io/http_client.h"
#include "model/topology.h"

namespace ctestbed {

// What a probe may look at: one instance of a node.
struct ProbeTarget {
  std::string node;  // for messages
  Address address;   // of the port to probe, as tests reach it
  Address own;       // the same where the instance itself listens
  int pid = 0;       // of a process of the instance; 0 when it is not known
  HttpClient* http = nullptr;
  // Runs a command in the instance; what Driver::Exec answers.
  std::function<Result<Driver::ExecResult>(const std::vector<std::string>&, TimePoint,
                                           std::stop_token)>
      exec;
  // What the instance has printed since it was started: its stdout.log and stderr.log, which may
  // not be there yet.
  const FileSystem* files = nullptr;
  std::vector<std::string> logs;
};

// One question to one instance, asked again and again by one thread until the answer is yes.
class Probe {
 public:
  virtual ~Probe() = default;
  // Asks once. An error says why the node does not count as ready, as the end of the sentence
  // "NODE: not ready: ...": "http 127.0.0.1:8080/health answered 503". Returns by `deadline`.
  virtual Status Check(const ProbeTarget& target, TimePoint deadline, std::stop_token stop) = 0;
};

struct ProbeEntry {
  std::string_view name;
  std::string_view help;
  bool needs_port;  // asks the address of a target
  const Inside* arguments;
  // Makes the probe from its arguments; mistakes go to `problems` and give null.
  std::unique_ptr<Probe> (*make)(const Document& arguments, Diagnostics& problems);
};

// Every probe there is, sorted by name.
std::span<const ProbeEntry> Probes();
const ProbeEntry* FindProbe(std::string_view name);
// The same as fields, with the forms of their arguments, for the schema of presets.
std::vector<Field> ProbeFields();

// What the wait below needs to know of its subject: how it ended, or nothing while it runs.
using SubjectEnd = std::function<std::optional<std::string>()>;

// Asks at once, then whenever a fiftieth of the time that it has waited is over, but at least 5 and
// at most 100 ms, until the probe is content, the subject has ended, `deadline` or `stop`. One
// answer may take 2 s, twice as long after each that did not come in time. kEnvironment "exited
// with code 3 before it was ready"; kTimeout with the last answer of the probe; kUnsupported at
// once.
// `pace` replaces the steps and the patience where it is not zero. kEnvironment of the probe
// itself, an answer that no wait will change, ends it at once too.
struct Pace {
  Duration interval{0};
  Duration patience{0};
};
Status WaitUntilReady(Probe& probe, const ProbeTarget& target, const SubjectEnd& subject_end,
                      Clock& clock, TimePoint deadline, std::stop_token stop,
                      const Pace& pace = {});

}  // namespace ctestbed
