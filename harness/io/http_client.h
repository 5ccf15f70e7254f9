// One HTTP client for probes, testers and engine APIs. HTTP semantics: RFC 9110.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;  // in order, names as sent

struct HttpRequest {
  std::string method = "GET";
  std::string url;          // absolute
  std::string unix_socket;  // connect here instead of to the URL's host, if not empty
  HttpHeaders headers;
  std::string body;

  bool operator==(const HttpRequest&) const = default;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  std::string version;  // "1.1", "2"
  Duration total{0};
  Duration connect{0};     // until the connection stood
  Duration first_byte{0};  // until the first byte of the answer

  // The first header of that name, ASCII case ignored; null if there is none.
  const std::string* Header(std::string_view name) const;
  bool operator==(const HttpResponse&) const = default;
};

// Thread-safe: calls on different threads run side by side.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // One exchange; redirects are answers, not followed. kUnavailable when no connection stood,
  // kTimeout at `deadline`, kCancelled on `stop`; kInternal when the peer broke off or broke the
  // protocol. Bodies over 64 MiB are kInvalid. Proxy settings of the environment are ignored.
  virtual Result<HttpResponse> Send(const HttpRequest& request, TimePoint deadline,
                                    std::stop_token stop) = 0;
};

std::unique_ptr<HttpClient> MakeRealHttpClient();

// Answers by a function; `requests` records what was asked.
class FakeHttpClient final : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit FakeHttpClient(Answer answer) : answer_(std::move(answer)) {}
  Result<HttpResponse> Send(const HttpRequest& request, TimePoint, std::stop_token) override {
    requests.push_back(request);
    return answer_(request);
  }
  std::vector<HttpRequest> requests;

 private:
  Answer answer_;
};

}  // namespace ctestbed
