// From a compose file to nodes that are local processes.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/text.h"
#include "cli/scaffold.h"

namespace ctestbed {
namespace {

struct Service {
  std::string name;
  std::string image;
  std::string directory;  // build context; empty: none
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> ports;                               // of the container
  std::vector<std::pair<std::string, std::string>> depends_on;  // name, state to wait for
  bool is_job = false;                                          // somebody waits for its end
};

// Images whose program Debian has under a name of its own, bound to loopback.
struct KnownImage {
  std::string_view image;
  std::string_view port;
  std::array<std::string_view, 9> command;
};
constexpr std::array kKnownImages{
    KnownImage{"memcached", "11211", {"memcached", "-l", "127.0.0.1", "-p", "${port.main}"}},
    KnownImage{"nats", "4222", {"nats-server", "-a", "127.0.0.1", "-p", "${port.main}"}},
    KnownImage{"redis",
               "6379",
               {"redis-server", "--bind", "127.0.0.1", "--port", "${port.main}", "--save", "",
                "--appendonly", "no"}},
};

// "docker.io/library/redis:7-alpine" is "redis".
std::string BaseName(const std::string& image) {
  const std::string last = Split(image, '/').back();
  return last.substr(0, last.find_first_of(":@"));
}

const KnownImage* FindImage(const std::string& image) {
  const std::string base = BaseName(image);
  const auto found = std::find_if(kKnownImages.begin(), kKnownImages.end(),
                                  [&](const KnownImage& known) { return known.image == base; });
  return found == kKnownImages.end() ? nullptr : &*found;
}

// Compose's `$VAR`, `${VAR}`, `${VAR:-x}` and `$$` in terms of a preset's references.
std::string Translated(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      result += text[i];
    } else if (text[i + 1] == '$') {
      result += text.substr(i + 2, 1) == "{" ? "$$" : "$";
      ++i;
    } else if (text[i + 1] == '{') {
      result += "${env:";
      ++i;
    } else {
      const size_t begin = i + 1;
      while (i + 1 < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[i + 1])) != 0 || text[i + 1] == '_')) {
        ++i;
      }
      result += fmt::format("${{env:{}}}", text.substr(begin, i + 1 - begin));
    }
  }
  return result;
}

// A list of words, or one text that needs no shell to be cut into words.
std::vector<std::string> Words(const Document* value) {
  std::vector<std::string> words;
  if (value == nullptr) return words;
  for (const Document& item : value->items) words.push_back(Translated(item.text));
  if (value->IsScalar() && value->text.find_first_of("'\"\\|&;<>()`") == std::string::npos) {
    for (const std::string& word : Split(value->text, ' ')) {
      if (!word.empty()) words.push_back(Translated(word));
    }
  }
  return words;
}

// {NAME: VALUE} or [NAME=VALUE]; a name alone is the host's variable.
std::vector<std::pair<std::string, std::string>> Variables(const Document* value) {
  std::vector<std::pair<std::string, std::string>> variables;
  const auto add = [&](const std::string& name, std::optional<std::string> text) {
    variables.emplace_back(name, text ? Translated(*text) : "${env:" + name + ":-}");
  };
  if (value == nullptr) return variables;
  for (const Document::Entry& entry : value->entries) {
    const bool set = entry.value.IsScalar();
    add(entry.key.value, set ? std::optional(entry.value.text) : std::nullopt);
  }
  for (const Document& item : value->items) {
    const size_t equals = item.text.find('=');
    const bool set = equals != std::string::npos;
    add(item.text.substr(0, equals),
        set ? std::optional(item.text.substr(equals + 1)) : std::nullopt);
  }
  return variables;
}

// The container's part of "127.0.0.1:8080:80/tcp", of "80" and of {target: 80}.
std::vector<std::string> Ports(const Document* value) {
  std::vector<std::string> ports;
  if (value == nullptr) return ports;
  for (const Document& item : value->items) {
    const Document* target = item.Find("target");
    const std::string whole = target != nullptr ? target->text : item.text;
    const std::string port = Split(whole.substr(0, whole.find('/')), ':').back();
    const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
    if (!port.empty() && std::all_of(port.begin(), port.end(), is_digit)) ports.push_back(port);
  }
  return ports;
}

std::string StateFor(std::string_view condition) {
  if (condition == "service_healthy") return "ready";
  if (condition == "service_completed_successfully") return "completed";
  return "started";
}

std::vector<std::pair<std::string, std::string>> Dependencies(const Document* value) {
  std::vector<std::pair<std::string, std::string>> dependencies;
  if (value == nullptr) return dependencies;
  for (const Document& item : value->items) dependencies.emplace_back(item.text, "started");
  for (const Document::Entry& entry : value->entries) {
    const Document* condition = entry.value.Find("condition");
    dependencies.emplace_back(entry.key.value, StateFor(condition ? condition->text : ""));
  }
  return dependencies;
}

std::string TextOf(const Document& map, std::string_view key) {
  const Document* value = map.Find(key);
  return value == nullptr ? std::string() : value->text;
}

Service ReadService(const std::string& name, const Document& map) {
  Service service{.name = name, .image = TextOf(map, "image")};
  if (const Document* build = map.Find("build")) {
    service.directory = build->IsMap() ? TextOf(*build, "context") : build->text;
  }
  service.command = Words(map.Find("entrypoint"));
  const std::vector<std::string> arguments = Words(map.Find("command"));
  service.command.insert(service.command.end(), arguments.begin(), arguments.end());
  service.environment = Variables(map.Find("environment"));
  service.ports = Ports(map.Find("ports"));
  const std::vector<std::string> exposed = Ports(map.Find("expose"));
  service.ports.insert(service.ports.end(), exposed.begin(), exposed.end());
  service.depends_on = Dependencies(map.Find("depends_on"));
  const KnownImage* known = service.command.empty() ? FindImage(service.image) : nullptr;
  if (known != nullptr) {
    service.ports = {std::string(known->port)};
    for (const std::string_view word : known->command) {
      if (word.data() != nullptr) service.command.emplace_back(word);
    }
  }
  return service;
}

// The first port is `main`, others are called by their numbers.
std::string PortName(const Service& service, const std::string& port) {
  return port == service.ports.front() ? "main" : "p" + port;
}

void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// `text` of `service` with fixed ports and the names of peers replaced by references.
std::string Linked(std::string text, const Service& service, const std::vector<Service>& services) {
  for (const Service& peer : services) {
    if (&peer == &service) continue;
    for (const std::string& port : peer.ports) {
      ReplaceAll(text, peer.name + ":" + port,
                 fmt::format("${{{0}.host}}:${{{0}.port.{1}}}", peer.name, PortName(peer, port)));
    }
    if (text == peer.name) text = fmt::format("${{{}.host}}", peer.name);
  }
  for (const std::string& port : service.ports) {
    const bool whole = text == port || text.ends_with(":" + port) || text.ends_with("=" + port);
    if (!whole) continue;
    text.resize(text.size() - port.size());
    text += fmt::format("${{port.{}}}", PortName(service, port));
  }
  return text;
}

std::string RenderPorts(const Service& service) {
  if (service.ports.empty()) return "";
  std::vector<std::string> ports;
  for (const std::string& port : service.ports) {
    ports.push_back(fmt::format("{}: {}", PortName(service, port), port));
  }
  const std::string text = fmt::format("      ports: {{{}}}\n", Join(ports, ", "));
  return service.is_job ? text : text + "      ready: {tcp: true, port: main, within: 30s}\n";
}

std::string RenderNode(const Service& service, const std::vector<Service>& services) {
  std::vector<std::string> command;
  for (const std::string& word : service.command) {
    command.push_back(Linked(word, service, services));
  }
  std::string text =
      fmt::format("    - name: {0}\n      services: [{0}]\n      run:\n        command: {1}\n",
                  service.name, YamlList(command));
  if (service.is_job) text += "      kind: job\n";
  const bool known = FindImage(service.image) != nullptr;
  if (!known)
    text += fmt::format("      working_directory: {}\n", YamlScalar("../" + service.directory));
  if (!service.environment.empty()) text += "      environment:\n";
  for (const auto& [name, value] : service.environment) {
    text += fmt::format("        {}: {}\n", YamlScalar(name),
                        YamlScalar(Linked(value, service, services)));
  }
  text += RenderPorts(service);
  std::vector<std::string> dependencies;
  for (const auto& dependency : service.depends_on) {
    const auto is_peer = [&](const Service& peer) { return peer.name == dependency.first; };
    if (std::any_of(services.begin(), services.end(), is_peer)) {
      dependencies.push_back(dependency.first + ": " + dependency.second);
    }
  }
  if (dependencies.empty()) return text;
  return text + fmt::format("      depends_on: {{{}}}\n", Join(dependencies, ", "));
}

// One case: every node takes a connection.
std::string RenderSuite(const std::string& name, const std::vector<Service>& services) {
  std::vector<std::string> command{
      "bash", "-c",
      "for at; do IFS=: read -r host port <<<\"$at\"; exec 3<>\"/dev/tcp/$host/$port\" || exit 1; "
      "done",
      "connect"};
  for (const Service& service : services) {
    if (!service.ports.empty() && !service.is_job)
      command.push_back(fmt::format("${{{}.address}}", service.name));
  }
  return fmt::format(
      "suite: {0}\ndescription: every node takes a connection\ntester: command\n"
      "needs: {{preset: {0}}}\nformat: exit_code\ncommand: {1}\n",
      name, YamlList(command));
}

void MarkJobs(std::vector<Service>& services) {
  for (Service& service : services) {
    const std::pair<std::string, std::string> waits{service.name, "completed"};
    service.is_job = std::any_of(services.begin(), services.end(), [&](const Service& other) {
      return std::find(other.depends_on.begin(), other.depends_on.end(), waits) !=
             other.depends_on.end();
    });
  }
}

}  // namespace

Result<Scaffold> ComposeScaffold(const std::string& name, const Document& compose) {
  const Document* map = compose.Find("services");
  if (map == nullptr || !map->IsMap()) {
    return Fail(ErrorKind::kInvalid, "the compose file has no services");
  }
  Scaffold scaffold;
  std::vector<Service> services;
  for (const Document::Entry& entry : map->entries) {
    Service service = ReadService(entry.key.value, entry.value);
    if (!service.command.empty()) {
      services.push_back(std::move(service));
      continue;
    }
    scaffold.notes.push_back(
        fmt::format("service {} is left out: a local process needs a command, and {} has none that "
                    "is known; add a node with run: {{command: [PROGRAM, ARGUMENT...]}}",
                    Quote(service.name),
                    service.image.empty() ? "its build" : "image " + Quote(service.image)));
  }
  if (services.empty()) {
    return Fail(ErrorKind::kInvalid,
                "no service of the compose file can run as a local process: " +
                    (scaffold.notes.empty() ? "it has none" : scaffold.notes.front()),
                "give a program: ctestbed init -- PROGRAM ARGUMENT...");
  }
  MarkJobs(services);
  scaffold.preset = fmt::format("name: {}\ntopology:\n  nodes:\n", name);
  for (const Service& service : services) scaffold.preset += RenderNode(service, services);
  scaffold.suite = RenderSuite(name, services);
  return scaffold;
}

}  // namespace ctestbed
