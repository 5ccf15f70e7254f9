// What brings data into an environment before its first test.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/json_fwd.h"
#include "base/source_mark.h"

namespace ctestbed {

// One thing done to a node: a command beside it, or a request to it.
struct SeedAction {
  std::vector<Located<std::string>> exec;  // argv; empty: a request
  std::string method;
  Located<std::string> path;
  std::map<std::string, Located<std::string>> headers;
  Located<std::string> body;
  std::vector<int> accepted;  // exit codes or statuses that are fine

  bool operator==(const SeedAction&) const = default;
};

// Steps run in order when all nodes are ready, and again whenever a node has changed: each must
// bear to find its work done, and says by `accepted` how it does.
struct SeedStep {
  Located<std::string> name;
  Located<std::string> node;
  std::string port;  // of requests; empty: the node's first
  SeedAction todo;
  std::optional<SeedAction> undo;  // before the step is replaced or its environment goes
  Duration within{30'000};

  bool operator==(const SeedStep&) const = default;
};

Json ToJson(const SeedStep& step);
SeedStep SeedStepFromJson(const Json& json);  // without marks

}  // namespace ctestbed
