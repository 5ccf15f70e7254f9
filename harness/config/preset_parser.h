// One preset file, before it is put on top of the preset that it extends.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/document.h"
#include "config/overlay_parser.h"
#include "model/preset.h"

namespace ctestbed {

struct WrittenPreset {
  Preset preset;  // with its own layer and axes alone
  std::vector<Located<std::string>> extends;
  Document document;  // of the file, from which marks are found that the model does not keep
};

// The keys of a preset file.
std::span<const Field> PresetFields();

WrittenPreset ReadPreset(const std::string& file, Document document, const Reader& reader);

}  // namespace ctestbed
