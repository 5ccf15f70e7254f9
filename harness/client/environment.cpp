#include <unistd.h>

#include <ctestbed/client/environment.h>
#include <cctype>
#include <charconv>
#include <string_view>

namespace ctestbed::client {
namespace {

using Variables = std::map<std::string, std::string>;

Variables OwnVariables() {
  Variables variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.substr(0, 9) != "CTESTBED_" || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

// As runner/test_environment.h makes them.
std::string VariableName(std::string_view name) {
  std::string variable;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    variable += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return variable;
}

std::string LowerCase(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

Endpoint ToEndpoint(const std::string& address) {
  Endpoint endpoint;
  const size_t colon = address.rfind(':');
  const char* end = address.data() + address.size();
  if (colon == std::string::npos ||
      std::from_chars(address.data() + colon + 1, end, endpoint.port).ptr != end) {
    throw Error("'" + address + "' is no HOST:PORT");
  }
  endpoint.host = address.substr(0, colon);
  endpoint.address = address;
  return endpoint;
}

}  // namespace

Environment::Environment() : Environment(OwnVariables()) {}

Environment::Environment(std::map<std::string, std::string> variables)
    : variables_(std::move(variables)) {
  if (Find("CTESTBED_ENVIRONMENT") != nullptr) return;
  throw Error(
      "there is no live environment: run this program by ctestbed, or deploy a preset and say "
      "eval \"$(ctestbed env)\" first");
}

Endpoint Environment::Service(const std::string& name) const {
  return ToEndpoint(Lookup("CTESTBED_SERVICE_", name, "_ADDRESS", "service"));
}

std::string Environment::Url(const std::string& service) const {
  return Lookup("CTESTBED_SERVICE_", service, "_URL", "service");
}

std::string Environment::WebSocketUrl(const std::string& service) const {
  return Lookup("CTESTBED_SERVICE_", service, "_WS", "service");
}

Endpoint Environment::Node(const std::string& name, const std::string& port) const {
  return ToEndpoint(Lookup("CTESTBED_NODE_", name + "." + port, "_ADDRESS", "node and port"));
}

std::string Environment::Axis(const std::string& name) const {
  return Lookup("CTESTBED_AXIS_", name, "", "axis");
}

std::string Environment::Preset() const {
  return Get("CTESTBED_PRESET");
}

std::string Environment::RunId() const {
  return Get("CTESTBED_RUN_ID");
}

const std::string* Environment::Find(const std::string& variable) const {
  const auto found = variables_.find(variable);
  return found == variables_.end() ? nullptr : &found->second;
}

std::string Environment::Get(const std::string& variable) const {
  if (const std::string* value = Find(variable)) return *value;
  throw Error(variable + " is not set");
}

std::vector<std::string> Environment::Known(const std::string& prefix,
                                            const std::string& suffix) const {
  std::vector<std::string> names;
  for (const auto& [variable, value] : variables_) {
    if (variable.size() <= prefix.size() + suffix.size() ||
        variable.compare(0, prefix.size(), prefix) != 0 ||
        variable.compare(variable.size() - suffix.size(), suffix.size(), suffix) != 0) {
      continue;
    }
    names.push_back(
        LowerCase(variable.substr(prefix.size(), variable.size() - prefix.size() - suffix.size())));
  }
  return names;
}

std::string Environment::Lookup(const std::string& prefix, const std::string& name,
                                const std::string& suffix, const std::string& what) const {
  if (const std::string* value = Find(prefix + VariableName(name) + suffix)) return *value;
  throw Error("the environment has no " + what + " '" + name +
              "'; it has: " + Joined(Known(prefix, suffix)));
}

}  // namespace ctestbed::client
