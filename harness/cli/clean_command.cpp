// ctestbed clean: remove what killed sessions left behind.

#include "cli/command.h"

namespace ctestbed {
namespace {

ExitCode Main(Program& program, bool dry_run) {
  const auto removed = program.SweepDead(dry_run, true);
  if (!removed) {
    program.Complain(removed.error());
    return ExitCode::kLeftovers;
  }
  for (const std::string& line : *removed) {
    program.Print((dry_run ? "would remove " : "removed ") + line + "\n");
  }
  if (removed->empty()) program.Print("nothing to clean\n");
  return ExitCode::kPassed;
}

}  // namespace

Body DefineClean(CLI::App& app, Program& program) {
  auto dry_run = std::make_shared<bool>(false);
  AddFlag(app, "--dry-run", *dry_run, "only say what would be removed");
  return [dry_run, &program] { return Main(program, *dry_run); };
}

}  // namespace ctestbed
