// Argument documents for the tests of probes, without a YAML reader, and what is wrong with them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/document.h"
#include "probe/probe.h"

namespace ctestbed {

inline Document Scalar(std::string text) {
  Document document;
  document.kind = Document::Kind::kScalar;
  document.text = std::move(text);
  document.mark = {"p.yaml", 3, 7, 1};
  return document;
}

inline Document List(const std::vector<std::string>& texts) {
  Document document;
  document.kind = Document::Kind::kList;
  document.mark = {"p.yaml", 3, 7, 1};
  for (const std::string& text : texts) document.items.push_back(Scalar(text));
  return document;
}

inline Document Map(std::vector<std::pair<std::string, Document>> entries) {
  Document document;
  document.kind = Document::Kind::kMap;
  document.mark = {"p.yaml", 3, 7, 1};
  for (auto& [key, value] : entries) {
    document.entries.push_back({{key, {"p.yaml", 4, 9, 1}}, std::move(value)});
  }
  return document;
}

// "3:7 MESSAGE" or "3:7 MESSAGE; HINT" of each mistake, a line each, if `make` refuses `arguments`.
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
