// The `seed` and `secrets` of a preset or axis value, and the `reset` of a node.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/fields.h"
#include "config/overlay_parser.h"
#include "model/secret.h"
#include "model/seed.h"

namespace ctestbed {

// `fields` is a map that may have the key `seed`.
std::vector<SeedStep> ReadSeed(const Fields& fields, const Reader& reader);
// The same for `secrets`. A variable that is not set and a file that is not there are reported.
std::map<std::string, SecretSource> ReadSecrets(const Fields& fields, const Reader& reader);

// `fields` is a node's map; of a step that is about this node, called "reset".
std::optional<SeedStep> ReadReset(const Fields& fields, const Reader& reader);

}  // namespace ctestbed
