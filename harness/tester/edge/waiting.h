// What actions that wait for messages have in common.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tester/edge/actions.h"

namespace ctestbed {

// Looks for the first unread message that fits a pattern, and remembers the nearest that does not.
class Hunt {
 public:
  // `pattern` may be null: any message fits.
  Hunt(const EdgeRun& run, const Document* pattern);

  // Goes on from where the last look ended. True when there is one: `found`.
  bool Look(Inbox& inbox);
  // Whether the message at `index` fits; remembers how far it does.
  bool Fits(const Traffic& message, size_t index);

  const std::optional<size_t>& found() const { return found_; }
  size_t next() const { return next_; }
  void StartAt(size_t index) { next_ = index; }
  // Why nothing was found, at the places of the pattern.
  std::vector<Failure> Failures(Inbox& inbox) const;

 private:
  const EdgeRun& run_;
  const Document* pattern_;
  size_t next_;
  std::optional<size_t> found_;
  std::optional<size_t> nearest_;
  std::vector<Failure> nearest_failures_;
  int nearest_asserts_ = 0;
};

// Where in the traffic messages count from, by `since`.
size_t FirstThatCounts(const EdgeRun& run);

// Failures of a wait say at once that the connection ended, if that is why.
void BlameTheEnd(Waited waited, const Inbox& inbox, std::vector<Failure>& failures);

// "2 s are over; still open; 1 message unread".
std::string OutcomeOf(Waited waited, Duration within, const Inbox& inbox);

// Sets what the step and its pattern save from a message.
std::vector<Failure> SaveAll(const EdgeRun& run, const Document* pattern, const Traffic& message);

// "the pattern holds an undefined variable", before any time is spent on waiting.
MaybeProblem CheckDefined(const EdgeRun& run, const Document* pattern);

}  // namespace ctestbed
