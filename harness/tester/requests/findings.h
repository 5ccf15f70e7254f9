// What became of the expectations on one answer.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tester/expectation/failure.h"

namespace ctestbed {

struct Findings {
  std::vector<Failure> failures;
  int asserts = 0;         // made
  int asserts_failed = 0;  // one may have several failures

  // Counts one assert; `subject` is what its failures are about, where they do not say.
  void Add(std::vector<Failure> of_one, std::string_view subject = {}) {
    ++asserts;
    if (!of_one.empty()) ++asserts_failed;
    for (Failure& failure : of_one) {
      if (!subject.empty()) failure.subject = subject;
      failures.push_back(std::move(failure));
    }
  }
};

}  // namespace ctestbed
