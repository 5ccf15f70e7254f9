// Whether a node has printed a line: the probe of programs that can be asked nothing.
#pragma once

#include "base/fields.h"
#include "probe/probe.h"

namespace ctestbed {

extern const Inside kLogArguments;

// `log: 'REGEX'`: ready when the regular expression (RE2) matches within a line that the instance
// has written to stdout or stderr since it was started. A line counts as soon as it matches, also
// before its end. Of a line longer than 64 KiB only the last 64 KiB are looked at.
std::unique_ptr<Probe> MakeLogProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed
