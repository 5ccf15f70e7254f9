// Holds suites/errors/NAME.yaml, each with its mistakes, against the messages in NAME.err.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/fuzz/hostile_input.h"
#include "testing/golden.h"

namespace ctestbed {
namespace {

namespace fs = std::filesystem;

const fs::path kErrors = fs::path(CTESTBED_SOURCE_DIR) / "suites/errors";

SourceFile Load(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return {fs::relative(path, kErrors).string(), text.str()};
}

// preset-NAME.yaml is loaded as a preset, suite-NAME.yaml as a suite; both beside the sound one.
std::string Problems(const fs::path& path) {
  std::vector<SourceFile> presets{Load(kErrors / "presets/ok.yaml")};
  std::vector<SourceFile> suites;
  (path.filename().string().starts_with("suite-") ? suites : presets).push_back(Load(path));
  Diagnostics problems;
  LoadProject(std::move(presets), std::move(suites), TestVocabulary(), problems);
  return Render(problems.Sorted());
}

std::vector<fs::path> BrokenFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kErrors)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class BrokenFile : public testing::TestWithParam<fs::path> {};

TEST_P(BrokenFile, IsExplained) {
  const std::string problems = Problems(GetParam());
  EXPECT_FALSE(problems.empty());
  ExpectGolden(problems, fs::path(GetParam()).replace_extension(".err").string());
}

std::string TestName(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Errors, BrokenFile, testing::ValuesIn(BrokenFiles()), TestName);

TEST(Errors, FindTheSoundPresetSound) {
  Diagnostics problems;
  const Project project =
      LoadProject({Load(kErrors / "presets/ok.yaml")}, {}, TestVocabulary(), problems);
  EXPECT_EQ(Render(problems.Sorted()), "");
  EXPECT_TRUE(project.presets.at(0).preset.has_value());
}

}  // namespace
}  // namespace ctestbed
