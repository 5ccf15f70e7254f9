#include "config/env_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using Map = std::map<std::string, std::string>;

std::string Mistake(std::string_view text) {
  const auto parsed = ParseEnvFile(text);
  return parsed ? "" : parsed.error().message;
}

TEST(EnvFile, TakesEveryKindOfValue) {
  const auto parsed = ParseEnvFile(
      "# a comment\n\nPLAIN= a b # no comment \nEMPTY=\nSINGLE='a \"b\" \\n'\r\n"
      "DOUBLE=\"two\\nlines \\\"q\\\" \\\\\"\nREFERENCE=${HOME}\nEQUALS=a=b");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
  EXPECT_EQ(*parsed, (Map{{"PLAIN", "a b # no comment"},
                          {"EMPTY", ""},
                          {"SINGLE", "a \"b\" \\n"},
                          {"DOUBLE", "two\nlines \"q\" \\"},
                          {"REFERENCE", "${HOME}"},
                          {"EQUALS", "a=b"}}));
}

TEST(EnvFile, NamesTheLineOfAMistake) {
  EXPECT_EQ(Mistake("A=1\nexport B=2\n"), "line 2: leave out 'export'");
  EXPECT_EQ(Mistake("A\n"), "line 1: expected NAME=VALUE, not 'A'");
  EXPECT_EQ(Mistake("1A=x\n"), "line 1: expected NAME=VALUE, not '1A=x'");
  EXPECT_EQ(Mistake("A=1\nA=2\n"), "line 2: 'A' is set twice");
  EXPECT_EQ(Mistake("A='x\n"), "line 1: a value that begins with ' must end with '");
  EXPECT_EQ(Mistake("A=\"a\"b\"\n"), "line 1: a '\"' inside double quotes needs a '\\'");
  EXPECT_EQ(Mistake("A=\"\\x\"\n"),
            "line 1: only \\n, \\t, \\\" and \\\\ are known in double quotes");
  EXPECT_EQ(Mistake("A='it's'\n"), "line 1: there is no \"'\" inside single quotes");
}

}  // namespace
}  // namespace ctestbed
