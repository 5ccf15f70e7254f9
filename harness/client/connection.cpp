#include "client/connection.h"

#include <ctestbed/client/environment.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/error.hpp>

namespace ctestbed::client {

namespace asio = boost::asio;
namespace beast = boost::beast;

Url ParseUrl(std::string_view url, std::string_view scheme) {
  const std::string begin = std::string(scheme) + "://";
  if (!url.starts_with(begin)) {
    throw Error("'" + std::string(url) + "' does not begin with " + begin);
  }
  const std::string_view rest = url.substr(begin.size());
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  Url parsed{.authority = std::string(rest.substr(0, end)),
             .target = std::string(rest.substr(end))};
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, "/");
  const std::string_view authority = parsed.authority;
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && (bracket == authority.npos || colon > bracket);
  parsed.host = authority.substr(0, has_port ? colon : authority.npos);
  parsed.port = has_port ? authority.substr(colon + 1) : "80";
  if (bracket != authority.npos) parsed.host = authority.substr(1, bracket - 1);
  if (parsed.host.empty()) throw Error("'" + std::string(url) + "' names no host");
  return parsed;
}

void Connect(asio::io_context& context, beast::tcp_stream& stream, const Url& url,
             Deadline deadline) {
  beast::error_code error = beast::error::timeout;
  asio::ip::tcp::resolver resolver(context);
  asio::ip::tcp::resolver::results_type endpoints;
  resolver.async_resolve(url.host, url.port, [&](beast::error_code result, auto found) {
    error = result;
    endpoints = std::move(found);
  });
  context.run_until(deadline);
  if (error) throw beast::system_error(error);
  context.restart();
  stream.expires_at(deadline);
  stream.async_connect(endpoints, [&](beast::error_code result, const auto&) { error = result; });
  context.run();
  context.restart();
  if (error) throw beast::system_error(error);
}

}  // namespace ctestbed::client
