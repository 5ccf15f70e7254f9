#include "io/tls_stream.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "testing/canned_server.h"
#include "testing/expect.h"
#include "testing/temp_dir.h"

namespace ctestbed {
namespace {

// A certificate of 127.0.0.1 that vouches for itself, and its key.
class Identity {
 public:
  Identity() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    X509_set_version(certificate_, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* address =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, address, -1);
    X509_EXTENSION_free(address);
    X509_sign(certificate_, key_, EVP_sha256());
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }

  void Write(const std::string& path) const {
    BIO* file = BIO_new_file(path.c_str(), "w");
    PEM_write_bio_X509(file, certificate_);
    BIO_free(file);
  }

  void WriteKey(const std::string& path) const {
    BIO* file = BIO_new_file(path.c_str(), "w");
    PEM_write_bio_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr);
    BIO_free(file);
  }

  // Talks TLS over `connection`, and sends back what comes until the peer is gone. `wants_peer`
  // lets nobody in but who has the same certificate.
  void Echo(CannedConnection& connection, bool wants_peer) const {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    if (wants_peer) {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate_);
    }
    SSL_CTX_use_certificate(context, certificate_);
    SSL_CTX_use_PrivateKey(context, key_);
    SSL* session = SSL_new(context);
    BIO* arrived = BIO_new(BIO_s_mem());
    BIO* leaving = BIO_new(BIO_s_mem());
    SSL_set_bio(session, arrived, leaving);
    SSL_set_accept_state(session);
    for (std::string bytes = connection.Read(); !bytes.empty(); bytes = connection.Read()) {
      BIO_write(arrived, bytes.data(), static_cast<int>(bytes.size()));
      std::string plain(65536, '\0');
      int count = 0;
      while ((count = SSL_read(session, plain.data(), static_cast<int>(plain.size()))) > 0) {
        SSL_write(session, plain.data(), count);
      }
      std::string answer(BIO_ctrl_pending(leaving), '\0');
      BIO_read(leaving, answer.data(), static_cast<int>(answer.size()));
      connection.Send(answer);
    }
    SSL_free(session);
    SSL_CTX_free(context);
  }

 private:
  EVP_PKEY* const key_;
  X509* const certificate_;
};

struct World {
  Result<std::unique_ptr<ByteStream>> Connect(const TlsOptions& options) {
    auto stream = ConnectTcp("127.0.0.1", server.Port(), Soon(), {});
    if (!stream) return stream;
    return StartTls(std::move(*stream), options, Soon(), {});
  }

  TempDir directory;
  Identity identity;
  std::string ca_file = directory / "ca.pem";
  bool wants_peer = false;
  CannedServer server{
      [this](CannedConnection& connection) { identity.Echo(connection, wants_peer); }};
};

TEST(TlsStream, CarriesBytesBothWays) {
  World world;
  world.identity.Write(world.ca_file);
  const auto stream = world.Connect({world.ca_file, {}, {}, "127.0.0.1", true});
  ASSERT_TRUE(stream) << stream.error().message;
  std::string sent(200'000, 'x');
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i % 251);
  ASSERT_TRUE((*stream)->Write(sent, Soon()));
  std::string received;
  while (received.size() < sent.size()) {
    const auto bytes = (*stream)->Read(Soon(), {});
    ASSERT_TRUE(bytes && !bytes->empty());
    received += *bytes;
  }
  EXPECT_EQ(received, sent);
}

TEST(TlsStream, TrustsOnlyWhomItIsToldTo) {
  World world;
  ExpectError(world.Connect({{}, {}, {}, "127.0.0.1", true}), ErrorKind::kUnavailable,
              "TLS: the certificate does not hold: self-signed certificate");
  EXPECT_TRUE(world.Connect({{}, {}, {}, "127.0.0.1", false}));
}

TEST(TlsStream, ShowsItsCertificate) {
  World world;
  world.wants_peer = true;
  world.identity.Write(world.ca_file);
  world.identity.WriteKey(world.directory / "key.pem");
  const auto known =
      world.Connect({world.ca_file, world.ca_file, world.directory / "key.pem", "127.0.0.1", true});
  ASSERT_TRUE(known) << known.error().message;
  ASSERT_TRUE((*known)->Write("hello", Soon()));
  EXPECT_EQ((*known)->Read(Soon(), {}).value_or(""), "hello");
  // In TLS 1.3 the server says no when the client is through already.
  const auto stranger = world.Connect({world.ca_file, {}, {}, "127.0.0.1", true});
  ASSERT_TRUE(stranger) << stranger.error().message;
  ExpectError((*stranger)->Read(Soon(), {}), ErrorKind::kUnavailable, "certificate required");
}

TEST(TlsStream, WantsTheNameOfTheHost) {
  World world;
  world.identity.Write(world.ca_file);
  ExpectError(world.Connect({world.ca_file, {}, {}, "127.0.0.2", true}), ErrorKind::kUnavailable,
              "IP address mismatch");
  ExpectError(world.Connect({world.ca_file, {}, {}, "example.org", true}), ErrorKind::kUnavailable,
              "hostname mismatch");
}

TEST(TlsStream, SaysWhichFileIsOfNoUse) {
  World world;
  ExpectError(world.Connect({"/no/such.pem", {}, {}, "127.0.0.1", true}), ErrorKind::kInvalid,
              "cannot use the CA file '/no/such.pem'");
}

TEST(TlsStream, RefusesWhatIsNoTls) {
  CannedServer server([](CannedConnection& connection) {
    connection.Read();
    connection.Send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  auto stream = ConnectTcp("127.0.0.1", server.Port(), Soon(), {});
  ExpectError(StartTls(std::move(*stream), {{}, {}, {}, "127.0.0.1", false}, Soon(), {}),
              ErrorKind::kUnavailable, "TLS: ");
}

TEST(TlsStream, EndsAtItsDeadlineAndOnStop) {
  CannedServer server([](CannedConnection& connection) { connection.Hang(); });
  auto stream = ConnectTcp("127.0.0.1", server.Port(), Soon(), {});
  ExpectError(StartTls(std::move(*stream), {{}, {}, {}, "127.0.0.1", false}, In(Duration(20)), {}),
              ErrorKind::kTimeout, "");
}

}  // namespace
}  // namespace ctestbed
