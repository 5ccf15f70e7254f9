// The `environment`, `secrets`, `seed` and `topology` of a preset or axis value.
#pragma once

#include <array>

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

// What IsName (base/text.h) accepts, for keys that are names.
inline constexpr std::string_view kNamePattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$";
// The kind of value that holds a probe.
inline constexpr std::string_view kReadyName = "ready";

// What is at the keys `topology`, `seed` and `secrets`.
extern const Inside kTopology;
extern const Inside kSeedInside;
extern const Inside kSecretsInside;
extern const Inside kResetInside;  // of a node

inline constexpr Field kEnvFiles{
    "env_files", Shape::kTextOrList,
    "files of NAME=VALUE lines, relative to the preset; 'environment' beside it wins"};

// The keys of an overlay, for the tables of what holds one.
inline constexpr std::array kOverlayFields{
    Field{"environment", Shape::kTextMap, "variables of every node"},
    kEnvFiles,
    Field{"topology", Shape::kMap, "{nodes: [...]}, merged by node name", false, &kTopology},
    Field{"seed", Shape::kList, "steps that bring in data once all is ready", false, &kSeedInside},
    Field{"secrets", Shape::kMap, "NAME: {env: VARIABLE}, {file: PATH} or {generate: LENGTH}",
          false, &kSecretsInside},
};

// `fields` is a map that may have those keys.
Overlay ReadOverlay(const Fields& fields, const Reader& reader);

}  // namespace ctestbed
