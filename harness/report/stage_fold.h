// The part of FoldResults (report/results.h) that is about environments.
#pragma once

#include <string>
#include <vector>

#include "report/results.h"

namespace ctestbed {

class StageFold {
 public:
  void Add(const Event& event);  // of any kind

  // Those that came to an end.
  const std::vector<EnvironmentStage>& finished() const { return finished_; }
  // The same and those that the end of the stream cut off.
  std::vector<EnvironmentStage> All() const;

 private:
  enum class Phase { kDown, kDeploying, kReady, kBroken };
  struct Environment {
    std::string id;
    std::string preset;
    Cell cell;
    Phase phase = Phase::kDown;
  };

  Environment& Known(const Event& event);
  void AddDeploying(const Event& event);
  void AddReady(const Event& event);
  void AddFailure(const Event& event);
  void AddStage(EnvironmentStage::Kind kind, bool ok, const Environment& environment,
                const Event& event);

  std::vector<Environment> environments_;
  std::vector<EnvironmentStage> finished_;
};

}  // namespace ctestbed
