// Holds suites/errors/NAME.yaml, each with its mistakes, against the messages in NAME.err.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/project.h"
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

constexpr std::array kHttpFields{
    Field{"base", Shape::kText, "address of the service under test"},
    Field{"follow", Shape::kBoolean, "whether redirects are followed"},
    Field{"headers", Shape::kTextMap, "sent with every request"},
    Field{"tests", Shape::kList, "the cases", true},
};

constexpr std::array kCommandFields{
    Field{"command", Shape::kTextList, "program and arguments", true},
    Field{"junit", Shape::kText, "the result file it writes"},
};

void CheckProbe(const ProbeSpec& probe, Diagnostics& problems) {
  if (probe.kind == "http") CheckShape(probe.arguments, Shape::kText, "http", problems);
  if (probe.kind == "exec") CheckShape(probe.arguments, Shape::kTextList, "exec", problems);
}

Vocabulary TestVocabulary() {
  return {.probes = {"exec", "http", "tcp"},
          .check_probe = CheckProbe,
          .testers = {{"command", kCommandFields, {}}, {"http", kHttpFields, {}}},
          .host_environment = {{"HOME", "/home/user"}},
          .port_probes = {"http", "tcp"},
          .directory = kErrors.string(),
          .read_file = [](const std::string&) -> Result<std::string> {
            return Fail(ErrorKind::kNotFound, "there is no such file");
          }};
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
