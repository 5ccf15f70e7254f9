#include "history/estimator.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace ctestbed {
namespace {

constexpr size_t kLast = 20;
constexpr double kPrior = 3;  // samples that the parent is worth
constexpr double kTimeDecay = 0.9;
constexpr double kFailureDecay = 0.7;
constexpr double kUnknownQuantile = 0.75;

struct Weighted {
  double value = 0;
  double weight = 0;
};
using Values = std::vector<Weighted>;

// The value below which lies the share `quantile` of the weight.
double Quantile(Values values, double quantile) {
  std::sort(values.begin(), values.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double total = 0;
  for (const Weighted& each : values) total += each.weight;
  double below = 0;
  for (const Weighted& each : values) {
    below += each.weight;
    if (below >= quantile * total) return each.value;
  }
  return values.back().value;
}

double Median(const Values& values) {
  return Quantile(values, 0.5);
}
double UpperQuartile(const Values& values) {
  return Quantile(values, kUnknownQuantile);
}
double Mean(const Values& values) {
  double sum = 0;
  double total = 0;
  for (const auto& [value, weight] : values) {
    sum += value * weight;
    total += weight;
  }
  return sum / total;
}

// One quantity, of all variants and of their parents.
class Quantity {
 public:
  using Statistic = double (*)(const Values&);

  // `known` and `unknown` say what samples come to, of a variant and for one without any.
  Quantity(double decay, Statistic known, Statistic unknown, double fallback)
      : decay_(decay), known_(known), unknown_(unknown), fallback_(fallback) {}

  // The newest of a variant comes first.
  void Add(const std::string& variant, const std::vector<std::string>& parents, double value) {
    Values& own = variants_[variant];
    if (own.size() >= kLast) return;
    own.push_back({value, std::pow(decay_, static_cast<double>(own.size()))});
    for (const std::string& parent : parents) parents_[parent].push_back(own.back());
  }

  // `parents` from the nearest to the farthest.
  double Of(const std::string& variant, const std::vector<std::string>& parents) const {
    const auto own = variants_.find(variant);
    if (own == variants_.end()) return OfUnknown(parents);
    const auto count = static_cast<double>(own->second.size());
    const double share = count / (count + kPrior);
    return share * known_(own->second) + (1 - share) * known_(*Nearest(parents));
  }

  double OfUnknown(const std::vector<std::string>& parents) const {
    const Values* found = Nearest(parents);
    return found == nullptr ? fallback_ : unknown_(*found);
  }

 private:
  const Values* Nearest(const std::vector<std::string>& parents) const {
    for (const std::string& parent : parents) {
      if (const auto found = parents_.find(parent); found != parents_.end()) return &found->second;
    }
    return nullptr;
  }

  double decay_;
  Statistic known_;
  Statistic unknown_;
  double fallback_;
  std::map<std::string, Values> variants_;
  std::map<std::string, Values> parents_;
};

Quantity Time(Duration fallback) {
  return {kTimeDecay, Median, UpperQuartile, static_cast<double>(fallback.count())};
}

Duration Rounded(double milliseconds) {
  return Duration(std::llround(milliseconds));
}

// variant -> its parents
using Family = std::map<std::string, std::vector<std::string>>;

class NodeLearner {
 public:
  void Add(const Sample& sample) {
    const Subject& of = sample.subject;
    const std::vector<std::string> own{PresetNode(of.preset, of.name), of.name};
    family_.try_emplace(of.variant, own);
    lines_.insert(own);
    measures_.at(of.measure).Add(of.variant, own, static_cast<double>(sample.duration.count()));
  }

  void Finish(Estimates& estimates) const {
    const Quantity& start = measures_.at(Measure::kStart);
    const Quantity& stop = measures_.at(Measure::kStop);
    const Quantity& reset = measures_.at(Measure::kReset);
    for (const auto& [digest, parents] : family_) {
      estimates.nodes[digest] = {Rounded(start.Of(digest, parents)),
                                 Rounded(stop.Of(digest, parents)),
                                 Rounded(reset.Of(digest, parents))};
    }
    for (const std::vector<std::string>& parents : lines_) {
      for (auto parent = parents.begin(); parent != parents.end(); ++parent) {
        const std::vector<std::string> line(parent, parents.end());
        estimates.nodes_by_name[*parent] = {Rounded(start.OfUnknown(line)),
                                            Rounded(stop.OfUnknown(line)),
                                            Rounded(reset.OfUnknown(line))};
      }
    }
  }

 private:
  std::map<Measure, Quantity> measures_{{Measure::kStart, Time(NodeEstimate{}.start)},
                                        {Measure::kStop, Time(NodeEstimate{}.stop)},
                                        {Measure::kReset, Time(NodeEstimate{}.reset)}};
  Family family_;  // of a node in several presets, that in which it was used last
  std::set<std::vector<std::string>> lines_;
};

class RunLearner {
 public:
  void Add(const Sample& sample) {
    const Subject& of = sample.subject;
    if (sample.verdict == Verdict::kSkipped) return;
    const auto& parents = family_.try_emplace(of.variant, 1, of.name).first->second;
    failure_.Add(of.variant, parents, sample.verdict == Verdict::kPassed ? 0 : 1);
    if (sample.verdict == Verdict::kError) return;
    time_.Add(of.variant, parents, static_cast<double>(sample.duration.count()));
  }

  void Finish(Estimates& estimates) const {
    for (const auto& [run, parents] : family_) {
      estimates.runs[run] = {Rounded(time_.Of(run, parents)), failure_.Of(run, parents)};
      estimates.runs_by_suite[parents.front()] = {Rounded(time_.OfUnknown(parents)),
                                                  failure_.OfUnknown(parents)};
    }
  }

 private:
  Quantity time_ = Time(RunEstimate{}.duration);
  Quantity failure_{kFailureDecay, Mean, Mean, RunEstimate{}.failure};
  Family family_;
};

}  // namespace

Estimates EstimatesFrom(const std::vector<Sample>& samples, const std::string& backend) {
  std::vector<const Sample*> newest_first;
  for (const Sample& sample : samples) {
    if (sample.subject.backend == backend) newest_first.push_back(&sample);
  }
  std::stable_sort(newest_first.begin(), newest_first.end(),
                   [](const Sample* a, const Sample* b) { return a->at > b->at; });
  NodeLearner nodes;
  RunLearner runs;
  for (const Sample* sample : newest_first) {
    if (sample->subject.measure == Measure::kRun) {
      runs.Add(*sample);
    } else {
      nodes.Add(*sample);
    }
  }
  Estimates estimates;
  nodes.Finish(estimates);
  runs.Finish(estimates);
  return estimates;
}

}  // namespace ctestbed
