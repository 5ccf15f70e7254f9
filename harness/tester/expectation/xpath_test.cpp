#include "tester/expectation/xpath.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace ctestbed {
namespace {

std::string Found(const std::string& expression, std::string_view text,
                  Markup markup = Markup::kHtml) {
  const Result<Json> found = FindXPath(expression, text, markup);
  return found ? DumpJson(*found) : "error: " + found.error().message;
}

constexpr std::string_view kPage =
    "<!doctype html><title>Welcome</title><body><p class=x>a<br>b<p>c & d";

TEST(XPath, ReadsHtmlAsBrowsersDo) {
  EXPECT_EQ(Found("string(//title)", kPage), R"("Welcome")");
  EXPECT_EQ(Found("//p", kPage), R"(["ab","c & d"])");
  EXPECT_EQ(Found("//p/@class", kPage), R"(["x"])");
  EXPECT_EQ(Found("//h1", kPage), "[]");
  EXPECT_EQ(Found("count(//p)", kPage), "2");
  EXPECT_EQ(Found("1 div 2", kPage), "0.5");
  EXPECT_EQ(Found("boolean(//p)", kPage), "true");
}

TEST(XPath, ReadsXmlStrictly) {
  EXPECT_EQ(Found("//n:b", "<a xmlns:n='urn:x'><n:b>1</n:b></a>", Markup::kXml), R"(["1"])");
  EXPECT_EQ(Found("//b", "<a><b></a>", Markup::kXml), "error: no well-formed XML");
}

TEST(XPath, LoadsNothing) {
  const std::string text =
      "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><a>&e;</a>";
  EXPECT_EQ(Found("string(/a)", text, Markup::kXml), R"("")");
}

TEST(XPath, SaysWhatIsWrong) {
  EXPECT_TRUE(CheckXPath("//a[1]"));
  EXPECT_EQ(CheckXPath("//[").error().message, "'//[' is no XPath: invalid expression");
  EXPECT_EQ(Found("//a:b", kPage), "error: '//a:b' is no XPath: undefined namespace prefix");
}

TEST(XPath, KnowsXmlWhenItIsSaid) {
  EXPECT_EQ(MarkupOf("<a/>", "application/atom+xml"), Markup::kXml);
  EXPECT_EQ(MarkupOf(" <?xml version='1.0'?>", ""), Markup::kXml);
  EXPECT_EQ(MarkupOf("<html>", "text/html"), Markup::kHtml);
  EXPECT_EQ(MarkupOf("<html>", "application/xhtml+xml"), Markup::kHtml);
}

}  // namespace
}  // namespace ctestbed
