#include <array>

#include "report/html/html.h"
#include "report/junit.h"
#include "report/markdown.h"
#include "report/reporter.h"
#include "report/trace.h"

namespace ctestbed {

std::span<const ReportEntry> Reports() {
  static constexpr std::array<ReportEntry, 4> kReports{{
      {"html", "report.html", "everything on one page, for people", RenderHtml},
      {"junit", "junit.xml", "every case of every run, for CI servers", RenderJunit},
      {"markdown", "summary.md", "the verdict and what went wrong, for people", RenderMarkdown},
      {"trace", "trace.json", "what happened when, for Perfetto and chrome://tracing", RenderTrace},
  }};
  return kReports;
}

}  // namespace ctestbed
