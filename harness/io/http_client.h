// One HTTP client for probes, testers and engine APIs. HTTP semantics: RFC 9110.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;  // in order, names as sent

// Files in PEM. Without `ca` the system's authorities are trusted; a server that cannot be verified
// is never spoken to.
struct TlsFiles {
  std::string ca;
  std::string cert;  // of the client; with its `key`
  std::string key;

  bool operator==(const TlsFiles&) const = default;
};

// The secured connection that an answer came on, and the server's certificate.
struct TlsPeer {
  std::string version;  // "TLSv1.3"
  std::string subject;  // RFC 2253: "CN=localhost,O=Example"
  std::string issuer;
  std::vector<std::string> names;  // DNS names and addresses that it is valid for
  long days_left = 0;              // whole days until it expires; negative afterwards

  bool operator==(const TlsPeer&) const = default;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;          // absolute
  std::string unix_socket;  // connect here instead of to the URL's host, if not empty
  HttpHeaders headers;
  std::string body;
  TlsFiles tls;         // of an https URL
  std::string version;  // "1.1", "2"; empty: what the server prefers. A server may still speak less
  bool reuse = false;   // may use a connection that such a request left, and leave its own

  bool operator==(const HttpRequest&) const = default;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  std::string version;  // "1.1", "2"
  // Since the begin of the exchange, each at least the one before it; 0 for what was not done (no
  // name to resolve, a connection that stood, no TLS).
  Duration dns{0};         // until the name was resolved
  Duration connect{0};     // until TCP stood
  Duration tls{0};         // until TLS stood
  Duration first_byte{0};  // until the first byte of the answer
  Duration total{0};
  std::optional<TlsPeer> peer;  // with TLS

  // The first header of that name, ASCII case ignored; null if there is none.
  const std::string* Header(std::string_view name) const;
  bool operator==(const HttpResponse&) const = default;
};

// Takes the next piece of a body, on the thread that asked; false: enough, the rest is not wanted.
using HttpSink = std::function<bool(std::string_view piece)>;

// Thread-safe: calls on different threads run side by side.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // One exchange; redirects are answers, not followed. kUnavailable when no connection stood,
  // kTimeout at `deadline`, kCancelled on `stop`; kInternal when the peer broke off or broke the
  // protocol. Bodies over 64 MiB are kInvalid. Proxy settings of the environment are ignored.
  virtual Result<HttpResponse> Send(const HttpRequest& request, TimePoint deadline,
                                    std::stop_token stop) = 0;
  // The same for bodies that may never end: pieces of the body of a 2xx answer go to `sink` as they
  // arrive, of any total size, and are not kept; any other answer is kept as Send() keeps it. With
  // TimePoint::max() only the peer, `stop` or the sink ends it; the sink's end is no error.
  virtual Result<HttpResponse> Stream(const HttpRequest& request, const HttpSink& sink,
                                      TimePoint deadline, std::stop_token stop) = 0;
};

std::unique_ptr<HttpClient> MakeRealHttpClient();

// Answers by a function, on the thread that asks; `requests` records what was asked, and may be
// looked at while nobody asks. A stream is one piece.
class FakeHttpClient final : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const HttpRequest&)>;
  explicit FakeHttpClient(Answer answer) : answer_(std::move(answer)) {}
  Result<HttpResponse> Send(const HttpRequest& request, TimePoint, std::stop_token) override {
    {
      const std::lock_guard lock(*mutex_);
      requests.push_back(request);
    }
    return answer_(request);
  }
  Result<HttpResponse> Stream(const HttpRequest& request, const HttpSink& sink, TimePoint deadline,
                              std::stop_token stop) override {
    Result<HttpResponse> response = Send(request, deadline, std::move(stop));
    if (response && response->status / 100 == 2) {
      sink(response->body);
      response->body.clear();
    }
    return response;
  }
  std::vector<HttpRequest> requests;

 private:
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  Answer answer_;
};

}  // namespace ctestbed
