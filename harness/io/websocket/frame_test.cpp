#include "io/websocket/frame.h"

#include <gtest/gtest.h>

#include <random>

#include "base/base64.h"

namespace ctestbed {
namespace {

constexpr WsMask kMask{0x37, 0xfa, 0x21, 0x3d};

WsFrame Frame(WsOp op, std::string payload, bool fin = true) {
  return {fin, 0, op, false, std::move(payload)};
}

// All frames in `bytes`, fed in pieces of `step` bytes.
std::vector<WsFrame> Parse(std::string_view bytes, size_t step) {
  WsFrameParser parser;
  std::vector<WsFrame> frames;
  for (size_t at = 0; at < bytes.size(); at += step) {
    parser.Feed(bytes.substr(at, step));
    for (auto next = parser.Next(); next && *next; next = parser.Next()) frames.push_back(**next);
  }
  return frames;
}

std::string ViolationOf(std::string_view hex, size_t most = 1000) {
  WsFrameParser parser(most);
  parser.Feed(FromHex(hex).value());
  const auto next = parser.Next();
  return next ? "none" : std::to_string(next.error().code) + " " + next.error().message;
}

// RFC 6455 section 5.7.
TEST(WsFrame, GivesTheExamplesOfTheRfc) {
  const auto encoded = [](const WsFrame& frame, std::optional<WsMask> mask = {}) {
    return HexText(EncodeFrame(frame, mask)).substr(0, 60);
  };
  EXPECT_EQ(encoded(Frame(WsOp::kText, "Hello")), "81 05 48 65 6c 6c 6f");
  EXPECT_EQ(encoded(Frame(WsOp::kText, "Hello"), kMask), "81 85 37 fa 21 3d 7f 9f 4d 51 58");
  EXPECT_EQ(encoded(Frame(WsOp::kText, "Hel", false)), "01 03 48 65 6c");
  EXPECT_EQ(encoded(Frame(WsOp::kContinuation, "lo")), "80 02 6c 6f");
  EXPECT_EQ(encoded(Frame(WsOp::kPing, "Hello")), "89 05 48 65 6c 6c 6f");
  EXPECT_EQ(encoded(Frame(WsOp::kPong, "Hello"), kMask), "8a 85 37 fa 21 3d 7f 9f 4d 51 58");
  EXPECT_EQ(encoded(Frame(WsOp::kBinary, std::string(256, 'x'))).substr(0, 12), "82 7e 01 00 ");
  EXPECT_EQ(encoded(Frame(WsOp::kBinary, std::string(65536, 'x'))).substr(0, 30),
            "82 7f 00 00 00 00 00 01 00 00 ");
}

TEST(WsFrame, BuildsWhatIsForbidden) {
  EXPECT_EQ(HexText(EncodeFrame({false, 7, WsOp::kPing, false, "x"}, {})), "79 01 78");
  EXPECT_EQ(HexText(EncodeFrame(Frame(static_cast<WsOp>(3), "\x01"), {})), "83 01 01");
  EXPECT_EQ(WsOpName(static_cast<WsOp>(3)), "op 3");
}

TEST(WsFrameParser, TakesEveryFormOfLengthCutAnywhere) {
  for (const size_t size : {0UL, 1UL, 125UL, 126UL, 127UL, 65535UL, 65536UL, 65537UL}) {
    for (const bool masked : {false, true}) {
      WsFrame frame = Frame(WsOp::kBinary, std::string(size, 'p'));
      const std::string bytes =
          EncodeFrame(frame, masked ? std::optional(kMask) : std::nullopt) + "\x81\x01!";
      frame.masked = masked;
      const std::vector<WsFrame> wanted{frame, Frame(WsOp::kText, "!")};
      EXPECT_EQ(Parse(bytes, bytes.size()), wanted) << size;
      EXPECT_EQ(Parse(bytes, 1), wanted) << size;
    }
  }
}

TEST(WsFrameParser, TakesAPairOfFramesCutAtEveryByte) {
  const std::string bytes = EncodeFrame(Frame(WsOp::kText, std::string(130, 't')), kMask) +
                            EncodeFrame(Frame(WsOp::kPing, "p"), kMask);
  const std::vector<WsFrame> wanted = Parse(bytes, bytes.size());
  ASSERT_EQ(wanted.size(), 2U);
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    WsFrameParser parser;
    std::vector<WsFrame> frames;
    for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      parser.Feed(part);
      for (auto next = parser.Next(); next && *next; next = parser.Next()) frames.push_back(**next);
    }
    EXPECT_EQ(frames, wanted) << cut;
  }
}

TEST(WsFrameParser, GivesBackWhatWasBuilt) {
  std::mt19937 random(4711);  // NOLINT: the same every time
  std::vector<WsFrame> frames;
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    WsFrame frame{random() % 2 == 0,
                  static_cast<std::uint8_t>(random() % 8),
                  static_cast<WsOp>(random() % 16),
                  random() % 2 == 0,
                  {}};
    frame.payload.resize(random() % (i % 50 == 0 ? 70000 : 200));
    for (char& c : frame.payload) c = static_cast<char>(random() & 0xFFU);
    bytes += EncodeFrame(frame, frame.masked ? std::optional(RandomMask()) : std::nullopt);
    frames.push_back(std::move(frame));
  }
  for (const size_t step : {1UL, 7UL, 4096UL, bytes.size()}) EXPECT_EQ(Parse(bytes, step), frames);
}

TEST(WsFrameParser, RefusesLengths) {
  EXPECT_EQ(ViolationOf("82 7e 00 7d"), "1002 a length of 125 in 2 bytes");
  EXPECT_EQ(ViolationOf("82 7f 00 00 00 00 00 00 ff ff"), "1002 a length of 65535 in 8 bytes");
  EXPECT_EQ(ViolationOf("82 7f 00 00 00 00 00 01 00 00"), "1009 a frame of 65536 bytes");
  EXPECT_EQ(ViolationOf("82 7f ff ff ff ff ff ff ff ff"),
            "1009 a frame of 18446744073709551615 bytes");
  EXPECT_EQ(ViolationOf("82 7e 03 e8"), "none");
}

}  // namespace
}  // namespace ctestbed
