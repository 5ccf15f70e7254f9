// Options and arguments of commands. Files that only declare some see this header and not CLI11,
// which takes longer to compile than they do.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ctestbed {

struct OptionKind {
  bool required = false;
  bool show_default = false;         // in --help
  std::string value;                 // what --help calls the value; empty: TEXT
  std::vector<std::string> choices;  // the only values there are; empty: any
  // What is wrong with a value; empty: nothing.
  std::function<std::string(const std::string&)> check;
};

// An option where `name` begins with "--", else an argument.
void AddOption(CLI::App& app, const std::string& name, std::string& value, const std::string& help,
               const OptionKind& kind = {});
void AddOption(CLI::App& app, const std::string& name, int& value, const std::string& help,
               const OptionKind& kind = {});
void AddOption(CLI::App& app, const std::string& name, size_t& value, const std::string& help);
// An option that may be repeated, with one value each time.
void AddList(CLI::App& app, const std::string& name, std::vector<std::string>& values,
             const std::string& help, const OptionKind& kind = {});
// The arguments that are left.
void AddRest(CLI::App& app, const std::string& name, std::vector<std::string>& values,
             const std::string& help);
void AddFlag(CLI::App& app, const std::string& name, bool& value, const std::string& help);
void AddFlag(CLI::App& app, const std::string& name, std::function<void()> given,
             const std::string& help);

}  // namespace ctestbed
