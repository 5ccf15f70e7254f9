#include "tester/steps/cookie_jar.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace ctestbed {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

struct Pair {
  std::string name;
  std::string value;
};

Pair PairOf(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {std::string(Trim(text)), ""};
  return {std::string(Trim(text.substr(0, equals))), std::string(Trim(text.substr(equals + 1)))};
}

std::string AttributeOf(const SetCookie& cookie, std::string_view name) {
  const auto found = cookie.attributes.find(name);
  return found == cookie.attributes.end() ? "" : found->second;
}

// Max-Age goes before Expires (RFC 6265 section 5.3).
bool IsEnded(const SetCookie& cookie) {
  const std::string age = AttributeOf(cookie, "max-age");
  long seconds = 0;
  const auto read = std::from_chars(age.data(), age.data() + age.size(), seconds);
  if (!age.empty() && read.ec == std::errc()) return seconds <= 0;
  const auto until = UntilHttpDate(AttributeOf(cookie, "expires"));
  return until && until->count() <= 0;
}

// RFC 6265 section 5.1.3; addresses have no subdomains.
bool DomainFits(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  const bool is_address = host.find_first_not_of("0123456789.:[]abcdef") == std::string_view::npos;
  return !is_address && host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

// RFC 6265 section 5.1.4.
bool PathFits(std::string_view path, std::string_view of_cookie) {
  if (!path.starts_with(of_cookie)) return false;
  return path.size() == of_cookie.size() || of_cookie.ends_with('/') ||
         path[of_cookie.size()] == '/';
}

std::string DefaultPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : std::string(path.substr(0, slash));
}

}  // namespace

std::optional<SetCookie> ParseSetCookie(std::string_view header) {
  const std::vector<std::string> parts = Split(header, ';');
  const Pair pair = PairOf(parts.front());
  if (pair.name.empty() || parts.front().find('=') == std::string::npos) return std::nullopt;
  SetCookie cookie{pair.name, pair.value, {}};
  for (size_t i = 1; i < parts.size(); ++i) {
    const Pair attribute = PairOf(parts[i]);
    cookie.attributes[Lower(attribute.name)] = attribute.value;
  }
  return cookie;
}

void CookieJar::Take(const SetCookie& cookie, const UrlParts& url) {
  Kept kept{cookie.name, cookie.value, Lower(url.host), AttributeOf(cookie, "path")};
  kept.secure = cookie.attributes.contains("secure");
  std::string domain = Lower(AttributeOf(cookie, "domain"));
  if (domain.starts_with('.')) domain.erase(0, 1);
  if (!domain.empty()) {
    if (!DomainFits(kept.domain, domain)) return;
    kept.host_only = false;
    kept.domain = domain;
  }
  if (!kept.path.starts_with('/')) kept.path = DefaultPath(url.path);
  std::erase_if(kept_, [&](const Kept& old) {
    return old.name == kept.name && old.domain == kept.domain && old.path == kept.path;
  });
  if (IsEnded(cookie)) return;
  kept_.push_back(std::move(kept));
  std::stable_sort(kept_.begin(), kept_.end(),
                   [](const Kept& a, const Kept& b) { return a.path.size() > b.path.size(); });
}

std::string CookieJar::HeaderFor(const UrlParts& url) const {
  std::string header;
  const std::string host = Lower(url.host);
  for (const Kept& kept : kept_) {
    const bool domain_fits = kept.host_only ? host == kept.domain : DomainFits(host, kept.domain);
    if (!domain_fits || !PathFits(url.path, kept.path)) continue;
    if (kept.secure && url.scheme != "https") continue;
    header += (header.empty() ? "" : "; ") + kept.name + "=" + kept.value;
  }
  return header;
}

}  // namespace ctestbed
