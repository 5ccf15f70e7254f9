#include <array>

#include "probe/arguments.h"
#include "probe/exec/exec_probe.h"
#include "probe/http/http_probe.h"
#include "probe/log/log_probe.h"
#include "probe/probe.h"
#include "probe/tcp/tcp_probe.h"
#include "probe/udp_listen/udp_listen_probe.h"
#include "probe/websocket/websocket_probe.h"

namespace ctestbed {
namespace {

constexpr std::array<ProbeEntry, 6> kProbes{{
    {"exec", "a command inside the node exits with the expected code", false, &kExecArguments,
     MakeExecProbe},
    {"http", "a GET of a path answers with the expected status", true, &kHttpArguments,
     MakeHttpProbe},
    {"log", "a line that the node prints matches a regular expression", false, &kLogArguments,
     MakeLogProbe},
    {"tcp", "a connection to the port is accepted", true, &kNoArguments, MakeTcpProbe},
    {"udp_listen", "a UDP socket is bound to the port", true, &kNoArguments, MakeUdpListenProbe},
    {"websocket", "a WebSocket can be opened at a path", true, &kWebSocketArguments,
     MakeWebSocketProbe},
}};

}  // namespace

std::span<const ProbeEntry> Probes() {
  return kProbes;
}

const ProbeEntry* FindProbe(std::string_view name) {
  for (const ProbeEntry& entry : kProbes) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::vector<Field> ProbeFields() {
  std::vector<Field> fields;
  for (const ProbeEntry& probe : kProbes) {
    fields.push_back({probe.name, Shape::kAny, probe.help, false, probe.arguments});
  }
  return fields;
}

}  // namespace ctestbed
