// ctestbed init: a first preset, a suite and CMake lines for an existing project.

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <filesystem>

#include "base/text.h"
#include "cli/command.h"
#include "cli/scaffold.h"
#include "config/yaml_reader.h"

namespace ctestbed {
namespace {

struct InitOptions {
  std::string directory = ".";
  std::string compose;
  bool force = false;
  std::vector<std::string> program;
};

// As the Compose Specification looks for it.
constexpr std::array kComposeFiles{"compose.yaml", "compose.yml", "docker-compose.yaml",
                                   "docker-compose.yml"};

// The directory's name, made one for presets and suites.
std::string ProjectName(const std::string& directory) {
  std::string name =
      std::filesystem::absolute(directory + "/.").lexically_normal().parent_path().filename();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-') c = '-';
  }
  name = name.substr(0, 40);
  return IsName(name) ? name : "example";
}

std::string FindCompose(Program& program, const InitOptions& options) {
  if (!options.compose.empty()) return options.compose;
  for (const std::string_view name : kComposeFiles) {
    const std::string path = fmt::format("{}/{}", options.directory, name);
    if (program.files().Exists(path)) return path;
  }
  return "";
}

Result<Scaffold> FromCompose(Program& program, const std::string& name, const std::string& file) {
  TRY(const std::string text, program.files().Read(file));
  Diagnostics problems;
  const auto compose = ReadYaml(file, text, problems);
  if (!compose || problems.HasErrors()) {
    return Fail(ErrorKind::kInvalid, fmt::format("cannot read {}", Quote(file)),
                Render(problems.Sorted()));
  }
  return ComposeScaffold(name, *compose);
}

Result<Scaffold> MakeScaffold(Program& program, const InitOptions& options,
                              const std::string& name) {
  if (!options.program.empty()) return ProgramScaffold(name, options.program);
  const std::string compose = FindCompose(program, options);
  return compose.empty() ? ExampleScaffold(name) : FromCompose(program, name, compose);
}

// What CMakeLists.txt is to be; nothing when it needs no change.
std::optional<std::string> CMakeText(Program& program, const std::string& path,
                                     const std::string& name) {
  const auto present = program.files().Read(path);
  if (!present) return CMakeProject(name);
  if (present->find("ctestbed_discover_suites") != std::string::npos) return std::nullopt;
  return *present + (present->ends_with('\n') ? "\n" : "\n\n") + CMakeLines();
}

Status Write(Program& program, const InitOptions& options, const std::string& name,
             const Scaffold& scaffold) {
  const std::string preset = fmt::format("{}/presets/{}.yaml", options.directory, name);
  const std::string suite = fmt::format("{}/suites/{}.yaml", options.directory, name);
  for (const std::string& path : {preset, suite}) {
    if (program.files().Exists(path) && !options.force) {
      return Fail(ErrorKind::kInvalid, fmt::format("{} exists already", Quote(path)),
                  "--force replaces it");
    }
  }
  const std::string cmake = options.directory + "/CMakeLists.txt";
  std::vector<std::pair<std::string, std::string>> files{{preset, scaffold.preset},
                                                         {suite, scaffold.suite}};
  if (auto text = CMakeText(program, cmake, name)) files.emplace_back(cmake, std::move(*text));
  for (const auto& [path, text] : files) {
    TRY_DO(program.files().Write(path, text));
    program.Print(fmt::format("wrote {}\n", path));
  }
  return {};
}

ExitCode Main(Program& program, const InitOptions& options) {
  const std::string name = ProjectName(options.directory);
  const auto scaffold = MakeScaffold(program, options, name);
  if (!scaffold) return program.Complain(scaffold.error());
  if (const Status written = Write(program, options, name, *scaffold); !written) {
    return program.Complain(written.error());
  }
  const auto loaded =
      program.Load({options.directory + "/presets", options.directory + "/suites", {}});
  if (!loaded) return program.Complain(loaded.error());
  if (loaded->problems.HasErrors()) return program.Complain(loaded->problems);
  for (const std::string& note : scaffold->notes) program.Warn(note);
  program.Print(
      "next: ctestbed run\n"
      "or:   cmake -B build && ctest --test-dir build\n");
  return ExitCode::kPassed;
}

}  // namespace

Body DefineInit(CLI::App& app, Program& program) {
  auto options = std::make_shared<InitOptions>();
  AddOption(app, "--directory", options->directory, "of the project", {.show_default = true});
  AddOption(app, "--compose", options->compose,
            "compose file whose services become nodes; default: the one in the directory");
  AddFlag(app, "--force", options->force, "replace the preset and the suite of that name");
  AddRest(app, "program", options->program,
          "a program that serves HTTP, and its arguments, after --; it takes its port from "
          "${port.http} among them, or from the variable PORT");
  return [options, &program] { return Main(program, *options); };
}

}  // namespace ctestbed
