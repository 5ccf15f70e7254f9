#include "io/tls_stream.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <mutex>

#include "base/text.h"

namespace ctestbed {
namespace {

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, FreeTls>;
using Session = std::unique_ptr<SSL, FreeTls>;

// The oldest error of this thread, without OpenSSL's numbers; empties the queue.
std::string TlsReason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

Status UseFile(bool used, std::string_view what, const std::string& file) {
  if (used) return {};
  return Fail(ErrorKind::kInvalid,
              fmt::format("cannot use {} {}: {}", what, Quote(file), TlsReason()));
}

Result<Context> MakeContext(const TlsOptions& options) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Fail(ErrorKind::kInternal, "cannot start TLS: " + TlsReason());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else {
    TRY_DO(UseFile(SSL_CTX_load_verify_file(context.get(), options.ca_file.c_str()) == 1,
                   "the CA file", options.ca_file));
  }
  if (!options.certificate_file.empty()) {
    TRY_DO(UseFile(
        SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_file.c_str()) == 1,
        "the certificate", options.certificate_file));
    TRY_DO(UseFile(
        SSL_CTX_use_PrivateKey_file(context.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) == 1,
        "the key", options.key_file));
  }
  SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  return context;
}

Result<Session> MakeSession(const TlsOptions& options) {
  TRY(const Context context, MakeContext(options));
  Session session(SSL_new(context.get()));  // shares the context
  if (!session) return Fail(ErrorKind::kInternal, "cannot start TLS: " + TlsReason());
  X509_VERIFY_PARAM* checks = SSL_get0_param(session.get());
  // An address stands in a certificate as such, and is not sent as a name (RFC 6066 section 3).
  if (X509_VERIFY_PARAM_set1_ip_asc(checks, options.host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(checks, options.host.c_str(), options.host.size());
    SSL_set_tlsext_host_name(session.get(), options.host.c_str());
  }
  SSL_set_connect_state(session.get());
  return session;
}

// OpenSSL works on memory, never on the socket, so that waiting stays the inner stream's business:
// a reader and a writer may wait at once, though the session itself serves one at a time.
class TlsStream final : public ByteStream {
 public:
  TlsStream(Session session, std::unique_ptr<ByteStream> inner)
      : session_(std::move(session)),
        inner_(std::move(inner)),
        arrived_(BIO_new(BIO_s_mem())),
        leaving_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(session_.get(), arrived_, leaving_);  // which then owns them
  }

  Status Connect(TimePoint deadline, const std::stop_token& stop) {
    for (;;) {
      ERR_clear_error();
      const int done = SSL_do_handshake(session_.get());
      const int problem = SSL_get_error(session_.get(), done);
      const std::string reason = done == 1 ? "" : Refusal(problem);
      // An alert that says why has to leave, too.
      TRY_DO(Flush(deadline));
      if (done == 1) return {};
      if (problem != SSL_ERROR_WANT_READ) return Fail(ErrorKind::kUnavailable, reason);
      TRY(const bool more, Fill(deadline, stop));
      if (!more) return Fail(ErrorKind::kUnavailable, "TLS: the peer closed the connection");
    }
  }

  Result<std::string> Read(TimePoint deadline, std::stop_token stop) override {
    for (;;) {
      std::string bytes(kChunk, '\0');
      int count = 0;
      int problem = 0;
      {
        const std::lock_guard lock(session_mutex_);
        ERR_clear_error();
        count = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
        problem = SSL_get_error(session_.get(), count);
      }
      TRY_DO(Flush(deadline));
      bytes.resize(static_cast<size_t>(std::max(count, 0)));
      if (count > 0 || problem == SSL_ERROR_ZERO_RETURN) return bytes;
      if (problem != SSL_ERROR_WANT_READ) {
        return Fail(ErrorKind::kUnavailable, "TLS: " + TlsReason());
      }
      TRY(const bool more, Fill(deadline, stop));
      if (!more) return std::string();
    }
  }

  Status Write(std::string_view bytes, TimePoint deadline) override {
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, kChunk);
      {
        const std::lock_guard lock(session_mutex_);
        ERR_clear_error();
        if (SSL_write(session_.get(), part.data(), static_cast<int>(part.size())) <= 0) {
          return Fail(ErrorKind::kUnavailable, "TLS: " + TlsReason());
        }
      }
      TRY_DO(Flush(deadline));
      bytes.remove_prefix(part.size());
    }
    return {};
  }

  void Shutdown() override { inner_->Shutdown(); }
  void FinishWriting() override { inner_->FinishWriting(); }
  void ResetOnClose() override { inner_->ResetOnClose(); }
  int PeerPid() const override { return 0; }

 private:
  static constexpr size_t kChunk = 16384;  // a record (RFC 8446 section 5.1)

  std::string Refusal(int problem) const {
    if (problem == SSL_ERROR_WANT_READ) return "";
    const long verdict = SSL_get_verify_result(session_.get());
    if (verdict == X509_V_OK) return "TLS: " + TlsReason();
    return fmt::format("TLS: the certificate does not hold: {}",
                       X509_verify_cert_error_string(verdict));
  }

  // Sends what the session has to say, in its order.
  Status Flush(TimePoint deadline) {
    const std::lock_guard order(write_mutex_);
    std::string bytes;
    {
      const std::lock_guard lock(session_mutex_);
      bytes.resize(BIO_ctrl_pending(leaving_));
      if (!bytes.empty()) BIO_read(leaving_, bytes.data(), static_cast<int>(bytes.size()));
    }
    return bytes.empty() ? Status() : inner_->Write(bytes, deadline);
  }

  // False at the end of the stream.
  Result<bool> Fill(TimePoint deadline, const std::stop_token& stop) {
    TRY(const std::string bytes, inner_->Read(deadline, stop));
    const std::lock_guard lock(session_mutex_);
    if (!bytes.empty()) BIO_write(arrived_, bytes.data(), static_cast<int>(bytes.size()));
    return !bytes.empty();
  }

  const Session session_;
  const std::unique_ptr<ByteStream> inner_;
  BIO* const arrived_;
  BIO* const leaving_;
  std::mutex session_mutex_;
  std::mutex write_mutex_;  // taken before the other one
};

}  // namespace

Result<std::unique_ptr<ByteStream>> StartTls(std::unique_ptr<ByteStream> stream,
                                             const TlsOptions& options, TimePoint deadline,
                                             const std::stop_token& stop) {
  TRY(Session session, MakeSession(options));
  auto secured = std::make_unique<TlsStream>(std::move(session), std::move(stream));
  TRY_DO(secured->Connect(deadline, stop));
  return secured;
}

}  // namespace ctestbed
