#include "supervisor/mounts.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace ctestbed {

Mounts::Mounts(FileSystem& files, std::string work) : files_(files), work_(std::move(work)) {}

InstanceMount Mounts::Of(const InstanceId& id, const std::string& name, const Mount& mount) const {
  InstanceMount place{name, "", mount.target, mount.read_only};
  switch (mount.kind) {
    case MountKind::kBind:
      place.source = mount.source;
      break;
    case MountKind::kVolume:
      place.source = fmt::format("{}/.volumes/{}", work_, mount.source);
      break;
    case MountKind::kContent:
    case MountKind::kFrom:
    case MountKind::kSecret:
      place.source = fmt::format("{}/.mounts/{}/{}", work_, id.Name(), name);
      break;
  }
  return place;
}

Result<std::vector<InstanceMount>> Mounts::Make(const InstanceId& id, const Node& node,
                                                const Lookup& lookup) {
  std::vector<InstanceMount> mounts;
  for (const auto& [name, mount] : node.mounts) {
    mounts.push_back(Of(id, name, mount));
    TRY_DO(MakeOne(mounts.back(), mount, lookup));
  }
  return mounts;
}

Status Mounts::MakeOne(const InstanceMount& place, const Mount& mount, const Lookup& lookup) {
  switch (mount.kind) {
    case MountKind::kBind:
      if (files_.Exists(place.source)) return {};
      return Fail(ErrorKind::kNotFound, fmt::format("its mount '{}' binds '{}', which is not there",
                                                    place.name, place.source));
    case MountKind::kVolume:
      if (files_.Exists(place.source)) return {};  // whoever has it has its rights in hand
      TRY_DO(files_.MakeDirectories(place.source));
      return files_.OpenToAll(place.source);
    case MountKind::kFrom: {
      TRY(const std::string text, files_.Read(mount.source));
      if (mount.digest.empty() || Sha256(text) == mount.digest) {
        return MakeFile(place.source, text);
      }
      return Fail(ErrorKind::kEnvironment,
                  fmt::format("cannot start: '{}' of its mount '{}' has changed since the preset "
                              "was read",
                              mount.source, place.name));
    }
    case MountKind::kContent:
    case MountKind::kSecret:
      break;
  }
  TRY(const std::string text, Expand(mount.source, lookup));
  return MakeFile(place.source, text);
}

Status Mounts::MakeFile(const std::string& path, const std::string& text) {
  TRY_DO(files_.Write(path, text));
  return files_.OpenToAll(path);
}

Status Mounts::DropVolumes(const Topology& live) {
  std::set<std::string> used;
  for (const Node& node : live.nodes) {
    for (const auto& [name, mount] : node.mounts) {
      if (mount.kind == MountKind::kVolume) used.insert(mount.source);
    }
  }
  const std::string directory = work_ + "/.volumes";
  for (const std::string& volume : files_.List(directory).value_or(std::vector<std::string>())) {
    if (used.contains(volume)) continue;
    TRY_DO(files_.Remove(directory + "/" + volume));
  }
  return {};
}

}  // namespace ctestbed
