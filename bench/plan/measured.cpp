#include "plan/measured.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <numeric>

#include "plan/order/order_check.h"

namespace ctestbed {

double SecondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double CpuSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Measured Measure(const Instance& instance, uint64_t seed, const OrderOptions& options) {
  Measured measured;
  measured.label = fmt::format("{} D={} seed {}", instance.family, instance.Environments(), seed);
  const double begin = CpuSeconds();
  auto plan = Order(instance.problem, options);
  measured.seconds = CpuSeconds() - begin;
  if (!plan) {
    measured.violation = plan.error().message;
    return measured;
  }
  measured.plan = *std::move(plan);
  measured.violation = FirstViolation(instance.problem, measured.plan);
  const Duration best = instance.optimum.value_or(measured.plan.change_bound.value_or(Duration{0}));
  if (best > Duration{0}) {
    measured.gap = 100 * (Seconds(measured.plan.change) / Seconds(best) - 1);
  }
  return measured;
}

void Spread::Add(double value, const std::string& label) {
  if (values.empty() || value > Largest()) worst = label;
  values.push_back(value);
}

double Spread::Mean() const {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

double Spread::Largest() const {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

double Spread::Quantile(double share) const {
  if (values.empty()) return 0;
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const auto at = static_cast<size_t>(static_cast<double>(sorted.size()) * share);
  return sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace ctestbed
