#include "tester/edge/message.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "testing/document_from_json.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Traffic Message(WsOp op, std::string payload) {
  Traffic message;
  message.op = op;
  message.payload = std::move(payload);
  return message;
}

// What of `pattern` does not hold, one line each.
std::vector<std::string> Wrong(std::string_view pattern, const Traffic& message,
                               Codec codec = Codec::kText) {
  Diagnostics problems;
  const Document document = DocumentFromJson(pattern);
  CheckPattern(document, problems);
  EXPECT_TRUE(problems.empty()) << Render(problems.Sorted());
  std::vector<std::string> lines;
  for (const Failure& failure : MatchPattern(document, message, codec, {})) {
    lines.push_back(Headline(failure));
  }
  return lines;
}

std::vector<std::string> WrongText(std::string_view pattern, std::string payload) {
  return Wrong(pattern, Message(WsOp::kText, std::move(payload)));
}

TEST(Pattern, HoldsTextAgainstLiteralsAndOperators) {
  EXPECT_THAT(WrongText("hello", "hello"), IsEmpty());
  EXPECT_THAT(WrongText("'7'", "7"), IsEmpty());
  EXPECT_THAT(WrongText("{text: {starts: he, ends: lo}, size: 5}", "hello"), IsEmpty());
  EXPECT_THAT(
      WrongText("{text: {starts: xe}, size: {gt: 5}}", "hello"),
      ElementsAre("is \"hello\", wanted it to start with \"xe\"", "size is 5, wanted more than 5"));
  EXPECT_THAT(Wrong("{text: a}", Message(WsOp::kBinary, "a")),
              ElementsAre("is binary, wanted a text"));
}

TEST(Pattern, HoldsJsonAgainstPathsAndValues) {
  const std::string payload = R"({"op": "said", "n": [1, 2]})";
  EXPECT_THAT(WrongText("{$.op: said, '$.n[1]': 2}", payload), IsEmpty());
  EXPECT_THAT(WrongText("{json: {$.op: said}}", payload), IsEmpty());
  EXPECT_THAT(WrongText("{json: {eq: {op: said, n: [1, 2]}}}", payload), IsEmpty());
  EXPECT_THAT(
      WrongText("{$.op: left, $.who: <any>}", payload),
      ElementsAre("$.op is \"said\", wanted \"left\"", "$.who: no \"who\" in $; keys are n, op"));
  // One cause, one failure.
  EXPECT_THAT(WrongText("{json: {$.op: left, $.who: x}}", "oops").size(), 1U);
}

TEST(Pattern, ShowsBytesAroundTheFirstDifference) {
  const auto binary = [](std::string_view hex) {
    return Message(WsOp::kBinary, FromHex(hex).value());
  };
  EXPECT_THAT(Wrong("{hex: 00 ff 10}", binary("00 ff 10")), IsEmpty());
  EXPECT_THAT(Wrong("{base64: AP8Q}", binary("00 ff 10")), IsEmpty());
  EXPECT_THAT(Wrong("{hex: 00 ff 10}", binary("00 fe 10")),
              ElementsAre("differs at byte 1: from byte 0 on 00 fe 10, wanted 00 ff 10"));
  EXPECT_THAT(Wrong("{hex: 00 ff}", binary("")),
              ElementsAre("differs at byte 0: from byte 0 on nothing, wanted 00 ff"));
  const std::string long_text = HexText(std::string(40, '\x11'));
  EXPECT_THAT(Wrong(fmt::format("{{hex: '{} 22'}}", long_text), binary(long_text + " 33 44")),
              ElementsAre("differs at byte 40: from byte 32 on 11 11 11 11 11 11 11 11 33 44, "
                          "wanted 11 11 11 11 11 11 11 11 22"));
  EXPECT_THAT(Wrong("{hex: {starts: 00 ff}}", binary("00 ff 10")), IsEmpty());
  EXPECT_THAT(Wrong("{hex: {ends: '11'}}", binary("00 ff 10")),
              ElementsAre("is \"00 ff 10\", wanted it to end with \"11\""));
  EXPECT_THAT(WrongText("{hex: '61'}", "a"), ElementsAre("is a text, wanted a binary message"));
}

TEST(Pattern, ShowsNoHiddenBytes) {
  Variables variables;
  variables.Set("password", "hush");
  variables.Hide("password");
  const auto failures = MatchPattern(DocumentFromJson("{hex: '61 62'}"),
                                     Message(WsOp::kBinary, "ahush"), Codec::kBinary, variables);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].remark, "differs at byte 1: from byte 0 on 61 2a 2a 2a, wanted 61 62");
}

TEST(Pattern, SeesHowTheMessageCame) {
  Traffic message = Message(WsOp::kText, "x");
  message.fragments = 3;
  message.compressed = true;
  EXPECT_THAT(Wrong("{compressed: true, fragments: 3}", message), IsEmpty());
  EXPECT_THAT(Wrong("{compressed: false, fragments: {le: 2}}", message),
              ElementsAre("is compressed", "fragments is 3, wanted at most 2"));
}

TEST(Codecs, GoBothWays) {
  const Json value{{"a", {1, "x", nullptr}}, {"b", 1.5}};
  for (const Codec codec : {Codec::kJson, Codec::kMessagePack}) {
    const Payload payload = Encoded(value, codec);
    EXPECT_EQ(Decoded(Message(payload.op, payload.bytes), codec).value(), value);
  }
  EXPECT_EQ(Decoded(Message(WsOp::kBinary, "\xc1"), Codec::kMessagePack).error().message,
            "is no MessagePack");
  EXPECT_FALSE(Decoded(Message(WsOp::kText, "{"), Codec::kJson));
}

TEST(Payload, TakesValuesOrBytesByTheCodec) {
  const auto built = [](std::string_view text, Codec codec) {
    const auto payload = BuildPayload(DocumentFromJson(text), codec, {});
    return payload ? WsOpName(payload->op) + " " + payload->bytes : payload.error().remark;
  };
  EXPECT_EQ(built("hello", Codec::kText), "text hello");
  EXPECT_EQ(built("{hex: 61 62}", Codec::kText), "binary ab");
  EXPECT_EQ(built("hello", Codec::kBinary), "binary hello");
  EXPECT_EQ(built("{json: {a: 1}}", Codec::kText), "text {\"a\":1}");
  EXPECT_EQ(built("{hex: 61}", Codec::kJson), "text {\"hex\":61}");
  EXPECT_EQ(built("{hex: '6'}", Codec::kText),
            "'6' is no hexadecimal text: expected pairs of digits such as '00 ff'");
}

TEST(Save, TakesWhatAPathFinds) {
  Variables variables;
  const Traffic message = Message(WsOp::kText, R"({"id": 7, "list": [3, 4]})");
  EXPECT_THAT(SaveFromMessage(DocumentFromJson("{id: $.id, first: '$.list[*]', all: $}"), message,
                              Codec::kText, variables),
              IsEmpty());
  EXPECT_EQ(*variables.Find("id"), Json(7));
  EXPECT_EQ(*variables.Find("first"), Json(3));
  const auto failures =
      SaveFromMessage(DocumentFromJson("{x: $.no}"), message, Codec::kText, variables);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(Headline(failures[0]), "save x: no \"no\" in $; keys are id, list");
}

}  // namespace
}  // namespace ctestbed
