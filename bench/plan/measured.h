// One instance ordered, checked and timed.
#pragma once

#include <string>
#include <vector>

#include "plan/instances.h"
#include "plan/order/order.h"

namespace ctestbed {

struct Measured {
  std::string label;  // "G4 D=100 seed 3"
  OrderedPlan plan;
  double seconds = 0;
  std::string violation;

  // Cost above the known optimum or else the bound, in percent; of the changes.
  double gap = 0;
};

double SecondsNow();
// Of the processor: what a machine that does nothing else would take, since all is one thread.
double CpuSeconds();
// The peak of the program so far.
double PeakMegabytes();
Measured Measure(const Instance& instance, uint64_t seed, const OrderOptions& options);

// Of some numbers, and which one is the worst.
struct Spread {
  std::vector<double> values;
  std::string worst;

  void Add(double value, const std::string& label);
  double Mean() const;
  double Largest() const;
  double Quantile(double share) const;
};

}  // namespace ctestbed
