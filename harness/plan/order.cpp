#include "plan/order.h"

#include <numeric>

namespace ctestbed {

std::vector<size_t> DeclaredOrder(const std::vector<Batch>& batches) {
  std::vector<size_t> order(batches.size());
  std::iota(order.begin(), order.end(), size_t{0});
  return order;
}

}  // namespace ctestbed
