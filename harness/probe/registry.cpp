#include <array>

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
    {"exec", "a command inside the node exits with the expected code", false, MakeExecProbe},
    {"http", "a GET of a path answers with the expected status", true, MakeHttpProbe},
    {"log", "a line that the node prints matches a regular expression", false, MakeLogProbe},
    {"tcp", "a connection to the port is accepted", true, MakeTcpProbe},
    {"udp_listen", "a UDP socket is bound to the port", true, MakeUdpListenProbe},
    {"websocket", "a WebSocket can be opened at a path", true, MakeWebSocketProbe},
}};

// Of the probes above, in their order.
constexpr std::array<const Inside*, kProbes.size()> kArguments{&kExecArguments, &kHttpArguments,
                                                               &kTcpArguments};

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
  for (size_t i = 0; i < kProbes.size(); ++i) {
    fields.push_back({kProbes[i].name, Shape::kAny, kProbes[i].help, false, kArguments[i]});
  }
  return fields;
}

}  // namespace ctestbed
