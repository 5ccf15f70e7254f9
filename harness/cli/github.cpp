#include "cli/github.h"

#include "io/append_file.h"
#include "report/annotations.h"

namespace ctestbed {
namespace {

std::string Variable(const Program& program, const std::string& name) {
  const auto found = program.environment().find(name);
  return found == program.environment().end() ? "" : found->second;
}

Status Append(Program& program, const std::string& results, const std::string& path) {
  TRY(const std::string summary, program.files().Read(results + "/summary.md"));
  TRY(const auto file, OpenAppendFile(path));
  return file->Append(summary + "\n", false);
}

}  // namespace

void AppendStepSummary(Program& program, const std::string& results) {
  const std::string path = Variable(program, "GITHUB_STEP_SUMMARY");
  if (path.empty()) return;
  const Status appended = Append(program, results, path);
  if (!appended) program.Warn("ctestbed: no step summary: " + appended.error().message);
}

void PrintAnnotations(Program& program, const std::vector<Event>& events) {
  if (Variable(program, "GITHUB_ACTIONS") != "true") return;
  program.Print(RenderAnnotations(events));
}

}  // namespace ctestbed
