// For the tests of probes: what is wrong with their arguments.
#pragma once

#include <string>
#include <string_view>

#include "probe/probe.h"
#include "testing/document_from_json.h"

namespace ctestbed {

// "LINE:COLUMN MESSAGE" and, if there is one, "; HINT" of each mistake, a line each.
inline std::string Mistakes(decltype(ProbeEntry::make) make, std::string_view arguments) {
  Diagnostics problems;
  if (make(DocumentFromJson(arguments), problems) != nullptr) return "accepted";
  std::string text;
  for (const Diagnostic& mistake : problems.Sorted()) {
    if (!text.empty()) text += "\n";
    text += std::to_string(mistake.mark.line) + ":" + std::to_string(mistake.mark.column) + " " +
            mistake.message + (mistake.hint.empty() ? "" : "; ") + mistake.hint;
  }
  return text;
}

}  // namespace ctestbed
