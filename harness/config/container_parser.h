// What a node asks of its backend beyond its program: networks, security, limits, an image's build.
#pragma once

#include "base/fields.h"
#include "config/overlay_parser.h"
#include "model/container.h"

namespace ctestbed {

// What is at the keys `build` and `pull` of `run`, and `networks`, `security` and `resources` of a
// node.
extern const Inside kBuild;
extern const Inside kPull;
extern const Inside kNetworkUses;
extern const Inside kSecurity;
extern const Inside kResources;

// Reads these and `labels`; `node` is a map that may have them and `run`.
ContainerSpec ReadContainer(const Fields& node, const Reader& reader);

}  // namespace ctestbed
