#include "history/observations.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace ctestbed {
namespace {

bool IsAborted(const std::vector<Event>& events) {
  return events.empty() || events.back().kind != EventKind::kSessionFinished ||
         !events.back().message.empty();
}

class ObservationFold {
 public:
  ObservationFold(std::string project, bool aborted)
      : project_(std::move(project)), aborted_(aborted) {}

  void Add(const Event& event) {
    switch (event.kind) {
      case EventKind::kSessionStarted:
        session_ = event.session;
        backend_ = event.backend;
        return;
      case EventKind::kEnvironmentDeploying:
        environments_[event.environment].preset = event.preset;
        return;
      case EventKind::kNodeStarting:
        environments_[event.environment].starting[event.node] = event.mono_s;
        return;
      case EventKind::kNodeReady:
        Ready(event);
        return;
      case EventKind::kNodeReset:
        Keep(event, Measure::kReset, environments_[event.environment].preset, event.node,
             event.digest, event.duration);
        return;
      case EventKind::kNodeFailed:
        Failed(event);
        return;
      case EventKind::kEnvironmentRemoving:
        environments_[event.environment].removing = true;
        return;
      case EventKind::kNodeStopped:
        Stopped(event);
        return;
      case EventKind::kRunFinished:
        Finished(event);
        return;
      default:
        return;
    }
  }

  std::vector<Sample> samples;

 private:
  struct Environment {
    std::string preset;
    std::map<std::string, double> starting;  // node -> mono_s
    std::set<std::string> ready;
    bool removing = false;
  };

  void Ready(const Event& event) {
    Environment& environment = environments_[event.environment];
    environment.ready.insert(event.node);
    // None of the node itself, but of a further replica: that is no start of all of it.
    const auto start = environment.starting.extract(event.node);
    if (start.empty()) return;
    Keep(event, Measure::kStart, environment.preset, event.node, event.digest,
         Duration(std::llround((event.mono_s - start.mapped()) * 1000)));
  }

  // The event names a replica: "main", "main.2".
  void Failed(const Event& event) {
    Environment& environment = environments_[event.environment];
    std::erase_if(environment.ready, [&](const std::string& node) {
      return event.node == node || event.node.starts_with(node + ".");
    });
  }

  void Stopped(const Event& event) {
    Environment& environment = environments_[event.environment];
    const bool was_ready = environment.ready.erase(event.node) > 0;
    if (!was_ready || (aborted_ && environment.removing)) return;
    Keep(event, Measure::kStop, environment.preset, event.node, event.digest, event.duration);
  }

  void Finished(const Event& event) {
    if (event.verdict == Verdict::kBlocked) return;
    if (aborted_ && event.verdict == Verdict::kError) return;
    Keep(event, Measure::kRun, event.preset, event.suite, event.run, event.duration);
  }

  void Keep(const Event& event, Measure measure, const std::string& preset, const std::string& name,
            const std::string& variant, Duration duration) {
    if (variant.empty()) return;  // events of a ctestbed that did not tell digests yet
    samples.push_back({{project_, backend_, measure, preset, name, variant},
                       event.at,
                       session_,
                       event.seq,
                       std::max(duration, Duration::zero()),
                       event.verdict});
  }

  std::string project_;
  bool aborted_;
  std::string session_;
  std::string backend_;
  std::map<std::string, Environment> environments_;
};

}  // namespace

std::vector<Sample> ObservationsIn(const std::vector<Event>& events, const std::string& project) {
  ObservationFold fold(project, IsAborted(events));
  for (const Event& event : events) fold.Add(event);
  return std::move(fold.samples);
}

}  // namespace ctestbed
