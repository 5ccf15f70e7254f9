#include "driver/docker/log_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "testing/expect.h"

namespace ctestbed {
namespace {

std::string Framed(int stream, const std::string& text) {
  std::string frame(8, '\0');
  frame[0] = static_cast<char>(stream);
  for (size_t i = 0; i < 4; ++i) {
    frame[4 + i] = static_cast<char>(text.size() >> (8 * (3 - i)) & 0xFFU);
  }
  return frame + text;
}

// "1:text" for every frame of `bytes`, given to a reader in pieces of `size`.
std::vector<std::string> Read(const std::string& bytes, size_t size) {
  FrameReader reader;
  std::vector<std::string> read;
  for (size_t at = 0; at < bytes.size(); at += size) {
    reader.Add(bytes.substr(at, size));
    FrameReader::Frame frame;
    for (;;) {
      const auto next = reader.Next(frame);
      EXPECT_TRUE(next) << next.error().message;
      if (!next || !*next) break;
      read.push_back(std::to_string(static_cast<int>(frame.stream)) + ":" + frame.text);
    }
  }
  return read;
}

TEST(FrameReader, ReadsFramesHoweverTheyAreSplit) {
  const std::string long_text(70'000, 'x');
  const std::string bytes = Framed(1, "out\n") + Framed(2, "err") + Framed(1, "") +
                            Framed(1, std::string("\0\1", 2)) + Framed(2, long_text);
  const std::vector<std::string> expected{"1:out\n", "2:err", "1:", "1:" + std::string("\0\1", 2),
                                          "2:" + long_text};
  for (const size_t size : {1U, 2U, 7U, 8U, 9U, 100U, 1000000U}) {
    EXPECT_EQ(Read(bytes, size), expected) << size;
  }
}

TEST(FrameReader, RefusesWhatIsNotFramed) {
  for (const std::string& bytes : {std::string("plain text"), std::string("\3\0\0\0\0\0\0\1x", 9),
                                   std::string("\1\0\0\0\xff\xff\xff\xff", 8)}) {
    FrameReader reader;
    FrameReader::Frame frame;
    reader.Add(bytes);
    ExpectError(reader.Next(frame), ErrorKind::kInternal, "not framed");
  }
}

FrameReader::Frame Stamped(const std::string& stamp, const std::string& text,
                           OutputStream stream = OutputStream::kStdout) {
  return {stream, stamp + " " + text};
}

TEST(LogPosition, TakesStampsOffAndRemembersTheLast) {
  LogPosition position;
  EXPECT_EQ(position.After(), "");
  EXPECT_EQ(*position.Take(Stamped("2026-01-31T10:20:30.123456789Z", "a b\n")), "a b\n");
  EXPECT_EQ(position.After(), "1769854830.123456790");
  EXPECT_EQ(*position.Take(Stamped("2026-01-31T10:20:30.999999999Z", "")), "");
  EXPECT_EQ(position.After(), "1769854831.000000000");
  EXPECT_EQ(*position.Take(Stamped("2026-01-31T10:20:32.5Z", "c")), "c");
  EXPECT_EQ(position.After(), "1769854832.500000001");
  ExpectError(position.Take({OutputStream::kStdout, "no stamp"}), ErrorKind::kInternal, "no stamp");
}

TEST(LogPosition, GoesOnAfterAGap) {
  LogPosition position;
  EXPECT_EQ(*position.Take(Stamped("2026-01-31T10:20:30.1Z", "one\n")), "one\n");
  position.Reopen(false);
  EXPECT_EQ(position.After(), "1769854830.100000001");
  EXPECT_EQ(*position.Take(Stamped("2026-01-31T10:20:30.2Z", "two\n")), "two\n");
}

TEST(LogPosition, LeavesOutWhatIsRepeatedFromTheBegin) {
  LogPosition position;
  const std::string stamp = "2026-01-31T10:20:30Z";
  EXPECT_EQ(*position.Take(Stamped(stamp, "one\n")), "one\n");
  EXPECT_EQ(*position.Take(Stamped(stamp, "bad\n", OutputStream::kStderr)), "bad\n");
  position.Reopen(true);
  EXPECT_EQ(position.After(), "");
  EXPECT_EQ(*position.Take(Stamped(stamp, "one\ntwo\n")), "two\n");
  position.Reopen(true);
  EXPECT_EQ(*position.Take(Stamped(stamp, "one\n")), "");
  EXPECT_EQ(*position.Take(Stamped(stamp, "bad\n", OutputStream::kStderr)), "");
  EXPECT_EQ(*position.Take(Stamped(stamp, "two\n")), "");
  EXPECT_EQ(*position.Take(Stamped(stamp, "three\n")), "three\n");
}

}  // namespace
}  // namespace ctestbed
