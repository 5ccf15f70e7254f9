#include "cover/joint.h"

#include <fmt/format.h>

#include <chrono>
#include <functional>

#include "cover/pict_like.h"
#include "plan/cover/cover_check.h"
#include "plan/cover/cover_in_order.h"

namespace ctestbed {
namespace {

std::string Mistake(const CoverInstance& instance, const OrderedCover& ordered) {
  const Result<size_t> checked = CheckCovering(instance.model, ordered.rows);
  if (!checked) return checked.error().message;
  if (ordered.cost != ChangeCost(ordered.rows, instance.weights)) return "the cost is wrong";
  if (ordered.cost > ordered.separate_cost) return "dearer than the smallest array";
  if (ordered.cost < ordered.lower_bound) return "below the lower bound";
  return {};
}

double Mean(const std::vector<MeasuredOrder>& all,
            const std::function<double(const MeasuredOrder&)>& value) {
  double sum = 0;
  for (const MeasuredOrder& measured : all) sum += value(measured);
  return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

double Ratio(int64_t a, int64_t b) {
  return static_cast<double>(a) / static_cast<double>(b);
}

}  // namespace

MeasuredOrder MeasureOrder(const CoverInstance& instance, const Limits& limits) {
  const auto start = std::chrono::steady_clock::now();
  MeasuredOrder measured{.name = instance.name};
  // The length of annealing has to be known; a second does at least so many moves of these models.
  OrderedCoverOptions options{.cover = {.seed = limits.seed, .iterations = 1'000'000},
                              .iterations = static_cast<uint64_t>(limits.time_s * 3e6)};
  const Result<OrderedCover> equal = CoverInOrder(instance.model, instance.weights, options);
  options.extra_rows_percent = 20;
  const Result<OrderedCover> longer = CoverInOrder(instance.model, instance.weights, options);
  if (!equal || !longer) {
    measured.error = (equal ? longer : equal).error().message;
    return measured;
  }
  measured.error = Mistake(instance, *equal) + Mistake(instance, *longer);
  measured.rows = equal->rows.size();
  measured.separate_cost = equal->separate_cost;
  measured.cost = equal->cost;
  measured.longer_rows = longer->rows.size();
  measured.longer_cost = std::min(longer->cost, equal->cost);
  measured.lower_bound = equal->lower_bound;
  const auto rival = PictLikeRows(instance.model, limits.seed);
  if (rival) measured.rival_cost = ChangeCost(*rival, instance.weights);
  measured.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return measured;
}

std::vector<Verdict> JudgeOrders(const std::vector<MeasuredOrder>& all) {
  bool good = !all.empty();
  for (const MeasuredOrder& measured : all) good = good && measured.error.empty();
  const auto verdict = [&](const char* what, double value, double target) {
    return Verdict{"J1", what, fmt::format("{:.3f}", value), fmt::format("<= {:.2f}", target),
                   good && value <= target};
  };
  return {
      verdict("change cost together / one after the other, as many rows, mean",
              Mean(all, [](const auto& m) { return Ratio(m.cost, m.separate_cost); }), 0.82),
      verdict("the same with up to 20 % more rows",
              Mean(all, [](const auto& m) { return Ratio(m.longer_cost, m.separate_cost); }), 0.78),
      verdict("change cost / lower bound, as many rows, mean",
              Mean(all, [](const auto& m) { return Ratio(m.cost, m.lower_bound); }), 1.5)};
}

}  // namespace ctestbed
