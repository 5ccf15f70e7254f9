#include "io/websocket/handshake.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"
#include "io/websocket/frame.h"

namespace ctestbed {
namespace {

constexpr size_t kMostHead = 65536;
constexpr size_t kMostBody = 1U << 20U;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

tl::unexpected<Error> Broken(std::string message) {
  return Fail(ErrorKind::kInvalid, std::move(message));
}

std::optional<size_t> NumberOf(std::string_view text, int base) {
  size_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// The status line and the fields after it (RFC 9112 sections 4 and 5).
Status ParseHead(std::string_view head, HttpResponse& answer) {
  const std::vector<std::string> lines = Split(head, '\n');
  const std::string_view first = Trim(lines.front());
  const bool is_http = first.starts_with("HTTP/1.") && first.size() >= 12;
  const auto status = is_http ? NumberOf(first.substr(9, 3), 10) : std::nullopt;
  if (!status) {
    return Broken(fmt::format("the answer is no HTTP: it begins with {}", Quote(first)));
  }
  answer.status = static_cast<int>(*status);
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = Trim(lines[i]);
    const size_t colon = line.find(':');
    if (line.empty()) continue;
    if (colon == std::string_view::npos) {
      return Broken(fmt::format("{} is no header of an answer", Quote(line)));
    }
    answer.headers.emplace_back(line.substr(0, colon), Trim(line.substr(colon + 1)));
  }
  return {};
}

// Reads an answer off a stream.
class AnswerReader {
 public:
  AnswerReader(ByteStream& stream, TimePoint deadline, const std::stop_token& stop)
      : stream_(stream), deadline_(deadline), stop_(stop) {}

  Result<HttpResponse> Read() {
    HttpResponse answer;
    TRY(const std::string head, Until(kHeadEnd, kMostHead, "a head"));
    TRY_DO(ParseHead(head, answer));
    if (answer.status == 101) return answer;
    TRY(answer.body, Body(answer));
    return answer;
  }

  std::string TakeRest() { return std::move(pending_); }

 private:
  Result<std::string> Body(const HttpResponse& answer) {
    const std::string* coding = answer.Header("Transfer-Encoding");
    if (coding != nullptr && Lower(*coding).find("chunked") != std::string::npos) return Chunks();
    if (answer.status == 204 || answer.status == 304) return std::string();
    const std::string* length = answer.Header("Content-Length");
    if (length == nullptr) return ToTheEnd();
    const auto size = NumberOf(*length, 10);
    if (!size || *size > kMostBody) {
      return Broken(fmt::format("a refusal with Content-Length {}", Quote(*length)));
    }
    return Exactly(*size);
  }

  Result<std::string> Chunks() {
    std::string body;
    for (;;) {
      TRY(const std::string line, Until("\r\n", 256, "a chunk"));
      const auto size = NumberOf(Trim(line.substr(0, line.find(';'))), 16);
      if (!size || body.size() + *size > kMostBody) {
        return Broken(fmt::format("a refusal with a chunk of {}", Quote(line)));
      }
      TRY(const std::string chunk, Exactly(*size + 2));
      body += chunk.substr(0, *size);
      if (*size == 0) return body;
    }
  }

  Result<std::string> ToTheEnd() {
    for (;;) {
      TRY(const bool more, More());
      if (!more) return std::move(pending_);
      if (pending_.size() > kMostBody) return Broken("a refusal with a body without end");
    }
  }

  Result<std::string> Until(std::string_view mark, size_t most, std::string_view what) {
    for (;;) {
      if (const size_t at = pending_.find(mark); at != std::string::npos) {
        std::string text = pending_.substr(0, at);
        pending_.erase(0, at + mark.size());
        return text;
      }
      if (pending_.size() > most) return Broken(fmt::format("{} over {} bytes", what, most));
      TRY_DO(Need());
    }
  }

  Result<std::string> Exactly(size_t size) {
    while (pending_.size() < size) TRY_DO(Need());
    std::string text = pending_.substr(0, size);
    pending_.erase(0, size);
    return text;
  }

  Status Need() {
    TRY(const bool more, More());
    if (more) return {};
    return Fail(ErrorKind::kUnavailable,
                pending_.empty() ? "the server closed the connection without an answer"
                                 : "the server closed the connection within its answer");
  }

  Result<bool> More() {
    TRY(const std::string bytes, stream_.Read(deadline_, stop_));
    pending_ += bytes;
    return !bytes.empty();
  }

  ByteStream& stream_;
  const TimePoint deadline_;
  const std::stop_token& stop_;
  std::string pending_;
};

bool HasWord(const HttpResponse& answer, std::string_view name, std::string_view word) {
  const std::string* value = answer.Header(name);
  if (value == nullptr) return false;
  const std::vector<std::string> words = Split(*value, ',');
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& each) { return Lower(Trim(each)) == word; });
}

// RFC 6455 section 4.1: what makes an answer of 101 an agreement.
Status CheckUpgrade(const HttpResponse& answer, const WsRequest& request, std::string_view key,
                    WsAnswer& agreed) {
  if (!HasWord(answer, "Upgrade", "websocket")) return Broken("101 without 'Upgrade: websocket'");
  if (!HasWord(answer, "Connection", "upgrade")) return Broken("101 without 'Connection: Upgrade'");
  const std::string* accept = answer.Header("Sec-WebSocket-Accept");
  if (accept == nullptr || *accept != AcceptFor(key)) {
    return Broken(fmt::format("Sec-WebSocket-Accept is {}, wanted '{}'",
                              accept == nullptr ? "absent" : Quote(*accept), AcceptFor(key)));
  }
  if (const std::string* chosen = answer.Header("Sec-WebSocket-Protocol")) {
    const auto& offered = request.subprotocols;
    if (std::find(offered.begin(), offered.end(), *chosen) == offered.end()) {
      return Broken(
          fmt::format("the server chose subprotocol {}, which was not offered", Quote(*chosen)));
    }
    agreed.subprotocol = *chosen;
  }
  const std::string* extensions = answer.Header("Sec-WebSocket-Extensions");
  TRY(agreed.deflate,
      ParseDeflateAnswer(extensions == nullptr ? "" : *extensions, request.deflate));
  return {};
}

}  // namespace

std::string WsUrl::Authority() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

Result<WsUrl> ParseWsUrl(std::string_view url) {
  const auto refuse = [&](std::string_view expected) {
    return Broken(fmt::format("{} is no WebSocket URL: expected {}", Quote(url), expected));
  };
  WsUrl parsed;
  parsed.tls = url.starts_with("wss://");
  if (!parsed.tls && !url.starts_with("ws://")) return refuse("ws:// or wss://");
  std::string_view rest = url.substr(parsed.tls ? 6 : 5);
  const size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, path);
  parsed.target = rest.substr(path, rest.find('#') - path);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, "/");
  if (std::any_of(parsed.target.begin(), parsed.target.end(),
                  [](char c) { return c <= ' ' || c == '\x7F'; })) {
    return refuse("a path without blanks and control characters");
  }
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parsed.host = authority.substr(0, std::min(colon, authority.size()));
  if (bracket > 0) parsed.host = authority.substr(1, bracket - 1);
  if (parsed.host.empty()) return refuse("a host");
  parsed.port = parsed.tls ? 443 : 80;
  if (colon < authority.size()) {
    const auto port = NumberOf(authority.substr(colon + 1), 10);
    if (!port || *port == 0 || *port > 65535) return refuse("a port from 1 to 65535");
    parsed.port = static_cast<int>(*port);
  }
  return parsed;
}

std::string AcceptFor(std::string_view key) {
  return Base64(Sha1Bytes(fmt::format("{}258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key)));
}

std::string HandshakeText(const WsRequest& request, std::string_view key) {
  HttpHeaders headers{{"Host", request.url.Authority()},
                      {"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Key", std::string(key)},
                      {"Sec-WebSocket-Version", "13"}};
  if (!request.subprotocols.empty()) {
    headers.emplace_back("Sec-WebSocket-Protocol", Join(request.subprotocols, ", "));
  }
  if (request.deflate) {
    headers.emplace_back("Sec-WebSocket-Extensions", DeflateText(*request.deflate));
  }
  // A test may want any of these wrong.
  for (const auto& wanted : request.headers) {
    std::erase_if(headers,
                  [&](const auto& known) { return Lower(known.first) == Lower(wanted.first); });
  }
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  std::string text = fmt::format("GET {} HTTP/1.1\r\n", request.url.target);
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n";
}

Result<WsAnswer> ShakeHands(ByteStream& stream, const WsRequest& request, TimePoint deadline,
                            const std::stop_token& stop) {
  std::string nonce;
  for (int i = 0; i < 4; ++i) {
    const WsMask random = RandomMask();
    nonce.append(reinterpret_cast<const char*>(random.data()), random.size());
  }
  const std::string key = Base64(nonce);
  TRY_DO(stream.Write(HandshakeText(request, key), deadline));
  AnswerReader reader(stream, deadline, stop);
  TRY(HttpResponse read, reader.Read());
  WsAnswer answer;
  answer.status = read.status;
  if (answer.upgraded()) {
    TRY_DO(CheckUpgrade(read, request, key, answer));
    answer.rest = reader.TakeRest();
  }
  answer.headers = std::move(read.headers);
  answer.body = std::move(read.body);
  return answer;
}

}  // namespace ctestbed
