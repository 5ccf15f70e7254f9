#include "io/url.h"

#include <fmt/format.h>

#include <ctime>
#include <memory>

#include "base/text.h"
#include "io/libcurl.h"

namespace ctestbed {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string Part(const Url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Result<Url> Parsed(const std::string& text) {
  Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), unsigned{CURLU_PATH_AS_IS}) !=
      CURLUE_OK) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is no URL", Quote(text)));
  }
  return url;
}

}  // namespace

Result<UrlParts> PartsOfUrl(const std::string& url) {
  TRY(const Url parsed, Parsed(url));
  const std::string query = Part(parsed, CURLUPART_QUERY);
  return UrlParts{Part(parsed, CURLUPART_SCHEME), Part(parsed, CURLUPART_HOST),
                  Part(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT), Part(parsed, CURLUPART_PATH),
                  query.empty() ? "" : "?" + query};
}

Result<std::string> WithoutUser(const std::string& url) {
  TRY(const Url parsed, Parsed(url));
  curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0U);
  curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0U);
  return Part(parsed, CURLUPART_URL);
}

Result<std::string> ResolveUrl(const std::string& base, const std::string& reference) {
  TRY(const Url url, Parsed(base));
  if (curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0U) != CURLUE_OK) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} is no URL", Quote(reference)));
  }
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0U);
  return Part(url, CURLUPART_URL);
}

std::optional<std::chrono::seconds> UntilHttpDate(const std::string& text) {
  const std::time_t then = curl_getdate(text.c_str(), nullptr);
  if (then == -1) return std::nullopt;
  return std::chrono::seconds(then - std::time(nullptr));
}

}  // namespace ctestbed
