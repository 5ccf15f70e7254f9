// Brings data into an environment, and takes it away again: seed steps (model/seed.h).
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/reference.h"
#include "driver/driver.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "model/seed.h"

namespace ctestbed {

// The node that a step is about, and what it takes to do something to it.
struct SeedTarget {
  Lookup lookup;    // of the references in the step's texts
  Address address;  // of the port that requests go to
  std::function<Result<Driver::ExecResult>(const std::vector<std::string>& command,
                                           TimePoint deadline, std::stop_token stop)>
      exec;
  HttpClient* http = nullptr;
};

// Does `action`, and tries a request that finds nobody again until `deadline`. kEnvironment when
// the answer is none of those accepted, with the command line that repeats it and the last lines of
// what came back; other kinds when there was no answer. Errors begin with `what`: "seed step 'x'".
Status Perform(const SeedAction& action, const SeedTarget& target, const std::string& what,
               Clock& clock, TimePoint deadline, std::stop_token stop);

// What an environment was seeded with. Used by one thread at a time.
class Seeding {
 public:
  // `clock` outlives this. `target_of` fails where the node of a step does not run.
  using TargetOf = std::function<Result<SeedTarget>(const SeedStep&)>;
  Seeding(Clock& clock, TargetOf target_of);

  // Runs `seed` in order, each step until its time or `deadline` is over; nothing when it ran
  // before and no node has `changed` since. Errors are those of Perform, and name the node.
  Status Apply(const std::vector<SeedStep>& seed, bool changed, TimePoint deadline,
               std::stop_token stop);

  // Undoes what ran, the last step first; what is in nodes that do not run went with them. All is
  // tried; the first failure is told.
  Status Undo();
  // The same unless `seed` is what ran.
  Status UndoUnless(const std::vector<SeedStep>& seed);

 private:
  Status Run(const SeedStep& step, const SeedAction& action, const std::string& name,
             TimePoint deadline, std::stop_token stop);

  Clock& clock_;
  const TargetOf target_of_;
  std::vector<SeedStep> begun_;
  bool is_done_ = false;  // all that have begun succeeded
};

}  // namespace ctestbed
