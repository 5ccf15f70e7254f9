#include "io/hide_in_files.h"

#include <gtest/gtest.h>

#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

Mask Canary() {
  Mask mask;
  mask.Hide("canary-value");
  return mask;
}

TEST(HideInFile, RewritesWhatHoldsAValue) {
  FakeFileSystem files;
  files.files = {{"/x.log", "1 canary-value 2\n"}, {"/y.log", "clean"}};
  for (const std::string path : {"/x.log", "/y.log", "/absent"}) HideInFile(files, path, Canary());
  EXPECT_EQ(files.files["/x.log"], "1 *** 2\n");
  EXPECT_EQ(files.files["/y.log"], "clean");
}

TEST(HideInFile, RemovesWhatCannotBeRewritten) {
  FakeFileSystem files;
  files.files = {{"/x.log", "canary-value"}};
  files.disk_full = true;
  HideInFile(files, "/x.log", Canary());
  EXPECT_FALSE(files.files.contains("/x.log"));
}

TEST(HideInFilesBelow, FollowsNoLinks) {
  const TempDir directory;
  const std::string& root = directory.Path();
  const auto files = MakeRealFileSystem();
  ASSERT_TRUE(files->Write(root + "/in/a/x.log", "canary-value").has_value());
  ASSERT_TRUE(files->Write(root + "/out/y.log", "canary-value").has_value());
  ASSERT_TRUE(files->Link(root + "/out", root + "/in/link").has_value());
  ASSERT_TRUE(files->Link(root + "/out/y.log", root + "/in/file").has_value());
  HideInFilesBelow(*files, root + "/in", Canary());
  HideInFilesBelow(*files, root + "/absent", Canary());
  EXPECT_EQ(files->Read(root + "/in/a/x.log").value_or(""), "***");
  EXPECT_EQ(files->Read(root + "/out/y.log").value_or(""), "canary-value");
}

}  // namespace
}  // namespace ctestbed
