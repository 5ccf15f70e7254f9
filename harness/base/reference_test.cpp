#include "base/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Defines a = 1 and tricky = ${a}.
std::optional<std::string> Known(std::string_view name) {
  if (name == "a") return "1";
  if (name == "tricky") return "${a}";
  return std::nullopt;
}

TEST(ParseReferences, CutsTextWhereReferencesStand) {
  EXPECT_THAT(*ParseReferences("x${env:A:-d}${b}"),
              ElementsAre(TextPiece{false, "x", 0, 1}, TextPiece{true, "env:A:-d", 1, 11},
                          TextPiece{true, "b", 12, 4}));
  EXPECT_THAT(*ParseReferences(""), IsEmpty());
  EXPECT_THAT(*ParseReferences("$ {a} $a }"), ElementsAre(TextPiece{false, "$ {a} $a }", 0, 10}));
}

TEST(ParseReferences, TakesADoubledDollarLiterally) {
  EXPECT_THAT(*ParseReferences("$${a}${a}"),
              ElementsAre(TextPiece{false, "${a}", 0, 5}, TextPiece{true, "a", 5, 4}));
  EXPECT_THAT(*ParseReferences("a$${b$${c"), ElementsAre(TextPiece{false, "a${b${c", 0, 9}));
}

TEST(ParseReferences, RefusesWhatIsNotClosedOrNamesNothing) {
  EXPECT_EQ(ParseReferences("a${b").error().message, "reference in 'a${b' is not closed by '}'");
  EXPECT_EQ(ParseReferences("${}").error().message, "reference in '${}' names nothing");
  EXPECT_EQ(ParseReferences("${ }").error().kind, ErrorKind::kInvalid);
}

TEST(Expand, ReplacesEveryReference) {
  EXPECT_EQ(Expand("${a}-${a}", Known), "1-1");
  EXPECT_EQ(Expand("", Known), "");
  EXPECT_EQ(Expand("$${a} costs $5", Known), "${a} costs $5");
}

TEST(Expand, NeverReadsAValueAgain) {
  EXPECT_EQ(Expand("${tricky}", Known), "${a}");
}

TEST(Expand, NamesTheFirstUndefinedReference) {
  const auto expanded = Expand("${a}${b.port}${c}", Known);
  ASSERT_FALSE(expanded);
  EXPECT_EQ(expanded.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(expanded.error().message, "undefined reference '${b.port}'");
}

TEST(Expand, KeepsMessagesOnOneLine) {
  EXPECT_EQ(Expand("${x\ny}", Known).error().message, "undefined reference '${x\\ny}'");
}

}  // namespace
}  // namespace ctestbed
