#include "probe/tcp/tcp_probe.h"

#include <fmt/format.h>

#include "io/byte_stream.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

class TcpProbe final : public Probe {
 public:
  Status Check(const ProbeTarget& target, TimePoint deadline, std::stop_token stop) override {
    const auto stream = ConnectTcp(target.own.host, target.own.port, deadline, stop);
    if (stream) return {};
    const Error& error = stream.error();
    const std::string why =
        error.message.ends_with("refused") ? " refused the connection" : ": " + error.message;
    return Fail(error.kind, fmt::format("tcp {}{}", target.own.Text(), why));
  }
};

}  // namespace

std::unique_ptr<Probe> MakeTcpProbe(const Document& arguments, Diagnostics& problems) {
  return TakesNoArguments(arguments, "tcp", problems) ? std::make_unique<TcpProbe>() : nullptr;
}

}  // namespace ctestbed
