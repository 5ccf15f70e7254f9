// ctestbed env: where a live environment is, for shells and for programs started by hand.

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/environments.h"
#include "io/private_directory.h"
#include "runner/test_environment.h"

namespace ctestbed {
namespace {

using Variables = std::map<std::string, std::string>;

struct EnvOptions {
  std::string id;
  std::string format = "shell";
};

std::string RenderShell(const Variables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) {
    text += fmt::format("export {}={}\n", name, ShellQuote(value));
  }
  return text;
}

// What the readers of such files agree on: no blank or quote in a value needs anything but double
// quotes and a backslash before '"', '\', '$' and '`'.
std::string RenderDotenv(const Variables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) {
    std::string quoted;
    for (const char c : value) {
      if (std::string_view("\"\\$`").find(c) != std::string_view::npos) quoted += '\\';
      quoted += c;
    }
    text += fmt::format("{}=\"{}\"\n", name, quoted);
  }
  return text;
}

ExitCode Main(Program& program, const EnvOptions& options) {
  if (options.format == "json") program.SetJson(true);
  const auto environment = ChooseEnvironment(program, options.id);
  if (!environment) return program.Complain(environment.error());
  const EnvironmentView& view = environment->view;
  const Variables variables =
      TestVariables(view, {"", view.preset, view.cell}, UniqueToken().substr(0, 12));
  if (program.json()) {
    program.PrintJson({{"environment", view.id}, {"variables", variables}});
  } else {
    program.Print(options.format == "dotenv" ? RenderDotenv(variables) : RenderShell(variables));
  }
  return ExitCode::kPassed;
}

}  // namespace

Body DefineEnv(CLI::App& app, Program& program) {
  auto options = std::make_shared<EnvOptions>();
  AddOption(app, "id", options->id, "environment or session; may be left out if only one is live");
  AddOption(app, "--format", options->format, "how to write the variables",
            {.show_default = true, .choices = {"shell", "json", "dotenv"}});
  AddJson(app, program);
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed
