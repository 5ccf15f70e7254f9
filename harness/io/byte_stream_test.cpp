#include "io/byte_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "io/socket_stream.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using std::chrono::milliseconds;

// Two ends of one connection.
struct Pair {
  Pair() {
    std::array<int, 2> sockets{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()), 0);
    here = MakeSocketStream(Descriptor(sockets[0]), "peer", 7);
    there = MakeSocketStream(Descriptor(sockets[1]), "other", 0);
  }
  std::unique_ptr<ByteStream> here;
  std::unique_ptr<ByteStream> there;
};

TEST(ByteStream, CarriesMoreThanTheBuffersHoldBothWays) {
  Pair pair;
  const std::string sent(8U << 20U, 'x');
  const auto pump = [&sent](ByteStream& stream) {
    std::jthread writer([&] { EXPECT_TRUE(stream.Write(sent, Soon())); });
    for (size_t received = 0; received < sent.size();) {
      const auto bytes = stream.Read(Soon(), {});
      ASSERT_TRUE(bytes && !bytes->empty());
      received += bytes->size();
    }
  };
  std::jthread other([&] { pump(*pair.there); });
  pump(*pair.here);
}

TEST(ByteStream, CarriesEveryByteAsItIs) {
  Pair pair;
  const std::string sent("\0\r\n\xff", 4);
  ASSERT_TRUE(pair.here->Write(sent, Soon()));
  EXPECT_EQ(pair.there->Read(Soon(), {}), sent);
  EXPECT_EQ(pair.here->PeerPid(), 7);
}

TEST(ByteStream, ReadsTheEndAgainAndAgain) {
  Pair pair;
  ASSERT_TRUE(pair.there->Write("bye", Soon()));
  pair.there.reset();
  EXPECT_EQ(pair.here->Read(Soon(), {}), "bye");
  EXPECT_EQ(pair.here->Read(Soon(), {}), "");
  EXPECT_EQ(pair.here->Read(Soon(), {}), "");
}

TEST(ByteStream, ReadGivesUpAtTheDeadline) {
  Pair pair;
  ExpectError(pair.here->Read(In(milliseconds(20)), {}), ErrorKind::kTimeout,
              "could not read from peer in time");
}

TEST(ByteStream, ReadGivesWhatIsThereWhateverTheDeadline) {
  Pair pair;
  ASSERT_TRUE(pair.there->Write("x", Soon()));
  EXPECT_EQ(pair.here->Read(TimePoint(), {}), "x");
  ExpectError(pair.here->Read(TimePoint(), {}), ErrorKind::kTimeout, "");
}

TEST(ByteStream, WriteGivesUpAtTheDeadline) {
  Pair pair;
  ExpectError(pair.here->Write(std::string(8U << 20U, 'x'), In(milliseconds(20))),
              ErrorKind::kTimeout, "could not write to peer in time");
}

TEST(ByteStream, WriteToAClosedPeerIsAnErrorAndNoSignal) {
  Pair pair;
  pair.there.reset();
  ExpectError(pair.here->Write("x", Soon()), ErrorKind::kUnavailable,
              "peer broke off the connection");
}

TEST(ByteStream, CancelWakesAReader) {
  Pair pair;
  Result<std::string> bytes;
  {
    std::jthread reader(
        [&](std::stop_token stop) { bytes = pair.here->Read(TimePoint::max(), stop); });
    std::this_thread::sleep_for(milliseconds(5));
    reader.request_stop();
  }
  ExpectError(bytes, ErrorKind::kCancelled, "cancelled");
}

TEST(ByteStream, CancelledReaderTakesNothing) {
  Pair pair;
  ASSERT_TRUE(pair.there->Write("x", Soon()));
  std::stop_source stop;
  stop.request_stop();
  ExpectError(pair.here->Read(Soon(), stop.get_token()), ErrorKind::kCancelled, "");
  EXPECT_EQ(pair.here->Read(Soon(), {}), "x");
}

TEST(ByteStream, ShutdownWakesAReader) {
  Pair pair;
  Result<std::string> bytes = "nothing yet";
  {
    const std::jthread reader([&] { bytes = pair.here->Read(TimePoint::max(), {}); });
    pair.here->Shutdown();
  }
  EXPECT_EQ(bytes, "");
}

TEST(LineReader, CutsLinesHoweverTheyArrive) {
  Pair pair;
  LineReader lines(*pair.here);
  const std::jthread writer([&] {
    for (const char byte : std::string_view("one\n\ntwo\r\nthr")) {
      ASSERT_TRUE(pair.there->Write({&byte, 1}, Soon()));
    }
    ASSERT_TRUE(pair.there->Write("ee\nfour\nfive\nrest", Soon()));
    pair.there->Shutdown();
  });
  for (const char* expected : {"one", "", "two\r", "three", "four", "five"}) {
    EXPECT_EQ(lines.Next(Soon(), {}), expected);
  }
  ExpectError(lines.Next(Soon(), {}), ErrorKind::kNotFound, "the stream has ended");
}

TEST(LineReader, KeepsAPartialLineOverATimeout) {
  Pair pair;
  LineReader lines(*pair.here);
  ASSERT_TRUE(pair.there->Write("hal", Soon()));
  ExpectError(lines.Next(In(milliseconds(5)), {}), ErrorKind::kTimeout, "");
  ASSERT_TRUE(pair.there->Write("f\n", Soon()));
  EXPECT_EQ(lines.Next(Soon(), {}), "half");
}

TEST(LineReader, RefusesALineWithoutEnd) {
  Pair pair;
  LineReader lines(*pair.here);
  const std::jthread writer([&] {
    const std::string chunk(1U << 20U, 'x');
    while (pair.there->Write(chunk, Soon())) {
    }
  });
  ExpectError(lines.Next(Soon(), {}), ErrorKind::kInvalid, "over 64 MiB");
  pair.here->Shutdown();
}

}  // namespace
}  // namespace ctestbed
