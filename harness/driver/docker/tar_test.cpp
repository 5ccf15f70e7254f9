#include "driver/docker/tar.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ctestbed {
namespace {

TEST(Tar, IsWhatTheFormatSays) {
  std::string archive;
  AppendTar(archive, "bin/run", {FileType::kFile, 0755}, "text");
  ASSERT_EQ(archive.size(), 1024U);
  EXPECT_EQ(archive.substr(0, 8), std::string("bin/run\0", 8));
  EXPECT_EQ(archive.substr(100, 8), std::string("0000755\0", 8));
  EXPECT_EQ(archive.substr(124, 12), std::string("00000000004\0", 12));
  EXPECT_EQ(archive.substr(136, 12), std::string("00000000000\0", 12));
  EXPECT_EQ(archive[156], '0');
  EXPECT_EQ(archive.substr(257, 8), std::string("ustar  \0", 8));
  EXPECT_EQ(archive.substr(512, 5), std::string("text\0", 5));
  unsigned sum = 8 * ' ';
  for (size_t i = 0; i < 512; ++i) {
    if (i < 148 || i >= 156) sum += static_cast<unsigned char>(archive[i]);
  }
  EXPECT_EQ(std::strtoul(archive.c_str() + 148, nullptr, 8), sum);
  EndTar(archive);
  EXPECT_EQ(archive.size(), 2048U);
}

TEST(Tar, HasDirectoriesLinksAndLongNames) {
  std::string archive;
  AppendTar(archive, "d", {FileType::kDirectory, 0700}, "");
  EXPECT_EQ(archive.substr(0, 3), std::string("d/\0", 3));
  EXPECT_EQ(archive[156], '5');
  archive.clear();
  AppendTar(archive, "l", {FileType::kLink, 0777, "to"}, "");
  EXPECT_EQ(archive[156], '2');
  EXPECT_EQ(archive.substr(157, 3), std::string("to\0", 3));
  archive.clear();
  const std::string name(150, 'n');
  AppendTar(archive, name, {}, "");
  ASSERT_EQ(archive.size(), 3 * 512U);
  EXPECT_EQ(archive[156], 'L');
  EXPECT_EQ(archive.substr(512, 151), name + '\0');
  EXPECT_EQ(archive.substr(1024, 101), name.substr(0, 100) + std::string("0"));
}

}  // namespace
}  // namespace ctestbed
