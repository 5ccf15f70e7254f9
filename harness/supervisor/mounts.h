// The files and directories that nodes see beside their own: made before a start, gone with the
// session's work directory.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/reference.h"
#include "driver/driver.h"
#include "io/file_system.h"
#include "model/topology.h"

namespace ctestbed {

// Where things are: WORK/NODE private directories, WORK/.mounts/NODE/NAME files of one instance,
// WORK/.volumes/NAME what nodes share. No node can have a name that begins with a dot. Files and
// volumes are open to every user, as containers have their own; WORK itself is not.
class Mounts {
 public:
  // `files` outlives this; `work` is the environment's own.
  Mounts(FileSystem& files, std::string work);

  // What an instance has for its node's mount `name`, whether it is there yet or not.
  InstanceMount Of(const InstanceId& id, const std::string& name, const Mount& mount) const;

  // Makes the mounts of an instance anew, texts expanded by `lookup`. kNotFound for a bound path
  // that is not there; kEnvironment for a file that is no longer what the preset was read with.
  Result<std::vector<InstanceMount>> Make(const InstanceId& id, const Node& node,
                                          const Lookup& lookup);

  // Removes every volume that no node of `live` has, so that the next to have it finds it empty.
  Status DropVolumes(const Topology& live);

 private:
  Status MakeFile(const std::string& path, const std::string& text);
  Status MakeOne(const InstanceMount& place, const Mount& mount, const Lookup& lookup);

  FileSystem& files_;
  const std::string work_;
};

}  // namespace ctestbed
