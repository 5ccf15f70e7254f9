#include "io/websocket/deflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::string_view kName = "permessage-deflate";
// What a flushed block ends in; it is not sent (RFC 7692 section 7.2.1).
constexpr std::string_view kTail{"\0\0\xff\xff", 4};
constexpr size_t kChunk = 16384;

Bytef* Bytes(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

// Runs `step` (deflate or inflate) over all of `input`, until it has no more to say.
template <typename Step>
Result<std::string> Pump(z_stream& stream, std::string_view input, size_t most, const Step& step) {
  std::string output;
  std::array<char, kChunk> chunk{};
  stream.next_in = Bytes(input);
  stream.avail_in = static_cast<uInt>(input.size());
  do {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = chunk.size();
    const int code = step(&stream);
    if (code != Z_OK && code != Z_BUF_ERROR) {
      return Fail(ErrorKind::kInvalid, "data that cannot be inflated");
    }
    output.append(chunk.data(), chunk.size() - stream.avail_out);
    if (output.size() > most) {
      return Fail(ErrorKind::kUnsupported, fmt::format("a message over {} bytes", most));
    }
  } while (stream.avail_out == 0 || stream.avail_in > 0);
  return output;
}

struct Parameter {
  std::string_view name;
  bool WsDeflate::*flag;  // or null, and
  int WsDeflate::*bits;
};

constexpr std::array<Parameter, 4> kParameters{{
    {"server_no_context_takeover", &WsDeflate::server_no_context_takeover, nullptr},
    {"client_no_context_takeover", &WsDeflate::client_no_context_takeover, nullptr},
    {"server_max_window_bits", nullptr, &WsDeflate::server_max_window_bits},
    {"client_max_window_bits", nullptr, &WsDeflate::client_max_window_bits},
}};

// What a server sends may use any window; ours is no larger than it wants, which it may say only
// where we offered to (RFC 7692 section 7.1.2.2), and not the one that zlib cannot do.
bool IsAllowed(const Parameter& parameter, int bits, const WsDeflate& offer) {
  if (parameter.bits == &WsDeflate::server_max_window_bits) return bits >= 8 && bits <= 15;
  return offer.client_max_window_bits < 15 && bits >= 9 && bits <= offer.client_max_window_bits;
}

// `agreed` begins as what was offered to be done by us.
Status SetParameter(std::string_view text, WsDeflate& agreed) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string_view name = Trim(text.substr(0, equals));
  std::string_view value = equals < text.size() ? Trim(text.substr(equals + 1)) : "";
  if (value.size() > 1 && value.starts_with('"')) value = value.substr(1, value.size() - 2);
  const auto* known = std::find_if(kParameters.begin(), kParameters.end(),
                                   [&](const Parameter& each) { return each.name == name; });
  int bits = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), bits);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == value.data() + value.size();
  const bool fits =
      known != kParameters.end() &&
      (known->flag != nullptr ? value.empty() : is_number && IsAllowed(*known, bits, agreed));
  if (!fits) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("the server agreed on {} of {}", Quote(Trim(text)), kName));
  }
  if (known->flag != nullptr) {
    agreed.*known->flag = true;
  } else {
    agreed.*known->bits = bits;
  }
  return {};
}

}  // namespace

std::string DeflateText(const WsDeflate& offer) {
  std::string text(kName);
  for (const Parameter& each : kParameters) {
    if (each.flag != nullptr && offer.*each.flag) text += fmt::format("; {}", each.name);
    if (each.bits != nullptr && offer.*each.bits < 15) {
      text += fmt::format("; {}={}", each.name, offer.*each.bits);
    }
  }
  return text;
}

Result<std::optional<WsDeflate>> ParseDeflateAnswer(std::string_view text,
                                                    const std::optional<WsDeflate>& offer) {
  if (Trim(text).empty()) return std::nullopt;
  const std::vector<std::string> parts = Split(text, ';');
  if (!offer || Trim(parts[0]) != kName || text.find(',') != std::string_view::npos) {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("the server agreed on extensions {}, which were not offered", Quote(text)));
  }
  WsDeflate agreed;
  agreed.client_no_context_takeover = offer->client_no_context_takeover;
  agreed.client_max_window_bits = offer->client_max_window_bits;
  for (size_t i = 1; i < parts.size(); ++i) TRY_DO(SetParameter(parts[i], agreed));
  return agreed;
}

struct WsDeflater::Stream {
  z_stream zlib{};
  bool forgets = false;
};

WsDeflater::WsDeflater(const WsDeflate& agreed) : stream_(std::make_unique<Stream>()) {
  stream_->forgets = agreed.client_no_context_takeover;
  deflateInit2(&stream_->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -agreed.client_max_window_bits, 8,
               Z_DEFAULT_STRATEGY);
}

WsDeflater::~WsDeflater() {
  deflateEnd(&stream_->zlib);
}

std::string WsDeflater::Compress(std::string_view message) {
  std::string output = Pump(stream_->zlib, message, std::string::npos, [](z_stream* zlib) {
                         return deflate(zlib, Z_SYNC_FLUSH);
                       }).value_or("");
  if (stream_->forgets) deflateReset(&stream_->zlib);
  if (output.ends_with(kTail)) output.resize(output.size() - kTail.size());
  // An empty message is an empty block (RFC 7692 section 7.2.3.6).
  return output.empty() ? std::string(1, '\0') : output;
}

struct WsInflater::Stream {
  z_stream zlib{};
  bool forgets = false;
};

WsInflater::WsInflater(const WsDeflate& agreed) : stream_(std::make_unique<Stream>()) {
  stream_->forgets = agreed.server_no_context_takeover;
  inflateInit2(&stream_->zlib, -15);
}

WsInflater::~WsInflater() {
  inflateEnd(&stream_->zlib);
}

Result<std::string> WsInflater::Expand(std::string_view payload, size_t most_bytes) {
  std::string input(payload);
  input += kTail;
  TRY(std::string output, Pump(stream_->zlib, input, most_bytes, [](z_stream* zlib) {
        const int code = inflate(zlib, Z_SYNC_FLUSH);
        // A last block (RFC 7692 section 7.2.3.4): what follows begins anew.
        return code == Z_STREAM_END ? inflateReset(zlib) : code;
      }));
  if (stream_->forgets) inflateReset(&stream_->zlib);
  return output;
}

}  // namespace ctestbed
