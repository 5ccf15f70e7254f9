#include "tester/steps/cookie_jar.h"

#include <gtest/gtest.h>

namespace ctestbed {
namespace {

CookieJar JarOf(const std::vector<std::string>& headers, const std::string& url) {
  CookieJar jar;
  for (const std::string& header : headers) jar.Take(*ParseSetCookie(header), *PartsOfUrl(url));
  return jar;
}

std::string Sent(const CookieJar& jar, const std::string& url) {
  return jar.HeaderFor(*PartsOfUrl(url));
}

TEST(SetCookie, IsParsed) {
  EXPECT_EQ(
      ParseSetCookie(" a = b=c ; Path=/x; HttpOnly;SameSite=Lax;"),
      (SetCookie{"a", "b=c", {{"path", "/x"}, {"httponly", ""}, {"samesite", "Lax"}, {"", ""}}}));
  EXPECT_FALSE(ParseSetCookie("no pair; Path=/"));
  EXPECT_FALSE(ParseSetCookie("=nameless"));
}

TEST(CookieJar, SendsToTheHostAndPathThatTheyAreFor) {
  const CookieJar jar = JarOf({"a=1", "b=2; Path=/", "c=3; Path=/other"}, "http://h:1/dir/page");
  EXPECT_EQ(Sent(jar, "http://h:2/dir/x?q"), "a=1; b=2");
  EXPECT_EQ(Sent(jar, "http://h/dir"), "a=1; b=2");
  EXPECT_EQ(Sent(jar, "http://h/directory"), "b=2");
  EXPECT_EQ(Sent(jar, "http://h/other/x"), "c=3; b=2");
  EXPECT_EQ(Sent(jar, "http://sub.h/"), "");
}

TEST(CookieJar, HonoursDomains) {
  const CookieJar jar =
      JarOf({"a=1; Domain=.Example.org", "b=2; Domain=evil.org"}, "http://api.example.org/");
  EXPECT_EQ(Sent(jar, "http://example.org/"), "a=1");
  EXPECT_EQ(Sent(jar, "http://web.example.org/"), "a=1");
  EXPECT_EQ(Sent(jar, "http://badexample.org/"), "");
  EXPECT_EQ(Sent(JarOf({"a=1; Domain=0.0.1"}, "http://127.0.0.1/"), "http://127.0.0.1/"), "");
}

TEST(CookieJar, KeepsSecureOnesForHttps) {
  const CookieJar jar = JarOf({"a=1; Secure"}, "https://h/");
  EXPECT_EQ(Sent(jar, "https://h/"), "a=1");
  EXPECT_EQ(Sent(jar, "http://h/"), "");
}

TEST(CookieJar, ReplacesAndForgets) {
  EXPECT_EQ(Sent(JarOf({"a=1", "a=2"}, "http://h/"), "http://h/"), "a=2");
  EXPECT_EQ(Sent(JarOf({"a=1", "a=; Max-Age=0"}, "http://h/"), "http://h/"), "");
  const std::string past = "Expires=Thu, 01 Jan 1970 00:00:01 GMT";
  EXPECT_EQ(Sent(JarOf({"a=1", "a=; " + past}, "http://h/"), "http://h/"), "");
  EXPECT_EQ(Sent(JarOf({"a=1; Max-Age=60; " + past}, "http://h/"), "http://h/"), "a=1");
}

}  // namespace
}  // namespace ctestbed
