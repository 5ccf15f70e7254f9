#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctestbed/client/http.h>

#include "testing/canned_server.h"

namespace ctestbed::client {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string ErrorOf(const HttpRequest& request) {
  try {
    Send(request);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(HttpClient, ExchangesARequestForItsAnswer) {
  std::string received;
  CannedServer server([&](CannedConnection& connection) {
    received = connection.ReadRequest();
    connection.SendByteByByte(
        "HTTP/1.1 201 Created\r\nX-Served-By: auth\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  });
  const HttpResponse response = Send({"POST", server.Url("/a?b=c"), {{"X-One", "1"}}, "body"});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.Header("x-served-by"), "auth");
  EXPECT_EQ(response.Header("X-None"), "");
  EXPECT_EQ(response.body, "abcde");
  EXPECT_THAT(received, StartsWith("POST /a?b=c HTTP/1.1\r\n"));
  EXPECT_THAT(received, HasSubstr("Host: 127.0.0.1:" + std::to_string(server.Port()) + "\r\n"));
  EXPECT_THAT(received, HasSubstr("X-One: 1\r\n"));
  EXPECT_THAT(received, HasSubstr("Content-Length: 4\r\n\r\nbody"));
}

TEST(HttpClient, ExpectsNoBodyOfAHead) {
  CannedServer server(Answering("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"));
  EXPECT_EQ(Send({"HEAD", server.Url("")}).status, 200);
}

TEST(HttpClient, NamesTheRequestThatFailed) {
  CannedServer torn([](CannedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  EXPECT_EQ(ErrorOf({"GET", torn.Url("/x")}), "GET " + torn.Url("/x") + ": partial message");
  EXPECT_THAT(ErrorOf({"GET", "http://127.0.0.1:1/"}), HasSubstr("Connection refused"));
  EXPECT_EQ(ErrorOf({"GET", "https://127.0.0.1/"}),
            "'https://127.0.0.1/' does not begin with http://");
  EXPECT_EQ(ErrorOf({"GET", "http:///x"}), "'http:///x' names no host");
}

TEST(HttpClient, GivesUpAtItsDeadline) {
  CannedServer silent([](CannedConnection& connection) { connection.Hang(); });
  HttpRequest request{"GET", silent.Url("/")};
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_THAT(ErrorOf(request), HasSubstr("timeout"));
}

}  // namespace
}  // namespace ctestbed::client
