// UDP sockets, from /proc/PID/net/udp and udp6 (proc(5)).
#pragma once

#include "base/result.h"

namespace ctestbed {

// Whether a socket is bound to `port`, on whatever address, in the network namespace of process
// `pid`, or in ours for 0; kUnsupported where the kernel does not tell.
Result<bool> IsUdpPortBound(int port, int pid = 0);

}  // namespace ctestbed
