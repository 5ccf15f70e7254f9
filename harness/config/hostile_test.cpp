// Hostile files: mutations of all that there is, and texts that are large in every way.
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "config/fuzz/hostile_input.h"
#include "config/yaml_reader.h"

namespace ctestbed {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Seeds() {
  std::vector<fs::path> paths;
  for (const char* folder : {"presets", "suites", "suites/errors"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(CTESTBED_SOURCE_DIR) / folder)) {
      if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    seeds.push_back(text.str());
  }
  return seeds;
}

// The same mutations on every machine and in every run.
class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string Next() {
    std::string text = seeds_[Below(seeds_.size())];
    for (size_t edits = 1 + Below(4); edits > 0; --edits) Edit(text);
    return text;
  }

 private:
  static constexpr std::array<std::string_view, 26> kTokens{
      "\n",    "\n  ", "\t",      ": ",   "- ",       "? ",   "&a ", "*a",   "<<: ",
      "!t ",   "{",    "}",       "[",    "]",        "\"",   "'",   "|\n ", "---\n",
      "...\n", "${",   "${env:X", "\xC0", "\xEF\xBB", "null", "#",   "\0"};

  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void Edit(std::string& text) {
    const size_t at = Below(text.size() + 1);
    const size_t length = std::min(Below(40), text.size() - at);
    switch (Below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kTokens[Below(kTokens.size())]);
        break;
      case 2:
        text.insert(at, text.substr(at, length));
        break;
      case 3: {
        const std::string& other = seeds_[Below(seeds_.size())];
        text.insert(at, other.substr(Below(other.size()), 80));
        break;
      }
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(Below(256));
        break;
      default:
        text.resize(at);
    }
  }

  std::vector<std::string> seeds_;
  std::mt19937 random_{20240229};
};

TEST(HostileFile, EndsWithAModelOrAMistakeUnderMutations) {
  constexpr int kMutations = 2000;
  Mutator mutator(Seeds());
  for (int i = 0; i < kMutations; ++i) {
    const std::string text = mutator.Next();
    ASSERT_EQ(BrokenPromise(text), "") << "mutation " << i << ":\n" << text;
  }
}

std::string Repeated(std::string_view part, size_t bytes) {
  std::string text;
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

// The number of the repetition stands between the parts.
std::string Numbered(std::string_view before, std::string_view after, size_t bytes) {
  std::string text;
  for (size_t i = 0; text.size() + before.size() + after.size() + 8 <= bytes; ++i) {
    text.append(before).append(std::to_string(i)).append(after);
  }
  return text;
}

struct Large {
  std::string name;
  std::string text;
};

// Of about so many bytes each.
std::vector<Large> LargeTexts(size_t bytes) {
  const auto repeated = [&](std::string_view part) { return Repeated(part, bytes); };
  const auto numbered = [&](std::string_view before, std::string_view after) {
    return Numbered(before, after, bytes);
  };
  const std::string nodes = "topology:\n  nodes:\n";
  const std::string node = "    - {run: {command: [x]}, name: n";
  const std::string ports = ", ports: {" + Numbered("p", ": 1, ", 480) + "}}\n";
  const std::string cells = "axes:\n" + Numbered("  a", ": {x: {}, y: {}}\n", 200);
  return {
      {"keys", numbered("k", ": 1\n")},
      {"keys_on_a_line", "{" + numbered("k", ": 1, ") + "}"},
      {"duplicate_keys", repeated("key: 1\n")},
      {"items_on_a_line", "tests: [" + repeated("a, ") + "]"},
      {"quoted_items_on_a_line", "tests: [" + repeated("'a', ") + "]"},
      {"nulls_on_a_line", "tests: [" + repeated("~, ") + "]"},
      {"absent_items", "tests:\n" + repeated("-\n")},
      {"aliases", "tests: [" + repeated("*a, ") + "]"},
      {"anchors", "tests: [" + repeated("&a x, ") + "]"},
      {"tags", "tests: [" + repeated("!t x, ") + "]"},
      {"open_brackets", repeated("[")},
      {"open_braces", repeated("{")},
      {"open_pairs", repeated("{a: ")},
      {"dashes", repeated("- ")},
      {"question_marks", repeated("? ")},
      {"colons", repeated(": ")},
      {"one_scalar", "name: " + repeated("x")},
      {"one_quoted_scalar", "name: \"" + repeated("x\\n") + "\""},
      {"an_open_quote", "name: \"" + repeated("x ")},
      {"one_key", repeated("k") + ": 1"},
      {"blank_lines", "name: x\n" + repeated("\n")},
      {"comments", repeated("# c\n")},
      {"documents", repeated("---\n")},
      {"nodes", nodes + numbered("    - name: n", "\n")},
      {"chain_of_nodes", nodes + numbered("    - {name: n", ", depends_on: [n1]}\n")},
      {"variables", "name: x\nenvironment:\n" + numbered("  V", ": ${main.address}\n") + nodes +
                        "    - {name: main, run: {command: [x]}}\n"},
      {"references", "name: x\nenvironment: {A: \"" + repeated("${b}") + "\"}\n" + nodes +
                         "    - {name: main, run: {command: [x]}}\n"},
      {"variables_of_nodes", cells + "environment:\n" + Numbered("  V", ": x\n", bytes / 2) +
                                 nodes + Numbered(node, "}\n", bytes / 16)},
      {"ports", cells + nodes + numbered(node, ports)},
      {"ports_of_replicas", cells + nodes + numbered(node, ", replicas: 64" + ports)},
      {"cells_of_nodes", cells + nodes + Numbered(node, "}\n", bytes / 16)},
      {"long_reference", nodes + node + "}\nenvironment: {A: '${" + repeated("x") + "}'}\n"},
      {"long_name", nodes + node + ", depends_on: [\"" + repeated("x\\n") + "\"]}\n"},
      {"axes", "axes:\n" + numbered("  a", ": {x: {}, y: {}}\n")},
      {"axis_values", "axes:\n  a:\n" + numbered("    v", ": {}\n")},
      {"patterns", "suite: s\ntester: http\ntests: []\nneeds: {preset: ok}\nmatrix:\n  exclude:\n" +
                       repeated("    - {store: disk}\n")},
      {"presets", "suite: s\ntester: http\ntests: []\nneeds: {preset: [" + repeated("ok, ") + "]}"},
  };
}

class LargeFile : public testing::TestWithParam<size_t> {};

double CpuSecondsFor(const std::string& text) {
  const std::clock_t start = std::clock();
  EXPECT_EQ(BrokenPromise(text), "");
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// What grows with the square of a file would take 16 times as long for 4 times the bytes.
TEST_P(LargeFile, TakesTimeInProportion) {
  constexpr size_t kBytes = 16U << 10U;
  constexpr double kMostGrowth = 10;
  constexpr double kNoise = 0.2;
  const double small = CpuSecondsFor(LargeTexts(kBytes)[GetParam()].text);
  const double large = CpuSecondsFor(LargeTexts(4 * kBytes)[GetParam()].text);
  EXPECT_LT(large, kMostGrowth * small + kNoise);
}

INSTANTIATE_TEST_SUITE_P(Hostile, LargeFile, testing::Range(size_t{0}, LargeTexts(0).size()),
                         [](const auto& one) { return LargeTexts(0)[one.param].name; });

TEST(HostileFile, MayBeTooLarge) {
  EXPECT_EQ(BrokenPromise("name: x\n" + Repeated("# more\n", kMostYamlBytes + 100)), "");
}

}  // namespace
}  // namespace ctestbed
