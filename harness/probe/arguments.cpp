#include "probe/arguments.h"

namespace ctestbed {

bool HandOn(const Diagnostics& own, Diagnostics& problems) {
  for (const Diagnostic& mistake : own.Sorted()) {
    problems.Error(mistake.mark, mistake.message, mistake.hint);
  }
  return own.empty();
}

}  // namespace ctestbed
