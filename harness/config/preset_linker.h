// Puts presets on top of those that they extend, and judges each as a whole.
#pragma once

#include <optional>
#include <vector>

#include "config/preset_parser.h"

namespace ctestbed {

// For each of `written` the finished preset, `${env:X}` and defaults put in; absent when it, or one
// that it extends, has a mistake. Reports duplicate names, unknown and circular `extends`, and what
// CheckPreset finds.
std::vector<std::optional<Preset>> LinkPresets(const std::vector<WrittenPreset>& written,
                                               const Reader& reader);

}  // namespace ctestbed
