// The texts that `ctestbed init` writes: a preset, a suite for it, and the lines of CMake. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace ctestbed {

struct Scaffold {
  std::string preset;              // of presets/NAME.yaml
  std::string suite;               // of suites/NAME.yaml
  std::vector<std::string> notes;  // what could not be taken over, one line each
};

// Python's web server on an empty directory.
Scaffold ExampleScaffold(const std::string& name);

// A program that serves HTTP. It learns its port by the reference ${port.http} in `command`, or,
// where there is none, by the variable PORT; it runs in the directory above presets/.
Scaffold ProgramScaffold(const std::string& name, const std::vector<std::string>& command);

// The services of a compose file that can run as local processes: those with a command, and images
// whose program is known (https://github.com/compose-spec/compose-spec/blob/main/spec.md). Each
// other one is a note; kInvalid when none is left.
Result<Scaffold> ComposeScaffold(const std::string& name, const Document& compose);

// A CMakeLists.txt of a project, and what an existing one needs.
std::string CMakeProject(const std::string& name);
std::string CMakeLines();

// `text` as a YAML scalar, quoted where it must be; and several as a flow list.
std::string YamlScalar(std::string_view text);
std::string YamlList(const std::vector<std::string>& texts);

}  // namespace ctestbed
