// Where an engine may listen, in the order in which it is looked for. Pure but for reading the
// docker client's configuration.
// Source: https://docs.docker.com/engine/manage-resources/contexts/ (DOCKER_CONTEXT before
// DOCKER_HOST before the current context), podman-system-service(1), podman-remote(1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/file_system.h"
#include "io/http_client.h"

namespace ctestbed {

struct EngineEndpoint {
  std::string text;    // as people write it: "unix:///run/docker.sock", "tcp://10.0.0.1:2376"
  std::string origin;  // what named it: "DOCKER_HOST", "the default socket"
  std::string url;     // scheme, host and port: "http://localhost", "https://10.0.0.1:2376"
  std::string unix_socket;
  TlsFiles tls;

  bool operator==(const EngineEndpoint&) const = default;
};

// What `address` says, by the variables of the docker client. unix:// and tcp:// can be spoken to;
// tcp:// beyond loopback only with DOCKER_TLS_VERIFY or DOCKER_CERT_PATH. kUnsupported for ssh://
// and others, kInvalid for what is none of them; messages name `origin`.
Result<EngineEndpoint> ParseEngineEndpoint(const std::string& address, const std::string& origin,
                                           const std::map<std::string, std::string>& environment);

// Which engines to try, one after the other, never none. What a user named is tried alone: that it
// does not answer is an error, never a reason to take another.
using EngineSearch = Result<std::vector<EngineEndpoint>> (*)(
    const std::map<std::string, std::string>& environment, const FileSystem& files);

// DOCKER_CONTEXT, DOCKER_HOST, the current context of $DOCKER_CONFIG/config.json; else the sockets
// in /var/run, $XDG_RUNTIME_DIR and ~/.docker/run.
Result<std::vector<EngineEndpoint>> DockerEndpoints(
    const std::map<std::string, std::string>& environment, const FileSystem& files);

// CONTAINER_HOST; else the sockets in $XDG_RUNTIME_DIR/podman and /run/podman.
Result<std::vector<EngineEndpoint>> PodmanEndpoints(
    const std::map<std::string, std::string>& environment, const FileSystem& files);

}  // namespace ctestbed
