#include <array>

#include "report/junit.h"
#include "report/markdown.h"
#include "report/reporter.h"

namespace ctestbed {

std::span<const ReportEntry> Reports() {
  static constexpr std::array<ReportEntry, 2> kReports{{
      {"junit", "junit.xml", "every case of every run, for CI servers", RenderJunit},
      {"markdown", "summary.md", "the verdict and what went wrong, for people", RenderMarkdown},
  }};
  return kReports;
}

}  // namespace ctestbed
