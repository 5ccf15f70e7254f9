// JSON Schemas (draft 7) of the files that config/ reads, for editors: made from the tables that
// the readers follow, so that they accept the same. What tables cannot say, such as that a node
// named somewhere exists, is left to `ctestbed validate`.
#pragma once

#include <span>

#include "base/fields.h"
#include "base/json_fwd.h"
#include "config/vocabulary.h"

namespace ctestbed {

// Of presets; `probes` are those of a `ready`, with their names as keys.
Json PresetSchema(std::span<const Field> probes);

// Of suites: for each tester the keys that all suites have, and its own.
Json SuiteSchema(std::span<const TesterVocabulary> testers);

}  // namespace ctestbed
