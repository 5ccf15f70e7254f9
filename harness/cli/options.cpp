#include "cli/options.h"

#include <CLI/CLI.hpp>

namespace ctestbed {
namespace {

void SetKind(CLI::Option& option, const OptionKind& kind) {
  option.required(kind.required);
  if (!kind.value.empty()) option.type_name(kind.value);
  if (!kind.choices.empty()) option.check(CLI::IsMember(kind.choices));
  if (kind.check) option.check(kind.check);
  if (kind.show_default) option.capture_default_str();
}

}  // namespace

void AddOption(CLI::App& app, const std::string& name, std::string& value, const std::string& help,
               const OptionKind& kind) {
  SetKind(*app.add_option(name, value, help), kind);
}

void AddOption(CLI::App& app, const std::string& name, int& value, const std::string& help,
               const OptionKind& kind) {
  SetKind(*app.add_option(name, value, help), kind);
}

void AddOption(CLI::App& app, const std::string& name, size_t& value, const std::string& help) {
  app.add_option(name, value, help);
}

void AddList(CLI::App& app, const std::string& name, std::vector<std::string>& values,
             const std::string& help, const OptionKind& kind) {
  CLI::Option* option = app.add_option(name, values, help);
  option->expected(1)->allow_extra_args(false)->take_all();
  SetKind(*option, kind);
}

void AddRest(CLI::App& app, const std::string& name, std::vector<std::string>& values,
             const std::string& help) {
  app.add_option(name, values, help);
}

void AddFlag(CLI::App& app, const std::string& name, bool& value, const std::string& help) {
  app.add_flag(name, value, help);
}

void AddFlag(CLI::App& app, const std::string& name, std::function<void()> given,
             const std::string& help) {
  app.add_flag_callback(name, std::move(given), help);
}

}  // namespace ctestbed
