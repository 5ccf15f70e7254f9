#include "probe/arguments.h"

#include <fmt/format.h>

#include "base/fields.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::array<std::string_view, 1> kTrue{"true"};
constexpr Inside kOnlyTrue{.words = kTrue};
constexpr Inside kNoKeys{};
constexpr std::array kForms{
    Field{"true", Shape::kBoolean, "", false, &kOnlyTrue},
    Field{"nothing", Shape::kMap, "", false, &kNoKeys},
};

}  // namespace

constexpr Inside kNoArguments{.nothing = true, .either = kForms};

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
