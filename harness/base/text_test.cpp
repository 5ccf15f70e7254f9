#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;

TEST(Utf8, AcceptsWellFormedText) {
  for (const char* text : {"", "abc", "é", "€", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(FindInvalidUtf8(text), std::string_view::npos) << text;
    EXPECT_EQ(ValidUtf8(text), text);
  }
}

TEST(Utf8, FindsWhereTextIsIllFormed) {
  // Lone continuation, overlong, surrogate, beyond U+10FFFF, cut off, Latin-1.
  for (const char* bad : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF0\x80\x80\x80", "\xE2\x82", "\xFF", "\xE9"}) {
    EXPECT_EQ(FindInvalidUtf8(std::string("ab") + bad), 2U);
  }
}

TEST(Utf8, ReplacesEachBadByteAndKeepsTheRest) {
  EXPECT_EQ(ValidUtf8("a\xE2\x82z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(Visible, ShowsControlCharacters) {
  EXPECT_EQ(Visible("\x1b[31m\r\x7f"), "\\x1b[31m\\x0d\\x7f");
  EXPECT_EQ(Visible("\xC2\x9B"
                    "1m"),
            "\\x9b1m");
  EXPECT_EQ(Visible(std::string_view("\0", 1)), "\\x00");
}

TEST(Visible, KeepsLinesTabsAndLetters) {
  EXPECT_EQ(Visible("a\n\tü\xC2\xA0"), "a\n\tü\xC2\xA0");
}

TEST(DisplayWidth, CountsCharactersAsShown) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("aé€😀"), 4U);
  EXPECT_EQ(DisplayWidth("\x1b"), 4U);
}

TEST(Quote, StaysOnOneLine) {
  EXPECT_EQ(Quote("a'b"), "'a'b'");
  EXPECT_EQ(Quote("a\nb\tc\x1b"), "'a\\nb\\tc\\x1b'");
}

TEST(Quote, CutsAt120Characters) {
  EXPECT_EQ(Quote(std::string(120, 'x')), "'" + std::string(120, 'x') + "'");
  EXPECT_EQ(Quote(std::string(121, 'x')), "'" + std::string(120, 'x') + "...'");
}

TEST(Quote, CutsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 121; ++i) text += "é";
  EXPECT_EQ(Quote(text), "'" + text.substr(0, 240) + "...'");
  EXPECT_EQ(Quote(text.substr(2)), "'" + text.substr(2) + "'");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(Join, IsTheReverseOfSplit) {
  EXPECT_EQ(Join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(Join({}, ","), "");
}

TEST(Trim, TakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(LastLines, GivesNoMoreThanAsked) {
  EXPECT_EQ(LastLines("a\nb\nc\n", 2), "b\nc");
  EXPECT_EQ(LastLines("a\nb\nc", 1), "c");
  EXPECT_EQ(LastLines("a\nb\nc", 0), "");
}

TEST(LastLines, GivesAllThereIs) {
  EXPECT_EQ(LastLines("a\nb\n", 2), "a\nb");
  EXPECT_EQ(LastLines("a\nb\n", 9), "a\nb");
  EXPECT_EQ(LastLines("a", 1), "a");
  EXPECT_EQ(LastLines("", 3), "");
  EXPECT_EQ(LastLines("\n\n", 3), "");
}

TEST(LastLines, CountsEmptyLines) {
  EXPECT_EQ(LastLines("\na", 1), "a");
  EXPECT_EQ(LastLines("\na", 2), "\na");
  EXPECT_EQ(LastLines("a\n\nb", 2), "\nb");
}

TEST(ShellQuote, QuotesOnlyWhatMustBe) {
  EXPECT_EQ(ShellQuote("--port=80"), "--port=80");
  EXPECT_EQ(ShellQuote(""), "''");
  EXPECT_EQ(ShellQuote("it's $HOME"), R"('it'\''s $HOME')");
  EXPECT_EQ(ShellCommand({"sh", "-c", "a b"}), "sh -c 'a b'");
}

TEST(IsName, AcceptsWhatMayStandInPathsAndLabels) {
  for (const char* good : {"a", "A9", "main-1", "a_b.c", "0"}) EXPECT_TRUE(IsName(good)) << good;
  for (const char* bad : {"", "-a", ".a", "..", "a/b", "a b", "é", "a\n"}) {
    EXPECT_FALSE(IsName(bad)) << bad;
  }
  EXPECT_TRUE(IsName(std::string(63, 'a')));
  EXPECT_FALSE(IsName(std::string(64, 'a')));
}

TEST(DidYouMean, NamesTheNearestAndListsAll) {
  EXPECT_EQ(DidYouMean("htpp", {"tcp", "http", "exec"}, "probes"),
            "did you mean 'http'? known probes: exec, http, tcp");
}

TEST(DidYouMean, SeesSwappedLetters) {
  EXPECT_EQ(DidYouMean("prot", {"host", "port"}, "keys"),
            "did you mean 'port'? known keys: host, port");
}

TEST(DidYouMean, GuessesNothingFarFetched) {
  EXPECT_EQ(DidYouMean("xyz", {"http"}, "probes"), "known probes: http");
  EXPECT_EQ(DidYouMean("a", {"b"}, "keys"), "known keys: b");
  EXPECT_EQ(DidYouMean("", {"b"}, "keys"), "known keys: b");
  EXPECT_EQ(DidYouMean("a", {}, "keys"), "known keys: none");
}

TEST(DidYouMean, ListsNoMoreThanCanBeRead) {
  std::vector<std::string> known;
  for (int i = 100; i < 350; ++i) known.push_back("n" + std::to_string(i));
  const std::string hint = DidYouMean("n34", known, "nodes");
  EXPECT_EQ(hint.substr(0, 42), "did you mean 'n134'? known nodes: n100, n1");
  EXPECT_EQ(hint.substr(hint.size() - 23), "n198, n199 and 150 more");
}

TEST(DidYouMean, TakesNoLongTextForATypo) {
  const std::string text(10'000, 'x');
  EXPECT_EQ(DidYouMean(text, {text + "x", "b"}, "keys").substr(0, 14), "known keys: b,");
}

}  // namespace
}  // namespace ctestbed
