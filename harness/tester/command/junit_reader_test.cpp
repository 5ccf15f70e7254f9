#include "tester/command/junit_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "verdict name: message", one for each case, and the problem of the file.
std::vector<std::string> Lines(std::string_view xml) {
  const ProgramResults file = ReadJunit(xml);
  std::vector<std::string> lines;
  for (const CaseResult& result : file.cases) {
    lines.push_back(std::string(VerdictName(result.verdict)) + " " + result.name +
                    (result.message.empty() ? "" : ": " + result.message));
  }
  if (!file.problem.empty()) lines.push_back("problem: " + file.problem);
  return lines;
}

TEST(JunitReader, ReadsGoogleTest) {
  constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" disabled="1" errors="0" time="0.01" name="AllTests">
  <testsuite name="Sum" tests="3">
    <testcase name="Adds" file="sum_test.cc" line="7" status="run" result="completed" time="0.25" classname="Sum" />
    <testcase name="Fails" file="sum_test.cc" line="9" status="run" result="completed" time="0" classname="Sum">
      <failure message="sum_test.cc:10&#x0A;Expected equality&#x0A;  1&#x0A;  2" type=""><![CDATA[sum_test.cc:10
Expected equality
  1
  2]]></failure>
      <failure message="sum_test.cc:12&#x0A;Failed" type=""><![CDATA[sum_test.cc:12
Failed]]></failure>
    </testcase>
    <testcase name="DISABLED_Later" status="notrun" result="suppressed" time="0" classname="Sum" />
    <testcase name="Skips" status="run" result="skipped" time="0" classname="Sum">
      <skipped message="a_test.cc:3&#x0A;no engine"><![CDATA[x]]></skipped>
    </testcase>
  </testsuite>
</testsuites>)";
  EXPECT_THAT(Lines(kXml),
              ElementsAre("passed Sum.Adds",
                          "failed Sum.Fails: sum_test.cc:10 Expected equality 1 2 (+1 more)",
                          "skipped Sum.DISABLED_Later: not run",
                          "skipped Sum.Skips: a_test.cc:3 no engine"));
  const ProgramResults file = ReadJunit(kXml);
  EXPECT_EQ(file.cases[0].mark, (SourceMark{"sum_test.cc", 7, 1, 1}));
  EXPECT_EQ(file.cases[0].duration, Duration(250));
  EXPECT_EQ(file.cases[1].detail,
            "sum_test.cc:10\nExpected equality\n  1\n  2\nsum_test.cc:12\nFailed\n");
}

TEST(JunitReader, ReadsAnyRootAndNestedSuites) {
  EXPECT_THAT(Lines("<testsuite><testsuite><testsuite><testcase name='deep'/></testsuite>"
                    "<testcase classname='c' name='n'/></testsuite></testsuite>"),
              ElementsAre("passed deep", "passed c.n"));
  EXPECT_THAT(Lines("<report><testcase name='a'/></report>"), ElementsAre("passed a"));
  EXPECT_THAT(Lines("<testcase/>"), ElementsAre("passed (no name)"));
}

TEST(JunitReader, CountsForItself) {
  EXPECT_THAT(
      Lines("<testsuite tests='99' failures='98' errors='x'><testcase name='a'/></testsuite>"),
      ElementsAre("passed a"));
  EXPECT_THAT(Lines("<testsuites tests='5'/>"), ElementsAre());
}

TEST(JunitReader, TakesAnErrorForWorseThanAFailure) {
  EXPECT_THAT(
      Lines("<testsuite><testcase name='a'><failure>one\ntwo</failure>"
            "<error type='E'/></testcase><testcase name='b'><error type='Setup'/></testcase>"
            "<testcase name='c'><failure/><skipped/></testcase></testsuite>"),
      ElementsAre("error a: one two (+1 more)", "error b: Setup", "failed c: failure"));
}

TEST(JunitReader, ReadsTimesAsWritersPutThem) {
  const ProgramResults file = ReadJunit(
      "<testsuite><testcase time='1,234.5'/><testcase time=''/><testcase time='nan'/>"
      "<testcase time='-1'/><testcase time='1e999'/><testcase time=' 0.5 '/></testsuite>");
  std::vector<std::int64_t> times;
  for (const CaseResult& result : file.cases) times.push_back(result.duration.count());
  EXPECT_THAT(times, ElementsAre(1'234'500, 0, 0, 0, 0, 500));
}

TEST(JunitReader, MakesNamesUnique) {
  EXPECT_THAT(Lines("<testsuite><testcase name='a'/><testcase name='a'/></testsuite>"),
              ElementsAre("passed a", "passed a #2"));
}

TEST(JunitReader, KeepsTheOutputOfFailedCases) {
  const ProgramResults file = ReadJunit(
      "<testsuite><testcase name='a'><failure message='m'>text</failure><system-out>said\x1b[2J"
      "</system-out></testcase></testsuite>");
  EXPECT_EQ(file.cases[0].detail, "m\ntext\nsystem-out:\nsaid\\x1b[2J\n");
}

TEST(JunitReader, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(Lines(""), ElementsAre("problem: it is empty"));
  EXPECT_THAT(Lines(" \n"), ElementsAre("problem: it is empty"));
  EXPECT_THAT(Lines("<html/>"), ElementsAre("problem: it holds no test suite"));
  EXPECT_THAT(Lines("no xml"), ElementsAre(HasSubstr("problem: broken at byte")));
}

TEST(JunitReader, KeepsTheCasesBeforeACut) {
  EXPECT_THAT(
      Lines("<testsuite><testcase name='a'/><testcase name='b'/><testca"),
      ElementsAre("passed a", "passed b", HasSubstr("problem: broken at byte 57, after 2 cases")));
}

TEST(JunitReader, RefusesDocumentTypesAndBottomlessNesting) {
  EXPECT_THAT(Lines("<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite><testcase name='&a;'/></testsuite>"),
              ElementsAre("problem: a document type is not accepted"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<testsuite>";
  EXPECT_THAT(Lines(deep), ElementsAre("problem: nested over 64 levels"));
}

}  // namespace
}  // namespace ctestbed
