// Event streams for the tests of reports, written as a story.
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

// Every event comes 100 ms after the one before it.
class Stream {
 public:
  std::vector<Event> events;

  // The event just added, for what the calls below do not set.
  Event& last() { return events.back(); }

  Stream& Begin(std::vector<Run> planned) {
    Add(EventKind::kSessionStarted).session = "s1";
    last().out = "/out";
    last().backend = "process";
    for (const Run& run : planned) AddRun(EventKind::kRunPlanned, run);
    return *this;
  }
  Stream& End(std::string reason = {}) {
    Add(EventKind::kSessionFinished).message = std::move(reason);
    return *this;
  }

  Stream& Deploying(const Run& run) {
    AddEnvironment(EventKind::kEnvironmentDeploying, run);
    last().changes = {{"main", ChangeAction::kStart, "not running"},
                      {"redis", ChangeAction::kStart, "not running"}};
    last().nodes = {{"main", "web", {"accounts", "orders"}, 1, "", {"main"}, {"http"}, {"redis"}},
                    {"redis", "redis", {}, 1, "redis:7", {}, {"redis"}, {}}};
    return *this;
  }
  Stream& NodeReady(std::string node, std::string port, std::string address) {
    Add(EventKind::kNodeStarting).environment = "e1";
    last().node = node;
    last().log = "logs/" + node + ".1";
    last().endpoints = {{std::move(port), std::move(address)}};
    Add(EventKind::kNodeReady).environment = "e1";
    last().node = std::move(node);
    last().duration = Duration(40);
    return *this;
  }
  Stream& Ready(const Run& run) { return AddEnvironment(EventKind::kEnvironmentReady, run); }
  Stream& DeployFailed(const Run& run, std::string node, std::string message,
                       std::string detail = {}) {
    AddEnvironment(EventKind::kEnvironmentFailed, run);
    last().node = std::move(node);
    last().message = std::move(message);
    last().detail = std::move(detail);
    return *this;
  }
  Stream& NodeFailed(std::string node, std::string message) {
    Add(EventKind::kNodeFailed).environment = "e1";
    last().node = std::move(node);
    last().message = std::move(message);
    return *this;
  }
  Stream& Removed(std::string left = {}) {
    Add(EventKind::kEnvironmentRemoving).environment = "e1";
    Add(EventKind::kEnvironmentRemoved).environment = "e1";
    last().message = std::move(left);
    last().duration = Duration(20);
    return *this;
  }

  Stream& Started(const Run& run, int attempt = 1) {
    AddRun(EventKind::kRunStarted, run);
    last().environment = "e1";
    last().attempt = attempt;
    return *this;
  }
  Stream& Case(const Run& run, std::string name, Verdict verdict = Verdict::kPassed,
               std::string message = {}, std::string detail = {}, int attempt = 1) {
    Add(EventKind::kCaseFinished).run = RunName(run);
    last().name = std::move(name);
    last().verdict = verdict;
    last().message = std::move(message);
    last().detail = std::move(detail);
    last().attempt = attempt;
    last().mark = {"suites/" + run.suite + ".yaml", 12, 5, 1};
    last().duration = Duration(12);
    return *this;
  }
  // Of the case just told.
  Stream& Logged(std::string node, std::string text) {
    last().logs.push_back(
        {node, "stderr", "logs/" + node + ".1/stderr.log", 120, text.size(), std::move(text)});
    return *this;
  }
  Stream& Finished(const Run& run, Verdict verdict = Verdict::kPassed, std::string message = {},
                   int attempt = 1) {
    AddRun(EventKind::kRunFinished, run);
    last().verdict = verdict;
    last().message = std::move(message);
    last().attempt = attempt;
    last().duration = Duration(310);
    return *this;
  }

 private:
  Event& Add(EventKind kind) {
    Event& event = events.emplace_back();
    event.kind = kind;
    event.seq = events.size();
    event.at = "2026-01-01T00:00:00.000Z";
    event.mono_s = static_cast<double>(events.size()) / 10;
    return event;
  }
  void AddRun(EventKind kind, const Run& run) {
    Event& event = Add(kind);
    event.run = RunName(run);
    event.suite = run.suite;
    event.preset = run.preset;
    event.cell = run.cell;
  }
  Stream& AddEnvironment(EventKind kind, const Run& run) {
    Event& event = Add(kind);
    event.environment = "e1";
    event.preset = run.preset;
    event.cell = run.cell;
    event.duration = Duration(210);
    return *this;
  }
};

inline const Run kAccounts{"accounts", "monolith", {{"store", "redis"}}};
inline const Run kOrders{"orders", "monolith", {{"store", "redis"}}};

}  // namespace ctestbed
