#include "io/http_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "testing/canned_server.h"
#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TimePoint In(Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}

Result<HttpResponse> Send(const HttpRequest& request, Duration within = seconds(30)) {
  return MakeRealHttpClient()->Send(request, In(within), {});
}

HttpRequest Get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

// What arrives at a server when `request` is sent to it.
std::string Arrived(HttpRequest request) {
  std::promise<std::string> seen;
  CannedServer server([&](CannedConnection& connection) {
    seen.set_value(connection.ReadRequest());
    connection.Send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  request.url = server.Url(request.url);
  const auto response = Send(request);
  EXPECT_TRUE(response) << response.error().message;
  return response ? seen.get_future().get() : "";
}

TEST(HttpResponse, FindsTheFirstHeaderWhateverItsCase) {
  HttpResponse response;
  response.headers = {{"Set-Cookie", "a"}, {"set-cookie", "b"}};
  ASSERT_NE(response.Header("SET-COOKIE"), nullptr);
  EXPECT_EQ(*response.Header("SET-COOKIE"), "a");
  EXPECT_EQ(response.Header("Set-Cookies"), nullptr);
  EXPECT_EQ(response.Header("Set"), nullptr);
}

TEST(RealHttpClient, GivesStatusHeadersInOrderAndBody) {
  const CannedServer server(
      Answering("HTTP/1.1 418 I'm a teapot\r\nB:  2 \r\na: 1\r\nEmpty:\r\nB: 3\r\n"
                "Content-Length: 5\r\n\r\nhello"));
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->version, "1.1");
  EXPECT_EQ(response->body, "hello");
  const HttpHeaders expected = {
      {"B", "2"}, {"a", "1"}, {"Empty", ""}, {"B", "3"}, {"Content-Length", "5"}};
  EXPECT_EQ(response->headers, expected);
  EXPECT_LE(response->connect, response->first_byte);
  EXPECT_LE(response->first_byte, response->total);
}

TEST(RealHttpClient, ReusesConnectionsOfThoseWhoAskForIt) {
  std::atomic<int> connections = 0;
  const CannedServer server([&](CannedConnection& connection) {
    ++connections;
    while (!connection.ReadRequest().empty()) {
      connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const auto client = MakeRealHttpClient();
  HttpRequest request = Get(server.Url("/"));
  for (const auto& [reuse, expected] : {std::pair(true, 1), {true, 1}, {false, 2}, {false, 3}}) {
    request.reuse = reuse;
    ASSERT_TRUE(client->Send(request, In(seconds(30)), {}));
    EXPECT_EQ(connections, expected);
  }
}

TEST(RealHttpClient, SendsExactlyWhatWasAsked) {
  HttpRequest request = Get("/a/../b?x=%20");
  request.headers = {{"X-One", "1"}, {"X-Empty", ""}};
  const std::string arrived = Arrived(request);
  EXPECT_THAT(arrived, StartsWith("GET /a/../b?x=%20 HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(arrived, testing::EndsWith("\r\nX-One: 1\r\nX-Empty:\r\n\r\n"));
  for (const char* own : {"Accept", "Expect", "Content-Type", "User-Agent"}) {
    EXPECT_THAT(arrived, Not(HasSubstr(own)));
  }
}

TEST(RealHttpClient, SendsBodiesOfAnySizeWithoutExpect) {
  HttpRequest request = Get("/");
  request.method = "POST";
  request.body = std::string(3U << 20U, '\0');
  request.headers = {{"content-type", "text/plain"}};
  const std::string arrived = Arrived(request);
  EXPECT_THAT(arrived.substr(0, 200), HasSubstr("\r\nContent-Length: 3145728\r\n"));
  EXPECT_THAT(arrived.substr(0, 200), HasSubstr("\r\ncontent-type: text/plain\r\n"));
  EXPECT_THAT(arrived.substr(0, 200), Not(HasSubstr("Expect")));
  EXPECT_EQ(arrived.substr(arrived.find("\r\n\r\n") + 4), request.body);
}

TEST(RealHttpClient, SendsAnyMethod) {
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PURGE", "PATCH"}) {
    HttpRequest request = Get("/");
    request.method = method;
    EXPECT_THAT(Arrived(request), StartsWith(std::string(method) + " / HTTP/1.1\r\n"));
  }
}

TEST(RealHttpClient, SendsTheBodyOfAGet) {
  HttpRequest request = Get("/");
  request.body = "query";
  const std::string arrived = Arrived(request);
  EXPECT_THAT(arrived, StartsWith("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(arrived, testing::EndsWith("\r\n\r\nquery"));
}

TEST(RealHttpClient, TellsThatAPostHasNoBody) {
  HttpRequest request = Get("/");
  request.method = "POST";
  EXPECT_THAT(Arrived(request), HasSubstr("\r\nContent-Length: 0\r\n"));
}

TEST(RealHttpClient, DoesNotWaitForTheBodyOfAHead) {
  const CannedServer server([](CannedConnection& connection) {
    EXPECT_THAT(connection.ReadRequest(), StartsWith("HEAD / "));
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    connection.Hang();
  });
  HttpRequest request = Get(server.Url("/"));
  request.method = "HEAD";
  const auto response = Send(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(*response->Header("Content-Length"), "1000");
  EXPECT_EQ(response->body, "");
}

TEST(RealHttpClient, ReadsChunksAndDropsTrailers) {
  const CannedServer server(
      Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: forged\r\n\r\n"));
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "abcde");
  EXPECT_EQ(response->Header("X"), nullptr);
}

TEST(RealHttpClient, SkipsInterimAnswers) {
  const CannedServer server(
      Answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                "HTTP/1.1 201 Created\r\nX: y\r\nContent-Length: 0\r\n\r\n"));
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->headers, (HttpHeaders{{"X", "y"}, {"Content-Length", "0"}}));
}

TEST(RealHttpClient, JoinsFoldedHeaders) {
  const CannedServer server(
      Answering("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n"));
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(*response->Header("X"), "a b");
}

TEST(RealHttpClient, DoesNotFollowRedirects) {
  const CannedServer server(
      Answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"));
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(*response->Header("location"), "http://127.0.0.1:1/");
}

TEST(RealHttpClient, ReadsAnAnswerThatComesByteByByte) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.SendByteByByte("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 3\r\n\r\nabc");
    connection.Hang();
  });
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(*response->Header("X"), "y");
  EXPECT_EQ(response->body, "abc");
}

TEST(RealHttpClient, TakesTheEndOfTheStreamForTheEndOfTheBody) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.0 200 OK\r\n\r\nall of it");
    connection.FinishSending();
    connection.Hang();
  });
  const auto response = Send(Get(server.Url("/")));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "all of it");
  EXPECT_EQ(response->version, "1.0");
}

TEST(RealHttpClient, SpeaksOverUnixSockets) {
  const TempDir directory;
  const CannedServer server(
      [](CannedConnection& connection) {
        EXPECT_THAT(connection.ReadRequest(), HasSubstr("GET /v1/x HTTP/1.1\r\nHost: docker\r\n"));
        connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      },
      directory / "s");
  HttpRequest request = Get("http://docker/v1/x");
  request.unix_socket = directory / "s";
  const auto response = Send(request);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "ok");
}

TEST(RealHttpClient, IgnoresTheProxyOfTheEnvironment) {
  ASSERT_EQ(::setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
  EXPECT_THAT(Arrived(Get("/")), StartsWith("GET / HTTP/1.1\r\n"));
  ::unsetenv("http_proxy");
}

TEST(RealHttpClient, AnswersManyCallsSideBySide) {
  const CannedServer server(Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto client = MakeRealHttpClient();
  std::atomic<int> answered{0};
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&] {
        const auto response = client->Send(Get(server.Url("/")), Soon(), {});
        answered += response && response->body == "ok" ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(answered, 8);
}

TEST(RealHttpClient, SaysThatAConnectionWasRefused) {
  int port = 0;
  {
    const CannedServer server(Answering(""));
    port = server.Port();
  }
  const std::string peer = "127.0.0.1:" + std::to_string(port);
  const auto response = Send(Get("http://" + peer + "/"));
  ExpectError(response, ErrorKind::kUnavailable, "");
  EXPECT_EQ(response.error().message, "connection to " + peer + " refused");
}

TEST(RealHttpClient, SaysThatAUnixSocketIsAbsent) {
  const TempDir directory;
  HttpRequest request = Get("http://docker/");
  request.unix_socket = directory / "s";
  ExpectError(Send(request), ErrorKind::kUnavailable, "'" + request.unix_socket + "'");
}

TEST(RealHttpClient, SaysThatANameCannotBeResolved) {
  ExpectError(Send(Get("http://no..where/")), ErrorKind::kUnavailable, "cannot resolve no..where");
}

TEST(RealHttpClient, GivesUpAtTheDeadline) {
  const CannedServer server([](CannedConnection& connection) { connection.Hang(); });
  const auto response = Send(Get(server.Url("/x")), milliseconds(50));
  ExpectError(response, ErrorKind::kTimeout, "no answer from " + server.Url("/x") + " within ");
  ExpectError(Send(Get(server.Url("/")), milliseconds(-5)), ErrorKind::kTimeout, "within 0 ms");
}

TEST(RealHttpClient, GivesUpOnAnEndlessAnswer) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n\r\nsome");
    connection.Hang();
  });
  ExpectError(Send(Get(server.Url("/")), milliseconds(50)), ErrorKind::kTimeout,
              "no whole answer from ");
}

TEST(RealHttpClient, IsCancelledAtOnce) {
  std::stop_source stop;
  const CannedServer server([&](CannedConnection& connection) {
    connection.ReadRequest();
    stop.request_stop();
    connection.Hang();
  });
  const auto response =
      MakeRealHttpClient()->Send(Get(server.Url("/")), In(seconds(60)), stop.get_token());
  ExpectError(response, ErrorKind::kCancelled, "");
  const auto again =
      MakeRealHttpClient()->Send(Get(server.Url("/")), In(seconds(60)), stop.get_token());
  ExpectError(again, ErrorKind::kCancelled, "");
}

TEST(RealHttpClient, SaysThatThePeerDidNotAnswer) {
  const CannedServer server([](CannedConnection& connection) { connection.ReadRequest(); });
  ExpectError(Send(Get(server.Url("/"))), ErrorKind::kInternal,
              "closed the connection without an answer");
}

TEST(RealHttpClient, SaysThatThePeerBrokeOffMidBody) {
  const CannedServer closing(Answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));
  ExpectError(Send(Get(closing.Url("/"))), ErrorKind::kInternal, "broke off");
  const CannedServer resetting([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    connection.Reset();
  });
  ExpectError(Send(Get(resetting.Url("/"))), ErrorKind::kInternal, "broke off");
}

TEST(RealHttpClient, SaysThatThePeerSpeaksNoHttp) {
  for (const char* garbage : {"SSH-2.0-OpenSSH_9\r\n", "\x15\x03\x01\n\n", "\r\n\r\n\r\n"}) {
    const CannedServer server(Answering(garbage));
    ExpectError(Send(Get(server.Url("/"))), ErrorKind::kInternal, "HTTP");
  }
}

TEST(RealHttpClient, RefusesChunksThatAreNone) {
  const CannedServer server(
      Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"));
  ExpectError(Send(Get(server.Url("/"))), ErrorKind::kInternal, "127.0.0.1:");
}

TEST(RealHttpClient, RefusesAHugeHead) {
  const CannedServer one_line(Answering("HTTP/1.1 200 OK\r\nX: " + std::string(2U << 20U, 'x')));
  EXPECT_FALSE(Send(Get(one_line.Url("/"))));
  const CannedServer endless([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 3000; ++i) connection.Send("X: " + std::string(1000, 'x') + "\r\n");
    connection.Hang();
  });
  EXPECT_FALSE(Send(Get(endless.Url("/"))));
}

TEST(RealHttpClient, RefusesABodyOver64MiB) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string chunk(1U << 20U, 'x');
    for (int i = 0; i < 65; ++i) connection.Send(chunk);
    connection.Hang();
  });
  ExpectError(Send(Get(server.Url("/"))), ErrorKind::kInvalid, "too large");
}

TEST(RealHttpClient, RefusesRequestsThatCannotBeSent) {
  for (const char* url : {"", "/x", "file:///etc/passwd", "ftp://127.0.0.1/", "http://a b/",
                          "http://127.0.0.1:99999/"}) {
    ExpectError(Send(Get(url)), ErrorKind::kInvalid, "is no URL");
  }
  HttpRequest request = Get("http://127.0.0.1:1/");
  request.method = "GET / HTTP/1.1\r\nX:";
  ExpectError(Send(request), ErrorKind::kInvalid, "is no HTTP method");
  request.method = "GET";
  request.headers = {{"X", "1\r\nY: 2"}};
  ExpectError(Send(request), ErrorKind::kInvalid, "line break");
  request.headers = {{"X: 1\r\nY", "2"}};
  ExpectError(Send(request), ErrorKind::kInvalid, "is no header name");
}

TEST(RealHttpClient, ShowsNoPasswordInMessages) {
  const CannedServer server([](CannedConnection& connection) { connection.Hang(); });
  const std::string url = "http://user:secret@127.0.0.1:" + std::to_string(server.Port()) + "/";
  const auto response = Send(Get(url), milliseconds(30));
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, Not(HasSubstr("secret")));
}

TEST(RealHttpClient, StreamsABodyPieceByPieceAndWithoutEnd) {
  std::promise<void> first_seen;
  std::future<void> seen = first_seen.get_future();
  const CannedServer server([&](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    seen.wait();  // the first piece is delivered before the second exists
    connection.Send("3\r\ntwo\r\n");
    connection.Hang();
  });
  std::string body;
  std::stop_source stop;
  const HttpSink sink = [&](std::string_view piece) {
    if (body.empty()) first_seen.set_value();
    body += piece;
    if (body == "onetwo") stop.request_stop();
    return true;
  };
  const auto response =
      MakeRealHttpClient()->Stream(Get(server.Url("/")), sink, TimePoint::max(), stop.get_token());
  ExpectError(response, ErrorKind::kCancelled, "cancelled");
  EXPECT_EQ(body, "onetwo");
}

TEST(RealHttpClient, EndsAStreamWhenTheSinkHasEnough) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n\r\nenough");
    connection.Hang();
  });
  const auto response = MakeRealHttpClient()->Stream(
      Get(server.Url("/")), [](std::string_view) { return false; }, Soon(), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "");
}

TEST(RealHttpClient, StreamsMoreThanItWouldKeep) {
  constexpr size_t kSize = 65U << 20U;
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\n\r\n");
    const std::string megabyte(1U << 20U, 'x');
    for (int i = 0; i < 65; ++i) connection.Send(megabyte);
  });
  size_t size = 0;
  const HttpSink sink = [&](std::string_view piece) {
    size += piece.size();
    return true;
  };
  const auto response = MakeRealHttpClient()->Stream(Get(server.Url("/")), sink, Soon(), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(size, kSize);
}

TEST(RealHttpClient, KeepsTheBodyOfAStreamThatWasRefused) {
  const CannedServer server(Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nabsent"));
  const HttpSink sink = [](std::string_view) {
    ADD_FAILURE() << "the body of an error is no stream";
    return true;
  };
  const auto response = MakeRealHttpClient()->Stream(Get(server.Url("/")), sink, Soon(), {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "absent");
}

TEST(RealHttpClient, SaysThatAStreamBrokeOff) {
  const CannedServer server([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
  });
  std::string body;
  const HttpSink sink = [&](std::string_view piece) {
    body += piece;
    return true;
  };
  const auto response = MakeRealHttpClient()->Stream(Get(server.Url("/")), sink, Soon(), {});
  ExpectError(response, ErrorKind::kInternal, "broke off");
  EXPECT_EQ(body, "one");
}

TEST(FakeHttpClient, StreamsInOnePiece) {
  FakeHttpClient http([](const HttpRequest& request) -> Result<HttpResponse> {
    HttpResponse response;
    response.status = request.url == "/good" ? 200 : 500;
    response.body = "text";
    return response;
  });
  std::string body;
  const HttpSink sink = [&](std::string_view piece) {
    body += piece;
    return true;
  };
  EXPECT_EQ(http.Stream(Get("/good"), sink, Soon(), {})->body, "");
  EXPECT_EQ(body, "text");
  EXPECT_EQ(http.Stream(Get("/bad"), sink, Soon(), {})->body, "text");
  EXPECT_EQ(body, "text");
}

TEST(FakeHttpClient, RecordsAndAnswers) {
  FakeHttpClient client([](const HttpRequest& request) -> Result<HttpResponse> {
    HttpResponse response;
    response.body = request.url;
    return response;
  });
  EXPECT_EQ(client.Send(Get("http://a/"), {}, {})->body, "http://a/");
  EXPECT_EQ(client.requests, std::vector{Get("http://a/")});
}

}  // namespace
}  // namespace ctestbed
