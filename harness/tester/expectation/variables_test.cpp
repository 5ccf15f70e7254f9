#include "tester/expectation/variables.h"

#include <gtest/gtest.h>

#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

Variables Some() {
  Variables variables;
  variables.Set("id", 7);
  variables.Set("name", "ann");
  variables.Set("list", Json::array({1, "x"}));
  return variables;
}

TEST(Variables, ExpandInsideTexts) {
  EXPECT_EQ(ExpandText({"/a/${id}/${name}?${list}", {}}, Some()).value(), "/a/7/ann?[1,\"x\"]");
  EXPECT_EQ(ExpandText({"$${id}", {}}, Some()).value(), "${id}");
}

TEST(Variables, AreNotExpandedTwice) {
  Variables variables = Some();
  variables.Set("text", "${id}");
  EXPECT_EQ(ExpandText({"${text}", {}}, variables).value(), "${id}");
}

TEST(Variables, KeepTheirTypeWhenTheyStandAlone) {
  const Document document =
      DocumentFromJson("{a: '${id}', b: 'x${id}', c: '${list}', d: 5, e: '5'}");
  EXPECT_EQ(DumpJson(JsonOf(ExpandDocument(document, Some()).value())),
            R"({"a":7,"b":"x7","c":[1,"x"],"d":5,"e":"5"})");
}

TEST(Variables, AreNamedAndPointedAtWhenUndefined) {
  const Document document = DocumentFromJson("{a: 'x ${nope} y'}");
  const Failure failure = ExpandDocument(document, Some()).error();
  EXPECT_EQ(failure.remark, "undefined variable 'nope'");
  EXPECT_EQ(failure.mark.column, 8);
  EXPECT_EQ(failure.mark.length, 7);
}

TEST(Variables, AreFoundInKeysAndValuesWithTheirMistakes) {
  std::string seen;
  VisitReferences(DocumentFromJson("{'${a}': ['${b} ${c}', '${d']}"),
                  [&](const Result<std::string>& name, const SourceMark& mark) {
                    seen += name.value_or("?") + "@" + std::to_string(mark.column) + " ";
                  });
  EXPECT_EQ(seen, "a@3 b@12 c@17 ?@24 ");
}

TEST(Variables, HideSecretsInEveryFormTheyTake) {
  Variables variables;
  variables.Hide("password");
  variables.Set("password", "it's \"a\" b");
  EXPECT_EQ(variables.Mask("raw it's \"a\" b"), "raw ***");
  EXPECT_EQ(variables.Mask(R"(json "it's \"a\" b")"), R"(json "***")");
  EXPECT_EQ(variables.Mask("url it%27s%20%22a%22%20b"), "url ***");
  EXPECT_EQ(variables.Mask("curl 'it'\\''s \"a\" b'"), "curl ***");
}

TEST(Variables, HideOldValuesToo) {
  Variables variables;
  variables.Set("token", "first");
  variables.Hide("token");
  variables.Set("token", Json::array({"second", 12345}));
  EXPECT_EQ(variables.Mask("first second 12345"), "*** *** ***");
}

TEST(Variables, HideBeforeTheyCut) {
  Variables variables;
  variables.Hide("token");
  variables.Set("token", std::string(50, 's'));
  const std::string shown = variables.Show(Json(std::string(180, 'x') + std::string(50, 's')));
  EXPECT_EQ(shown.find("ss"), std::string::npos);
}

TEST(Literals, HaveTheTypeTheyAreWrittenWith) {
  EXPECT_EQ(
      DumpJson(JsonOf(DocumentFromJson("[1, -2.5, 1e3, true, null, no, 012, '1', 1.2.3, -]"))),
      R"([1,-2.5,1000.0,true,null,"no","012","1","1.2.3","-"])");
}

}  // namespace
}  // namespace ctestbed
