#include "supervisor/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

const JournalRecord kFirst{"session", "owner", "process", "/results"};
const JournalRecord kSecond{"intent", "start", "main", "env\n1"};

TEST(Journal, ComesBackAsWritten) {
  const std::string text = ToLine(kFirst) + ToLine(kSecond);
  EXPECT_THAT(ReadJournal(text), testing::ElementsAre(kFirst, kSecond));
}

TEST(Journal, StopsAtATornTail) {
  const std::string text = ToLine(kFirst) + ToLine(kSecond);
  for (size_t cut = ToLine(kFirst).size(); cut < text.size(); ++cut) {
    EXPECT_THAT(ReadJournal(text.substr(0, cut)), testing::ElementsAre(kFirst)) << cut;
  }
}

TEST(Journal, StopsAtADamagedRecord) {
  const std::string good = ToLine(kFirst);
  for (size_t i = 0; i + 1 < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_TRUE(ReadJournal(bad).empty()) << i;
  }
}

TEST(Journal, ReadsNothingFromGarbage) {
  EXPECT_TRUE(ReadJournal("").empty());
  EXPECT_TRUE(ReadJournal("\n\n\n").empty());
  EXPECT_TRUE(ReadJournal("hello world, this is no journal\n").empty());
}

}  // namespace
}  // namespace ctestbed
