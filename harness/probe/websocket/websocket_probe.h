// Ready when a WebSocket can be opened (RFC 6455 section 4): the handshake answers 101.
//
//   websocket: /connect
//   websocket: {path: /connect, headers: {Authorization: ...}, subprotocol: json}
#pragma once

#include "base/fields.h"
#include "probe/probe.h"

namespace ctestbed {

extern const Inside kWebSocketArguments;

std::unique_ptr<Probe> MakeWebSocketProbe(const Document& arguments, Diagnostics& problems);

}  // namespace ctestbed
