#include "cli/ctest_arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace ctestbed {
namespace {

// The number of tests at a time; 0 for what is no number.
int ParseLevel(std::string_view text) {
  int level = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), level);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? level : 0;
}

bool Contains(const std::vector<std::string>& argv, std::string_view word) {
  return std::find(argv.begin(), argv.end(), word) != argv.end();
}

// What becomes of an option that does not choose tests.
struct Dropped {
  std::string_view option;
  bool has_value;  // in the next word
};

constexpr std::array kDropped{
    Dropped{"--test-dir", true},
    Dropped{"-O", true},
    Dropped{"--output-log", true},
    Dropped{"--output-junit", true},
    Dropped{"--output-on-failure", false},
    Dropped{"--test-output-size-passed", true},
    Dropped{"--test-output-size-failed", true},
    Dropped{"--test-output-truncation", true},
    Dropped{"-V", false},
    Dropped{"--verbose", false},
    Dropped{"-VV", false},
    Dropped{"--extra-verbose", false},
    Dropped{"--debug", false},
    Dropped{"-Q", false},
    Dropped{"--quiet", false},
    Dropped{"--progress", false},
    Dropped{"--repeat", true},
    Dropped{"--repeat-until-fail", true},
    Dropped{"--stop-on-failure", false},
    Dropped{"--stop-time", true},
    Dropped{"--timeout", true},
    Dropped{"--schedule-random", false},
    Dropped{"--test-load", true},
    Dropped{"--interactive-debug-mode", true},
    Dropped{"--no-tests", false},
};

constexpr std::array<std::string_view, 12> kDashboard{"-D",
                                                      "--dashboard",
                                                      "-M",
                                                      "--test-model",
                                                      "-T",
                                                      "--test-action",
                                                      "-S",
                                                      "--script",
                                                      "-SP",
                                                      "--script-new-process",
                                                      "--build-and-test",
                                                      "-A"};

bool Is(std::string_view word, std::string_view option) {
  return word == option || (option.starts_with("--") && word.starts_with(option) &&
                            word.substr(option.size()).starts_with("="));
}

bool IsLevelOption(std::string_view word) {
  return word == "-j" || word == "--parallel";
}

}  // namespace

bool IsParallel(const std::vector<std::string>& argv,
                const std::map<std::string, std::string>& environment) {
  std::optional<int> level;
  for (size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    constexpr std::string_view kLong = "--parallel=";
    if (IsLevelOption(word)) {
      level = i + 1 < argv.size() ? ParseLevel(argv[i + 1]) : 0;
    } else if (word.starts_with(kLong)) {
      level = ParseLevel(word.substr(kLong.size()));
    } else if (word.starts_with("-j")) {
      level = ParseLevel(word.substr(2));
    }
  }
  if (level) return *level >= 2;
  const auto variable = environment.find("CTEST_PARALLEL_LEVEL");
  return variable != environment.end() && ParseLevel(variable->second) >= 2;
}

bool OnlyShows(const std::vector<std::string>& argv) {
  return std::any_of(argv.begin(), argv.end(), [](const std::string& word) {
    return word == "-N" || word.starts_with("--show-only") || word == "--print-labels";
  });
}

bool RerunsFailed(const std::vector<std::string>& argv) {
  return Contains(argv, "--rerun-failed");
}

std::optional<std::vector<std::string>> SelectingArguments(const std::vector<std::string>& argv) {
  std::vector<std::string> chosen;
  for (size_t i = 1; i < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (std::find(kDashboard.begin(), kDashboard.end(), word) != kDashboard.end()) return {};
    const auto dropped = std::find_if(kDropped.begin(), kDropped.end(),
                                      [&](const Dropped& each) { return Is(word, each.option); });
    if (dropped != kDropped.end()) {
      if (dropped->has_value && word == dropped->option) ++i;
    } else if (IsLevelOption(word)) {
      if (i + 1 < argv.size() && ParseLevel(argv[i + 1]) > 0) ++i;
    } else if (!word.starts_with("-j") && !word.starts_with("--parallel=")) {
      chosen.push_back(word);
    }
  }
  return chosen;
}

}  // namespace ctestbed
