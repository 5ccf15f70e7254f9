#include "config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::HasSubstr;

struct Reading {
  std::optional<Document> document;
  std::string problems;
};

Reading Read(std::string_view text) {
  Diagnostics problems;
  Reading reading{ReadYaml("a.yaml", text, problems), ""};
  reading.problems = Render(problems.Sorted());
  return reading;
}

// "line:column+length" of a mark.
std::string Span(const SourceMark& mark) {
  return std::to_string(mark.line) + ":" + std::to_string(mark.column) + "+" +
         std::to_string(mark.length);
}

TEST(YamlReader, KeepsScalarsAsWritten) {
  const auto [document, problems] = Read("a: no\nb: 012\nc: '1e3'\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(document->Find("a")->text, "no");
  EXPECT_EQ(document->Find("b")->text, "012");
  EXPECT_FALSE(document->Find("b")->quoted);
  EXPECT_EQ(document->Find("c")->text, "1e3");
  EXPECT_TRUE(document->Find("c")->quoted);
}

TEST(YamlReader, TakesNullTildeAndNothingForNull) {
  const auto [document, problems] = Read("a: null\nb: ~\nc:\nd: ''\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_TRUE(document->Find("a")->IsNull());
  EXPECT_TRUE(document->Find("b")->IsNull());
  EXPECT_TRUE(document->Find("c")->IsNull());
  EXPECT_TRUE(document->Find("d")->IsScalar());
}

TEST(YamlReader, MarksScalarsWithTheirQuotes) {
  const auto [document, problems] =
      Read("plain: x y   # z\n'it''s': \"a\\\"b\"\nlist: [1, {k: v}]\nblock: |-\n  text\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(Span(document->Find("plain")->mark), "1:8+3");
  EXPECT_EQ(Span(document->entries[1].key.mark), "2:1+7");
  EXPECT_EQ(Span(document->entries[1].value.mark), "2:10+6");
  EXPECT_EQ(Span(document->Find("list")->mark), "3:7+1");
  EXPECT_EQ(Span(document->Find("list")->items[1].Find("k")->mark), "3:15+1");
  EXPECT_EQ(Span(document->Find("block")->mark), "4:8+2");
}

TEST(YamlReader, CountsColumnsInBytesAndSkipsTheByteOrderMark) {
  const auto [document, problems] = Read("\xEF\xBB\xBFü: ä\r\nb: c\r\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(Span(document->Find("ü")->mark), "1:5+2");
  EXPECT_EQ(Span(document->Find("b")->mark), "2:4+1");
}

TEST(YamlReader, MarksABlockMapByItsFirstKey) {
  const auto [document, problems] = Read("nodes:\n  - name: x\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(Span(document->Find("nodes")->items[0].mark), "2:5+4");
}

TEST(YamlReader, MarksAnAbsentValueByItsKeyOrDash) {
  const auto [document, problems] = Read("key:\n\nnext:\n  -\n  - 1\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(Span(document->Find("key")->mark), "1:1+3");
  EXPECT_EQ(Span(document->Find("next")->items[0].mark), "4:3+1");
}

TEST(YamlReader, MarksTheFirstLineOfAScalarOfSeveral) {
  const auto [document, problems] = Read("a: one\n  two\nb: \"three\n  four\"\n");
  ASSERT_TRUE(document) << problems;
  EXPECT_EQ(document->Find("a")->text, "one two");
  EXPECT_EQ(Span(document->Find("a")->mark), "1:4+3");
  EXPECT_EQ(Span(document->Find("b")->mark), "3:4+6");
}

TEST(YamlReader, ReportsEveryDuplicateAndReadsOn) {
  const auto [document, problems] = Read("a: 1\na: 2\nb: {c: 1, c: 2}\n");
  ASSERT_TRUE(document);
  EXPECT_THAT(problems, HasSubstr("a.yaml:2:1: error: duplicate key 'a'"));
  EXPECT_THAT(problems, HasSubstr("hint: it is already on line 1"));
  EXPECT_THAT(problems, HasSubstr("a.yaml:3:11: error: duplicate key 'c'"));
  EXPECT_EQ(document->Find("a")->text, "1");
}

struct Refusal {
  std::string text;
  std::string message;
};

TEST(YamlReader, RefusesWithAMessageAtTheSpot) {
  const std::vector<Refusal> refusals{
      {"", "a.yaml:1:1: error: the file is empty"},
      {"# only\n", "a.yaml:1:1: error: the file is empty"},
      {"---\n", "a.yaml:1:1: error: the file is empty"},
      {"a: &x 1\nb: 2\n", "a.yaml:1:4: error: anchors are not supported"},
      {"a: &x 1\nb: *x\n", "a.yaml:2:4: error: aliases are not supported"},
      {"a: *x\n", "a.yaml:1:4: error: aliases are not supported"},
      {"a: !!str 1\n", "a.yaml:1:4: error: tags are not supported"},
      {"a: ! 1\n", "a.yaml:1:4: error: tags are not supported"},
      {"a: !x {b: 1}\n", "a.yaml:1:4: error: tags are not supported"},
      {"b:\n  <<: {c: 1}\n", "a.yaml:2:3: error: merge keys are not supported"},
      {"? [a]\n: 1\n", "a.yaml:1:3: error: a key must be text, not a list"},
      {"{a: 1}: 1\n", "a.yaml:1:1: error: a key must be text, not a map"},
      {"a: 1\n---\nb: 2\n", "a.yaml:2:1: error: a file holds one document"},
      {"- a\nb: 1\n", "a.yaml:2:1: error: this does not continue the value above"},
      {"a:\n\tb: 1\n", "a.yaml:2:1: error: indentation must be spaces, not a tab"},
      {"a: b: c\n", "a.yaml:1:5: error: unexpected ':'"},
      {"a: \"b\nc: 1\n", "a.yaml:1:4: error: this quoted text is never closed"},
      {"a: 'b\n", "a.yaml:1:4: error: this quoted text is never closed"},
      {"a: [1, 2\n", "error: '[' is not closed by ']' before this"},
      {"a: {b: 1\n", "error: '{' is not closed by '}' before this"},
      {"a: @b\n", "a.yaml:1:4: error: unexpected '@'"},
      {"a: \"\\q\"\n", "error: unknown escape '\\q'"},
      {"a:\n  - x\n - y\n", "a.yaml:3:2: error: this does not continue the map above"},
      {"a: \xC3(\n", "a.yaml:1:4: error: byte 0xc3 is not UTF-8"},
      {std::string("a: x\0y\n", 7), "a.yaml:1:5: error: control character 0x00"},
      {"a: 1\rb: 2\n", "a.yaml:1:5: error: control character 0x0d"},
      {"a: \x04\n", "a.yaml:1:4: error: control character 0x04"},
      {std::string(33, '[') + std::string(33, ']'),
       "a.yaml:1:33: error: nested over 32 levels deep"},
      {std::string(200'000, '['), "error: nested over 32 levels deep"},
      {"a: " + std::string(kMostYamlBytes, 'x'), "a.yaml: error: the file has 1048579 bytes"},
  };
  for (const Refusal& refusal : refusals) {
    EXPECT_THAT(Read(refusal.text).problems, HasSubstr(refusal.message))
        << refusal.text.substr(0, 40);
  }
}

TEST(YamlReader, GivesNothingWhenAPartIsMissing) {
  EXPECT_FALSE(Read("a: 1\nb: *a\n").document);
  EXPECT_FALSE(Read("a: 1\n- b\n").document);
  EXPECT_FALSE(Read("a: 1\n---\nb: 1\n").document);
}

TEST(YamlReader, NeitherCrashesNorStaysSilentOnEveryPrefixOfAFile) {
  const std::string text =
      "name: x\naxes: {store: {memory: {}, redis: [\"a\\n\", 'b', ~]}}\n"
      "block: >-\n  folded\n  text\nlist:\n- - 1\n- {k: v}\n";
  for (size_t size = 0; size < text.size(); ++size) {
    const auto [document, problems] = Read(text.substr(0, size));
    EXPECT_TRUE(document || !problems.empty()) << text.substr(0, size);
  }
}

}  // namespace
}  // namespace ctestbed
