// Cookies as a user agent keeps them (RFC 6265), for the length of a test.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/url.h"

namespace ctestbed {

// One Set-Cookie header. Attributes are named in lower case, as "path", "max-age", "httponly".
struct SetCookie {
  std::string name;
  std::string value;
  std::map<std::string, std::string, std::less<>> attributes;

  bool operator==(const SetCookie&) const = default;
};

// Nothing when the header names no cookie (RFC 6265 section 5.2).
std::optional<SetCookie> ParseSetCookie(std::string_view header);

// A copyable value: a case starts with those that its suite's setup was given.
class CookieJar {
 public:
  // Keeps a cookie that came from `url`, or forgets the one that it ends. Ignored when it is for
  // another domain. There is no list of public suffixes.
  void Take(const SetCookie& cookie, const UrlParts& url);
  // The value of the Cookie header of a request to `url`; empty when there is none to send.
  std::string HeaderFor(const UrlParts& url) const;

 private:
  struct Kept {
    std::string name;
    std::string value;
    std::string domain;
    std::string path;
    bool host_only = true;
    bool secure = false;
  };

  std::vector<Kept> kept_;  // longest path first (RFC 6265 section 5.4)
};

}  // namespace ctestbed
