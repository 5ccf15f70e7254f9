#include <ctestbed/client/http.h>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "client/connection.h"

namespace ctestbed::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint64_t kMostBytes = 64U << 20U;

http::request<http::string_body> ToWire(const HttpRequest& request, const Url& url) {
  http::request<http::string_body> wire;
  wire.method_string(request.method);
  wire.target(url.target);
  wire.version(11);
  wire.keep_alive(false);
  wire.set(http::field::host, url.authority);
  for (const auto& [name, value] : request.headers) wire.insert(name, value);
  wire.body() = request.body;
  wire.prepare_payload();
  return wire;
}

HttpResponse FromWire(const http::response<http::string_body>& wire) {
  HttpResponse response;
  response.status = static_cast<int>(wire.result_int());
  for (const auto& field : wire) response.headers.emplace_back(field.name_string(), field.value());
  response.body = wire.body();
  return response;
}

HttpResponse Exchange(const HttpRequest& request) {
  const Url url = ParseUrl(request.url, "http");
  const Deadline deadline = std::chrono::steady_clock::now() + request.timeout;
  asio::io_context context(1);
  beast::tcp_stream stream(context);
  Connect(context, stream, url, deadline);
  beast::error_code error;
  const auto keep_error = [&](beast::error_code result, size_t) { error = result; };
  const auto wire = ToWire(request, url);
  http::async_write(stream, wire, keep_error);
  context.run();
  context.restart();
  if (error) throw beast::system_error(error);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMostBytes);
  parser.skip(request.method == "HEAD");
  http::async_read(stream, buffer, parser, keep_error);
  context.run();
  if (error) throw beast::system_error(error);
  return FromWire(parser.get());
}

}  // namespace

std::string HttpResponse::Header(const std::string& name) const {
  for (const auto& [each, value] : headers) {
    if (beast::iequals(each, name)) return value;
  }
  return "";
}

HttpResponse Send(const HttpRequest& request) {
  try {
    return Exchange(request);
  } catch (const beast::system_error& error) {
    throw Error(request.method + " " + request.url + ": " + error.code().message());
  }
}

}  // namespace ctestbed::client
