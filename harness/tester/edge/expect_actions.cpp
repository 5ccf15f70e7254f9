#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "tester/edge/waiting.h"

namespace ctestbed {
namespace {

// What hunts came to.
struct Hunted {
  Waited waited = Waited::kDone;
  std::vector<Traffic> taken;  // copies
  EdgeProblem problem;         // unless kDone
};

MaybeProblem SaveEach(const EdgeRun& run, const std::vector<const Document*>& patterns,
                      const std::vector<Traffic>& taken) {
  EdgeProblem problem;
  for (size_t i = 0; i < taken.size(); ++i) {
    for (Failure& failure : SaveAll(run, patterns[i], taken[i])) {
      problem.failures.push_back(std::move(failure));
    }
  }
  return problem.failures.empty() ? std::nullopt : MaybeProblem(std::move(problem));
}

std::vector<const Document*> Patterns(const EdgeRun& run) {
  std::vector<const Document*> patterns;
  for (const Document& item : run.step.argument.items) patterns.push_back(&item);
  return patterns;
}

// Waits for `complete`, which says whether all is there; then `take` marks it as read, or `blame`
// says what is not.
Hunted HuntAll(const EdgeRun& run, Duration within, const std::function<bool(Inbox&)>& complete,
               const std::function<std::vector<size_t>()>& take,
               const std::function<std::vector<Failure>(Inbox&)>& blame) {
  Hunted hunted;
  hunted.waited = run.client.WaitUntil(run.Deadline(within), run.context.stop, complete);
  run.client.Look([&](Inbox& inbox) {
    if (hunted.waited != Waited::kDone) {
      hunted.problem = {blame(inbox), OutcomeOf(hunted.waited, within, inbox)};
      BlameTheEnd(hunted.waited, inbox, hunted.problem.failures);
      return;
    }
    for (const size_t index : take()) {
      inbox.traffic[index].unread = false;
      hunted.taken.push_back(inbox.traffic[index]);
    }
  });
  return hunted;
}

MaybeProblem Conclude(const EdgeRun& run, Hunted hunted,
                      const std::vector<const Document*>& patterns) {
  if (hunted.waited != Waited::kDone) return std::move(hunted.problem);
  return SaveEach(run, patterns, hunted.taken);
}

// Finds for each pattern a message of its own, whichever takes which: an augmenting path for each
// (Kuhn), so that a pattern that fits much leaves to others what only they fit.
class Assignment {
 public:
  explicit Assignment(std::vector<Hunt>& hunts) : hunts_(hunts), fits_(hunts.size()) {}

  bool Look(Inbox& inbox) {
    for (; next_ < inbox.traffic.size(); ++next_) {
      if (!inbox.traffic[next_].IsUnreadMessage()) continue;
      for (size_t i = 0; i < hunts_.size(); ++i) {
        if (next_ >= hunts_[i].next() && hunts_[i].Fits(inbox.traffic[next_], next_)) {
          fits_[i].push_back(next_);
        }
      }
    }
    for (size_t i = 0; i < hunts_.size(); ++i) {
      if (IndexOf(i)) continue;
      std::set<size_t> tried;
      if (!Assign(i, tried)) return false;
    }
    return true;
  }

  // Of the pattern's message.
  std::optional<size_t> IndexOf(size_t pattern) const {
    for (const auto& [index, owner] : owners_) {
      if (owner == pattern) return index;
    }
    return std::nullopt;
  }

  std::vector<size_t> All() const {
    std::vector<size_t> all;
    for (size_t i = 0; i < hunts_.size(); ++i) all.push_back(IndexOf(i).value());
    return all;
  }

 private:
  bool Assign(size_t pattern, std::set<size_t>& tried) {
    for (const size_t index : fits_[pattern]) {
      if (!tried.insert(index).second) continue;
      const auto owner = owners_.find(index);
      if (owner != owners_.end() && !Assign(owner->second, tried)) continue;
      owners_[index] = pattern;
      return true;
    }
    return false;
  }

  std::vector<Hunt>& hunts_;
  std::vector<std::vector<size_t>> fits_;
  std::map<size_t, size_t> owners_;  // message to pattern
  size_t next_ = 0;
};

std::vector<Hunt> HuntsFor(const EdgeRun& run, const std::vector<const Document*>& patterns) {
  std::vector<Hunt> hunts;
  for (const Document* pattern : patterns) hunts.emplace_back(run, pattern);
  return hunts;
}

}  // namespace

MaybeProblem RunExpect(const EdgeRun& run) {
  const Document& pattern = run.step.argument;
  if (MaybeProblem problem = CheckDefined(run, &pattern)) return problem;
  Hunt hunt(run, &pattern);
  return Conclude(run,
                  HuntAll(
                      run, run.Within(&pattern), [&](Inbox& inbox) { return hunt.Look(inbox); },
                      [&] { return std::vector<size_t>{hunt.found().value()}; },
                      [&](Inbox& inbox) { return hunt.Failures(inbox); }),
                  {&pattern});
}

MaybeProblem RunNext(const EdgeRun& run) {
  const Document& pattern = run.step.argument;
  if (MaybeProblem problem = CheckDefined(run, &pattern)) return problem;
  Hunt any(run, nullptr);
  Hunted hunted = HuntAll(
      run, run.Within(&pattern), [&](Inbox& inbox) { return any.Look(inbox); },
      [&] { return std::vector<size_t>{any.found().value()}; },
      [&](Inbox& inbox) { return any.Failures(inbox); });
  if (hunted.waited != Waited::kDone) return std::move(hunted.problem);
  EdgeProblem problem;
  for (Failure& failure :
       MatchPattern(pattern, hunted.taken[0], run.step.settings->codec, run.variables())) {
    failure.remark = fmt::format("next message #{}: {}", hunted.taken[0].number, Headline(failure));
    failure.subject.clear();
    problem.failures.push_back(std::move(failure));
  }
  if (!problem.failures.empty()) return problem;
  return SaveEach(run, {&pattern}, hunted.taken);
}

MaybeProblem RunExpectSeq(const EdgeRun& run) {
  if (MaybeProblem problem = CheckDefined(run, &run.step.argument)) return problem;
  const std::vector<const Document*> patterns = Patterns(run);
  std::vector<Hunt> hunts = HuntsFor(run, patterns);
  size_t at = 0;
  const auto complete = [&](Inbox& inbox) {
    while (at < hunts.size() && hunts[at].Look(inbox)) {
      const size_t after = hunts[at].next();
      if (++at < hunts.size()) hunts[at].StartAt(after);
    }
    return at == hunts.size();
  };
  const auto take = [&] {
    std::vector<size_t> all;
    for (const Hunt& hunt : hunts) all.push_back(hunt.found().value());
    return all;
  };
  return Conclude(run,
                  HuntAll(run, run.Within(), complete, take,
                          [&](Inbox& inbox) { return hunts[at].Failures(inbox); }),
                  patterns);
}

MaybeProblem RunExpectAll(const EdgeRun& run) {
  if (MaybeProblem problem = CheckDefined(run, &run.step.argument)) return problem;
  const std::vector<const Document*> patterns = Patterns(run);
  std::vector<Hunt> hunts = HuntsFor(run, patterns);
  Assignment assignment(hunts);
  const auto blame = [&](Inbox& inbox) {
    std::vector<Failure> failures;
    for (size_t i = 0; i < hunts.size(); ++i) {
      if (assignment.IndexOf(i)) continue;
      for (Failure& failure : hunts[i].Failures(inbox)) failures.push_back(std::move(failure));
    }
    return failures;
  };
  return Conclude(run,
                  HuntAll(
                      run, run.Within(), [&](Inbox& inbox) { return assignment.Look(inbox); },
                      [&] { return assignment.All(); }, blame),
                  patterns);
}

}  // namespace ctestbed
