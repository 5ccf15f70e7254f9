// Loopback TCP ports, leased race-free among all ctestbed processes of a user.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace ctestbed {

// Holds a port: a lock file, and until Release() also a bound, not listening socket, which keeps
// everybody away who does not set SO_REUSEADDR. The destructor gives the port back.
class PortLease {
 public:
  virtual ~PortLease() = default;
  virtual int Port() const = 0;
  // Lets the socket go (for a server without SO_REUSEADDR); the lock stays.
  virtual void Release() = 0;
};

// Thread-safe.
class PortPool {
 public:
  virtual ~PortPool() = default;
  // `wanted` 0: any free port of the range 20000-31999, which lies below the ephemeral ports.
  // kConflict names the port when `wanted` is taken, or the range when all of it is.
  virtual Result<std::unique_ptr<PortLease>> Lease(int wanted) = 0;
};

// Lock files live in `directory` (0700), shared by every ctestbed process of this user.
std::unique_ptr<PortPool> MakeRealPortPool(const std::string& directory);

}  // namespace ctestbed
