#include "probe/arguments.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "base/text.h"

namespace ctestbed {

bool HandOn(const Diagnostics& own, Diagnostics& problems) {
  for (const Diagnostic& mistake : own.Sorted()) {
    problems.Error(mistake.mark, mistake.message, mistake.hint);
  }
  return own.empty();
}

bool TakesNoArguments(const Document& arguments, std::string_view probe, Diagnostics& problems) {
  Diagnostics own;
  if (arguments.IsScalar()) {
    if (arguments.text != "true" || arguments.quoted) {
      own.Error(arguments.mark,
                fmt::format("a {} probe takes no arguments, not {}", probe, Quote(arguments.text)),
                fmt::format("write '{}: true'", probe));
    }
  } else if (!arguments.IsNull()) {
    const Fields none(arguments, fmt::format("{} probe", probe), {}, own);
  }
  return HandOn(own, problems);
}

}  // namespace ctestbed
