#include "driver/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace ctestbed {
namespace {

using testing::HasSubstr;

const std::vector<Capability> kProcessLike{Capability::kCommandNodes, Capability::kExec,
                                           Capability::kReplicas, Capability::kNoNewPrivileges};

Node Plain() {
  return {.name = "main", .command = {"run"}};
}

// What CheckSupported says of `node` on a backend that starts commands alone.
std::string Refusal(const Node& node) {
  const Status status = CheckSupported({{node}}, kProcessLike);
  if (status) return "";
  EXPECT_EQ(status.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(status.error().node, "main");
  return status.error().message;
}

TEST(CheckSupported, NamesTheKeyThatABackendCannotDo) {
  const std::map<std::string, std::function<void(Node&)>> asks{
      {"networks",
       [](Node& node) {
         node.container.networks = std::vector<NetworkUse>{{"a", {}}};
       }},
      {"read_only mounts",
       [](Node& node) {
         node.mounts["a"] = {MountKind::kBind, "/", "", "", true};
       }},
      {"security.user", [](Node& node) { node.container.security.user = "1000"; }},
      {"security.drop_caps",
       [](Node& node) { node.container.security.drop_caps = std::vector<std::string>{"ALL"}; }},
      {"security.seccomp", [](Node& node) { node.container.security.seccomp = "default"; }},
      {"security.read_only", [](Node& node) { node.container.security.read_only = true; }},
      {"security.privileged", [](Node& node) { node.container.security.privileged = true; }},
      {"security.service_account_token",
       [](Node& node) { node.container.security.service_account_token = true; }},
      {"resources.memory", [](Node& node) { node.container.resources.memory = 1 << 20; }},
      {"resources.cpus", [](Node& node) { node.container.resources.cpus = 500; }},
      {"resources.pids", [](Node& node) { node.container.resources.pids = 8; }}};
  for (const auto& [key, ask] : asks) {
    Node node = Plain();
    ask(node);
    EXPECT_EQ(Refusal(node), "node 'main' asks for " + key + ", which this backend cannot do");
  }
}

TEST(CheckSupported, LetsWhatCostsNothingPass) {
  Node node = Plain();
  EXPECT_EQ(Refusal(node), "");
  node.image = "realm:dev";
  node.container.build = Build{"/p", "", {}};
  node.container.security = {{},   std::vector<std::string>{}, "unconfined", true, false, false,
                             false};
  node.container.labels = {{"team", "a"}};
  EXPECT_EQ(Refusal(node), "");
}

TEST(CheckSupported, WantsSomethingToStart) {
  Node node{.name = "main", .image = "realm:dev"};
  EXPECT_THAT(Refusal(node), HasSubstr("lacks run.command, and this backend runs no images"));
  EXPECT_TRUE(CheckSupported({{node}}, {Capability::kImageNodes}).has_value());
  node.image.clear();
  node.container.build = Build{"/p", "", {}};
  EXPECT_FALSE(CheckSupported({{node}}, {Capability::kImageNodes}).has_value());
  EXPECT_TRUE(CheckSupported({{node}}, {Capability::kImageNodes, Capability::kBuild}).has_value());
}

TEST(Capabilities, HaveDifferentNames) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Capability::kPidsLimit); ++i) {
    names.insert(CapabilityName(static_cast<Capability>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(Capability::kPidsLimit) + 1);
}

}  // namespace
}  // namespace ctestbed
