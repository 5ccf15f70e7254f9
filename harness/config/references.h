// `${...}` in the texts of presets and suites: which are defined, and `${env:X}` put in at once.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "model/preset.h"

namespace ctestbed {

// What a text of `node` may name, beside `env:`: its own ports, the addresses of `nodes`, ids, and
// the secrets that are `declared`.
std::vector<std::string> NamesFor(const NodeOverlay& node, const std::vector<NodeOverlay>& nodes,
                                  const Topology& declared);

// The names of the secrets that texts and keys of `document` refer to, each where it stands.
std::vector<Located<std::string>> SecretsIn(const Document& document);

// Mistakes of a check: where, what, how to fix.
using Report = std::function<void(const SourceMark&, const std::string&, const std::string&)>;

// Reports references of `text` that are malformed or neither in `known` nor of the form `env:X`,
// each at its own place where the text stands on one line as it is.
void CheckReferences(const Located<std::string>& text, const std::vector<std::string>& known,
                     const Report& report);

// The same for every text of `node` as it stands among `nodes` (all merged). Texts without a mark
// are the host's and left alone. A secret in a command, which everybody can read, is refused.
void CheckNodeReferences(const NodeOverlay& node, const std::vector<NodeOverlay>& nodes,
                         const Topology& declared, const Report& report);

// The same for the texts of a seed step that is about `node`.
void CheckStepReferences(const SeedStep& step, const NodeOverlay& node,
                         const std::vector<NodeOverlay>& nodes, const Topology& declared,
                         const Report& report);

// Puts the values of `${env:X}` and `${env:X:-default}` in; other references stay, and so does
// anything in a value that looks like one. Reports variables that are not set. CheckReferences
// comes first: a malformed text is left alone.
void SubstituteHostVariables(Located<std::string>& text,
                             const std::map<std::string, std::string>& host, Diagnostics& problems);
// The same in every text of a document.
void SubstituteHostVariables(Document& document, const std::map<std::string, std::string>& host,
                             Diagnostics& problems);
void SubstituteHostVariables(Preset& preset, const std::map<std::string, std::string>& host,
                             Diagnostics& problems);

// `text` such that it names nothing: `${` becomes `$${`.
std::string EscapeReferences(std::string_view text);

}  // namespace ctestbed
