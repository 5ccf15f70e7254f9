#include "config/mount_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

constexpr std::array kMountFields{
    Field{"content", Shape::kText, "text of a file; its references are put in before each start"},
    Field{"from", Shape::kText, "a file that is copied as it is; relative to the preset"},
    Field{"bind", Shape::kText, "a path of the host, not copied; relative to the preset"},
    Field{"volume", Shape::kName, "a volume of topology.volumes, emptied when no node has it"},
    Field{"secret", Shape::kName, "a secret of 'secrets', as the text of a file"},
    Field{"target", Shape::kText, "where a container finds it, an absolute path"},
    Field{"read_only", Shape::kBoolean, "whether the node is kept from changing it; default false"},
};

constexpr Inside kMountInside{.fields = kMountFields};
constexpr Field kMount{"mount", Shape::kMap, "what is mounted, and where", false, &kMountInside};

// The keys that say what is mounted, in the order of MountKind.
constexpr std::array<std::string_view, 5> kSources{"content", "from", "bind", "volume", "secret"};

constexpr std::array kForeignMountKeys{
    ForeignKey{"file", "did you mean 'from'?"},
    ForeignKey{"path", "write 'target' for the path in a container, 'bind' for one of the host"},
    ForeignKey{"readOnly", "did you mean 'read_only'?"},
    ForeignKey{"ro", "write read_only: true"},
    ForeignKey{"source", "write one of content, from, bind, volume, secret"},
    ForeignKey{"type", "write one of content, from, bind, volume, secret"},
};

void ReadFrom(const Located<std::string>& file, Mount& mount, const Reader& reader) {
  mount.source = AnchoredPath(reader.vocabulary.directory, file);
  if (!reader.vocabulary.read_file) return;
  const auto text = reader.vocabulary.read_file(mount.source);
  if (text) {
    mount.digest = Sha256(*text);
  } else {
    reader.problems.Error(
        file.mark, fmt::format("cannot read {}: {}", Quote(file.value), text.error().message));
  }
}

void ReadTarget(const Fields& fields, Mount& mount, Diagnostics& problems) {
  const auto target = fields.Text("target");
  if (!target) return;
  mount.target = target->value;
  if (!target->value.starts_with('/')) {
    problems.Error(target->mark,
                   fmt::format("'target' must be an absolute path, not {}", Quote(target->value)));
  }
}

std::optional<Located<Mount>> ReadMount(const Document::Entry& entry, const Reader& reader) {
  CheckName(entry.key, "mount name", reader.problems);
  const std::string what = fmt::format("mount {}", Quote(entry.key.value));
  const Document map = WithoutForeignKeys(entry.value, what, kForeignMountKeys, reader.problems);
  const Fields fields(map, what, kMountFields, reader.problems);
  std::vector<std::string_view> sources;
  std::copy_if(kSources.begin(), kSources.end(), std::back_inserter(sources),
               [&](std::string_view key) { return map.Find(key) != nullptr; });
  if (map.IsMap() && sources.size() != 1) {
    reader.problems.Error(
        entry.key.mark,
        fmt::format("{} must have one of {}, not {}", what, fmt::join(kSources, ", "),
                    sources.empty() ? "none" : fmt::format("{}", fmt::join(sources, " and "))));
  }
  if (sources.empty() || !fields.Has(sources.front())) return std::nullopt;
  const auto source = *fields.Text(sources.front());
  Located<Mount> mount{{}, source.mark};
  mount.value.kind = static_cast<MountKind>(
      std::find(kSources.begin(), kSources.end(), sources.front()) - kSources.begin());
  mount.value.source = source.value;
  mount.value.read_only = fields.Boolean("read_only").value_or(false);
  if (mount.value.kind == MountKind::kFrom) ReadFrom(source, mount.value, reader);
  if (mount.value.kind == MountKind::kSecret) mount.value.source = "${secret:" + source.value + "}";
  ReadTarget(fields, mount.value, reader.problems);
  return mount;
}

}  // namespace

constexpr Inside kMounts{.each = &kMount};

std::map<std::string, Located<Mount>> ReadMounts(const Document& map, const Reader& reader) {
  std::map<std::string, Located<Mount>> mounts;
  for (const Document::Entry& entry : map.entries) {
    if (auto mount = ReadMount(entry, reader)) mounts[entry.key.value] = std::move(*mount);
  }
  return mounts;
}

}  // namespace ctestbed
