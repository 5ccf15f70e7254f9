#include "tester/requests/exchange_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/duration.h"
#include "base/text.h"
#include "io/url.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"

namespace ctestbed {
namespace {

Actual TimeOf(Duration duration) {
  return {ValueKind::kTime, Json(duration.count()), {}};
}

Actual Missing(std::string why) {
  return {ValueKind::kText, {}, std::move(why)};
}

std::string NamesOf(const std::vector<SetCookie>& cookies) {
  std::vector<std::string> names;
  for (const SetCookie& cookie : cookies) {
    if (std::find(names.begin(), names.end(), cookie.name) == names.end()) {
      names.push_back(cookie.name);
    }
  }
  return names.empty() ? "there are none" : "cookies are " + Join(names, ", ");
}

// The last one of that name.
const SetCookie* Find(const std::vector<SetCookie>& cookies, std::string_view name) {
  const auto found = std::find_if(cookies.rbegin(), cookies.rend(),
                                  [&](const SetCookie& cookie) { return cookie.name == name; });
  return found == cookies.rend() ? nullptr : &*found;
}

// `key` as suites write it: "max_age", "http_only".
Actual CookieValue(const SetCookie& cookie, std::string_view key) {
  if (key == "value") return Actual::Text(cookie.value);
  std::string name(key);
  if (key == "max_age") name = "max-age";
  if (key == "http_only") name = "httponly";
  if (key == "same_site") name = "samesite";
  const auto found = cookie.attributes.find(name);
  const bool is_there = found != cookie.attributes.end();
  if (key == "secure" || key == "http_only") return {ValueKind::kJson, Json(is_there), {}};
  return is_there ? Actual::Text(found->second) : Missing("is not there");
}

Actual TlsValue(const TlsPeer& peer, std::string_view key) {
  if (key == "version") return Actual::Text(peer.version);
  if (key == "subject") return Actual::Text(peer.subject);
  if (key == "issuer") return Actual::Text(peer.issuer);
  if (key == "names") return {ValueKind::kJson, Json(peer.names), {}};
  return {ValueKind::kJson, Json(peer.days_left), {}};
}

Duration PhaseOf(const Phases& phases, std::string_view name) {
  if (name == "dns") return phases.dns;
  if (name == "connect") return phases.connect;
  if (name == "tls") return phases.tls;
  if (name == "first_byte") return phases.first_byte;
  return phases.body;
}

// Where `to` leads as seen from `from`: its path, or all of it if to another server.
std::string Destination(const std::string& from, const std::string& to) {
  const Result<UrlParts> here = PartsOfUrl(from);
  const Result<UrlParts> there = PartsOfUrl(to);
  if (!here || !there) return to;
  const bool same_server =
      here->scheme == there->scheme && here->host == there->host && here->port == there->port;
  return same_server ? there->path + there->query : to;
}

std::string HopText(const Answer& answer) {
  std::vector<std::string> hops;
  for (const Hop& hop : answer.hops) {
    hops.push_back(fmt::format("{} to {}", hop.status, Destination(answer.url, hop.to)));
  }
  return hops.empty() ? "there were none" : "hops were " + Join(hops, ", ");
}

// By the nearest rank.
Duration Percentile(const std::vector<Duration>& sorted, std::string_view name) {
  double share = name == "min" ? 0 : 1;
  if (name.front() == 'p') share = (name[1] - '0') / 10.0 + (name[2] - '0') / 100.0;
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

// What `key` names in an answer, as text to compare and to show.
OrFailure<std::string> ComparedValue(const Located<std::string>& key, const Answer& answer,
                                     const Variables& variables) {
  if (key.value == "status") return std::to_string(answer.response.status);
  if (key.value == "body") return answer.response.body;
  const Result<Json> body = ParseJson(answer.response.body);
  if (!body) return tl::unexpected(Failure{key.mark, "a body is " + body.error().message, {}});
  const OrFailure<Actual> found = FindPath(key, *body, variables);
  if (!found) return tl::unexpected(found.error());
  if (!found->value || !found->absence.empty()) {
    return tl::unexpected(Failure{key.mark, found->absence, {}});
  }
  return DumpJson(*found->value);
}

std::vector<Failure> MatchSame(const Document::Entry& entry, const std::vector<Answer>& answers,
                               const Variables& variables) {
  std::vector<std::pair<std::string, int>> counts;  // in order of appearance
  for (const Answer& answer : answers) {
    const OrFailure<std::string> value = ComparedValue(entry.key, answer, variables);
    if (!value) return {value.error()};
    const auto known = std::find_if(counts.begin(), counts.end(),
                                    [&](const auto& count) { return count.first == *value; });
    if (known == counts.end()) {
      counts.emplace_back(*value, 1);
    } else {
      ++known->second;
    }
  }
  if (counts.size() == 1) return {};
  std::vector<std::string> shown;
  for (const auto& [value, count] : counts) {
    const std::string text = OneLine(Shortened(variables.Mask(value), 60));
    if (shown.size() < 5) shown.push_back(fmt::format("{} x {}", count, text));
  }
  return {{entry.value.mark,
           fmt::format("is not the same in {} answers: {}", answers.size(), Join(shown, ", ")),
           {}}};
}

}  // namespace

std::string PhaseText(const Phases& phases) {
  std::vector<std::string> parts;
  for (const std::string_view name : kPhaseNames) {
    const std::string shown = name == "first_byte" ? "first byte" : std::string(name);
    parts.push_back(fmt::format("{} {}", shown, PhaseOf(phases, name).count()));
  }
  return Join(parts, ", ") + " ms";
}

std::vector<Failure> MatchStatus(const Document& wanted, int status, const Variables& variables) {
  if (wanted.IsMap()) return Match(wanted, {ValueKind::kJson, Json(status), {}}, variables);
  const OrFailure<Document> expanded = ExpandDocument(wanted, variables);
  if (!expanded) return {expanded.error()};
  std::vector<std::string> patterns;
  if (expanded->IsScalar()) patterns.push_back(expanded->text);
  for (const Document& item : expanded->items) patterns.push_back(item.text);
  for (const std::string& pattern : patterns) {
    if (StatusFits(pattern, status)) return {};
  }
  return {{wanted.mark, fmt::format("is {}, wanted {}", status, Join(patterns, " or ")), {}}};
}

void CheckCookies(const HttpExpect& expect, const Answer& answer, const Variables& variables,
                  Findings& findings) {
  for (const auto& [name, wanted] : expect.cookies) {
    const std::string subject = "cookie " + name.value;
    const SetCookie* cookie = Find(answer.cookies, name.value);
    const Actual missing =
        Missing(fmt::format("no cookie {} is set; {}", Quote(name.value), NamesOf(answer.cookies)));
    if (!wanted.IsMap()) {
      findings.Add(
          Match(wanted, cookie == nullptr ? missing : Actual::Text(cookie->value), variables),
          subject);
      continue;
    }
    if (cookie == nullptr) {
      findings.Add({{name.mark, missing.absence, {}}}, subject);
      continue;
    }
    for (const auto& [key, matcher] : wanted.entries) {
      findings.Add(Match(matcher, CookieValue(*cookie, key.value), variables),
                   fmt::format("{}: {}", subject, key.value));
    }
  }
}

void CheckHops(const HttpExpect& expect, const Answer& answer, const Variables& variables,
               Findings& findings) {
  if (!expect.hops) return;
  const auto& wanted = expect.hops->items;
  if (wanted.size() != answer.hops.size()) {
    return findings.Add(
        {{expect.hops->mark,
          fmt::format("are {}, wanted {}; {}", answer.hops.size(), wanted.size(), HopText(answer)),
          {}}},
        "hops");
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Hop& hop = answer.hops[i];
    const std::string subject = fmt::format("hop {}", i + 1);
    if (const Document* status = wanted[i].Find("status")) {
      findings.Add(MatchStatus(*status, hop.status, variables), subject + " status");
    }
    if (const Document* to = wanted[i].Find("to")) {
      findings.Add(Match(*to, Actual::Text(Destination(answer.url, hop.to)), variables),
                   subject + " to");
    }
  }
}

void CheckTls(const HttpExpect& expect, const Answer& answer, const Variables& variables,
              Findings& findings) {
  for (const auto& [key, matcher] : expect.tls) {
    const Actual actual = answer.response.peer ? TlsValue(*answer.response.peer, key.value)
                                               : Missing("the connection is not secured");
    findings.Add(Match(matcher, actual, variables), "tls " + key.value);
  }
}

void CheckTimes(const HttpExpect& expect, const Answer& answer, const Variables& variables,
                Findings& findings) {
  const auto check = [&](const Document& matcher, Duration time, std::string_view subject) {
    std::vector<Failure> failures = Match(matcher, TimeOf(time), variables);
    for (Failure& failure : failures) failure.remark += ": " + PhaseText(answer.phases);
    findings.Add(std::move(failures), subject);
  };
  if (expect.time) check(*expect.time, answer.phases.Total(), "time");
  for (const auto& [name, matcher] : expect.phases) {
    check(matcher, PhaseOf(answer.phases, name.value), "time of " + name.value);
  }
}

void CheckAcross(const HttpExpect& expect, const std::vector<Answer>& answers,
                 const Variables& variables, Findings& findings) {
  for (const Document::Entry& entry : expect.across) {
    findings.Add(MatchSame(entry, answers, variables), entry.key.value);
  }
  std::vector<Duration> times;
  for (const Answer& answer : answers) times.push_back(answer.phases.Total());
  std::sort(times.begin(), times.end());
  for (const auto& [name, matcher] : expect.across_times) {
    findings.Add(Match(matcher, TimeOf(Percentile(times, name.value)), variables),
                 "time " + name.value);
  }
}

}  // namespace ctestbed
