#include "plan/lanes.h"

#include <fmt/format.h>

#include <map>

namespace ctestbed {
Status CheckLanes(const std::vector<Lane>& lanes) {
  std::map<int, size_t> lane_of;  // by port of the host
  for (size_t lane = 0; lane < lanes.size(); ++lane) {
    for (const Batch& batch : lanes[lane].batches) {
      for (const Node& node : batch.topology.nodes) {
        for (const Port& port : node.ports) {
          if (port.host == 0 || lane_of.try_emplace(port.host, lane).first->second == lane)
            continue;
          return Fail(ErrorKind::kInvalid,
                      fmt::format("node '{}' of preset '{}' has the fixed port {} of the host, "
                                  "which only one environment at a time can have",
                                  node.name, batch.preset, port.host),
                      "use one lane, or let the port be a free one");
        }
      }
    }
  }
  return {};
}

}  // namespace ctestbed
