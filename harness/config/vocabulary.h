// What the plug-ins understand, as the reader of presets and suites needs to know it. Assembled by
// the composition root from the registries, so that config/ knows none of them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/fields.h"
#include "base/result.h"
#include "model/suite.h"
#include "model/topology.h"

namespace ctestbed {

struct TesterVocabulary {
  std::string name;
  std::span<const Field> fields;  // the keys of a suite that are this tester's own
  // The cases of a suite; mistakes in the tester's own part go to the diagnostics.
  std::function<std::vector<Case>(const Suite&, Diagnostics&)> cases;
};

struct Vocabulary {
  std::vector<std::string> probes;
  std::function<void(const ProbeSpec&, Diagnostics&)> check_probe;  // of its arguments
  std::vector<TesterVocabulary> testers;
  std::map<std::string, std::string> host_environment;  // for ${env:X} and host variables
  std::set<std::string> port_probes = {};  // those of `probes` that ask a port of the node
  // Absolute; what the paths of source files start from.
  std::string directory = {};
  // The text of a file that a preset names; an error says why not.
  std::function<Result<std::string>(const std::string& path)> read_file = {};
};

}  // namespace ctestbed
