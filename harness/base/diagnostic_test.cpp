#include "base/diagnostic.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace ctestbed {
namespace {

// What the one error at `mark` of `text` looks like.
std::string Shown(const std::string& text, int line, int column, int length) {
  Diagnostics problems;
  problems.AddSource("a.yaml", text);
  problems.Error({"a.yaml", line, column, length}, "bad");
  return Render(problems.Sorted());
}

TEST(Render, ShowsWhereWhatAndHowToFix) {
  Diagnostics problems;
  problems.AddSource("presets/a.yaml", "ready:\n  - htpp: /health\n");
  problems.Error({"presets/a.yaml", 2, 5, 4}, "unknown probe 'htpp'", "did you mean 'http'?");
  EXPECT_EQ(Render(problems.Sorted()),
            "presets/a.yaml:2:5: error: unknown probe 'htpp'\n"
            "   2 |   - htpp: /health\n"
            "     |     ^^^^\n"
            "  hint: did you mean 'http'?\n");
}

TEST(Render, LeavesOutWhatIsNotKnown) {
  Diagnostics problems;
  problems.Warning({}, "nothing to do");
  problems.Error({"a.yaml", 0, 0, 0}, "cannot read 'a.yaml'");
  EXPECT_EQ(Render(problems.Sorted()),
            "warning: nothing to do\n"
            "a.yaml: error: cannot read 'a.yaml'\n");
}

TEST(Render, PutsCaretsUnderTheRightCharacters) {
  EXPECT_EQ(Shown("é: [ü, ö]\n", 1, 6, 2),
            "a.yaml:1:6: error: bad\n"
            "   1 | é: [ü, ö]\n"
            "     |     ^\n");
}

TEST(Render, KeepsTabsSoThatCaretsLineUp) {
  EXPECT_EQ(Shown("\ta\tbc", 1, 4, 2),
            "a.yaml:1:4: error: bad\n"
            "   1 | \ta\tbc\n"
            "     | \t \t^^\n");
}

TEST(Render, NeverLetsTheTerminalObeyTheText) {
  EXPECT_EQ(Shown("\x1b[2Jx", 1, 5, 1),
            "a.yaml:1:5: error: bad\n"
            "   1 | \\x1b[2Jx\n"
            "     |        ^\n");
}

TEST(Render, PointsBehindTheLine) {
  EXPECT_EQ(Shown("ab\r\n", 1, 9, 4),
            "a.yaml:1:9: error: bad\n"
            "   1 | ab\n"
            "     |   ^\n");
  EXPECT_EQ(Shown("ab", 7, 1, 1),
            "a.yaml:7:1: error: bad\n"
            "   7 | \n"
            "     | ^\n");
}

TEST(Render, EndsTheCaretsWithTheLine) {
  EXPECT_EQ(Shown("abc", 1, 2, 50),
            "a.yaml:1:2: error: bad\n"
            "   1 | abc\n"
            "     |  ^^\n");
}

TEST(Render, ShowsALongLineAroundItsCaret) {
  const std::string text = std::string(300, 'a') + "HERE" + std::string(300, 'b');
  EXPECT_EQ(Shown(text, 1, 301, 4), "a.yaml:1:301: error: bad\n   1 | " + std::string(80, 'a') +
                                        "HERE" + std::string(76, 'b') + "\n     | " +
                                        std::string(80, ' ') + "^^^^\n");
}

TEST(Render, CutsALongLineBetweenCharacters) {
  std::string text = "x";
  for (int i = 0; i < 300; ++i) text += "é";
  const std::string shown = Shown(text, 1, 302, 2);
  EXPECT_EQ(shown.find("\xEF\xBF\xBD"), std::string::npos) << shown;
}

TEST(RenderLine, AppendsARemark) {
  EXPECT_EQ(RenderLine({"a", 3, 1, 2}, "ab", "is 'cd'"),
            "   3 | ab\n"
            "     | ^^ is 'cd'\n");
}

TEST(Diagnostics, SortsByPlaceAndDropsDoubles) {
  Diagnostics problems;
  problems.Error({"b", 1, 1, 1}, "four");
  problems.Error({"a", 2, 1, 1}, "two");
  problems.Error({"a", 2, 1, 1}, "three");
  problems.Error({"a", 2, 1, 1}, "two");
  problems.Error({"a", 1, 9, 1}, "one");
  std::string messages;
  for (const Diagnostic& problem : problems.Sorted()) messages += problem.message + " ";
  EXPECT_EQ(messages, "one two three four ");
  EXPECT_EQ(problems.About("b").size(), 1U);
  EXPECT_EQ(problems.About("c").size(), 0U);
}

TEST(Diagnostics, ShowsTheFirstHundredOfAFile) {
  Diagnostics problems;
  for (int line = 1; line <= 400; ++line) problems.Error({"a", line, 1, 1}, "bad");
  problems.Error({"b", 1, 1, 1}, "another file's");
  const std::vector<Diagnostic> shown = problems.About("a");
  ASSERT_EQ(shown.size(), 101U);
  EXPECT_EQ(Render(shown.front()),
            "a: error: more than 100 mistakes; the others are left out\n"
            "  hint: mend those that are shown first\n");
  EXPECT_EQ(shown.back().mark.line, 100);
  EXPECT_EQ(problems.About("b").size(), 1U);
}

TEST(Diagnostics, KeepsTextsShortAndOnOneLine) {
  Diagnostics problems;
  std::string text = "\n\x1b";
  for (int i = 0; i < 1'000'000; ++i) text += "é";
  problems.Error({}, text, text);
  const Diagnostic problem = problems.Sorted().at(0);
  EXPECT_EQ(problem.message.substr(0, 8), "\\n\\x1bé");
  EXPECT_EQ(problem.message.size(), 2003U);
  EXPECT_EQ(problem.hint, problem.message);
  EXPECT_EQ(FindInvalidUtf8(problem.message), std::string::npos);
}

TEST(Diagnostics, KnowsErrorsFromWarnings) {
  Diagnostics problems;
  EXPECT_TRUE(problems.empty());
  problems.Warning({}, "hm");
  EXPECT_FALSE(problems.HasErrors());
  EXPECT_FALSE(problems.empty());
  problems.Error({}, "no");
  EXPECT_TRUE(problems.HasErrors());
}

TEST(LineOf, CountsFromOne) {
  EXPECT_EQ(LineOf("a\r\nb\n", 1), "a");
  EXPECT_EQ(LineOf("a\r\nb\n", 2), "b");
  EXPECT_EQ(LineOf("a\r\nb\n", 3), "");
  EXPECT_EQ(LineOf("a\r\nb\n", 4), "");
  EXPECT_EQ(LineOf("a", 0), "");
}

}  // namespace
}  // namespace ctestbed
