#include "driver/docker/endpoint.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

using Variables = std::map<std::string, std::string>;

constexpr std::string_view kUnix = "unix://";
constexpr std::string_view kTcp = "tcp://";

std::string ValueOf(const Variables& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

// Host and port of "tcp://HOST:PORT/", the host without brackets.
struct Authority {
  std::string host;
  std::string text;  // with the port

  bool IsLoopback() const {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
  }
};

Result<Authority> AuthorityOf(const std::string& address, const std::string& origin) {
  std::string text = address.substr(kTcp.size());
  while (text.ends_with('/')) text.pop_back();
  const size_t bracket = text.find(']');
  const size_t colon = text.find(':', bracket == std::string::npos ? 0 : bracket);
  const bool is_whole = colon != std::string::npos && colon > 0 && colon + 1 < text.size();
  if (!is_whole || text.find_first_of("/@?# ") != std::string::npos) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}: {} is no address of an engine, expected tcp://HOST:PORT", origin,
                            Quote(address)));
  }
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Authority{std::move(host), std::move(text)};
}

TlsFiles TlsIn(const std::string& directory) {
  return {directory + "/ca.pem", directory + "/cert.pem", directory + "/key.pem"};
}

std::string DockerDirectory(const Variables& environment) {
  const std::string chosen = ValueOf(environment, "DOCKER_CONFIG");
  return chosen.empty() ? ValueOf(environment, "HOME") + "/.docker" : chosen;
}

Result<EngineEndpoint> Tcp(const std::string& address, const std::string& origin,
                           const Variables& environment) {
  TRY(const Authority authority, AuthorityOf(address, origin));
  const std::string certificates = ValueOf(environment, "DOCKER_CERT_PATH");
  const bool secured = !ValueOf(environment, "DOCKER_TLS_VERIFY").empty() || !certificates.empty();
  if (!secured && !authority.IsLoopback()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}: {} would be spoken to without TLS: set DOCKER_TLS_VERIFY=1 and "
                            "DOCKER_CERT_PATH to a directory with ca.pem, cert.pem and key.pem",
                            origin, Quote(address)));
  }
  EngineEndpoint endpoint{address, origin, "http://" + authority.text, "", {}};
  if (secured) {
    endpoint.url = "https://" + authority.text;
    endpoint.tls = TlsIn(certificates.empty() ? DockerDirectory(environment) : certificates);
  }
  return endpoint;
}

// The endpoint of a context of the docker client, whose directories are called by the digest of
// its name.
Result<EngineEndpoint> FromContext(const std::string& name, const std::string& chooser,
                                   const Variables& environment, const FileSystem& files) {
  const std::string contexts = DockerDirectory(environment) + "/contexts";
  const std::string origin = fmt::format("context {} ({})", Quote(name), chooser);
  const std::string path = fmt::format("{}/meta/{}/meta.json", contexts, Sha256(name));
  const Result<std::string> text = files.Read(path);
  if (!text) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("{}: there is no such context: 'docker context ls' lists them", origin),
                text.error().message);
  }
  const Result<Json> meta = ParseJson(*text);
  if (!meta) {
    return Fail(ErrorKind::kInvalid, fmt::format("{}: {}: {}", origin, path, meta.error().message));
  }
  const Json& docker = JsonMember(JsonMember(*meta, "Endpoints"), "docker");
  Variables own = environment;
  own.erase("DOCKER_TLS_VERIFY");
  own.erase("DOCKER_CERT_PATH");
  const std::string tls = fmt::format("{}/tls/{}/docker", contexts, Sha256(name));
  if (files.Exists(tls)) own["DOCKER_CERT_PATH"] = tls;
  return ParseEngineEndpoint(JsonText(docker, "Host"), origin, own);
}

std::string CurrentContext(const Variables& environment, const FileSystem& files) {
  const auto text = files.Read(DockerDirectory(environment) + "/config.json");
  if (!text) return "";
  const Result<Json> config = ParseJson(*text);
  return config ? JsonText(*config, "currentContext") : "";
}

EngineEndpoint Socket(const std::string& path, const std::string& origin) {
  return {std::string(kUnix) + path, origin, "http://localhost", path, {}};
}

Result<std::vector<EngineEndpoint>> Alone(Result<EngineEndpoint> endpoint) {
  return std::move(endpoint).map(
      [](EngineEndpoint&& only) { return std::vector<EngineEndpoint>{std::move(only)}; });
}

}  // namespace

Result<EngineEndpoint> ParseEngineEndpoint(const std::string& address, const std::string& origin,
                                           const Variables& environment) {
  if (address.starts_with(kUnix) && address.size() > kUnix.size()) {
    const std::string path = address.substr(kUnix.size());
    if (path.front() == '/') return Socket(path, origin);
  }
  if (address.starts_with(kTcp)) return Tcp(address, origin, environment);
  if (address.starts_with("ssh://")) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("{}: {} is reached over ssh, which ctestbed does not do itself: "
                            "forward its socket ('ssh -L /tmp/engine.sock:/var/run/docker.sock') "
                            "and name that one as unix:///tmp/engine.sock",
                            origin, Quote(address)));
  }
  return Fail(ErrorKind::kInvalid,
              fmt::format("{}: {} is no address of an engine, expected unix:///PATH or "
                          "tcp://HOST:PORT",
                          origin, Quote(address)));
}

Result<std::vector<EngineEndpoint>> DockerEndpoints(const Variables& environment,
                                                    const FileSystem& files) {
  const std::string host = ValueOf(environment, "DOCKER_HOST");
  std::string context = ValueOf(environment, "DOCKER_CONTEXT");
  std::string chooser = "DOCKER_CONTEXT";
  if (context.empty() && !host.empty()) {
    return Alone(ParseEngineEndpoint(host, "DOCKER_HOST", environment));
  }
  if (context.empty()) {
    context = CurrentContext(environment, files);
    chooser = "config.json";
  }
  if (!context.empty() && context != "default") {
    return Alone(FromContext(context, chooser, environment, files));
  }
  std::vector<EngineEndpoint> endpoints{Socket("/var/run/docker.sock", "the default socket")};
  const std::string runtime = ValueOf(environment, "XDG_RUNTIME_DIR");
  const std::string home = ValueOf(environment, "HOME");
  if (!runtime.empty()) {
    endpoints.push_back(Socket(runtime + "/docker.sock", "the socket of a rootless engine"));
  }
  if (!home.empty()) {
    endpoints.push_back(Socket(home + "/.docker/run/docker.sock", "the socket of Docker Desktop"));
  }
  return endpoints;
}

Result<std::vector<EngineEndpoint>> PodmanEndpoints(const Variables& environment,
                                                    const FileSystem&) {
  const std::string host = ValueOf(environment, "CONTAINER_HOST");
  if (!host.empty()) return Alone(ParseEngineEndpoint(host, "CONTAINER_HOST", environment));
  std::vector<EngineEndpoint> endpoints;
  const std::string runtime = ValueOf(environment, "XDG_RUNTIME_DIR");
  if (!runtime.empty()) {
    endpoints.push_back(Socket(runtime + "/podman/podman.sock", "the socket of this user"));
  }
  endpoints.push_back(Socket("/run/podman/podman.sock", "the socket of the system"));
  return endpoints;
}

}  // namespace ctestbed
