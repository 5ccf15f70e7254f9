#include "io/websocket/receiver.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;

// "text Hello", "close 1000 bye", and at the end the violation.
std::vector<std::string> Received(std::string_view hex, WsSide peer = WsSide::kServer,
                                  const std::optional<WsDeflate>& agreed = {}) {
  WsReceiver receiver(peer, agreed, 1000);
  receiver.Feed(FromHex(hex).value());
  std::vector<std::string> lines;
  while (const auto arrival = receiver.Next()) {
    std::string line = WsOpName(arrival->op);
    if (arrival->close_code != 0) line += fmt::format(" {}", arrival->close_code);
    if (arrival->fragments > 1) line += fmt::format(" of {}", arrival->fragments);
    if (arrival->compressed) line += " compressed";
    lines.push_back(line + " " + arrival->payload);
  }
  const auto& violation = receiver.violation();
  if (violation) lines.push_back(fmt::format("{}: {}", violation->code, violation->message));
  return lines;
}

TEST(WsReceiver, JoinsFragmentsAroundControlFrames) {
  EXPECT_THAT(Received("01 02 48 65  89 02 70 31  00 02 6c 6c  80 01 6f  8a 00  81 01 21"),
              ElementsAre("ping p1", "text of 3 Hello", "pong ", "text !"));
}

TEST(WsReceiver, ReadsCloseFrames) {
  EXPECT_THAT(Received("88 00"), ElementsAre("close 1005 "));
  EXPECT_THAT(Received("88 05 0f a3 62 79 65"), ElementsAre("close 4003 bye"));
  EXPECT_EQ(HexText(ClosePayload(4003, "bye")), "0f a3 62 79 65");
  EXPECT_EQ(ClosePayload(kWsNoCode, ""), "");
}

TEST(WsReceiver, FindsEveryViolation) {
  const std::vector<std::pair<std::string, std::string>> violations{
      {"83 01 01", "1002: the reserved opcode 3"},
      {"8b 00", "1002: the reserved opcode 11"},
      {"c1 01 78", "1002: a text frame with reserved bits 100"},
      {"a1 01 78", "1002: a text frame with reserved bits 010"},
      {"81 81 01 02 03 04 79", "1002: a text frame with a mask"},
      {"09 01 78", "1002: a ping in fragments"},
      {"08 00", "1002: a close in fragments"},
      {"89 7e 00 7e", "none yet"},
      {"80 01 78", "1002: a continuation of nothing"},
      {"01 01 78 81 01 79", "1002: a text frame inside a message"},
      {"01 01 78 82 01 79", "1002: a binary frame inside a message"},
      {"88 01 03", "1002: a close code of one byte"},
      {"88 02 03 ed", "1002: the close code 1005"},
      {"88 02 03 e7", "1002: the close code 999"},
      {"88 02 04 00", "1002: the close code 1024"},
      {"88 03 03 e8 ff", "1007: a reason that is no UTF-8"},
      {"81 02 c3 28", "1007: a text message that is no UTF-8"},
      {"81 03 ed a0 80", "1007: a text message that is no UTF-8"},
      {"01 01 c3 80 01 28", "1007: a text message that is no UTF-8"},
      {"82 7e 03 e9", "1009: a frame of 1001 bytes"}};
  for (const auto& [hex, wanted] : violations) {
    const std::vector<std::string> found = Received(hex);
    EXPECT_EQ(found.empty() ? "none yet" : found.back(), wanted) << hex;
  }
  EXPECT_THAT(Received("89 7e 00 7e" + HexText(std::string(126, 'x'))),
              ElementsAre("1002: a ping of 126 bytes"));
}

TEST(WsReceiver, AllowsWhatLooksOdd) {
  EXPECT_THAT(Received("01 01 c3  80 01 a9"), ElementsAre("text of 2 \xc3\xa9"));
  EXPECT_THAT(Received("82 02 c3 28"), ElementsAre("binary \xc3\x28"));
  EXPECT_THAT(Received("01 00 00 00 80 00"), ElementsAre("text of 3 "));
}

TEST(WsReceiver, LimitsAMessageOfManyFragments) {
  std::string hex = "02 7e 02 58" + HexText(std::string(600, 'x'));
  EXPECT_THAT(Received(hex + "00 7e 02 58" + HexText(std::string(600, 'x'))),
              ElementsAre("1009: a message over 1000 bytes"));
}

TEST(WsReceiver, DeliversWhatCameBeforeAViolationAndNothingAfter) {
  EXPECT_THAT(Received("81 01 61 83 00 81 01 62"),
              ElementsAre("text a", "1002: the reserved opcode 3"));
}

TEST(WsReceiver, WantsMasksOfClients) {
  EXPECT_THAT(Received("81 81 01 02 03 04 79", WsSide::kClient), ElementsAre("text x"));
  EXPECT_THAT(Received("81 01 78", WsSide::kClient),
              ElementsAre("1002: a text frame without a mask"));
}

// RFC 7692 section 7.2.3.
TEST(WsReceiver, InflatesTheExamplesOfTheRfc) {
  const WsDeflate agreed;
  EXPECT_THAT(Received("c1 07 f2 48 cd c9 c9 07 00  c1 05 f2 00 11 00 00", WsSide::kServer, agreed),
              ElementsAre("text compressed Hello", "text compressed Hello"));
  EXPECT_THAT(Received("41 03 f2 48 cd 80 04 c9 c9 07 00", WsSide::kServer, agreed),
              ElementsAre("text of 2 compressed Hello"));
  EXPECT_THAT(Received("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00", WsSide::kServer, agreed),
              ElementsAre("text compressed Hello"));
  EXPECT_THAT(Received("c1 08 f3 48 cd c9 c9 07 00 00  81 01 21 c1 07 f2 48 cd c9 c9 07 00",
                       WsSide::kServer, agreed),
              ElementsAre("text compressed Hello", "text !", "text compressed Hello"));
  EXPECT_THAT(Received("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00", WsSide::kServer, agreed),
              ElementsAre("text compressed Hello"));
  EXPECT_THAT(Received("41 01 f2 c0 01 48", WsSide::kServer, agreed),
              ElementsAre("1002: a cont frame with reserved bits 100"));
  EXPECT_THAT(Received("c1 02 ff ff", WsSide::kServer, agreed),
              ElementsAre("1007: data that cannot be inflated"));
}

TEST(WsDeflate, LimitsWhatASmallMessageExpandsTo) {
  WsDeflater deflater({});
  const std::string bomb = deflater.Compress(std::string(1'000'000, 'x'));
  WsInflater inflater({});
  EXPECT_LT(bomb.size(), 2000U);
  EXPECT_EQ(inflater.Expand(bomb, 5000).error().message, "a message over 5000 bytes");
}

TEST(WsDeflate, GoesBothWaysWithAndWithoutMemory) {
  for (const bool forgets : {false, true}) {
    WsDeflate agreed;
    agreed.client_no_context_takeover = agreed.server_no_context_takeover = forgets;
    WsDeflater deflater(agreed);
    WsInflater inflater(agreed);
    std::vector<size_t> sizes;
    for (const std::string& message :
         {std::string("Hello"), std::string("Hello"), std::string(), std::string(100000, 'z')}) {
      const std::string payload = deflater.Compress(message);
      sizes.push_back(payload.size());
      EXPECT_EQ(inflater.Expand(payload, 1U << 20U).value(), message);
    }
    EXPECT_EQ(sizes[0] == sizes[1], forgets);
  }
}

TEST(WsDeflate, ReadsAnswersToItsOffer) {
  WsDeflate offer;
  offer.client_no_context_takeover = true;
  offer.client_max_window_bits = 12;
  EXPECT_EQ(DeflateText(offer),
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=12");
  WsDeflate agreed = offer;
  agreed.server_no_context_takeover = true;
  agreed.server_max_window_bits = 10;
  EXPECT_EQ(
      ParseDeflateAnswer(
          "permessage-deflate; server_no_context_takeover; server_max_window_bits=\"10\"", offer)
          .value(),
      agreed);
  EXPECT_EQ(ParseDeflateAnswer("", offer).value(), std::nullopt);
  for (const char* text :
       {"permessage-deflate; x", "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=13", "x-webkit-deflate-frame",
        "permessage-deflate; server_no_context_takeover=1", "permessage-deflate, other"}) {
    EXPECT_FALSE(ParseDeflateAnswer(text, offer)) << text;
  }
  EXPECT_FALSE(ParseDeflateAnswer("permessage-deflate; client_max_window_bits=12", WsDeflate{}));
  EXPECT_FALSE(ParseDeflateAnswer("permessage-deflate", std::nullopt));
}

}  // namespace
}  // namespace ctestbed
