#include "supervisor/mounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/digest.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<std::string> LookUp(std::string_view name) {
  if (name == "port.http") return "4711";
  if (name == "secret:token") return "s3cret";
  return std::nullopt;
}

class MountsTest : public testing::Test {
 protected:
  Result<std::vector<InstanceMount>> Make(const std::string& node,
                                          std::map<std::string, Mount> mounts) {
    return mounts_.Make({"env1", node, 0}, Node{.name = node, .mounts = std::move(mounts)}, LookUp);
  }

  FakeFileSystem files_;
  Mounts mounts_{files_, "/work"};
};

TEST_F(MountsTest, WriteTextsWithTheirReferences) {
  const auto made = Make("web", {{"conf", {MountKind::kContent, "listen ${port.http};", "/etc/a"}},
                                 {"key", {MountKind::kSecret, "${secret:token}", ""}}});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->at(0), (InstanceMount{"conf", "/work/.mounts/web/conf", "/etc/a", false}));
  EXPECT_EQ(files_.files.at("/work/.mounts/web/conf"), "listen 4711;");
  EXPECT_EQ(files_.files.at("/work/.mounts/web/key"), "s3cret");
}

TEST_F(MountsTest, NameAReferenceThatIsUndefined) {
  const auto made = Make("web", {{"conf", {MountKind::kContent, "${nobody.address}", ""}}});
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("${nobody.address}"));
}

TEST_F(MountsTest, CopyFilesAsTheyAre) {
  files_.files["/p/site.conf"] = "proxy_pass ${upstream};";
  const Mount mount{MountKind::kFrom, "/p/site.conf", "", Sha256("proxy_pass ${upstream};")};
  ASSERT_TRUE(Make("web", {{"site", mount}}).has_value());
  EXPECT_EQ(files_.files.at("/work/.mounts/web/site"), "proxy_pass ${upstream};");
}

TEST_F(MountsTest, RefuseAFileThatHasChangedSinceThePlan) {
  files_.files["/p/site.conf"] = "new";
  const auto made = Make("web", {{"site", {MountKind::kFrom, "/p/site.conf", "", Sha256("old")}}});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().kind, ErrorKind::kEnvironment);
  EXPECT_THAT(made.error().message, HasSubstr("'/p/site.conf' of its mount 'site' has changed"));
}

TEST_F(MountsTest, BindWhatIsThere) {
  files_.files["/srv/page"] = "x";
  const auto made = Make("web", {{"page", {MountKind::kBind, "/srv/page", "/a", "", true}}});
  ASSERT_TRUE(made.has_value());
  EXPECT_THAT(*made, ElementsAre(InstanceMount{"page", "/srv/page", "/a", true}));
  const auto missing = Make("web", {{"page", {MountKind::kBind, "/srv/gone", ""}}});
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().message, HasSubstr("'page' binds '/srv/gone', which is not there"));
}

TEST_F(MountsTest, ShareVolumesUntilNobodyHasThem) {
  const std::map<std::string, Mount> data{{"data", {MountKind::kVolume, "data", "/data"}}};
  const auto one = Make("one", data);
  const auto two = Make("two", data);
  ASSERT_TRUE(one.has_value() && two.has_value());
  EXPECT_EQ(one->at(0).source, two->at(0).source);
  const std::string file = one->at(0).source + "/rows";
  files_.files[file] = "1";
  ASSERT_TRUE(mounts_.DropVolumes({{Node{.name = "two", .mounts = data}}}).has_value());
  EXPECT_TRUE(files_.files.contains(file));
  ASSERT_TRUE(mounts_.DropVolumes({{Node{.name = "other"}}}).has_value());
  EXPECT_FALSE(files_.files.contains(file));
}

TEST(Mounts, OpenAVolumeToAllOnceAndLeaveItsOwnerTheSay) {
  using std::filesystem::perms;
  const TempDir work;
  const auto files = MakeRealFileSystem();
  Mounts mounts(*files, work.Path());
  const Node node{.name = "web", .mounts = {{"data", {MountKind::kVolume, "data", "/data"}}}};
  const auto made = mounts.Make({"env1", "web", 0}, node, LookUp);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  const std::string volume = made->at(0).source;
  EXPECT_EQ(std::filesystem::status(volume).permissions(), perms::all);
  std::filesystem::permissions(volume, perms::owner_all);
  ASSERT_TRUE(mounts.Make({"env1", "web", 1}, node, LookUp).has_value());
  EXPECT_EQ(std::filesystem::status(volume).permissions(), perms::owner_all);
}

}  // namespace
}  // namespace ctestbed
