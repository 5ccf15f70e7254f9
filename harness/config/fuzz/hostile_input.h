// What the reader of presets and suites promises for any bytes, for its fuzzer and its tests.
#pragma once

#include <array>
#include <string>

#include "base/text.h"
#include "config/project.h"

namespace ctestbed {

inline constexpr std::array kTestHttpFields{
    Field{"base", Shape::kText, "address of the service under test"},
    Field{"follow", Shape::kBoolean, "whether redirects are followed"},
    Field{"headers", Shape::kTextMap, "sent with every request"},
    Field{"tests", Shape::kList, "the cases", true},
};

inline constexpr std::array kTestCommandFields{
    Field{"command", Shape::kTextList, "program and arguments", true},
    Field{"junit", Shape::kText, "the result file it writes"},
};

// Like that of the program, without its plug-ins.
inline Vocabulary TestVocabulary() {
  const auto check_probe = [](const ProbeSpec& probe, Diagnostics& problems) {
    if (probe.kind == "http") CheckShape(probe.arguments, Shape::kText, "http", problems);
    if (probe.kind == "exec") CheckShape(probe.arguments, Shape::kTextList, "exec", problems);
  };
  return {.probes = {"exec", "http", "tcp"},
          .check_probe = check_probe,
          .testers = {{"command", kTestCommandFields, {}}, {"http", kTestHttpFields, {}}},
          .host_environment = {{"HOME", "/home/user"}},
          .port_probes = {"http", "tcp"},
          .directory = "/project",
          .read_file = [](const std::string&) -> Result<std::string> {
            return Fail(ErrorKind::kNotFound, "there is no such file");
          }};
}

inline constexpr std::string_view kFuzzPreset = R"(
name: ok
topology: {nodes: [{name: main, run: {command: [realm]}, ports: {http: 80}}]}
axes: {store: {memory: {}, disk: {}}, transport: {json: {}, binary: {}}}
)";

// Takes the hostile text for its file of variables.
inline constexpr std::string_view kReadingPreset = R"(
name: reading
env_files: [variables.env]
topology: {nodes: [{name: main, run: {command: [realm]}}]}
)";

// What is wrong with one of the messages; empty: nothing.
inline std::string BadMessage(const Diagnostic& problem) {
  if (problem.message.empty()) return "a message is empty";
  for (const std::string& text : {problem.message, problem.hint}) {
    if (text.find('\n') != std::string::npos) return "a message has several lines";
  }
  if (problem.mark.file.empty()) return "a mistake is in no file: " + problem.message;
  const std::string rendered = Render(problem);
  if (FindInvalidUtf8(rendered) != std::string::npos) return "a message is no UTF-8";
  constexpr size_t kMostBytes = 10'000;
  return rendered.size() > kMostBytes ? "a message is too long: " + problem.message : "";
}

inline std::string BadMessage(const Diagnostics& problems) {
  for (const Diagnostic& problem : problems.Sorted()) {
    if (std::string bad = BadMessage(problem); !bad.empty()) return bad;
  }
  return "";
}

// Reads `text` as defaults, as a preset, as variables and as a suite. The promise that was broken;
// empty: none.
inline std::string BrokenPromise(const std::string& text) {
  const std::string preset_file = "presets/fuzz.yaml";
  const std::string suite_file = "suites/fuzz.yaml";
  Vocabulary vocabulary = TestVocabulary();
  vocabulary.read_file = [&](const std::string&) -> Result<std::string> { return text; };
  Diagnostics others;
  LoadProject(
      {{"presets/defaults.yaml", text}, {"presets/reading.yaml", std::string(kReadingPreset)}}, {},
      vocabulary, others);
  if (std::string bad = BadMessage(others); !bad.empty()) return bad;
  Diagnostics problems;
  const Project project =
      LoadProject({{preset_file, text}, {"presets/ok.yaml", std::string(kFuzzPreset)}},
                  {{suite_file, text}}, vocabulary, problems);
  if (std::string bad = BadMessage(problems); !bad.empty()) return bad;
  for (const PresetFile& preset : project.presets) {
    // What is wrong may be said where two files meet.
    if (preset.file == preset_file && !preset.preset && problems.empty()) return "preset: silence";
    if (preset.preset && problems.About(preset.file).size() > 0 && preset.file == preset_file) {
      return "preset: both a model and mistakes";
    }
  }
  for (const SuiteFile& suite : project.suites) {
    if (!suite.suite && problems.About(suite_file).empty()) return "suite: silence";
  }
  return "";
}

}  // namespace ctestbed
