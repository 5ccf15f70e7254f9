// The one entry of config/: the texts of all presets and suites in, what they mean out, every
// mistake of every file reported in one go. Pure: reads no file and no variable itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "config/defaults.h"
#include "config/vocabulary.h"
#include "model/preset.h"
#include "model/suite.h"

namespace ctestbed {

struct SourceFile {
  std::string path;  // as messages name it; relative paths in a preset start from its folder
  std::string text;
};

struct PresetFile {
  std::string name;  // as far as it can be read, else the file's
  std::string file;
  std::optional<Preset> preset;  // absent when the file has a mistake
};

struct SuiteFile {
  std::string name;
  std::string file;
  std::optional<Suite> suite;  // absent when the file has a mistake
  std::vector<Case> cases;
  std::string text;
};

struct Project {
  std::vector<PresetFile> presets;  // sorted by path
  std::vector<SuiteFile> suites;    // sorted by path
  Defaults defaults;
  // The variables of the host that every node gets, references escaped: for Resolve and MakePlan.
  std::map<std::string, std::string> host_environment;
};

// Among `presets` a file called defaults.yaml is no preset, but overrides the embedded defaults.
Project LoadProject(std::vector<SourceFile> presets, std::vector<SourceFile> suites,
                    const Vocabulary& vocabulary, Diagnostics& problems);

// Reads a suite again that LoadProject has found sound, without presets to hold it against.
Suite ReadSoundSuite(const SourceFile& file, const Defaults& defaults,
                     const Vocabulary& vocabulary);

}  // namespace ctestbed
