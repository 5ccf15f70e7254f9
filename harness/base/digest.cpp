#include "base/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace ctestbed {
namespace {

// Of a library context of our own, which does not read OpenSSL's configuration file: that would
// take longer than all that most commands do.
EVP_MD* Fetch(const char* algorithm) {
  static OSSL_LIB_CTX* const context = OSSL_LIB_CTX_new();
  return EVP_MD_fetch(context, algorithm, nullptr);
}

std::string Digest(std::string_view content, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), bytes.data(), &size, algorithm, nullptr);
  return {bytes.begin(), bytes.begin() + size};
}

}  // namespace

std::string Sha256(std::string_view content) {
  static const EVP_MD* const algorithm = Fetch("SHA256");
  std::string text;
  for (const char byte : Digest(content, algorithm)) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string Sha1Bytes(std::string_view content) {
  static const EVP_MD* const algorithm = Fetch("SHA1");
  return Digest(content, algorithm);
}

}  // namespace ctestbed
