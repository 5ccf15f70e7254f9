// ctestbed man: the manual page, from the same tables as --help.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>

#include "base/text.h"
#include "cli/command.h"

namespace ctestbed {
namespace {

struct Item {
  std::string_view name;
  std::string_view help;
};

constexpr std::array kVariables{
    Item{"CTESTBED_BACKEND", "the backend to deploy on where no option names one"},
    Item{"CTESTBED_HISTORY",
         "file that keeps what sessions took, or 'off'; default: history.sqlite in "
         "$XDG_STATE_HOME/ctestbed, else in ~/.local/state/ctestbed"},
    Item{"CTESTBED_STATE_DIR",
         "where sessions, results and port leases are kept; default: $XDG_RUNTIME_DIR/ctestbed, "
         "else /tmp/ctestbed-UID"},
};

constexpr std::array kFiles{
    Item{"presets/*.yaml", "topologies; defaults.yaml among them overrides built-in defaults"},
    Item{"suites/*.yaml", "tests"},
};

// `text` for troff (groff_man(7)): nothing in it is a request or an escape.
std::string Troff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool begins_line = result.empty() || result.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string Tagged(std::string_view tag, std::string_view text) {
  return fmt::format(".TP\n.B {}\n{}\n", Troff(tag), Troff(text));
}

template <size_t N>
std::string Section(std::string_view title, const std::array<Item, N>& items) {
  std::string text = fmt::format(".SH {}\n", title);
  for (const Item& item : items) text += Tagged(item.name, item.help);
  return text;
}

std::string ExitStatus() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCodeEntry& entry : kExitCodes) {
    text += Tagged(fmt::to_string(static_cast<int>(entry.code)), entry.help);
  }
  return text;
}

std::string RenderOption(const CLI::Option& option) {
  std::string tag = option.get_positional() ? option.get_name() : option.get_name(false, true);
  if (!option.get_positional() && option.get_items_expected_max() > 0) {
    tag += " " + option.get_type_name();
  }
  std::string help = option.get_description();
  if (!option.get_default_str().empty()) {
    help += fmt::format(" (default: {})", option.get_default_str());
  }
  return Tagged(tag, help);
}

std::string RenderCommand(const Command& command, const CLI::App& app) {
  std::string text = fmt::format(".SS ctestbed {}\n{}\n", command.name, Troff(command.help));
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name() != "--help") text += RenderOption(*option);
  }
  if (command.examples.empty()) return text;
  return text +
         fmt::format(".PP\nExamples:\n.PP\n.RS\n.nf\n{}\n.fi\n.RE\n", Troff(command.examples));
}

std::string RenderPage(const CLI::App& root) {
  std::string text = fmt::format(
      ".TH CTESTBED 1 \"\" \"ctestbed {}\" \"User Commands\"\n"
      ".SH NAME\nctestbed \\- test environments of several services, built into CTest\n"
      ".SH SYNOPSIS\n.B ctestbed\n.I COMMAND\n[\\fIOPTION\\fR...]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      CTESTBED_VERSION, Troff(root.get_description()));
  for (const Command& command : Commands()) {
    if (command.hidden) continue;
    text += RenderCommand(command, *root.get_subcommand(std::string(command.name)));
  }
  return text + ExitStatus() + Section("ENVIRONMENT", kVariables) + Section("FILES", kFiles) +
         ".SH SEE ALSO\n.BR ctest (1)\n";
}

}  // namespace

Body DefineMan(CLI::App& app, Program& program) {
  return [&app, &program] {
    program.Print(RenderPage(*app.get_parent()));
    return ExitCode::kPassed;
  };
}

}  // namespace ctestbed
