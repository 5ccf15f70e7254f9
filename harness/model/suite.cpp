#include "model/suite.h"

namespace ctestbed {

std::string RunName(const Run& run) {
  const std::string cell = CellName(run.cell);
  return run.suite + "@" + run.preset + (cell.empty() ? "" : "," + cell);
}

}  // namespace ctestbed
