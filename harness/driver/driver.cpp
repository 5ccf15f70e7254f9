#include "driver/driver.h"

#include "io/process.h"

namespace ctestbed {

std::string InstanceId::Name() const {
  return replica == 0 ? node : node + "." + std::to_string(replica + 1);
}

std::string InstanceStatus::Describe() const {
  switch (state) {
    case InstanceState::kRunning:
      return "is running";
    case InstanceState::kExited:
      return ProcessEnd{exit_code, signal}.Describe();
    case InstanceState::kGone:
      break;
  }
  return "is gone";
}

std::string_view CapabilityName(Capability capability) {
  switch (capability) {
    case Capability::kCommandNodes:
      return "command-nodes";
    case Capability::kImageNodes:
      return "image-nodes";
    case Capability::kExec:
      return "exec";
    case Capability::kReplicas:
      break;
  }
  return "replicas";
}

}  // namespace ctestbed
