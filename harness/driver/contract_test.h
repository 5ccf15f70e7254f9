// How drivers are held to what driver.h promises: the words by which each is told to run something,
// and the fixture of tests that run on several.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "driver/registry.h"
#include "io/private_directory.h"
#include "testing/expect.h"
#include "testing/requirement.h"

namespace ctestbed {

using Words = std::vector<std::string>;

// How a driver is told to run something that behaves in a certain way.
struct Dialect {
  std::string name;
  std::unique_ptr<Driver> (*make)(const DriverIo& io);
  const char* engine_variable;   // names an engine for tests; null: none is needed
  const char* address_variable;  // what the driver reads its address from
  std::string image;
  Words run_until_stopped;
  Words ignore_term;
  Words cannot_start;
  Words (*exit_with)(int code);
  Words (*print)(const std::string& line);        // both of these end with code 0
  Words (*print_error)(const std::string& line);  // null: it has no output
  Words (*flood)(int lines);                      // "flood: line 1 of LINES" and so on
  Words (*print_variable)(const std::string& name);
  Words sleep;       // for 20 s
  bool outlives_us;  // what is started runs on when its driver is gone
};

inline Dialect FakeDialect() {
  return {.name = "fake",
          .make = FindDriver("fake")->make,
          .engine_variable = nullptr,
          .address_variable = nullptr,
          .image = "subject:dev",
          .run_until_stopped = {"run"},
          .ignore_term = {"run"},
          .cannot_start = {"fail"},
          .exit_with =
              [](int code) {
                return Words{"exit", std::to_string(code)};
              },
          .print =
              [](const std::string& line) {
                return Words{"echo", line};
              }};
}

inline Dialect ProcessDialect() {
  Dialect dialect = FakeDialect();
  dialect.name = "process";
  dialect.make = FindDriver("process")->make;
  dialect.run_until_stopped = {"sleep", "1000"};
  dialect.ignore_term = {"sh", "-c", "trap '' TERM; while :; do sleep 0.01; done"};
  dialect.cannot_start = {"no-such-program"};
  dialect.exit_with = [](int code) { return Words{"sh", "-c", "exit " + std::to_string(code)}; };
  dialect.print_error = [](const std::string& line) {
    return Words{"sh", "-c", "echo \"$0\" >&2", line};
  };
  dialect.flood = [](int lines) {
    return Words{"awk", "-v", "n=" + std::to_string(lines),
                 "BEGIN { for (i = 1; i <= n; ++i) print \"flood: line \" i \" of \" n }"};
  };
  dialect.print_variable = [](const std::string& name) { return Words{"printenv", name}; };
  dialect.sleep = {"sleep", "20"};
  return dialect;
}

// By the verbs of fixtures/subject, which is all that its image holds.
inline Dialect DockerDialect() {
  return {.name = "docker",
          .make = FindDriver("docker")->make,
          .engine_variable = "CTESTBED_TEST_DOCKER",
          .address_variable = "DOCKER_HOST",
          .image = "localhost/ctestbed/subject:dev",
          .run_until_stopped = {"subject", "run"},
          .ignore_term = {"subject", "ignore-term"},
          .cannot_start = {"no-such-program"},
          .exit_with =
              [](int code) {
                return Words{"subject", "exit", std::to_string(code)};
              },
          .print =
              [](const std::string& line) {
                return Words{"subject", "print", line};
              },
          .print_error =
              [](const std::string& line) {
                return Words{"subject", "print-err", line};
              },
          .flood =
              [](int lines) {
                return Words{"subject", "flood", std::to_string(lines)};
              },
          .print_variable =
              [](const std::string& name) {
                return Words{"subject", "env", name};
              },
          .sleep = {"subject", "sleep", "20000"},
          .outlives_us = true};
}

inline Dialect PodmanDialect() {
  Dialect dialect = DockerDialect();
  dialect.name = "podman";
  dialect.make = FindDriver("podman")->make;
  dialect.engine_variable = "CTESTBED_TEST_PODMAN";
  dialect.address_variable = "CONTAINER_HOST";
  return dialect;
}

class Contract : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    const Dialect& dialect = GetParam();
    if (dialect.engine_variable != nullptr) {
      const std::string engine = TestVariable(dialect.engine_variable);
      ASSERT_TRUE(!engine.empty() || !IsRequired(dialect.name)) << dialect.engine_variable;
      if (engine.empty()) GTEST_SKIP() << dialect.engine_variable << " names no engine";
      variables_[dialect.address_variable] = engine;
    }
    directory_ = std::filesystem::temp_directory_path() / ("ctestbed-contract-" + UniqueToken());
    auto launcher = MakeRealLauncher(CTESTBED_SHIM);
    ASSERT_TRUE(launcher.has_value()) << launcher.error().message;
    launcher_ = std::move(*launcher);
    ports_ = MakeRealPortPool(directory_ + "/ports");
    driver_ = MakeDriver();
  }
  void TearDown() override {
    if (!driver_) return;
    ASSERT_TRUE(driver_->Sweep(owner_, "", In(std::chrono::seconds(10))).has_value());
    driver_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::unique_ptr<Driver> MakeDriver() {
    return GetParam().make({*launcher_, *ports_, *files_, *http_, *clock_, variables_});
  }
  InstanceId Id(const std::string& node, int replica = 0) const {
    return {environment_, node, replica};
  }
  InstanceSpec Spec(const InstanceId& id, std::vector<std::string> command) const {
    return {.id = id,
            .owner = owner_,
            .command = std::move(command),
            .image = GetParam().image,
            .environment = {{"PATH", "/usr/bin:/bin"}},
            .private_directory = directory_ + "/work/" + id.Name(),
            .log_directory = directory_ + "/logs/" + id.Name()};
  }
  Status Start(const InstanceId& id, std::vector<std::string> command) {
    return driver_->Start(Spec(id, std::move(command)), In(std::chrono::seconds(10)));
  }
  // Starts it and waits for its end.
  InstanceStatus Finish(const InstanceSpec& spec) {
    const Status started = driver_->Start(spec, Soon());
    EXPECT_TRUE(started.has_value()) << started.error().message;
    return started ? driver_->WaitForEnd(spec.id, Soon(), {}) : InstanceStatus{};
  }
  // What the first replica of `node` has printed to "stdout" or "stderr".
  std::string Output(const std::string& node, const std::string& stream) const {
    return files_->Read(directory_ + "/logs/" + node + "/" + stream + ".log").value_or("(no file)");
  }
  bool Can(Capability capability) const {
    const auto capabilities = driver_->Capabilities();
    return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
  }

  const std::string environment_ = UniqueToken();
  const std::string owner_ = "test-owner:" + UniqueToken();
  std::string directory_;
  std::map<std::string, std::string> variables_;
  std::unique_ptr<FileSystem> files_ = MakeRealFileSystem();
  std::unique_ptr<Clock> clock_ = MakeRealClock();
  std::unique_ptr<HttpClient> http_ = MakeRealHttpClient();
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<PortPool> ports_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace ctestbed
