#include "cli/scaffold.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

// One node that serves HTTP; {0} name, {1} what `run` holds, {2} further keys.
constexpr std::string_view kPreset = R"(name: {0}
topology:
  nodes:
    - name: main
      services: [{0}]
      run:
        command: {1}
{2}      ports: {{http: 8000}}
      ready: {{tcp: true, port: http, within: 20s}}
)";

constexpr std::string_view kSuite = R"(suite: {0}
tester: http
needs: {{preset: {0}}}
base: ${{services.{0}.url}}
tests:
{1})";

bool IsPlain(std::string_view text) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_./-+=@:").find(static_cast<char>(c)) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits) && text.front() != '=' &&
         text.front() != '@' && text.front() != ':' && text.back() != ':' && text != "-" &&
         text != "null";
}

}  // namespace

std::string YamlScalar(std::string_view text) {
  return IsPlain(text) ? std::string(text) : DumpJson(Json(text));
}

std::string YamlList(const std::vector<std::string>& texts) {
  std::vector<std::string> items;
  for (const std::string& text : texts) items.push_back(YamlScalar(text));
  return "[" + Join(items, ", ") + "]";
}

Scaffold ExampleScaffold(const std::string& name) {
  const std::string command =
      YamlList({"python3", "-m", "http.server", "${port.http}", "--bind", "127.0.0.1"});
  return {fmt::format(kPreset, name, command, ""),
          fmt::format(kSuite, name, "  - GET /: 200\n  - GET /nothing-here: 404\n"),
          {}};
}

Scaffold ProgramScaffold(const std::string& name, const std::vector<std::string>& command) {
  std::string more = "      working_directory: ..\n";
  const auto names_port = [](const std::string& word) {
    return word.find("${port.http}") != std::string::npos;
  };
  if (std::none_of(command.begin(), command.end(), names_port)) {
    more += "      environment: {PORT: \"${port.http}\"}\n";
  }
  const std::string_view test =
      "  - name: it answers  # say here what is really expected\n"
      "    GET /:\n"
      "    expect: {status: {lt: 500}}\n";
  return {fmt::format(kPreset, name, YamlList(command), more), fmt::format(kSuite, name, test), {}};
}

std::string CMakeLines() {
  return "find_package(CTestbed REQUIRED)\n"
         "enable_testing()\n"
         "ctestbed_discover_suites()\n";
}

std::string CMakeProject(const std::string& name) {
  return fmt::format("cmake_minimum_required(VERSION 3.20)\nproject({} NONE)\n\n{}", name,
                     CMakeLines());
}

}  // namespace ctestbed
