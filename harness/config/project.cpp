#include "config/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "config/preset_linker.h"
#include "config/preset_parser.h"
#include "config/reading.h"
#include "config/references.h"
#include "config/suite_checks.h"
#include "config/suite_parser.h"
#include "config/yaml_reader.h"

namespace ctestbed {
namespace {

void SortByPath(std::vector<SourceFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

bool IsDefaults(const SourceFile& file) {
  return std::filesystem::path(file.path).filename() == "defaults.yaml";
}

Defaults LoadDefaults(const std::vector<SourceFile>& presets, Diagnostics& problems) {
  Defaults defaults = BuiltInDefaults();
  for (const SourceFile& file : presets) {
    if (!IsDefaults(file)) continue;
    if (const auto document = ReadYaml(file.path, file.text, problems)) {
      defaults = ReadDefaults(*document, std::move(defaults), problems);
    }
  }
  return defaults;
}

std::map<std::string, std::string> HostEnvironment(const Defaults& defaults,
                                                   const Vocabulary& vocabulary) {
  std::map<std::string, std::string> environment;
  for (const std::string& name : defaults.host_environment) {
    const auto value = vocabulary.host_environment.find(name);
    if (value != vocabulary.host_environment.end()) {
      environment[name] = EscapeReferences(value->second);
    }
  }
  return environment;
}

WrittenPreset LoadPreset(const SourceFile& file, const Reader& reader) {
  if (auto document = ReadYaml(file.path, file.text, reader.problems)) {
    return ReadPreset(file.path, std::move(*document), reader);
  }
  // It still has a name, so that nobody hears that it does not exist.
  WrittenPreset unread;
  unread.preset.name = {FileStem(file.path), SourceMark{file.path, 1, 1, 1}};
  unread.preset.file = file.path;
  return unread;
}

std::vector<PresetFile> LoadPresets(const std::vector<SourceFile>& files, const Reader& reader) {
  std::vector<WrittenPreset> written;
  for (const SourceFile& file : files) {
    if (!IsDefaults(file)) written.push_back(LoadPreset(file, reader));
  }
  std::vector<std::optional<Preset>> linked = LinkPresets(written, reader);
  std::vector<PresetFile> presets;
  for (size_t i = 0; i < written.size(); ++i) {
    const Preset& preset = written[i].preset;
    presets.push_back({preset.name.value, preset.file, std::move(linked[i])});
  }
  return presets;
}

PresetsByName ByName(const std::vector<PresetFile>& presets) {
  PresetsByName by_name;
  for (const PresetFile& preset : presets) {
    by_name.try_emplace(preset.name, preset.preset ? &*preset.preset : nullptr);
  }
  return by_name;
}

// Where the cases are known before they run, the expected ones have to be among them.
void CheckExpected(const Suite& suite, const std::vector<Case>& cases, Diagnostics& problems) {
  std::vector<std::string> names;
  for (const Case& known : cases) names.push_back(known.name);
  if (names.empty()) return;
  for (const auto& [name, outcome] : suite.expected) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    problems.Error(outcome.mark, fmt::format("the suite has no case {}", Quote(name)),
                   DidYouMean(name, names, "cases"));
  }
}

void CheckSuiteOrder(const std::vector<SuiteFile>& files, Diagnostics& problems) {
  std::vector<const Suite*> suites;
  std::vector<std::string> all;
  for (const SuiteFile& file : files) {
    all.push_back(file.name);
    if (file.suite) suites.push_back(&*file.suite);
  }
  CheckOrder(suites, all, problems);
}

void SubstituteHostVariables(Suite& suite, const Reader& reader) {
  const std::map<std::string, std::string>& host = reader.vocabulary.host_environment;
  for (auto& [name, value] : suite.environment) {
    SubstituteHostVariables(value, host, reader.problems);
  }
  for (MatrixOverride& change : suite.matrix.overrides) {
    for (auto& [name, value] : change.environment) {
      SubstituteHostVariables(value, host, reader.problems);
    }
  }
  SubstituteHostVariables(suite.body, host, reader.problems);
}

SuiteFile LoadSuite(const SourceFile& file, const PresetsByName& presets, const Reader& reader) {
  SuiteFile loaded{FileStem(file.path), file.path, std::nullopt, {}, file.text};
  auto document = ReadYaml(file.path, file.text, reader.problems);
  if (!document) return loaded;
  Suite suite = ReadSuite(file.path, std::move(*document), reader);
  loaded.name = suite.name.value;
  CheckSuite(suite, presets, reader.problems);
  SubstituteHostVariables(suite, reader);
  const TesterVocabulary* tester = FindTester(reader.vocabulary, suite.tester.value);
  if (tester != nullptr && tester->cases) loaded.cases = tester->cases(suite, reader.problems);
  CheckExpected(suite, loaded.cases, reader.problems);
  loaded.suite = std::move(suite);
  return loaded;
}

void CheckSuiteNames(const std::vector<SuiteFile>& suites, Diagnostics& problems) {
  std::map<std::string, std::string> files;
  for (const SuiteFile& suite : suites) {
    const auto [first, is_new] = files.try_emplace(suite.name, suite.file);
    if (is_new || !suite.suite) continue;
    problems.Error(suite.suite->name.mark, fmt::format("duplicate suite {}", Quote(suite.name)),
                   fmt::format("{} has it already", first->second));
  }
}

}  // namespace

Project LoadProject(std::vector<SourceFile> presets, std::vector<SourceFile> suites,
                    const Vocabulary& vocabulary, Diagnostics& problems) {
  SortByPath(presets);
  SortByPath(suites);
  Project project;
  project.defaults = LoadDefaults(presets, problems);
  project.host_environment = HostEnvironment(project.defaults, vocabulary);
  const Reader reader{vocabulary, project.defaults, problems};
  project.presets = LoadPresets(presets, reader);
  const PresetsByName by_name = ByName(project.presets);
  for (const SourceFile& file : suites) {
    project.suites.push_back(LoadSuite(file, by_name, reader));
  }
  CheckSuiteNames(project.suites, problems);
  CheckSuiteOrder(project.suites, problems);
  for (SuiteFile& suite : project.suites) {
    if (!problems.About(suite.file).empty()) suite.suite.reset();
  }
  return project;
}

Suite ReadSoundSuite(const SourceFile& file, const Defaults& defaults,
                     const Vocabulary& vocabulary) {
  Diagnostics none;
  const Reader reader{vocabulary, defaults, none};
  Suite suite =
      ReadSuite(file.path, ReadYaml(file.path, file.text, none).value_or(Document()), reader);
  SubstituteHostVariables(suite, reader);
  return suite;
}

}  // namespace ctestbed
