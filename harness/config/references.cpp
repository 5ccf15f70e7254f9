#include "config/references.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/reference.h"
#include "base/text.h"
#include "model/node_addresses.h"

namespace ctestbed {
namespace {

constexpr std::string_view kHostPrefix = "env:";
constexpr std::string_view kDefaultMark = ":-";

// `X` and `default` of `env:X:-default`.
struct HostReference {
  std::string name;
  std::optional<std::string> otherwise;
};

std::optional<HostReference> ParseHostReference(std::string_view reference) {
  if (!reference.starts_with(kHostPrefix)) return std::nullopt;
  const std::string_view rest = reference.substr(kHostPrefix.size());
  const size_t end = rest.find(kDefaultMark);
  if (end == std::string_view::npos) return HostReference{std::string(rest), std::nullopt};
  return HostReference{std::string(rest.substr(0, end)),
                       std::string(rest.substr(end + kDefaultMark.size()))};
}

// The place of a part of `text`, if the text stands in its file byte by byte; else that of `text`.
SourceMark MarkWithin(const Located<std::string>& text, size_t offset, size_t length) {
  const auto size = static_cast<int>(text.value.size());
  const bool plain = text.mark.length == size;
  const bool quoted = text.mark.length == size + 2;
  if (!plain && !quoted) return text.mark;
  SourceMark mark = text.mark;
  mark.column += static_cast<int>(offset) + (quoted ? 1 : 0);
  mark.length = static_cast<int>(length);
  return mark;
}

// Where the `${` is that makes `text` malformed: the first behind the last `}`, else the whole.
SourceMark MarkOfMalformed(const Located<std::string>& text) {
  const size_t close = text.value.rfind('}');
  const size_t open = text.value.find("${", close == std::string::npos ? 0 : close);
  return open == std::string::npos ? text.mark : MarkWithin(text, open, text.value.size() - open);
}

void CheckReference(const Located<std::string>& text, const TextPiece& piece,
                    const std::vector<std::string>& known, const Report& report) {
  const SourceMark mark = MarkWithin(text, piece.offset, piece.length);
  const auto host = ParseHostReference(piece.text);
  if (host && host->name.empty()) {
    report(mark, fmt::format("reference {} names no variable", Quote("${" + piece.text + "}")),
           "write ${env:NAME} or ${env:NAME:-default}");
  } else if (!host && std::find(known.begin(), known.end(), piece.text) == known.end()) {
    std::vector<std::string> all = known;
    all.emplace_back("env:NAME");
    report(mark, fmt::format("undefined reference {}", Quote("${" + piece.text + "}")),
           DidYouMean(piece.text, all, "references"));
  }
}

void CheckDocument(const Document& document, const std::vector<std::string>& known,
                   const Report& report) {
  if (document.IsScalar()) CheckReferences({document.text, document.mark}, known, report);
  for (const Document& item : document.items) CheckDocument(item, known, report);
  for (const Document::Entry& entry : document.entries) CheckDocument(entry.value, known, report);
}

template <typename Action, typename Visit>
void ForEachText(Action& action, const Visit& visit) {
  for (auto& word : action.exec) visit(word);
  visit(action.path);
  visit(action.body);
  for (auto& [name, value] : action.headers) visit(value);
}

// Copied files are not looked into.
template <typename Visit>
void Substitute(Located<Mount>& mount, const Visit& substitute) {
  if (mount.value.kind == MountKind::kFrom) return;
  Located<std::string> source{mount.value.source, mount.mark};
  substitute(source);
  mount.value.source = std::move(source.value);
}

void Substitute(Overlay& overlay, const std::map<std::string, std::string>& host,
                Diagnostics& problems) {
  const auto substitute = [&](Located<std::string>& text) {
    SubstituteHostVariables(text, host, problems);
  };
  for (auto& [name, value] : overlay.environment) substitute(value);
  for (NodeOverlay& node : overlay.nodes) {
    for (auto& [name, value] : node.environment) substitute(value);
    if (node.command) std::for_each(node.command->begin(), node.command->end(), substitute);
    if (node.image) substitute(*node.image);
    if (node.working_directory) substitute(*node.working_directory);
    if (node.ready) SubstituteHostVariables(node.ready->arguments, host, problems);
    if (node.args) std::for_each(node.args->begin(), node.args->end(), substitute);
    for (auto& [name, mount] : node.mounts) Substitute(mount, substitute);
    if (node.reset) ForEachText(node.reset->todo, substitute);
  }
  for (SeedStep& step : overlay.seed) {
    ForEachText(step.todo, substitute);
    if (step.undo) ForEachText(*step.undo, substitute);
  }
}

}  // namespace

std::vector<std::string> NamesFor(const NodeOverlay& node, const std::vector<NodeOverlay>& nodes,
                                  const Topology& declared) {
  std::vector<std::string> names{"environment.id", "listen.host", "node.name", "replica", "run.id"};
  for (const Port& port : node.ports.value_or(std::vector<Port>{})) {
    names.push_back("port." + port.name);
  }
  for (const auto& [name, mount] : node.mounts) names.push_back("mount." + name);
  std::map<std::string, std::string> addresses;
  for (const NodeOverlay& peer : nodes) {
    ReplicaAddresses ports;
    for (const Port& port : peer.ports.value_or(std::vector<Port>{})) {
      ports.push_back({port.name, "", ""});
    }
    const auto replicas = static_cast<size_t>(peer.replicas.value_or(1));
    PutAddresses(addresses, peer.name.value, std::vector(replicas, ports));
  }
  for (const auto& [name, value] : addresses) names.push_back(name);
  for (const auto& [name, source] : declared.secrets) names.push_back(SecretReference(name));
  return names;
}

void CheckReferences(const Located<std::string>& text, const std::vector<std::string>& known,
                     const Report& report) {
  const auto pieces = ParseReferences(text.value);
  if (!pieces) {
    report(MarkOfMalformed(text), pieces.error().message, "write '$${' for the text '${' itself");
    return;
  }
  for (const TextPiece& piece : *pieces) {
    if (piece.is_reference) CheckReference(text, piece, known, report);
  }
}

namespace {

void AddSecrets(const Located<std::string>& text, std::vector<Located<std::string>>& secrets) {
  constexpr std::string_view kPrefix = "secret:";
  if (text.value.find(kPrefix) == std::string::npos) return;
  const auto pieces = ParseReferences(text.value);
  if (!pieces) return;
  for (const TextPiece& piece : *pieces) {
    if (!piece.is_reference || !piece.text.starts_with(kPrefix)) continue;
    secrets.push_back(
        {piece.text.substr(kPrefix.size()), MarkWithin(text, piece.offset, piece.length)});
  }
}

void AddSecrets(const Document& document, std::vector<Located<std::string>>& secrets) {
  if (document.IsScalar()) AddSecrets({document.text, document.mark}, secrets);
  for (const Document& item : document.items) AddSecrets(item, secrets);
  for (const Document::Entry& entry : document.entries) {
    AddSecrets(entry.key, secrets);
    AddSecrets(entry.value, secrets);
  }
}

// Everybody on the machine can read the words of a command.
void CheckNoSecret(const Located<std::string>& word, const Report& report) {
  std::vector<Located<std::string>> secrets;
  AddSecrets(word, secrets);
  for (const Located<std::string>& secret : secrets) {
    report(secret.mark,
           fmt::format("secret {} in a command: every user of the machine can read that",
                       Quote(secret.value)),
           "hand it over in environment: {NAME: ...}");
  }
}

}  // namespace

std::vector<Located<std::string>> SecretsIn(const Document& document) {
  std::vector<Located<std::string>> secrets;
  AddSecrets(document, secrets);
  return secrets;
}

void CheckStepReferences(const SeedStep& step, const NodeOverlay& node,
                         const std::vector<NodeOverlay>& nodes, const Topology& declared,
                         const Report& report) {
  const std::vector<std::string> names = NamesFor(node, nodes, declared);
  const auto check = [&](const SeedAction& action) {
    ForEachText(action, [&](const auto& text) { CheckReferences(text, names, report); });
    for (const Located<std::string>& word : action.exec) CheckNoSecret(word, report);
  };
  check(step.todo);
  if (step.undo) check(*step.undo);
}

void CheckNodeReferences(const NodeOverlay& node, const std::vector<NodeOverlay>& nodes,
                         const Topology& declared, const Report& report) {
  const std::vector<std::string> names = NamesFor(node, nodes, declared);
  for (const auto* words : {&node.command, &node.args}) {
    for (const auto& word : words->value_or(std::vector<Located<std::string>>())) {
      CheckReferences(word, names, report);
      CheckNoSecret(word, report);
    }
  }
  for (const auto& [name, value] : node.environment) {
    if (value.mark.line > 0) CheckReferences(value, names, report);
  }
  for (const auto& [name, mount] : node.mounts) {
    if (mount.value.kind == MountKind::kFrom) continue;
    const bool is_text = mount.value.kind != MountKind::kBind;
    CheckReferences({mount.value.source, mount.mark}, is_text ? names : std::vector<std::string>(),
                    report);
  }
  if (node.ready) CheckDocument(node.ready->arguments, names, report);
  if (node.ready && node.ready->kind == "exec") {
    for (const Document& word : node.ready->arguments.items) {
      CheckNoSecret({word.text, word.mark}, report);
    }
  }
  if (node.image) CheckReferences(*node.image, {}, report);
  if (node.working_directory) CheckReferences(*node.working_directory, {}, report);
}

std::string EscapeReferences(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") escaped += '$';
    escaped += text[i];
  }
  return escaped;
}

void SubstituteHostVariables(Located<std::string>& text,
                             const std::map<std::string, std::string>& host,
                             Diagnostics& problems) {
  const auto pieces = ParseReferences(text.value);
  if (!pieces) return;
  std::string result;
  std::string literal;  // escaped as a whole, as `$` and `{` may come from different pieces
  for (const TextPiece& piece : *pieces) {
    const auto reference =
        piece.is_reference ? ParseHostReference(piece.text) : std::optional<HostReference>();
    if (!piece.is_reference) {
      literal += piece.text;
    } else if (!reference) {
      if (literal.ends_with('$')) {
        problems.Error(MarkWithin(text, piece.offset, piece.length),
                       "the value before this reference ends in '$' and would escape it");
      }
      result += EscapeReferences(std::exchange(literal, {})) + "${" + piece.text + "}";
    } else if (const auto value = host.find(reference->name); value != host.end()) {
      literal += value->second;
    } else if (reference->otherwise) {
      literal += *reference->otherwise;
    } else if (!reference->name.empty()) {
      problems.Error(
          MarkWithin(text, piece.offset, piece.length),
          fmt::format("environment variable {} is not set", Quote(reference->name)),
          fmt::format("set it, or give a default: ${{env:{}:-default}}", reference->name));
    }
  }
  text.value = result + EscapeReferences(literal);
}

void SubstituteHostVariables(Document& document, const std::map<std::string, std::string>& host,
                             Diagnostics& problems) {
  if (document.IsScalar() && document.text.find("${env:") != std::string::npos) {
    Located<std::string> text{document.text, document.mark};
    SubstituteHostVariables(text, host, problems);
    document.text = std::move(text.value);
  }
  for (Document& item : document.items) SubstituteHostVariables(item, host, problems);
  for (Document::Entry& entry : document.entries) {
    SubstituteHostVariables(entry.value, host, problems);
  }
}

void SubstituteHostVariables(Preset& preset, const std::map<std::string, std::string>& host,
                             Diagnostics& problems) {
  for (Overlay& layer : preset.layers) Substitute(layer, host, problems);
  for (Axis& axis : preset.axes) {
    for (AxisValue& value : axis.values) Substitute(value.overlay, host, problems);
  }
}

}  // namespace ctestbed
