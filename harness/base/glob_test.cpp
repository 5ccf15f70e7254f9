#include "base/glob.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ctestbed {
namespace {

TEST(MatchesGlob, KnowsStarAndQuestionMark) {
  for (const auto& [pattern, text] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"*", ""},
                                                        {"*", "abc"},
                                                        {"a*c", "abbc"},
                                                        {"a*b*c", "axbxbc"},
                                                        {"a?c", "abc"},
                                                        {"*c", "cc"},
                                                        {"**", "x"}}) {
    EXPECT_TRUE(MatchesGlob(pattern, text)) << pattern << " " << text;
  }
  for (const auto& [pattern, text] : std::vector<std::pair<std::string, std::string>>{
           {"", "a"}, {"a", ""}, {"a?c", "ac"}, {"a*c", "abcd"}, {"?", ""}, {"a*b", "ba"}}) {
    EXPECT_FALSE(MatchesGlob(pattern, text)) << pattern << " " << text;
  }
}

}  // namespace
}  // namespace ctestbed
