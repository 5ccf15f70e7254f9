// Shared by the factories of probes.
#pragma once

#include "base/diagnostic.h"

namespace ctestbed {

// Hands the mistakes of one probe's arguments on to those of all files; whether there were none.
bool HandOn(const Diagnostics& own, Diagnostics& problems);

}  // namespace ctestbed
