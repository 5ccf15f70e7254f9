// Sends a request and follows redirects, hop by hop, with the cookies of a case.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/http_client.h"
#include "tester/steps/cookie_jar.h"

namespace ctestbed {

// How long the parts of an exchange took; what was not done takes nothing.
struct Phases {
  Duration dns{0};
  Duration connect{0};
  Duration tls{0};
  Duration first_byte{0};  // from the request to the first byte of the answer
  Duration body{0};        // from there to the last one

  Duration Total() const { return dns + connect + tls + first_byte + body; }
};

Phases PhasesOf(const HttpResponse& response);

// A redirect that was followed.
struct Hop {
  int status = 0;
  std::string to;  // the URL that it led to
};

// What came in the end.
struct Answer {
  HttpResponse response;
  Phases phases;  // of all hops together
  std::vector<Hop> hops;
  std::vector<SetCookie> cookies;  // of all hops, in order
  std::string url;                 // that answered
};

// Sends `request` with the cookies of `jar`, which takes those of each answer. At most `redirects`
// are followed (RFC 9110 section 15.4: 303 becomes GET, 301 and 302 turn POST into GET; credentials
// do not leave the host); one more is kInternal. `request` is left as it was sent last.
Result<Answer> SendFollowing(HttpClient& client, HttpRequest& request, int redirects,
                             CookieJar& jar, TimePoint deadline, const std::stop_token& stop);

}  // namespace ctestbed
