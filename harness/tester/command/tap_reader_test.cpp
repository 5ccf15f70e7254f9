#include "tester/command/tap_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;

// "verdict name: message", one for each case, and the problem.
std::vector<std::string> Lines(std::string_view text) {
  const ProgramResults results = ReadTap(text);
  std::vector<std::string> lines;
  for (const CaseResult& result : results.cases) {
    lines.push_back(std::string(VerdictName(result.verdict)) + " " + result.name +
                    (result.message.empty() ? "" : ": " + result.message));
  }
  if (!results.problem.empty()) lines.push_back("problem: " + results.problem);
  return lines;
}

TEST(TapReader, ReadsTestsAndTheirDirectives) {
  EXPECT_THAT(Lines("TAP version 14\n"
                    "1..8\n"
                    "ok 1 - plain\r\n"
                    "not ok 2 - fails\n"
                    "# got 4\n"
                    "# wanted 5\n"
                    "ok 3 # SKIP no redis\n"
                    "not ok 4 - later # todo soon\n"
                    "ok 5 - early # TODO\n"
                    "ok - issue \\#12 \\\\ #13\n"
                    "not ok\n"
                    "what the program prints\n"
                    "ok 8 - plain\n"),
              ElementsAre("passed plain", "failed fails: got 4", "skipped test 3: no redis",
                          "skipped later: todo: soon", "passed early", "passed issue #12 \\ #13",
                          "failed test 7: not ok", "passed plain #2"));
}

TEST(TapReader, TakesThePlanAtEitherEnd) {
  EXPECT_THAT(Lines("ok\nok\n1..2\n"), ElementsAre("passed test 1", "passed test 2"));
  EXPECT_THAT(Lines("1..0 # SKIP no docker"), ElementsAre("skipped all: no docker"));
  EXPECT_THAT(Lines("1..0\n"), ElementsAre());
}

TEST(TapReader, TrustsNoCountButThePlanned) {
  EXPECT_THAT(Lines(""), ElementsAre("problem: there is no plan (1..N) beside the 0 tests"));
  EXPECT_THAT(Lines("ok 1\n"),
              ElementsAre("passed test 1", "problem: there is no plan (1..N) beside the 1 tests"));
  EXPECT_THAT(Lines("1..2\nok 1\n"),
              ElementsAre("passed test 1", "problem: 2 tests were planned and 1 came"));
  EXPECT_THAT(Lines("1..1\nok\nok\n"), ElementsAre("passed test 1", "passed test 2",
                                                   "problem: 1 tests were planned and 2 came"));
  EXPECT_THAT(Lines("1..1\n1..1\nok\n"), ElementsAre("problem: line 2: there is a second plan"));
  EXPECT_THAT(Lines("1..x\n"), ElementsAre("problem: line 1: the plan is no '1..N'"));
  EXPECT_THAT(Lines("1..-1\n"), ElementsAre("problem: line 1: the plan is no '1..N'"));
  EXPECT_THAT(Lines("ok\n1..2\nok\n"),
              ElementsAre("passed test 1", "problem: line 3: a test came after the plan"));
  EXPECT_THAT(Lines("1..2\nok 1\nok 1\n"),
              ElementsAre("passed test 1", "problem: line 3: test 1 came where 2 was due"));
  EXPECT_THAT(Lines("1..0 # SKIP why\nok 1\n"),
              ElementsAre("skipped all: why", "problem: line 2: test 1 came where 2 was due"));
  EXPECT_THAT(Lines("TAP version 15\n1..1\nok\n"),
              ElementsAre("problem: line 1: unknown version of TAP"));
}

TEST(TapReader, EndsWhereTheProgramBailsOut) {
  EXPECT_THAT(
      Lines("1..2\nok 1\nBail out! no\x1b[2J database\nok 2\n"),
      ElementsAre("passed test 1", "problem: line 3: the program bailed out: no\\x1b[2J database"));
  EXPECT_THAT(Lines("1..1\n    Bail out! deep\nok 1\n"),
              ElementsAre("problem: line 2: the program bailed out: deep"));
}

TEST(TapReader, ShowsWhatAFailedTestSays) {
  const ProgramResults results = ReadTap(
      "1..2\n"
      "not ok 1 - sum\n"
      "  ---\n"
      "  message: 4 is not 5\n"
      "  at: sum.sh:3\n"
      "  ...\n"
      "# seen twice\n"
      "ok 2\n"
      "# unused\n");
  ASSERT_EQ(results.cases.size(), 2U);
  EXPECT_EQ(results.cases[0].message, "4 is not 5");
  EXPECT_EQ(results.cases[0].detail, "  message: 4 is not 5\n  at: sum.sh:3\nseen twice\n");
  EXPECT_EQ(results.cases[1].detail, "");
  EXPECT_THAT(Lines("1..1\nnot ok\n  ---\n  a: b\n"),
              ElementsAre("failed test 1: not ok", "problem: the YAML block of line 3 has no end"));
}

TEST(TapReader, DoesNotOverlookAFailedSubtest) {
  EXPECT_THAT(Lines("1..3\n"
                    "    ok 1\n    not ok 2 # TODO later\n    1..2\n"
                    "ok 1 - fine\n"
                    "    not ok 1 - inner\n      ---\n      a: b\n      ...\n    1..1\n"
                    "ok 2 - hides it\n"
                    "    not ok 1 - inner\n    1..1\n"
                    "not ok 3 - says so\n"),
              ElementsAre("passed fine", "failed hides it: passed although a subtest failed",
                          "failed says so: not ok"));
  EXPECT_THAT(Lines("1..1\nok 1\n    not ok 1 - orphan\n"),
              ElementsAre("passed test 1", "problem: a subtest that failed belongs to no test"));
}

}  // namespace
}  // namespace ctestbed
