// Rows and order chosen together, against one after the other.
#pragma once

#include <string>
#include <vector>

#include "cover/measure.h"

namespace ctestbed {

struct MeasuredOrder {
  std::string name;
  std::string error;
  size_t rows = 0;
  int64_t rival_cost = 0;     // of the rows of PictLikeRows as they come
  int64_t separate_cost = 0;  // of the smallest array in its best order
  int64_t cost = 0;           // of as many rows, chosen together with their order
  size_t longer_rows = 0;     // with up to 20 % more rows
  int64_t longer_cost = 0;
  int64_t lower_bound = 0;
  double seconds = 0;
};

// Of an instance with weights; the sequences go through the checker.
MeasuredOrder MeasureOrder(const CoverInstance& instance, const Limits& limits);

std::vector<Verdict> JudgeOrders(const std::vector<MeasuredOrder>& all);  // J1

}  // namespace ctestbed
