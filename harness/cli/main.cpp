// The composition root: builds what the commands work with, and calls the one that is asked for.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/text.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

std::map<std::string, std::string> ReadEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

// What is near to a word of the command line that nobody knows.
std::string Suggest(const CLI::App& app, const std::string& word) {
  const auto chosen = app.get_subcommands();
  std::vector<std::string> known;
  if (chosen.empty()) {
    for (const Command& command : Commands()) {
      if (!command.hidden) known.emplace_back(command.name);
    }
    return DidYouMean(word, known, "commands");
  }
  for (const CLI::Option* option : chosen.front()->get_options()) {
    known.push_back(option->get_name());
  }
  return DidYouMean(word.substr(0, word.find('=')), known, "options");
}

std::string ExitCodes() {
  std::string text = "Exit codes:";
  for (const ExitCodeEntry& entry : kExitCodes) {
    text += "\n  " + std::to_string(static_cast<int>(entry.code)) + "\t" + std::string(entry.help);
  }
  return text;
}

ExitCode Refuse(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  // That a command is missing comes before that a word is left over.
  const std::vector<std::string> extras = app.remaining(true);
  const bool unknown_command = app.get_subcommands().empty() && !extras.empty();
  std::cerr << "ctestbed: "
            << (unknown_command ? "unknown command " + Quote(extras.front())
                                : Visible(error.what()))
            << '\n';
  if (unknown_command || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    if (!extras.empty()) std::cerr << "  hint: " << Suggest(app, extras.front()) << '\n';
  } else if (argc < 2) {
    std::cerr << "  hint: see ctestbed --help\n";
  } else {
    std::cerr << "  hint: see ctestbed " << argv[1] << " --help\n";
  }
  return ExitCode::kBadInput;
}

ExitCode Main(int argc, char** argv) {
  Program program(ReadEnvironment());
  CLI::App app(
      "Deploys topologies of several services, runs tests against them, reports, and\n"
      "leaves nothing behind.",
      "ctestbed");
  app.footer(ExitCodes());
  app.set_version_flag("--version", std::string("ctestbed ") + CTESTBED_VERSION);
  app.require_subcommand(1);
  Body body;
  for (const Command& command : Commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.help));
    if (command.hidden) sub->group("");
    if (!command.examples.empty()) sub->footer("Examples:\n" + std::string(command.examples));
    const Body defined = command.define(*sub, program);
    sub->final_callback([&body, defined] { body = defined; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help and --version
    app.exit(success);
    return ExitCode::kPassed;
  } catch (const CLI::ParseError& error) {
    return Refuse(app, error, argc, argv);
  }
  return body ? body() : ExitCode::kBadInput;
}

}  // namespace
}  // namespace ctestbed

int main(int argc, char** argv) {
  try {
    return static_cast<int>(ctestbed::Main(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "ctestbed: bug: " << error.what() << '\n';
    return static_cast<int>(ctestbed::ExitCode::kTestsFailed);
  }
}
