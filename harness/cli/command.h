// Commands of the ctestbed program. A file per command holds its help, its options and its body;
// commands.cpp lists them all.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "cli/options.h"
#include "cli/program.h"

namespace ctestbed {

// Set by the command that the arguments name; called once all of them are parsed.
using Body = std::function<ExitCode()>;

struct Command {
  std::string_view name;
  std::string_view help;      // one line
  std::string_view examples;  // shown under --help; may be empty
  bool hidden;                // called by ctestbed itself or by CTest
  // Declares the options and gives the body.
  Body (*define)(CLI::App& app, Program& program);
};

// Every command there is, sorted by name.
std::span<const Command> Commands();

// Options that several commands share.
void AddProjectOptions(CLI::App& app, ProjectOptions& options);
void AddJson(CLI::App& app, Program& program);
void AddBackend(CLI::App& app, std::string& backend);

Body DefineBackends(CLI::App& app, Program& program);
Body DefineClean(CLI::App& app, Program& program);
Body DefineComplete(CLI::App& app, Program& program);
Body DefineCompletion(CLI::App& app, Program& program);
Body DefineCTest(CLI::App& app, Program& program);
Body DefineDeploy(CLI::App& app, Program& program);
Body DefineEnv(CLI::App& app, Program& program);
Body DefineHistory(CLI::App& app, Program& program);
Body DefineInit(CLI::App& app, Program& program);
Body DefineLogs(CLI::App& app, Program& program);
Body DefineMan(CLI::App& app, Program& program);
Body DefinePlan(CLI::App& app, Program& program);
Body DefinePresets(CLI::App& app, Program& program);
Body DefineRun(CLI::App& app, Program& program);
Body DefineSchema(CLI::App& app, Program& program);
Body DefineStatus(CLI::App& app, Program& program);
Body DefineSuites(CLI::App& app, Program& program);
Body DefineSupervise(CLI::App& app, Program& program);
Body DefineTeardown(CLI::App& app, Program& program);
Body DefineValidate(CLI::App& app, Program& program);

}  // namespace ctestbed
