// The least HTTP client that a test needs. HTTP/1.1 without TLS, a connection per request.
#pragma once

#include <ctestbed/client/environment.h>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace ctestbed::client {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url = {};  // http://HOST:PORT/PATH
  Headers headers = {};
  std::string body = {};
  std::chrono::milliseconds timeout{5'000};  // of all of it
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;  // at most 64 MiB

  // The first of that name, whatever its case; empty if there is none.
  std::string Header(const std::string& name) const;
};

// Throws Error, which names the request, when no answer comes. Any status is an answer; redirects
// are not followed.
HttpResponse Send(const HttpRequest& request);

}  // namespace ctestbed::client
