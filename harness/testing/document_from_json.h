// Documents for tests of areas that must not know the YAML reader.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"

namespace ctestbed {

// Reads a flow-style subset of YAML that covers JSON: maps, lists, scalars in "double" (escapes as
// in JSON) or 'single' quotes and plain ones without `,[]{}#` and ": ". Marks are those that the
// YAML reader gives. Aborts the test program on a mistake in `text`.
Document DocumentFromJson(std::string_view text, const std::string& file = "suites/test.yaml");

}  // namespace ctestbed
