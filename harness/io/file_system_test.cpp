#include "io/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Every behaviour that the real file system and its double share.
class FileSystemContract : public testing::TestWithParam<bool> {
 protected:
  FileSystemContract()
      : files_(GetParam() ? MakeRealFileSystem() : std::make_unique<FakeFileSystem>()) {
    EXPECT_TRUE(files_->MakeDirectories(directory_.Path()));
  }
  std::string In(const std::string& name) const { return directory_ / name; }

  TempDir directory_;
  std::unique_ptr<FileSystem> files_;
};

INSTANTIATE_TEST_SUITE_P(, FileSystemContract, testing::Bool(),
                         [](const auto& chosen) { return chosen.param ? "Real" : "Fake"; });

TEST_P(FileSystemContract, ReadsWhatWasWritten) {
  const std::string content("a\0b\n", 4);
  ASSERT_TRUE(files_->Write(In("x"), content));
  EXPECT_EQ(files_->Read(In("x")), content);
}

TEST_P(FileSystemContract, WriteReplacesAndMakesDirectories) {
  ASSERT_TRUE(files_->Write(In("a/b/c"), "one"));
  ASSERT_TRUE(files_->Write(In("a/b/c"), "2"));
  EXPECT_EQ(files_->Read(In("a/./b/../b/c")), "2");
  EXPECT_EQ(files_->List(In("a/b")), std::vector<std::string>{"c"});
}

TEST_P(FileSystemContract, ReadOfNothingIsNotFoundAndNamesThePath) {
  const auto missing = files_->Read(In("nope"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(missing.error().message, "cannot read '" + In("nope") + "': no such file or directory");
}

TEST_P(FileSystemContract, LooksAtThingsThemselves) {
  ASSERT_TRUE(files_->Write(In("d/x"), "12345"));
  ASSERT_TRUE(files_->Link("x", In("d/link")));
  EXPECT_EQ(files_->Look(In("d"))->type, FileType::kDirectory);
  EXPECT_EQ(files_->Look(In("d/x"))->type, FileType::kFile);
  EXPECT_EQ(files_->Look(In("d/link")), (FileFacts{FileType::kLink, 0777, "x"}));
  EXPECT_EQ(files_->Look(In("nope")).error().kind, ErrorKind::kNotFound);
}

TEST_P(FileSystemContract, ReadsAPartAndTellsTheSize) {
  ASSERT_TRUE(files_->Write(In("x"), "12345"));
  EXPECT_EQ(files_->Size(In("x")), 5U);
  EXPECT_EQ(files_->ReadPart(In("x"), 1, 3), "234");
  EXPECT_EQ(files_->ReadPart(In("x"), 3, 9), "45");
  EXPECT_EQ(files_->ReadPart(In("x"), 9, 9), "");
  EXPECT_EQ(files_->Size(In("nope")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->ReadPart(In("nope"), 0, 1).error().kind, ErrorKind::kNotFound);
}

TEST_P(FileSystemContract, ReadRefusesALargerFile) {
  ASSERT_TRUE(files_->Write(In("x"), "12345"));
  EXPECT_EQ(files_->Read(In("x"), 5), "12345");
  const auto larger = files_->Read(In("x"), 4);
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(larger.error().message, HasSubstr("larger than 4 bytes"));
}

TEST_P(FileSystemContract, ReadOfADirectoryFails) {
  const auto read = files_->Read(directory_.Path());
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("is a directory"));
}

TEST_P(FileSystemContract, WriteOverADirectoryFailsAndLeavesNothing) {
  ASSERT_TRUE(files_->MakeDirectories(In("d")));
  const Status written = files_->Write(In("d"), "x");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("cannot write '" + In("d") + "'"));
  EXPECT_EQ(files_->List(directory_.Path()), std::vector<std::string>{"d"});
}

TEST_P(FileSystemContract, WriteBelowAFileFails) {
  ASSERT_TRUE(files_->Write(In("x"), ""));
  EXPECT_FALSE(files_->Write(In("x/y"), ""));
  EXPECT_FALSE(files_->MakeDirectories(In("x")));
}

TEST_P(FileSystemContract, ListsNamesSorted) {
  ASSERT_TRUE(files_->Write(In("b"), ""));
  ASSERT_TRUE(files_->Write(In("a/x"), ""));
  ASSERT_TRUE(files_->MakeDirectories(In("c")));
  ASSERT_TRUE(files_->Link("b", In("d")));
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(*files_->List(In("c")), IsEmpty());
  EXPECT_EQ(files_->List(In("nope")).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(files_->List(In("b")).error().kind, ErrorKind::kNotFound);
}

TEST_P(FileSystemContract, MakesDirectoriesOnceAndAgain) {
  EXPECT_FALSE(files_->Exists(In("a/b")));
  EXPECT_TRUE(files_->MakeDirectories(In("a/b/")));
  EXPECT_TRUE(files_->MakeDirectories(In("a/b")));
  EXPECT_TRUE(files_->Exists(In("a/b")));
  EXPECT_TRUE(files_->Exists(In("a")));
}

TEST_P(FileSystemContract, OpensOnlyWhatIsThere) {
  ASSERT_TRUE(files_->Write(In("x"), "1"));
  EXPECT_TRUE(files_->OpenToAll(In("x")));
  const Status opened = files_->OpenToAll(In("nope"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kNotFound);
}

TEST_P(FileSystemContract, RemovesTreesAndIsContentWithNothing) {
  ASSERT_TRUE(files_->Write(In("a/b/c"), ""));
  ASSERT_TRUE(files_->Write(In("ab"), ""));
  EXPECT_TRUE(files_->Remove(In("a")));
  EXPECT_TRUE(files_->Remove(In("a")));
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("ab"));
}

TEST_P(FileSystemContract, RemoveKeepsTheDirectoryOfAFile) {
  ASSERT_TRUE(files_->Write(In("a/b"), ""));
  ASSERT_TRUE(files_->Remove(In("a/b")));
  EXPECT_THAT(*files_->List(In("a")), IsEmpty());
}

TEST_P(FileSystemContract, RemoveDoesNotFollowLinks) {
  ASSERT_TRUE(files_->Write(In("kept/x"), "x"));
  ASSERT_TRUE(files_->Link(In("kept"), In("tree/link")));
  ASSERT_TRUE(files_->Link(In("kept"), In("link")));
  EXPECT_TRUE(files_->Remove(In("tree")));
  EXPECT_TRUE(files_->Remove(In("link/")));
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("kept"));
  EXPECT_EQ(files_->Read(In("kept/x")), "x");
}

TEST_P(FileSystemContract, LinkLeadsToItsTargetAndIsReplaced) {
  ASSERT_TRUE(files_->Write(In("run-1/log"), "1"));
  ASSERT_TRUE(files_->Write(In("run-2/log"), "2"));
  ASSERT_TRUE(files_->Link("run-1", In("latest")));
  EXPECT_EQ(files_->Read(In("latest/log")), "1");
  ASSERT_TRUE(files_->Link("run-2", In("latest")));
  EXPECT_EQ(files_->Read(In("latest/log")), "2");
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("latest", "run-1", "run-2"));
}

TEST_P(FileSystemContract, DanglingLinkDoesNotExistButCanBeRemoved) {
  ASSERT_TRUE(files_->Link("nope", In("link")));
  EXPECT_FALSE(files_->Exists(In("link")));
  ASSERT_TRUE(files_->Remove(In("link")));
  EXPECT_THAT(*files_->List(directory_.Path()), IsEmpty());
}

TEST_P(FileSystemContract, LinkDoesNotReplaceADirectory) {
  ASSERT_TRUE(files_->Write(In("d/x"), "x"));
  EXPECT_FALSE(files_->Link("y", In("d")));
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("d"));
}

TEST_P(FileSystemContract, WriteReplacesALinkNotItsTarget) {
  ASSERT_TRUE(files_->Write(In("target"), "old"));
  ASSERT_TRUE(files_->Link("target", In("link")));
  ASSERT_TRUE(files_->Write(In("link"), "new"));
  EXPECT_EQ(files_->Read(In("target")), "old");
  EXPECT_EQ(files_->Read(In("link")), "new");
}

TEST_P(FileSystemContract, ParallelWritersNeverMixTheirContent) {
  {
    std::vector<std::jthread> writers;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      writers.emplace_back([this, letter] {
        for (int i = 0; i < 20; ++i) {
          EXPECT_TRUE(files_->Write(In("x"), std::string(10000, letter)));
        }
      });
    }
  }
  const auto content = files_->Read(In("x"));
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, std::string(10000, content->front()));
  EXPECT_THAT(*files_->List(directory_.Path()), ElementsAre("x"));
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777U;
}

TEST(RealFileSystem, MakesPrivateDirectoriesAndLeavesOthersAlone) {
  const TempDir directory;
  std::filesystem::permissions(directory.Path(), std::filesystem::perms(0755));
  ASSERT_TRUE(MakeRealFileSystem()->MakeDirectories(directory / "a/b"));
  EXPECT_EQ(ModeOf(directory / "a"), 0700U);
  EXPECT_EQ(ModeOf(directory / "a/b"), 0700U);
  EXPECT_EQ(ModeOf(directory.Path()), 0755U);
}

TEST(RealFileSystem, OpensFilesForReadingAndDirectoriesForWriting) {
  const TempDir directory;
  const auto files = MakeRealFileSystem();
  ASSERT_TRUE(files->Write(directory / "a/file", "x"));
  ASSERT_EQ(::chmod((directory / "a/file").c_str(), 0700), 0);
  EXPECT_EQ(files->Look(directory / "a/file"), (FileFacts{FileType::kFile, 0700}));
  ASSERT_TRUE(files->OpenToAll(directory / "a/file"));
  ASSERT_TRUE(files->OpenToAll(directory / "a"));
  EXPECT_EQ(ModeOf(directory / "a/file"), 0744U);
  EXPECT_EQ(ModeOf(directory / "a"), 0777U);
}

TEST(RealFileSystem, ReadsFilesThatTellNoSize) {
  const auto status = MakeRealFileSystem()->Read("/proc/self/status");
  ASSERT_TRUE(status);
  EXPECT_THAT(*status, HasSubstr("Pid:"));
}

TEST(RealFileSystem, NamesTheDirectoryThatCannotBeMade) {
  const Status made = MakeRealFileSystem()->MakeDirectories("/proc/ctestbed/x");
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("cannot make directory '/proc/ctestbed'"));
}

TEST(FakeFileSystem, TakesFilesThatWereFilledIn) {
  FakeFileSystem files;
  files.files["presets/a.yaml"] = "a";
  files.files["/etc/b"] = "b";
  EXPECT_EQ(files.Read("./presets/a.yaml"), "a");
  EXPECT_THAT(*files.List("."), ElementsAre("presets"));
  EXPECT_THAT(*files.List("presets/"), ElementsAre("a.yaml"));
  EXPECT_THAT(*files.List("/"), ElementsAre("etc"));
  EXPECT_TRUE(files.Exists("presets"));
  EXPECT_TRUE(files.Write("x", "1"));
  EXPECT_EQ(files.files.at("x"), "1");
}

TEST(FakeFileSystem, FailsToWriteOnAFullDisk) {
  FakeFileSystem files;
  files.disk_full = true;
  const Status written = files.Write("x", "1");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kInternal);
  EXPECT_EQ(written.error().message, "cannot write 'x': no space left on device");
  EXPECT_THAT(files.files, IsEmpty());
}

}  // namespace
}  // namespace ctestbed
