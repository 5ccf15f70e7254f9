// Nodes in memory: they "run" until they are stopped or a fault switch says otherwise. Commands of
// a node steer it, so that presets can use it too:
//   [exit, CODE]  ends at once          [fail]  cannot be started
//   [stuck]       cannot be stopped     anything else runs
#pragma once

#include "driver/registry.h"

namespace ctestbed {

std::unique_ptr<Driver> MakeFakeDriver(const DriverIo& io);

// What tests switch and read; the same object as MakeFakeDriver makes.
class FakeDriver : public Driver {
 public:
  // What the instance that runs now was started with; empty when none does.
  virtual InstanceSpec Spec(const InstanceId& id) const = 0;
  // The instance ends with that code, as if by itself.
  virtual void Crash(const InstanceId& id, int exit_code) = 0;
  // Calls in order: "start main", "exec PROGRAM ARGUMENT...", "stop main".
  virtual std::vector<std::string> Calls() const = 0;
  virtual void FailStops(bool fail) = 0;
  // What an instance was started with.
  virtual std::map<std::string, std::string> EnvironmentOf(const InstanceId& id) const = 0;
};

std::unique_ptr<FakeDriver> MakeSwitchableFakeDriver();

}  // namespace ctestbed
