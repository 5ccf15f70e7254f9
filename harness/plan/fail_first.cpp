#include "plan/fail_first.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "plan/cost.h"

namespace ctestbed {
namespace {

constexpr size_t kMostMoved = 16;

bool IsBound(const Batch& batch, const std::vector<Suite>& suites) {
  const auto has_run_of = [&](const std::string& suite) {
    return std::any_of(batch.runs.begin(), batch.runs.end(),
                       [&](const Run& run) { return run.suite == suite; });
  };
  return batch.renewal != Renewal::kNone || !batch.dirties.empty() ||
         std::any_of(suites.begin(), suites.end(), [&](const Suite& suite) {
           return (!suite.after.empty() && has_run_of(suite.name.value)) ||
                  std::any_of(suite.after.begin(), suite.after.end(),
                              [&](const auto& name) { return has_run_of(name.value); });
         });
}

class Mover {
 public:
  Mover(const std::vector<Batch>& batches, const PlanSettings& settings)
      : batches_(batches), settings_(settings), order_(batches.size()) {
    std::iota(order_.begin(), order_.end(), size_t{0});
  }

  double ScoreOf(size_t batch) const {
    double score = 0;
    for (const Run& run : batches_[batch].runs) score += settings_.estimates.Of(run).failure;
    return score;
  }

  // To where the price is least.
  void Move(size_t batch) {
    const auto from =
        static_cast<size_t>(std::find(order_.begin(), order_.end(), batch) - order_.begin());
    std::vector<size_t> best = order_;
    double least = PriceOf(order_);
    for (size_t to = 0; to < from; ++to) {
      std::vector<size_t> tried = order_;
      const auto source = tried.begin() + static_cast<std::ptrdiff_t>(from);
      std::rotate(tried.begin() + static_cast<std::ptrdiff_t>(to), source, source + 1);
      const double price = PriceOf(tried);
      if (price >= least) continue;
      least = price;
      best = std::move(tried);
    }
    order_ = std::move(best);
  }

  const std::vector<size_t>& order() const { return order_; }

 private:
  // What is to become small, in seconds.
  double PriceOf(const std::vector<size_t>& order) {
    Duration now{0};
    double waiting = 0;
    const Batch* before = nullptr;
    for (const size_t index : order) {
      const Batch& batch = batches_[index];
      now += Step(before, &batch);
      for (const Run& run : batch.runs) {
        const RunEstimate estimate = settings_.estimates.Of(run);
        now += estimate.duration;
        waiting += estimate.failure * Seconds(now);
      }
      before = &batch;
    }
    now += Step(before, nullptr);
    return Seconds(now) + settings_.fail_first * waiting;
  }

  Duration Step(const Batch* from, const Batch* to) {
    const auto [known, is_new] = steps_.try_emplace({from, to});
    if (is_new) known->second = CostOfStep(from, to, settings_.estimates);
    return known->second;
  }

  const std::vector<Batch>& batches_;
  const PlanSettings& settings_;
  std::vector<size_t> order_;
  std::map<std::pair<const Batch*, const Batch*>, Duration> steps_;
};

}  // namespace

void PutFailuresFirst(std::vector<Batch>& batches, const std::vector<Suite>& suites,
                      const PlanSettings& settings) {
  std::vector<size_t> suspects;
  for (size_t i = 0; i < batches.size(); ++i) {
    if (!IsBound(batches[i], suites)) suspects.push_back(i);
  }
  for (const size_t i : suspects) {
    std::stable_sort(batches[i].runs.begin(), batches[i].runs.end(),
                     [&](const Run& a, const Run& b) {
                       return settings.estimates.Of(a).failure > settings.estimates.Of(b).failure;
                     });
  }
  Mover mover(batches, settings);
  std::erase_if(suspects, [&](size_t i) { return mover.ScoreOf(i) == 0; });
  std::stable_sort(suspects.begin(), suspects.end(),
                   [&](size_t a, size_t b) { return mover.ScoreOf(a) > mover.ScoreOf(b); });
  suspects.resize(std::min(suspects.size(), kMostMoved));
  for (const size_t suspect : suspects) mover.Move(suspect);
  std::vector<Batch> moved;
  for (const size_t index : mover.order()) moved.push_back(std::move(batches[index]));
  batches = std::move(moved);
}

}  // namespace ctestbed
