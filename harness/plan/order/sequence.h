// One lane: from an order of environments to visits that keep every demand of the runs.
#pragma once

#include <vector>

#include "plan/order/order.h"
#include "plan/order/visits.h"

namespace ctestbed {

class Sequencer {
 public:
  // Borrows both.
  Sequencer(const StepCosts& costs, const std::vector<RunGroup>& groups);

  // The runs of all groups. Without precedences groups come as `order` lists their environments.
  // With them, only runs that may begin come with their environment, which is visited again for
  // the rest: as `order` goes round, or wherever the next step is cheapest, whichever costs less.
  std::vector<OrderedVisit> Sequence(const std::vector<int>& order) const;

  // Moves visits to where their steps cost less, as pays when steps are no distances: with runs
  // that are fresh or dirty, with precedences, or by the critical path. Looks at up to
  // `attempts` places.
  void Improve(std::vector<OrderedVisit>& visits, int64_t attempts) const;

  bool KeepsPrecedences(const std::vector<OrderedVisit>& visits) const;

 private:
  std::vector<OrderedVisit> Scheduled(const std::vector<int>& order, bool nearest) const;

  const StepCosts& costs_;
  const OrderProblem& problem_;
  const std::vector<RunGroup>& groups_;
  std::vector<int> group_of_;  // by environment
  bool plain_;                 // each group is one visit
};

// Whether each of some runs is fresh, makes dirty, or is bound by a precedence, or steps are no
// distances for another reason.
bool HasDemands(const OrderProblem& problem);

}  // namespace ctestbed
