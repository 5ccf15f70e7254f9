// The `mounts` of a node: files and directories that it finds where ${mount.NAME} says.
#pragma once

#include <map>
#include <string>

#include "base/fields.h"
#include "config/overlay_parser.h"
#include "model/preset.h"

namespace ctestbed {

// What is at the key `mounts`.
extern const Inside kMounts;

// The map `mounts` of a node, each located where its source is. Reads the files of `from` for
// their digests.
std::map<std::string, Located<Mount>> ReadMounts(const Document& map, const Reader& reader);

}  // namespace ctestbed
