#include "io/udp_table.h"

#include <fmt/format.h>

#include <fstream>
#include <string>

namespace ctestbed {

Result<bool> IsUdpPortBound(int port, int pid) {
  // "  sl  local_address rem_address ...", then "  12: 0100007F:1F90 00000000:0000 ...".
  const std::string suffix = fmt::format(":{:04X}", port);
  const std::string directory =
      fmt::format("/proc/{}/net/", pid == 0 ? "self" : std::to_string(pid));
  bool told = false;
  for (const std::string_view name : {"udp", "udp6"}) {
    std::ifstream table(fmt::format("{}{}", directory, name));
    told = told || table.is_open();
    std::string rest;
    std::string number;
    std::string address;
    std::getline(table, rest);
    while (table >> number >> address && std::getline(table, rest)) {
      if (address.ends_with(suffix)) return true;
    }
  }
  if (told) return false;
  return Fail(ErrorKind::kUnsupported, directory + "udp cannot be read");
}

}  // namespace ctestbed
