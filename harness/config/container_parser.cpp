#include "config/container_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

constexpr std::array kBuildFields{
    Field{"context", Shape::kText, "directory of the build, relative to the preset", true},
    Field{"file", Shape::kText, "the Containerfile in it; default: the engine's"},
    Field{"args", Shape::kTextMap, "build arguments"},
};

constexpr std::array kUseFields{
    Field{"aliases", Shape::kTextList, "further names of the node in this network"}};
constexpr Inside kUseInside{.fields = kUseFields, .nothing = true};
constexpr Field kUse{"use", Shape::kMap, "{aliases: [NAME, ...]}, or nothing", false, &kUseInside};
constexpr Inside kUses{.each = &kUse};
constexpr std::array kUseForms{
    Field{"names", Shape::kTextList, "networks of topology.networks"},
    Field{"uses", Shape::kMap, "NETWORK: {aliases: [NAME, ...]}", false, &kUses},
};

constexpr std::array kSecurityFields{
    Field{"user", Shape::kText, "who it runs as: a number, NUMBER:GROUP or a name of the image"},
    Field{"drop_caps", Shape::kTextList, "capabilities(7) to drop: ALL, NET_RAW"},
    Field{"seccomp", Shape::kText, "default, unconfined, or the path of a profile"},
    Field{"no_new_privileges", Shape::kBoolean, "no program of it gains rights by exec"},
    Field{"read_only", Shape::kBoolean, "nothing outside of mounts can be written"},
    Field{"privileged", Shape::kBoolean, "every right of the host's root; shown in the report"},
    Field{"service_account_token", Shape::kBoolean, "access to the cluster that runs it"},
};

constexpr Inside kPids{.least = 1, .most = 4'000'000};
constexpr std::array kResourceFields{
    Field{"memory", Shape::kText, "bytes, or with a unit: 512MiB, 2GiB"},
    Field{"cpus", Shape::kText, "processors: 2, 0.5"},
    Field{"pids", Shape::kInteger, "processes and threads", false, &kPids},
};

constexpr std::array kForeignSecurityKeys{
    ForeignKey{"dropCaps", "did you mean 'drop_caps'?"},
    ForeignKey{"cap_drop", "did you mean 'drop_caps'?"},
    ForeignKey{"noNewPrivileges", "did you mean 'no_new_privileges'?"},
    ForeignKey{"readOnly", "did you mean 'read_only'?"},
    ForeignKey{"serviceAccountToken", "did you mean 'service_account_token'?"},
    ForeignKey{"runAsUser", "did you mean 'user'?"},
};

constexpr std::array kForeignResourceKeys{
    ForeignKey{"mem_limit", "did you mean 'memory'?"},
    ForeignKey{"cpu", "did you mean 'cpus'?"},
    ForeignKey{"pids_limit", "did you mean 'pids'?"},
    ForeignKey{"limits", "write the limits themselves: {memory: 512MiB, cpus: 0.5, pids: 64}"},
};

Build ReadBuild(const Fields& fields, const Reader& reader) {
  Build build;
  if (const auto context = fields.Text("context")) {
    build.context = AnchoredPath(reader.vocabulary.directory, *context);
  }
  if (const auto file = fields.Text("file")) build.file = file->value;
  for (const auto& [name, value] : fields.TextMap("args")) build.args[name.value] = value.value;
  return build;
}

std::vector<NetworkUse> ReadNetworkUses(const Document& value, Diagnostics& problems) {
  std::vector<NetworkUse> uses;
  if (value.IsMap()) {
    for (const Document::Entry& entry : value.entries) {
      NetworkUse& use = uses.emplace_back(NetworkUse{entry.key.value, {}});
      if (entry.value.IsNull()) continue;
      const Fields fields(entry.value, "network", kUseFields, problems);
      for (const auto& alias :
           fields.Texts("aliases").value_or(std::vector<Located<std::string>>()))
        if (CheckName(alias, "alias", problems)) use.aliases.push_back(alias.value);
    }
  } else if (CheckShape(value, Shape::kTextList, "networks", problems)) {
    for (const Document& item : value.items) uses.push_back({item.text, {}});
  }
  return uses;
}

Security ReadSecurity(const Document& value, Diagnostics& problems) {
  const Document map = WithoutForeignKeys(value, "security", kForeignSecurityKeys, problems);
  const Fields fields(map, "security", kSecurityFields, problems);
  Security security;
  if (const auto user = fields.Text("user")) security.user = user->value;
  if (const auto caps = fields.Texts("drop_caps")) {
    security.drop_caps.emplace();
    for (const auto& cap : *caps) security.drop_caps->push_back(cap.value);
  }
  if (const auto seccomp = fields.Text("seccomp")) security.seccomp = seccomp->value;
  security.no_new_privileges = fields.Boolean("no_new_privileges");
  security.read_only = fields.Boolean("read_only");
  security.privileged = fields.Boolean("privileged");
  security.service_account_token = fields.Boolean("service_account_token");
  return security;
}

Resources ReadResources(const Document& value, Diagnostics& problems) {
  const Document map = WithoutForeignKeys(value, "resources", kForeignResourceKeys, problems);
  const Fields fields(map, "resources", kResourceFields, problems);
  Resources resources;
  if (const auto memory = fields.Text("memory")) {
    resources.memory = ParseBytes(memory->value);
    if (!resources.memory) {
      problems.Error(memory->mark, fmt::format("'memory' must be bytes such as 512MiB, not {}",
                                               Quote(memory->value)));
    }
  }
  if (const auto cpus = fields.Text("cpus")) {
    resources.cpus = ParseProcessors(cpus->value);
    if (!resources.cpus) {
      problems.Error(cpus->mark, fmt::format("'cpus' must be a number such as 2 or 0.5, not {}",
                                             Quote(cpus->value)));
    }
  }
  if (const auto pids = fields.Integer("pids")) resources.pids = static_cast<int>(*pids);
  return resources;
}

}  // namespace

constexpr Inside kBuild{.fields = kBuildFields};
constexpr Inside kPull{.words = kPullPolicies};
constexpr Inside kNetworkUses{.either = kUseForms};
constexpr Inside kSecurity{.fields = kSecurityFields};
constexpr Inside kResources{.fields = kResourceFields};

ContainerSpec ReadContainer(const Fields& node, const Reader& reader) {
  ContainerSpec spec;
  if (const Document* run = node.Find("run")) {
    // What else `run` has is read, and its mistakes told, with the node.
    const Document* build = run->Find("build");
    if (build != nullptr && build->IsMap()) {
      spec.build = ReadBuild(Fields(*build, "build", kBuildFields, reader.problems), reader);
    }
    if (const Document* pull = run->Find("pull")) {
      const auto* const word = std::find(kPullPolicies.begin(), kPullPolicies.end(), pull->text);
      if (word != kPullPolicies.end()) {
        spec.pull = static_cast<PullPolicy>(word - kPullPolicies.begin());
      }
    }
  }
  if (const Document* networks = node.Find("networks")) {
    spec.networks = ReadNetworkUses(*networks, reader.problems);
  }
  if (const Document* security = node.Find("security")) {
    spec.security = ReadSecurity(*security, reader.problems);
  }
  if (const Document* resources = node.Find("resources")) {
    spec.resources = ReadResources(*resources, reader.problems);
  }
  for (const auto& [name, value] : node.TextMap("labels")) {
    CheckName(name, "label", reader.problems);
    spec.labels[name.value] = value.value;
  }
  return spec;
}

}  // namespace ctestbed
