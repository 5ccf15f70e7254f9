// What the kinds of sockets have in common.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <string>

#include "io/byte_stream.h"
#include "io/descriptor.h"

namespace ctestbed {

// A stream over a connected socket. `peer` names the other side in messages.
std::unique_ptr<ByteStream> MakeSocketStream(Descriptor socket, std::string peer, int peer_pid);

// Who connected to, or was listening on, a unix socket (SO_PEERCRED, unix(7)).
ucred PeerOf(const Descriptor& socket);

}  // namespace ctestbed
