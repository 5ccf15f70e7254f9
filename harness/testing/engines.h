// The container engines that tests may use; ci/test --require docker,podman has them run.
#pragma once

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <string>

namespace ctestbed {

// Where the engine `name`, docker or podman, listens: unix:///... Empty where there is none; the
// test then skips itself, and has failed already if the engine is required:
//   if (EngineSocket("docker").empty()) GTEST_SKIP() << "no docker: ci/test --require docker";
// The images in it are localhost/ctestbed/NAME:dev, see ci/engines/images.
inline std::string EngineSocket(const std::string& name) {
  std::string variable = "CTESTBED_TEST_";
  for (const unsigned char c : name) variable += static_cast<char>(std::toupper(c));
  if (const char* socket = std::getenv(variable.c_str())) return socket;
  const char* required = std::getenv("CTESTBED_REQUIRE");
  const std::string names = "," + std::string(required == nullptr ? "" : required) + ",";
  if (names.find("," + name + ",") != std::string::npos) {
    ADD_FAILURE() << name << " is required, but " << variable << " does not say where it is";
  }
  return "";
}

}  // namespace ctestbed
