// What can only be judged of a preset as a whole, in its cells.
#pragma once

#include <map>
#include <string>

#include "base/diagnostic.h"
#include "base/document.h"
#include "config/vocabulary.h"
#include "model/preset.h"

namespace ctestbed {

using DocumentsByFile = std::map<std::string, const Document*>;

// Checks `preset`, which has all its layers, in its default cell, with every other axis value, and
// in every cell as long as they are no more than 256. Each mistake is reported once, with the first
// cell that shows it unless that is the default one. `documents` are the files that the layers came
// from; `vocabulary` says which probes ask a port. False when something was reported.
bool CheckPreset(const Preset& preset, const DocumentsByFile& documents,
                 const Vocabulary& vocabulary, Diagnostics& problems);

}  // namespace ctestbed
