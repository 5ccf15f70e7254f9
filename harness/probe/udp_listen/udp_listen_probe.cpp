#include "probe/udp_listen/udp_listen_probe.h"

#include <fmt/format.h>

#include "io/udp_table.h"
#include "probe/arguments.h"

namespace ctestbed {
namespace {

class UdpListenProbe final : public Probe {
 public:
  Status Check(const ProbeTarget& target, TimePoint, std::stop_token) override {
    TRY(const bool bound, IsUdpPortBound(target.own.port, target.pid));
    if (bound) return {};
    return Fail(ErrorKind::kUnavailable, fmt::format("udp port {} is not bound", target.own.port));
  }
};

}  // namespace

std::unique_ptr<Probe> MakeUdpListenProbe(const Document& arguments, Diagnostics& problems) {
  return TakesNoArguments(arguments, "udp_listen", problems) ? std::make_unique<UdpListenProbe>()
                                                             : nullptr;
}

}  // namespace ctestbed
