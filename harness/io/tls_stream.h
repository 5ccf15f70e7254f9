// TLS over a connected stream, as a client.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "io/byte_stream.h"

namespace ctestbed {

struct TlsOptions {
  std::string ca_file;           // PEM; empty: what the system trusts
  std::string certificate_file;  // PEM, our own with its chain; empty: none
  std::string key_file;          // PEM
  // Whom the peer's certificate must name: a name or an IP address (RFC 6125, RFC 5280).
  std::string host;
  bool verify = true;  // false: any certificate will do
};

// Does the handshake over `stream` (TLS 1.2 or newer). kInvalid for files that cannot be used,
// kUnavailable when the peer refuses or its certificate does not hold, with the reason. The stream
// returned ends with close_notify or without, both look the same.
Result<std::unique_ptr<ByteStream>> StartTls(std::unique_ptr<ByteStream> stream,
                                             const TlsOptions& options, TimePoint deadline,
                                             const std::stop_token& stop);

}  // namespace ctestbed
