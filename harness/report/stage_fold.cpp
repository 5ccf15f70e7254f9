#include "report/stage_fold.h"

#include <algorithm>

namespace ctestbed {

void StageFold::Add(const Event& event) {
  switch (event.kind) {
    case EventKind::kEnvironmentDeploying:
      AddDeploying(event);
      return;
    case EventKind::kEnvironmentReady:
      AddReady(event);
      return;
    case EventKind::kEnvironmentFailed:
    case EventKind::kNodeFailed:
      AddFailure(event);
      return;
    case EventKind::kEnvironmentRemoved:
      AddStage(EnvironmentStage::Kind::kTeardown, event.message.empty(), Known(event), event);
      Known(event).phase = Phase::kDown;
      return;
    default:
      return;
  }
}

std::vector<EnvironmentStage> StageFold::All() const {
  std::vector<EnvironmentStage> all = finished_;
  for (const Environment& environment : environments_) {
    if (environment.phase != Phase::kDeploying) continue;
    EnvironmentStage& stage = all.emplace_back();
    stage.environment = environment.id;
    stage.preset = environment.preset;
    stage.cell = environment.cell;
    stage.message = "was interrupted";
  }
  return all;
}

StageFold::Environment& StageFold::Known(const Event& event) {
  const auto known = std::find_if(
      environments_.begin(), environments_.end(),
      [&](const Environment& environment) { return environment.id == event.environment; });
  if (known != environments_.end()) return *known;
  return environments_.emplace_back(
      Environment{event.environment, event.preset, event.cell, Phase::kDown});
}

void StageFold::AddDeploying(const Event& event) {
  Known(event) = {event.environment, event.preset, event.cell, Phase::kDeploying};
}

void StageFold::AddReady(const Event& event) {
  Environment& environment = Known(event);
  environment.phase = Phase::kReady;
  for (EnvironmentStage& earlier : finished_) {
    const bool same = earlier.environment == environment.id &&
                      earlier.preset == environment.preset && earlier.cell == environment.cell;
    if (same && earlier.kind == EnvironmentStage::Kind::kDeploy) earlier.recovered = !earlier.ok;
  }
  AddStage(EnvironmentStage::Kind::kDeploy, true, environment, event);
}

// What a node says while its environment deploys, the event that ends the deploy says again; what
// breaks a ready environment is told once, by the node or by the environment.
void StageFold::AddFailure(const Event& event) {
  Environment& environment = Known(event);
  if (environment.phase == Phase::kReady) {
    AddStage(EnvironmentStage::Kind::kServe, false, environment, event);
    environment.phase = Phase::kBroken;
  } else if (event.kind == EventKind::kEnvironmentFailed && environment.phase != Phase::kBroken) {
    AddStage(EnvironmentStage::Kind::kDeploy, false, environment, event);
    environment.phase = Phase::kDown;
  }
}

void StageFold::AddStage(EnvironmentStage::Kind kind, bool ok, const Environment& environment,
                         const Event& event) {
  EnvironmentStage& stage = finished_.emplace_back();
  stage.kind = kind;
  stage.environment = environment.id;
  stage.preset = environment.preset;
  stage.cell = environment.cell;
  stage.ok = ok;
  stage.duration = event.duration;
  stage.node = event.node;
  stage.message = event.message;
  stage.detail = event.detail;
}

}  // namespace ctestbed
