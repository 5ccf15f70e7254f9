// What holds where a preset or suite says nothing: presets/defaults.yaml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/duration.h"

namespace ctestbed {

struct Defaults {
  std::vector<std::string> host_environment;  // names of the variables that nodes get
  Duration ready_within{0};
  Duration stop_grace{0};
  Duration suite_timeout{0};

  bool operator==(const Defaults&) const = default;
};

// presets/defaults.yaml as it was when this program was built.
extern const std::string_view kEmbeddedDefaults;

// The embedded values.
Defaults BuiltInDefaults();

// `base` with the keys of `document` in place of its own.
Defaults ReadDefaults(const Document& document, Defaults base, Diagnostics& problems);

}  // namespace ctestbed
