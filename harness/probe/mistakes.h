// For the tests of probes: what is wrong with their arguments.
#pragma once

#include <string>

#include "probe/probe.h"

namespace ctestbed {

// "LINE:COLUMN MESSAGE" and, if there is one, "; HINT" of each mistake, a line each.
inline std::string Mistakes(decltype(ProbeEntry::make) make, const Document& arguments) {
  Diagnostics problems;
  if (make(arguments, problems) != nullptr) return "accepted";
  std::string text;
  for (const Diagnostic& mistake : problems.Sorted()) {
    if (!text.empty()) text += "\n";
    text += std::to_string(mistake.mark.line) + ":" + std::to_string(mistake.mark.column) + " " +
            mistake.message + (mistake.hint.empty() ? "" : "; ") + mistake.hint;
  }
  return text;
}

}  // namespace ctestbed
