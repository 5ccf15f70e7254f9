#include "driver/docker/build_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "driver/docker/tar.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

TEST(IgnoreRules, KnowNamesStarsAndExceptions) {
  const IgnoreRules rules("# comment\n\nbuild\n/*.log\n**/*.tmp\na/**/z\ndocs/*\n!docs/keep.md\n");
  for (const char* out : {"build", "build/a/b", "x.log", "x.tmp", "d/e/x.tmp", "a/z", "a/b/c/z",
                          "docs/other.md", "docs/d/x"}) {
    EXPECT_TRUE(rules.Excludes(out)) << out;
  }
  for (const char* in : {"builds", "d/build", "d/x.log", "docs", "docs/keep.md", "a", "a/b", "z"}) {
    EXPECT_FALSE(rules.Excludes(in)) << in;
  }
  EXPECT_TRUE(rules.HasExceptions());
  EXPECT_FALSE(IgnoreRules("a").HasExceptions());
}

TEST(IgnoreRules, TakeLittleTimeForManyStars) {
  std::string pattern;
  std::string path;
  for (int i = 0; i < 200; ++i) {
    pattern += "**/*a*a*a*b/";
    path += std::string(100, 'a') + "/";
  }
  EXPECT_FALSE(IgnoreRules(pattern).Excludes(path + "b"));
}

TEST(PackContext, IsSortedKeepsModesAndLeavesOutWhatIsIgnored) {
  FakeFileSystem files;
  files.files = {{"/c/run.sh", "run"},      {"/c/.dockerignore", "out\nDockerfile\n*.md\n"},
                 {"/c/Dockerfile", "FROM"}, {"/c/out/x", "x"},
                 {"/c/a.md", "a"},          {"/c/d/e", "e"}};
  files.modes = {{"/c/run.sh", 0755}};
  ASSERT_TRUE(files.Link("run.sh", "/c/link"));
  std::string expected;
  AppendTar(expected, ".dockerignore", {}, "out\nDockerfile\n*.md\n");
  AppendTar(expected, "Dockerfile", {}, "FROM");
  AppendTar(expected, "d", {FileType::kDirectory, 0755}, "");
  AppendTar(expected, "d/e", {}, "e");
  AppendTar(expected, "link", {FileType::kLink, 0777, "run.sh"}, "");
  AppendTar(expected, "run.sh", {FileType::kFile, 0755}, "run");
  EndTar(expected);
  const auto packed = PackContext(files, "/c", "Dockerfile");
  ASSERT_TRUE(packed) << packed.error().message;
  EXPECT_TRUE(*packed == expected);
}

TEST(PackContext, NeedsADirectory) {
  FakeFileSystem files;
  ExpectError(PackContext(files, "/absent", "Dockerfile"), ErrorKind::kNotFound, "/absent");
}

}  // namespace
}  // namespace ctestbed
