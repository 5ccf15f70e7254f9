#include "probe/websocket/websocket_probe.h"

#include <fmt/format.h>

#include <array>

#include "base/fields.h"
#include "base/text.h"
#include "io/websocket/handshake.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

constexpr std::array<Field, 3> kFields{{
    {"path", Shape::kText, "where the WebSocket is, beginning with '/'", true},
    {"headers", Shape::kTextMap, "headers of the handshake"},
    {"subprotocol", Shape::kText, "offered, and to be agreed on"},
}};

constexpr Inside kHandshake{.fields = kFields};
constexpr std::array kForms{
    Field{"path", Shape::kText, "where the WebSocket is, beginning with '/'"},
    Field{"handshake", Shape::kMap, "where it is, and what is offered", false, &kHandshake},
};

struct Arguments {
  std::string path;
  HttpHeaders headers;
  std::string subprotocol;
};

Arguments ReadArguments(const Document& document, Diagnostics& problems) {
  Arguments arguments;
  Located<std::string> path{document.text, document.mark};
  if (!document.IsScalar()) {
    const Fields fields(document, "websocket probe", kFields, problems);
    if (!fields.Has("path")) return arguments;
    path = *fields.Text("path");
    for (const auto& [name, value] : fields.TextMap("headers")) {
      arguments.headers.emplace_back(name.value, value.value);
    }
    if (const auto text = fields.Text("subprotocol")) arguments.subprotocol = text->value;
  }
  arguments.path = path.value;
  if (!path.value.starts_with('/')) {
    problems.Error(path.mark, fmt::format("the path of a websocket probe must begin with '/', "
                                          "not {}",
                                          Quote(path.value)));
  }
  return arguments;
}

class WebSocketProbe final : public Probe {
 public:
  explicit WebSocketProbe(Arguments arguments) : arguments_(std::move(arguments)) {}

  Status Check(const ProbeTarget& target, TimePoint deadline, std::stop_token stop) override {
    const std::string where = target.address.Text() + arguments_.path;
    const auto answer = Ask(target.address, deadline, stop);
    if (!answer) {
      return Fail(answer.error().kind,
                  fmt::format("websocket {}: {}", where, answer.error().message));
    }
    if (!answer->upgraded()) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("websocket {} answered {}, not 101", where, answer->status));
    }
    if (answer->subprotocol == arguments_.subprotocol) return {};
    return Fail(ErrorKind::kUnavailable,
                fmt::format("websocket {} does not speak '{}'", where, arguments_.subprotocol));
  }

 private:
  Result<WsAnswer> Ask(const Address& address, TimePoint deadline, const std::stop_token& stop) {
    TRY(const auto stream, ConnectTcp(address.host, address.port, deadline, stop));
    WsRequest request{
        {false, address.host, address.port, arguments_.path}, arguments_.headers, {}, {}};
    if (!arguments_.subprotocol.empty()) request.subprotocols = {arguments_.subprotocol};
    return ShakeHands(*stream, request, deadline, stop);
  }

  const Arguments arguments_;
};

}  // namespace

constexpr Inside kWebSocketArguments{.either = kForms};

std::unique_ptr<Probe> MakeWebSocketProbe(const Document& arguments, Diagnostics& problems) {
  Diagnostics own;
  Arguments read = ReadArguments(arguments, own);
  return HandOn(own, problems) ? std::make_unique<WebSocketProbe>(std::move(read)) : nullptr;
}

}  // namespace ctestbed
