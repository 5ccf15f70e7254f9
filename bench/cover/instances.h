// What is measured: models, and what others reached on them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/cover/cover_model.h"

namespace ctestbed {

struct CoverInstance {
  std::string name;
  std::string family;
  CoverModel model;
  size_t best = 0;               // best size published, 0: not known
  bool proven = false;           // no array is smaller than that
  size_t pict = 0;               // PICT 3.7.4 with its default seed, 0: not measured
  size_t pict_best = 0;          // and the best of 20 seeds
  size_t wanted = 0;             // by target C3, 0: not part of it
  double wanted_within = 0;      // seconds
  std::vector<int64_t> weights;  // seconds * 10 that changing an axis costs; for the joint targets
};

// Without constraints. Best sizes: covering array tables of C. Colbourn (November 2024), and
// pairwise.org for the mixed ones.
std::vector<CoverInstance> ClassicalInstances();

// Six matrices of deployments, pairwise: written for this program, in the numbers of axes, values
// and constraints that real ones have. Nobody else published results for them.
std::vector<CoverInstance> DeploymentInstances();

// 3-30 axes of 2-12 values; combinations of 2-4 settings forbidden for up to 40 % of the axes'
// pairs. Every model has a row.
std::vector<CoverInstance> RandomInstances(uint64_t seed, int count);

}  // namespace ctestbed
