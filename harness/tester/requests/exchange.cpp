#include "tester/requests/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "io/url.h"

namespace ctestbed {
namespace {

bool IsRedirect(const HttpResponse& response) {
  constexpr std::array<int, 5> kStatuses{301, 302, 303, 307, 308};
  return std::find(kStatuses.begin(), kStatuses.end(), response.status) != kStatuses.end() &&
         response.Header("Location") != nullptr;
}

void Drop(HttpHeaders& headers, std::string_view name) {
  std::erase_if(headers, [&](const auto& header) {
    HttpResponse one;
    one.headers = {header};
    return one.Header(name) != nullptr;
  });
}

void AddCookies(HttpRequest& request, const std::string& cookies) {
  if (cookies.empty()) return;
  for (auto& [name, value] : request.headers) {
    HttpResponse one;
    one.headers = {{name, value}};
    if (one.Header("Cookie") == nullptr) continue;
    value += "; " + cookies;
    return;
  }
  request.headers.emplace_back("Cookie", cookies);
}

void TakeCookies(const HttpResponse& response, const UrlParts& url, Answer& answer,
                 CookieJar& jar) {
  for (const auto& header : response.headers) {
    HttpResponse one;
    one.headers = {header};
    if (one.Header("Set-Cookie") == nullptr) continue;
    const std::optional<SetCookie> cookie = ParseSetCookie(header.second);
    if (!cookie) continue;
    jar.Take(*cookie, url);
    answer.cookies.push_back(*cookie);
  }
}

// The request that follows a redirect from `from` to `to`.
void Redirect(int status, const UrlParts& from, const UrlParts& to, HttpRequest& request) {
  const bool turns = (status == 301 || status == 302) && request.method == "POST";
  if (turns || (status == 303 && request.method != "HEAD")) {
    request.method = "GET";
    request.body.clear();
    Drop(request.headers, "Content-Type");
  }
  const bool same_place = from.scheme == to.scheme && from.host == to.host && from.port == to.port;
  if (!same_place) Drop(request.headers, "Authorization");
}

void Add(const Phases& more, Phases& phases) {
  phases.dns += more.dns;
  phases.connect += more.connect;
  phases.tls += more.tls;
  phases.first_byte += more.first_byte;
  phases.body += more.body;
}

}  // namespace

Phases PhasesOf(const HttpResponse& response) {
  Phases phases;
  Duration so_far{0};
  const auto take = [&](Duration& phase, Duration until) {
    phase = std::max(until, so_far) - so_far;
    so_far += phase;
  };
  take(phases.dns, response.dns);
  take(phases.connect, response.connect);
  take(phases.tls, response.tls);
  take(phases.first_byte, response.first_byte);
  take(phases.body, response.total);
  return phases;
}

Result<Answer> SendFollowing(HttpClient& client, HttpRequest& request, int redirects,
                             CookieJar& jar, TimePoint deadline, const std::stop_token& stop) {
  Answer answer;
  HttpHeaders plain = request.headers;  // without the cookies of the jar
  for (;;) {
    TRY(const UrlParts url, PartsOfUrl(request.url));
    request.headers = plain;
    AddCookies(request, jar.HeaderFor(url));
    TRY(HttpResponse response, client.Send(request, deadline, stop));
    TakeCookies(response, url, answer, jar);
    Add(PhasesOf(response), answer.phases);
    answer.response = std::move(response);
    answer.url = request.url;
    if (redirects == 0 || !IsRedirect(answer.response)) return answer;
    if (static_cast<int>(answer.hops.size()) == redirects) {
      return Fail(ErrorKind::kInternal, fmt::format("more than {} redirect{}, the next one to {}",
                                                    redirects, redirects == 1 ? "" : "s",
                                                    Quote(*answer.response.Header("Location"))));
    }
    TRY(std::string next, ResolveUrl(request.url, *answer.response.Header("Location")));
    TRY(const UrlParts to, PartsOfUrl(next));
    answer.hops.push_back({answer.response.status, next});
    request.headers = plain;
    Redirect(answer.response.status, url, to, request);
    plain = request.headers;
    request.url = std::move(next);
  }
}

}  // namespace ctestbed
