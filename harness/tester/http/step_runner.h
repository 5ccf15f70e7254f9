// Runs single steps of an http suite and renders what failed.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "tester/http/answer.h"
#include "tester/http/request.h"
#include "tester/http/suite.h"
#include "tester/tester.h"

namespace ctestbed {

// What became of one step: it holds when there are no failures.
struct StepOutcome {
  Findings findings;
  std::optional<HttpRequest> request;    // as sent last
  std::optional<HttpResponse> response;  // if there was one
  std::string note;                      // how `until` ended

  bool Holds() const { return findings.failures.empty(); }
};

class StepRunner {
 public:
  // All arguments must outlive it.
  StepRunner(const HttpSuite& suite, const TesterIo& io, TimePoint deadline, std::stop_token stop)
      : suite_(suite), io_(io), deadline_(deadline), stop_(std::move(stop)) {}

  // Sends the request, once or as `until` says, and sets what the step saves.
  StepOutcome Run(const HttpStep& step, Variables& variables, UndefinedHeaders undefined) const;

 private:
  StepOutcome Once(const HttpStep& step, Variables& variables, UndefinedHeaders undefined,
                   TimePoint end) const;
  StepOutcome Repeatedly(const HttpStep& step, Variables& variables,
                         UndefinedHeaders undefined) const;

  const HttpSuite& suite_;
  const TesterIo& io_;
  TimePoint deadline_;
  std::stop_token stop_;
};

// "POST /orders: status is 500, wanted 201 (+2 more)"; one line, without secrets.
std::string MessageOf(const HttpStep& step, const StepOutcome& outcome, const Variables& variables);
// Source lines with carets, the answer, values used, a command that repeats the request; without
// secrets.
std::string DetailOf(const HttpStep& step, const StepOutcome& outcome, const Variables& variables,
                     std::string_view source);

}  // namespace ctestbed
