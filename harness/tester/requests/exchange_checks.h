// Expectations on how an answer came: cookies, redirects, the connection, times, and how those of
// parallel requests compare.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "tester/expectation/variables.h"
#include "tester/requests/exchange.h"
#include "tester/requests/findings.h"
#include "tester/requests/http_step.h"

namespace ctestbed {

inline constexpr std::array<std::string_view, 5> kPhaseNames{"dns", "connect", "tls", "first_byte",
                                                             "body"};
inline constexpr std::array<std::string_view, 6> kPercentileNames{"min", "p50", "p90",
                                                                  "p95", "p99", "max"};

// "412 ms: dns 0 ms, connect 1 ms, ..." without the 412 ms.
std::string PhaseText(const Phases& phases);

void CheckCookies(const HttpExpect& expect, const Answer& answer, const Variables& variables,
                  Findings& findings);
void CheckHops(const HttpExpect& expect, const Answer& answer, const Variables& variables,
               Findings& findings);
void CheckTls(const HttpExpect& expect, const Answer& answer, const Variables& variables,
              Findings& findings);
void CheckTimes(const HttpExpect& expect, const Answer& answer, const Variables& variables,
                Findings& findings);

// `answers` are there, two at least.
void CheckAcross(const HttpExpect& expect, const std::vector<Answer>& answers,
                 const Variables& variables, Findings& findings);

// What of `status` does not hold, which is a code, a class, a list of them, or operators.
std::vector<Failure> MatchStatus(const Document& wanted, int status, const Variables& variables);

}  // namespace ctestbed
