// ctestbed ctest: what CTest calls; CTestbed.cmake and the generated tests know the command lines.

#include <CLI/CLI.hpp>
#include <functional>

#include "base/duration.h"
#include "cli/command.h"
#include "cli/ctest_list.h"
#include "cli/ctest_steps.h"
#include "cli/planning.h"
#include "io/private_directory.h"

namespace ctestbed {
namespace {

struct Chosen {
  CTestOptions common;
  CTestTree tree;
  ListOptions list;
  int timeout_s = 0;
  std::string name;  // of a batch, a run, or a preset or suite
  std::function<ExitCode()> step;
};

void MakeAbsolute(std::string& path) {
  if (!path.starts_with("/")) path = CurrentDirectory() + "/" + path;
}

using Step = std::function<ExitCode()>;

CLI::App* AddStep(CLI::App& app, const std::shared_ptr<Chosen>& chosen, const std::string& name,
                  const std::string& help, Step step) {
  CLI::App* sub = app.add_subcommand(name, help);
  AddProjectOptions(*sub, chosen->common.project);
  AddBackend(*sub, chosen->common.backend);
  AddLanes(*sub, chosen->common.lanes);
  AddOption(*sub, "--prefix", chosen->common.prefix, "what test names begin with");
  AddOption(*sub, "--results", chosen->common.results,
            "directory that receives a directory of results per session", {.required = true});
  sub->final_callback([chosen, step = std::move(step)] { chosen->step = step; });
  return sub;
}

void AddName(CLI::App* sub, const std::shared_ptr<Chosen>& chosen, const std::string& help) {
  AddOption(*sub, "name", chosen->name, help, {.required = true});
}

void AddTree(CLI::App* sub, const std::shared_ptr<Chosen>& chosen) {
  AddOption(*sub, "--build-dir", chosen->tree.build, "top directory of the build",
            {.required = true});
  AddOption(*sub, "--source-dir", chosen->tree.source, "top directory of the sources",
            {.required = true});
}

void AddListStep(CLI::App& app, const std::shared_ptr<Chosen>& chosen, Program& program) {
  CLI::App* sub =
      AddStep(app, chosen, "list", "write the tests for CTest to include", [chosen, &program] {
        ListOptions& list = chosen->list;
        list.listing.common = chosen->common;
        list.listing.tree = chosen->tree;
        list.listing.deploy_budget = std::chrono::seconds(chosen->timeout_s);
        return ListTests(program, list);
      });
  AddTree(sub, chosen);
  AddOption(*sub, "--output", chosen->list.output, "file to write, FILE.cmake", {.required = true});
  AddList(*sub, "--label", chosen->list.listing.labels, "label of all tests; may be repeated");
  AddOption(*sub, "--timeout", chosen->timeout_s,
            "seconds after which CTest gives up on an environment; default: what its nodes "
            "may take to get ready");
}

}  // namespace

Body DefineCTest(CLI::App& app, Program& program) {
  auto chosen = std::make_shared<Chosen>();
  app.require_subcommand(1);
  AddListStep(app, chosen, program);
  AddTree(
      AddStep(app, chosen, "session", "start the session of this ctest run",
              [chosen, &program] { return SessionStep(program, chosen->common, chosen->tree); }),
      chosen);
  AddName(AddStep(app, chosen, "up", "wait for an environment and hold it",
                  [chosen, &program] { return UpStep(program, chosen->common, chosen->name); }),
          chosen, "name of a batch: PRESET,AXIS=VALUE,...");
  AddName(AddStep(app, chosen, "run", "execute a run",
                  [chosen, &program] { return RunStep(program, chosen->common, chosen->name); }),
          chosen, "name of a run: SUITE@PRESET,AXIS=VALUE,...");
  AddName(AddStep(app, chosen, "down", "let go of an environment",
                  [chosen, &program] { return DownStep(program, chosen->common, chosen->name); }),
          chosen, "name of a batch: PRESET,AXIS=VALUE,...");
  AddStep(app, chosen, "report", "end the session of this ctest run",
          [chosen, &program] { return ReportStep(program, chosen->common); });
  AddName(
      AddStep(app, chosen, "discovery", "fail with what is wrong with a preset or suite",
              [chosen, &program] { return DiscoveryStep(program, chosen->common, chosen->name); }),
      chosen, "name of a preset or suite");
  return [chosen] {
    MakeAbsolute(chosen->common.results);
    return chosen->step();
  };
}

}  // namespace ctestbed
