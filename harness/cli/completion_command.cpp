// ctestbed completion: scripts for shells. They ask the hidden `ctestbed complete`, so that all
// shells complete alike, from the commands' own tables and from the project at hand.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "cli/command.h"
#include "cli/environments.h"

namespace ctestbed {
namespace {

// COMP_WORDS is cut at '=' too, so words are taken from the line; what stands before the last '='
// is on the line already.
constexpr std::string_view kBash = R"(_ctestbed() {
  local words word prefix
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} != *' ' ]] || words+=('')
  word=${words[${#words[@]}-1]} prefix=
  [[ $word != *=* ]] || prefix=${word%=*}=
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("${word#"$prefix"}")
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _ctestbed ctestbed
)";
constexpr std::string_view kZsh = R"(#compdef ctestbed
_ctestbed() {
  local -a found
  found=("${(@f)$("$words[1]" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $found[1] ]]; then compadd -a found; else _files; fi
}
compdef _ctestbed ctestbed
)";
constexpr std::string_view kFish = R"(complete -c ctestbed -f
complete -c ctestbed -a '(ctestbed complete -- (commandline -opc)[2..-1] (commandline -ct))'
complete -c ctestbed -n '__fish_seen_argument -l presets -l suites -l path -l out' -F
complete -c ctestbed -n '__fish_seen_subcommand_from export import' -F
)";

struct Script {
  std::string_view shell;
  std::string_view text;
};
constexpr std::array kScripts{Script{"bash", kBash}, Script{"fish", kFish}, Script{"zsh", kZsh}};

using Words = std::vector<std::string>;

Words PresetNames(const LoadedProject& loaded) {
  Words names;
  for (const PresetFile& file : loaded.project.presets) names.push_back(file.name);
  return names;
}

Words SuiteNames(const LoadedProject& loaded) {
  Words names;
  for (const SuiteFile& file : loaded.project.suites) names.push_back(file.name);
  return names;
}

Words Settings(const LoadedProject& loaded) {
  Words settings;
  for (const Preset& preset : loaded.Presets()) {
    for (const Axis& axis : preset.axes) {
      for (const AxisValue& value : axis.values) {
        settings.push_back(axis.name.value + "=" + value.name.value);
      }
    }
  }
  return settings;
}

Words RunNames(const LoadedProject& loaded) {
  Words names;
  for (const Suite& suite : loaded.Suites()) {
    for (const auto& preset : suite.presets) names.push_back(suite.name.value + "@" + preset.value);
  }
  return names;
}

// Options and arguments whose values the project knows.
struct Source {
  std::string_view name;
  Words (*words)(const LoadedProject&);
};
constexpr std::array kSources{
    Source{"--preset", PresetNames}, Source{"--run", RunNames},     Source{"--set", Settings},
    Source{"--suite", SuiteNames},   Source{"preset", PresetNames},
};

Words FromProject(Program& program, std::string_view name, const Words& words) {
  const auto source = std::find_if(kSources.begin(), kSources.end(),
                                   [&](const Source& each) { return each.name == name; });
  if (source == kSources.end()) return {};
  ProjectOptions options;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "--presets") options.presets = words[i + 1];
    if (words[i] == "--suites") options.suites = words[i + 1];
  }
  const auto loaded = program.Load(options);
  return loaded ? source->words(*loaded) : Words();
}

Words ValuesOf(Program& program, const CLI::Option& option, const Words& words) {
  const std::string name = option.get_name();
  if (name == "--backend") {
    Words names;
    for (const DriverEntry& driver : Drivers()) names.emplace_back(driver.name);
    return names;
  }
  if (name == "environment") {
    Words ids;
    const auto live = ListEnvironments(program);
    if (!live) return ids;
    for (const LiveEnvironment& environment : *live) ids.push_back(environment.view.id);
    return ids;
  }
  if (name == "action") return {"export", "import"};
  if (name == "shell") {
    Words shells;
    for (const Script& script : kScripts) shells.emplace_back(script.shell);
    return shells;
  }
  return FromProject(program, name, words);
}

bool TakesValue(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

// The option that the word before the last one names, if it wants a value.
const CLI::Option* Pending(const CLI::App& command, const Words& words) {
  if (words.size() < 2) return nullptr;
  const CLI::Option* option = command.get_option_no_throw(words[words.size() - 2]);
  return option != nullptr && !option->get_positional() && TakesValue(*option) ? option : nullptr;
}

// How many arguments stand before the last word, behind the name of the command.
size_t ArgumentsGiven(const CLI::App& command, const Words& words) {
  size_t given = 0;
  for (size_t i = 1; i + 1 < words.size(); ++i) {
    if (!words[i].starts_with("-")) {
      ++given;
    } else if (const CLI::Option* option = command.get_option_no_throw(words[i])) {
      if (TakesValue(*option)) ++i;
    }
  }
  return given;
}

Words Options(const CLI::App& command) {
  Words names;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) names.push_back("--" + option->get_lnames().front());
  }
  return names;
}

// What may stand in place of the last of `words`; nothing for names of files.
Words Candidates(Program& program, const CLI::App& root, const Words& words) {
  if (words.size() == 1) {
    Words names;
    for (const Command& command : Commands()) {
      if (!command.hidden) names.emplace_back(command.name);
    }
    return names;
  }
  const auto named = [&](const CLI::App* each) { return each->get_name() == words.front(); };
  const auto found = root.get_subcommands(named);
  if (found.empty()) return {};
  const CLI::App* command = found.front();
  if (const CLI::Option* option = Pending(*command, words)) {
    return ValuesOf(program, *option, words);
  }
  if (words.back().starts_with("-")) return Options(*command);
  size_t before = ArgumentsGiven(*command, words);
  for (const CLI::Option* option : command->get_options()) {
    if (!option->get_positional()) continue;
    if (before == 0) return ValuesOf(program, *option, words);
    if (option->get_items_expected_max() == 1) --before;
  }
  return {};
}

ExitCode Complete(Program& program, const CLI::App& root, Words words) {
  if (words.empty()) words.emplace_back();
  const Words candidates = Candidates(program, root, words);
  for (const std::string& candidate : std::set<std::string>(candidates.begin(), candidates.end())) {
    if (candidate.starts_with(words.back())) program.Print(candidate + "\n");
  }
  return ExitCode::kPassed;
}

ExitCode PrintScript(Program& program, const std::string& shell) {
  Words known;
  for (const Script& script : kScripts) {
    known.emplace_back(script.shell);
    if (script.shell != shell) continue;
    program.Print(script.text);
    return ExitCode::kPassed;
  }
  return program.Complain(Error{ErrorKind::kInvalid, "unknown shell " + Quote(shell),
                                DidYouMean(shell, known, "shells"), ""});
}

}  // namespace

Body DefineComplete(CLI::App& app, Program& program) {
  auto words = std::make_shared<Words>();
  AddRest(app, "words", *words, "the words after ctestbed, up to the one to complete");
  return [words, &app, &program] { return Complete(program, *app.get_parent(), *words); };
}

Body DefineCompletion(CLI::App& app, Program& program) {
  auto shell = std::make_shared<std::string>();
  AddOption(app, "shell", *shell, "bash, fish or zsh", {.required = true});
  return [shell, &program] { return PrintScript(program, *shell); };
}

}  // namespace ctestbed
