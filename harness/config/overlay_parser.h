// The `environment` and `topology` of a preset or axis value.
#pragma once

#include "base/diagnostic.h"
#include "base/fields.h"
#include "config/defaults.h"
#include "config/vocabulary.h"
#include "model/preset.h"

namespace ctestbed {

// What every reader of a file needs to know; all outlive the reading.
struct Reader {
  const Vocabulary& vocabulary;
  const Defaults& defaults;
  Diagnostics& problems;
};

// `fields` is a map that may have the keys `environment` (text map) and `topology` (map).
Overlay ReadOverlay(const Fields& fields, const Reader& reader);

}  // namespace ctestbed
