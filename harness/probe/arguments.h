// Shared by the factories of probes.
#pragma once

#include <string_view>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"

namespace ctestbed {

// Hands the mistakes of one probe's arguments on to those of all files; whether there were none.
bool HandOn(const Diagnostics& own, Diagnostics& problems);

// What stands at a probe without arguments.
extern const Inside kNoArguments;

// Whether a probe without arguments is written as such, `NAME: true` or nothing; reports it if not.
bool TakesNoArguments(const Document& arguments, std::string_view probe, Diagnostics& problems);

}  // namespace ctestbed
