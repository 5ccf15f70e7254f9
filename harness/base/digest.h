// Content digests: equal digest = the same content, for reuse of nodes and environments.
#pragma once

#include <string>
#include <string_view>

namespace ctestbed {

// SHA-256 (FIPS 180-4) of `content`, as 64 lower-case hexadecimal digits.
std::string Sha256(std::string_view content);
// SHA-1 (FIPS 180-4) of `content`, as 20 bytes; for protocols that prescribe it, never for trust.
std::string Sha1Bytes(std::string_view content);

}  // namespace ctestbed
