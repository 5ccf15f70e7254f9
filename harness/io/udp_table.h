// The UDP sockets of this machine, from /proc/net/udp and udp6 (proc(5)).
#pragma once

#include "base/result.h"

namespace ctestbed {

// Whether a socket is bound to `port`, on whatever address; kUnsupported where the kernel does not
// tell.
Result<bool> IsUdpPortBound(int port);

}  // namespace ctestbed
