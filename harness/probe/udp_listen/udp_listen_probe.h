// Ready when a UDP socket is bound to the port. Nothing is sent: what a server says to a datagram
// is its own protocol. Only for nodes of this machine.
//
//   udp_listen: true
#pragma once

#include "probe/probe.h"

namespace ctestbed {

std::unique_ptr<Probe> MakeUdpListenProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed
