#include "base/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace ctestbed {

std::string Sha256(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), bytes.data(), &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes.at(i));
  return text;
}

std::string Sha1Bytes(std::string_view content) {
  std::array<char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), reinterpret_cast<unsigned char*>(bytes.data()), &size,
             EVP_sha1(), nullptr);
  return {bytes.data(), size};
}

}  // namespace ctestbed
