// What the HTTP and the WebSocket client share. Private, as is Boost.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace ctestbed::client {

using Deadline = std::chrono::steady_clock::time_point;

struct Url {
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  std::string authority;  // for the header Host
  std::string target;     // path and query
};

// Of "SCHEME://HOST[:PORT][/PATH]"; throws Error for any other.
Url ParseUrl(std::string_view url, std::string_view scheme);

// Looks up and connects on a context that does nothing else meanwhile. Throws
// boost::system::system_error.
void Connect(boost::asio::io_context& context, boost::beast::tcp_stream& stream, const Url& url,
             Deadline deadline);

}  // namespace ctestbed::client
