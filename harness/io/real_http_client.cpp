#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "base/text.h"
#include "io/http_client.h"
#include "io/libcurl.h"
#include "io/poll.h"
#include "io/system_error.h"
#include "io/tls_peer.h"
#include "io/url.h"

namespace ctestbed {
namespace {

constexpr size_t kLargestBody = 64U << 20U;
constexpr size_t kLargestHead = 1U << 20U;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using List = std::unique_ptr<curl_slist, FreeList>;

// An answer while it arrives.
struct Arrival {
  CURL* easy = nullptr;
  HttpResponse response;
  size_t head_size = 0;
  bool head_complete = false;
  bool too_large = false;
  const HttpSink* sink = nullptr;  // where the body of a good answer goes, if not into the response
  bool enough = false;             // the sink wants no more

  bool Streams() const { return sink != nullptr && response.status / 100 == 2; }
};

// "HTTP/1.1 200 OK" -> 200.
int StatusOf(std::string_view line) {
  int status = 0;
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  return status;
}

// To be asked while the transfer runs, since later the connection belongs to others.
void TakePeer(Arrival& arrival) {
  curl_tlssessioninfo* session = nullptr;
  const CURLcode known = curl_easy_getinfo(arrival.easy, CURLINFO_TLS_SSL_PTR, &session);
  const bool is_ours = known == CURLE_OK && session->backend == CURLSSLBACKEND_OPENSSL;
  if (!is_ours || session->internals == nullptr) return;  // no TLS
  arrival.response.peer = DescribeTlsPeer(session->internals);
}

// One line of the head. An interim answer (1xx) starts over; trailers (RFC 9110 section 6.5) must
// not pass for headers.
void TakeHeadLine(Arrival& arrival, std::string_view line) {
  HttpResponse& response = arrival.response;
  if (arrival.head_complete) return;
  if (line.starts_with("HTTP/")) {
    response.status = StatusOf(line);
    response.headers.clear();
    TakePeer(arrival);
  } else if (Trim(line).empty()) {
    arrival.head_complete = response.status >= 200 || response.status == 101;
  } else if ((line.front() == ' ' || line.front() == '\t') && !response.headers.empty()) {
    response.headers.back().second += fmt::format(" {}", Trim(line));  // obs-fold, RFC 9112 5.2
  } else {
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string_view value = line.substr(std::min(colon + 1, line.size()));
    response.headers.emplace_back(Trim(line.substr(0, colon)), Trim(value));
  }
}

size_t OnHead(char* data, size_t, size_t size, void* target) {
  Arrival& arrival = *static_cast<Arrival*>(target);
  arrival.head_size += size;
  arrival.too_large = arrival.too_large || arrival.head_size > kLargestHead;
  if (arrival.too_large) return 0;
  TakeHeadLine(arrival, {data, size});
  return size;
}

size_t OnBody(char* data, size_t, size_t size, void* target) {
  Arrival& arrival = *static_cast<Arrival*>(target);
  if (arrival.Streams()) {
    arrival.enough = !(*arrival.sink)({data, size});
    return arrival.enough ? 0 : size;
  }
  arrival.too_large = arrival.response.body.size() + size > kLargestBody;
  if (arrival.too_large) return 0;
  arrival.response.body.append(data, size);
  return size;
}

// What messages call the two ends of an exchange.
struct Names {
  std::string peer;  // 127.0.0.1:8080, '/run/docker.sock'
  std::string url;   // without user and password
};

Result<Names> NamesOf(const HttpRequest& request) {
  const bool is_http = request.url.starts_with("http://") || request.url.starts_with("https://");
  const Result<UrlParts> url = PartsOfUrl(request.url);
  if (!is_http || !url) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} is no URL, expected http://HOST/PATH", Quote(request.url)));
  }
  TRY(std::string shown, WithoutUser(request.url));
  return Names{request.unix_socket.empty() ? fmt::format("{}:{}", url->host, url->port)
                                           : Quote(request.unix_socket),
               std::move(shown)};
}

// RFC 9110 section 5.6.2.
bool IsToken(std::string_view text) {
  constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOther.find(c) != std::string_view::npos;
  });
}

// What would let a value forge further lines of the request.
Status CheckHead(const HttpRequest& request) {
  if (!IsToken(request.method)) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is no HTTP method", Quote(request.method)));
  }
  for (const auto& [name, value] : request.headers) {
    if (!IsToken(name)) {
      return Fail(ErrorKind::kInvalid, fmt::format("{} is no header name", Quote(name)));
    }
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Fail(ErrorKind::kInvalid, fmt::format("header {} has a line break in its value {}",
                                                   Quote(name), Quote(value)));
    }
  }
  return {};
}

bool Has(const HttpRequest& request, std::string_view name) {
  HttpResponse lookup;
  lookup.headers = request.headers;
  return lookup.Header(name) != nullptr;
}

// The headers as libcurl wants them: "Name;" sends an empty value, "Name:" none of its own.
List HeaderList(const HttpRequest& request) {
  List list;
  const auto add = [&](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  for (const auto& [name, value] : request.headers) {
    add(Trim(value).empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  for (const char* own : {"Accept", "Content-Type", "Expect"}) {
    if (!Has(request, own)) add(fmt::format("{}:", own));
  }
  return list;
}

void SetBody(CURL* easy, const HttpRequest& request) {
  const bool takes_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (takes_body || !request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void SetConnection(CURL* easy, const HttpRequest& request) {
  const auto set_file = [&](CURLoption option, const std::string& file) {
    if (!file.empty()) curl_easy_setopt(easy, option, file.c_str());
  };
  set_file(CURLOPT_CAINFO, request.tls.ca);
  set_file(CURLOPT_SSLCERT, request.tls.cert);
  set_file(CURLOPT_SSLKEY, request.tls.key);
  set_file(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket);
  long version = CURL_HTTP_VERSION_NONE;
  if (request.version == "1.1") version = CURL_HTTP_VERSION_1_1;
  if (request.version == "2") {
    const bool is_secure = request.url.starts_with("https://");
    version = is_secure ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  }
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request.reuse ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.reuse ? 0L : 1L);
}

void SetUp(CURL* easy, const HttpRequest& request, curl_slist* headers, Arrival& arrival) {
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server when cancelled
#endif
  SetConnection(easy, request);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, OnHead);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &arrival);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &arrival);
  SetBody(easy, request);
}

// Runs the transfers of `multi` to their end.
Status Drive(CURLM* multi, TimePoint deadline, const std::stop_token& stop) {
  const std::stop_callback on_stop(stop, [multi] { curl_multi_wakeup(multi); });
  for (;;) {
    int running = 0;
    curl_multi_perform(multi, &running);
    if (running == 0) return {};
    if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "cancelled");
    const int timeout = PollTimeout(deadline);
    if (timeout == 0) return Fail(ErrorKind::kTimeout, "timed out");
    curl_multi_poll(multi, nullptr, 0U, timeout, nullptr);
  }
}

// How the one transfer of `multi` ended.
CURLcode Outcome(CURLM* multi) {
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi, &left);
  return message == nullptr ? CURLE_FAILED_INIT : message->data.result;
}

Result<CURLcode> Perform(CURLM* multi, CURL* easy, TimePoint deadline,
                         const std::stop_token& stop) {
  curl_multi_add_handle(multi, easy);
  const Status driven = Drive(multi, deadline, stop);
  const CURLcode outcome = Outcome(multi);
  curl_multi_remove_handle(multi, easy);
  return driven.map([&] { return outcome; });
}

Error ConnectError(CURL* easy, const Names& names) {
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
  if (number == ECONNREFUSED) {
    return {ErrorKind::kUnavailable, fmt::format("connection to {} refused", names.peer), {}, {}};
  }
  const std::string why = number == 0 ? "" : ": " + ErrnoText(static_cast<int>(number));
  return {ErrorKind::kUnavailable, fmt::format("cannot connect to {}{}", names.peer, why), {}, {}};
}

// `text` is what libcurl says about `code`.
Error TransferError(CURL* easy, CURLcode code, const Names& names, std::string_view text) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return ConnectError(easy, names);
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorKind::kUnavailable, fmt::format("cannot resolve {}", names.peer), {}, {}};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {ErrorKind::kUnavailable,
              fmt::format("no TLS connection to {}: {}", names.peer, text),
              {},
              {}};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorKind::kTimeout, fmt::format("no connection to {} in time", names.peer), {}, {}};
    case CURLE_GOT_NOTHING:
      return {ErrorKind::kInternal,
              fmt::format("{} closed the connection without an answer", names.peer),
              {},
              {}};
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return {ErrorKind::kInternal, fmt::format("{} broke off: {}", names.peer, text), {}, {}};
    default:
      return {ErrorKind::kInternal,
              fmt::format("{} broke the HTTP protocol: {}", names.peer, text),
              {},
              {}};
  }
}

Duration TimeOf(CURL* easy, CURLINFO which) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, which, &microseconds);
  return std::chrono::duration_cast<Duration>(std::chrono::microseconds(microseconds));
}

std::string VersionOf(CURL* easy) {
  long version = 0;
  curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "1.0";
    case CURL_HTTP_VERSION_2_0:
      return "2";
    case CURL_HTTP_VERSION_3:
      return "3";
    default:
      return "1.1";
  }
}

void Complete(HttpResponse& response, CURL* easy) {
  response.version = VersionOf(easy);
  response.dns = TimeOf(easy, CURLINFO_NAMELOOKUP_TIME_T);
  response.connect = TimeOf(easy, CURLINFO_CONNECT_TIME_T);
  response.tls = TimeOf(easy, CURLINFO_APPCONNECT_TIME_T);
  response.first_byte = TimeOf(easy, CURLINFO_STARTTRANSFER_TIME_T);
  response.total = TimeOf(easy, CURLINFO_TOTAL_TIME_T);
}

// The waiting ended before the transfer did.
tl::unexpected<Error> WaitError(Error error, const Names& names, TimePoint start,
                                TimePoint deadline, const Arrival& arrival) {
  if (error.kind == ErrorKind::kTimeout) {
    const auto waited = std::chrono::round<Duration>(std::max(deadline, start) - start);
    error.message =
        fmt::format("{} from {} within {}", arrival.head_complete ? "no whole answer" : "no answer",
                    names.url, FormatDuration(waited));
  }
  return tl::unexpected<Error>(std::move(error));
}

// Each caller drives a multi handle of its own, which keeps the connections that may be reused;
// libcurl's caches must not be shared between threads.
class Workers {
 public:
  Multi Take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return Multi(curl_multi_init());
    Multi worker = std::move(idle_.back());
    idle_.pop_back();
    return worker;
  }
  void GiveBack(Multi worker) {
    constexpr size_t kMost = 64;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMost) idle_.push_back(std::move(worker));
  }

 private:
  std::mutex mutex_;
  std::vector<Multi> idle_;
};

class RealHttpClient final : public HttpClient {
 public:
  Result<HttpResponse> Send(const HttpRequest& request, TimePoint deadline,
                            std::stop_token stop) override {
    return Exchange(request, nullptr, deadline, stop);
  }

  Result<HttpResponse> Stream(const HttpRequest& request, const HttpSink& sink, TimePoint deadline,
                              std::stop_token stop) override {
    return Exchange(request, &sink, deadline, stop);
  }

 private:
  Result<HttpResponse> Exchange(const HttpRequest& request, const HttpSink* sink,
                                TimePoint deadline, const std::stop_token& stop) {
    const TimePoint start = std::chrono::steady_clock::now();
    TRY(const Names names, NamesOf(request));
    TRY_DO(CheckHead(request));
    const List headers = HeaderList(request);
    std::array<char, CURL_ERROR_SIZE> text{};
    Arrival arrival;
    arrival.sink = sink;
    Multi worker = workers_.Take();
    const Easy easy(curl_easy_init());  // last, since it refers to all of the above
    if (easy == nullptr || worker == nullptr) {
      return Fail(ErrorKind::kInternal, "cannot start libcurl");
    }
    arrival.easy = easy.get();
    SetUp(easy.get(), request, headers.get(), arrival);
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, text.data());
    const Result<CURLcode> code = Perform(worker.get(), easy.get(), deadline, stop);
    workers_.GiveBack(std::move(worker));
    if (!code) return WaitError(code.error(), names, start, deadline, arrival);
    if (arrival.too_large) {
      return Fail(ErrorKind::kInvalid, fmt::format("answer from {} is too large", names.url));
    }
    if (*code != CURLE_OK && !arrival.enough) {
      const std::string_view why = text[0] == '\0' ? curl_easy_strerror(*code) : text.data();
      return tl::unexpected<Error>(TransferError(easy.get(), *code, names, why));
    }
    Complete(arrival.response, easy.get());
    return std::move(arrival.response);
  }

  Workers workers_;
};

}  // namespace

std::unique_ptr<HttpClient> MakeRealHttpClient() {
  return std::make_unique<RealHttpClient>();
}

}  // namespace ctestbed
