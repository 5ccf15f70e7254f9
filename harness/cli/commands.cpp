#include "cli/command.h"

namespace ctestbed {

std::span<const Command> Commands() {
  static constexpr std::array<Command, 20> kCommands{{
      {"backends", "list the backends and whether this machine can use them",
       "ctestbed backends --json", false, DefineBackends},
      {"clean", "remove what killed sessions left behind, and nothing else",
       "ctestbed clean --dry-run", false, DefineClean},
      {"complete", "say what may come next on a command line; called by shells", "", true,
       DefineComplete},
      {"completion", "print a shell's script for completing commands, options and names",
       "ctestbed completion fish >~/.config/fish/completions/ctestbed.fish\n"
       "source <(ctestbed completion bash)",
       false, DefineCompletion},
      {"ctest", "steps of a ctest run; called by the tests that CTestbed.cmake makes", "", true,
       DefineCTest},
      {"deploy", "deploy a preset and leave it up",
       "ctestbed deploy monolith --set store=redis --ttl 1h", false, DefineDeploy},
      {"env", "print where a live environment is, as variables for a shell or a program",
       "eval \"$(ctestbed env)\"\nctestbed env --format dotenv >.env\nctestbed env --json", false,
       DefineEnv},
      {"history", "show what earlier sessions took: starts and stops of nodes, and runs",
       "ctestbed history\nctestbed history --json\nctestbed history export history.jsonl\n"
       "ctestbed history import history.jsonl",
       false, DefineHistory},
      {"init", "write a first preset, suite and CMakeLists.txt for a project",
       "ctestbed init\nctestbed init -- ./server --port '${port.http}'\n"
       "ctestbed init --compose compose.yaml",
       false, DefineInit},
      {"logs", "show what the nodes of a live environment have written",
       "ctestbed logs --node auth --tail 50", false, DefineLogs},
      {"man", "print the manual page", "ctestbed man | man -l -", false, DefineMan},
      {"plan", "show which environments a run would deploy, in which order, and why",
       "ctestbed plan --suite accounts\nctestbed plan --json", false, DefinePlan},
      {"presets", "list the presets, broken ones included", "ctestbed presets --json", false,
       DefinePresets},
      {"run", "deploy what the suites need, run them, report, tear down",
       "ctestbed run\nctestbed run --suite 'acc*' --set store=redis --out results\n"
       "ctestbed run --run accounts@monolith,store=memory",
       false, DefineRun},
      {"schema", "print the JSON Schema of preset or suite files, for editors",
       "ctestbed schema preset > presets/preset.schema.json", false, DefineSchema},
      {"status", "show the live environments", "ctestbed status --json", false, DefineStatus},
      {"suites", "list the suites, broken ones included", "ctestbed suites --json", false,
       DefineSuites},
      {"supervise", "own the environment of a session; started by other commands", "", true,
       DefineSupervise},
      {"teardown", "tear down environments that deploy left up",
       "ctestbed teardown\nctestbed teardown 1f2e3d4c", false, DefineTeardown},
      {"validate", "check all presets and suites, and show every mistake at once",
       "ctestbed validate --presets presets --suites suites", false, DefineValidate},
  }};
  return kCommands;
}

void AddProjectOptions(CLI::App& app, ProjectOptions& options) {
  AddOption(app, "--presets", options.presets, "directory of preset files", {.show_default = true});
  AddOption(app, "--suites", options.suites, "directory of suite files", {.show_default = true});
  AddList(app, "--path", options.path,
          "directory of programs, put before PATH for nodes and testers; may be repeated",
          {.value = "DIR"});
}

void AddJson(CLI::App& app, Program& program) {
  AddFlag(
      app, "--json", [&program] { program.SetJson(true); },
      "print one JSON object instead of text");
}

void AddBackend(CLI::App& app, std::string& backend) {
  AddOption(app, "--backend", backend,
            "backend to deploy on; default: $CTESTBED_BACKEND, else process");
}

}  // namespace ctestbed
