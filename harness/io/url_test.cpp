#include "io/url.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

TEST(Url, HasParts) {
  EXPECT_EQ(*PartsOfUrl("HTTP://h.example/a/../b?x=1#f"),
            (UrlParts{"http", "h.example", "80", "/a/../b", "?x=1"}));
  EXPECT_EQ(*PartsOfUrl("https://127.0.0.1:4000"),
            (UrlParts{"https", "127.0.0.1", "4000", "/", ""}));
  EXPECT_EQ(PartsOfUrl("/a").error().message, "'/a' is no URL");
}

TEST(Url, IsShownWithoutUser) {
  EXPECT_EQ(*WithoutUser("http://me:secret@h:1/a/../b?x#f"), "http://h:1/a/../b?x#f");
  EXPECT_EQ(*WithoutUser("http://h:1/"), "http://h:1/");
  EXPECT_FALSE(WithoutUser("/a"));
}

TEST(Url, ResolvesReferences) {
  const std::string base = "http://h:1/a/b?x#f";
  EXPECT_EQ(*ResolveUrl(base, "/mid"), "http://h:1/mid");
  EXPECT_EQ(*ResolveUrl(base, "c?d=1#g"), "http://h:1/a/c?d=1");
  EXPECT_EQ(*ResolveUrl(base, "../d"), "http://h:1/d");
  EXPECT_EQ(*ResolveUrl(base, "?y"), "http://h:1/a/b?y");
  EXPECT_EQ(*ResolveUrl(base, "https://other/"), "https://other/");
}

TEST(Url, KnowsHowFarADateIs) {
  EXPECT_LT(UntilHttpDate("Thu, 01 Jan 1970 00:00:01 GMT")->count(), 0);
  EXPECT_GT(UntilHttpDate("Fri, 01 Jan 2100 00:00:00 GMT")->count(), 0);
  EXPECT_FALSE(UntilHttpDate("soon"));
}

}  // namespace
}  // namespace ctestbed
