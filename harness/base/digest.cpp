// The functions of OpenSSL 1: those that replace them set up all of the library first, which takes
// longer than all that most commands do.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>

namespace ctestbed {

std::string Sha256(std::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, content.data(), content.size());
  SHA256_Final(digest.data(), &context);
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string Sha1Bytes(std::string_view content) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, content.data(), content.size());
  SHA1_Final(digest.data(), &context);
  return {digest.begin(), digest.end()};
}

}  // namespace ctestbed
