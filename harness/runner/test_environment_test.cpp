#include "runner/test_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::Pair;

EnvironmentView SplitAuth() {
  EnvironmentView view;
  view.id = "e1";
  view.nodes = {
      {.name = "main",
       .services = {"edge-gate"},
       .endpoints = {{"http", "127.0.0.1:20001"}, {"admin", "127.0.0.1:20002"}},
       .ports = {"http", "admin"},
       .replicas =
           {{"main", 1, "", {{"http", "127.0.0.1:20001"}, {"admin", "127.0.0.1:20002"}}, {}, ""},
            {"main.2", 2, "", {{"http", "127.0.0.1:20004"}}, {}, ""}}},
      {.name = "auth",
       .services = {"auth", "accounts"},
       .endpoints = {{"api", "[::1]:20003"}},
       .ports = {"api"},
       .replicas = {{"auth", 3, "", {{"api", "[::1]:20003"}}, {{"api", "auth:80"}}, ""}}},
      {.name = "worker", .services = {"jobs"}}};
  return view;
}

const Run kRun{"accounts", "split-auth", {{"store", "redis"}}};

TEST(TestEnvironment, NamesServicesNodesAndTheCell) {
  const auto values = TestValues(SplitAuth(), kRun, "r1");
  EXPECT_THAT(values, IsSupersetOf({Pair("services.accounts.url", "http://[::1]:20003"),
                                    Pair("services.edge-gate.address", "127.0.0.1:20001"),
                                    Pair("services.auth.port", "20003"),
                                    Pair("main.address", "127.0.0.1:20001"),
                                    Pair("main.port.admin", "20002"), Pair("auth.host", "[::1]"),
                                    Pair("cell.store", "redis"), Pair("preset", "split-auth"),
                                    Pair("run.id", "r1")}));
}

TEST(TestEnvironment, NamesReplicas) {
  EXPECT_THAT(TestValues(SplitAuth(), kRun, "r1"),
              IsSupersetOf({Pair("main.2.address", "127.0.0.1:20004"),
                            Pair("main.addresses", "127.0.0.1:20001,127.0.0.1:20004")}));
  EXPECT_THAT(TestVariables(SplitAuth(), kRun, "r1"),
              Contains(Pair("CTESTBED_NODE_MAIN_2_HTTP_PORT", "20004")));
}

TEST(TestEnvironment, NamesWhereNodesFindEachOther) {
  EXPECT_THAT(
      TestValues(SplitAuth(), kRun, "r1"),
      IsSupersetOf({Pair("peers.auth.address", "auth:80"), Pair("peers.auth.port.api", "80"),
                    Pair("peers.services.accounts.address", "auth:80")}));
}

TEST(TestEnvironment, SayHttpsWhereThePortDoes) {
  EnvironmentView environment;
  environment.nodes = {{.name = "edge",
                        .services = {"cdn"},
                        .endpoints = {{"https", "127.0.0.1:20005"}},
                        .ports = {"https"}}};
  EXPECT_EQ(TestValues(environment, kRun, "r1").at("services.cdn.url"), "https://127.0.0.1:20005");
  EXPECT_EQ(TestVariables(environment, kRun, "r1").at("CTESTBED_SERVICE_CDN_URL"),
            "https://127.0.0.1:20005");
}

TEST(TestEnvironment, HasNoAddressForWhatHasNoPort) {
  EXPECT_THAT(TestValues(SplitAuth(), kRun, "r1"), Not(Contains(Key("services.jobs.url"))));
  EXPECT_THAT(TestVariables(SplitAuth(), kRun, "r1"),
              Not(Contains(Key("CTESTBED_SERVICE_JOBS_URL"))));
}

TEST(TestEnvironment, NamesWhereWebSocketsAre) {
  EnvironmentView view = SplitAuth();
  const auto first = TestValues(view, kRun, "r1");
  EXPECT_THAT(first, Contains(Pair("services.edge-gate.ws", "ws://127.0.0.1:20001")));
  EXPECT_THAT(first, Not(Contains(Key("services.edge-gate.wss"))));
  EXPECT_THAT(first, Not(Contains(Key("services.jobs.ws"))));
  view.nodes[0].endpoints["ws"] = "127.0.0.1:20003";
  view.nodes[0].endpoints["https"] = "127.0.0.1:20004";
  EXPECT_THAT(TestValues(view, kRun, "r1"),
              IsSupersetOf({Pair("services.edge-gate.ws", "ws://127.0.0.1:20003"),
                            Pair("services.edge-gate.wss", "wss://127.0.0.1:20004")}));
}

TEST(TestEnvironment, MakesVariableNamesForPrograms) {
  const auto variables = TestVariables(SplitAuth(), kRun, "r1");
  EXPECT_THAT(
      variables,
      IsSupersetOf({Pair("CTESTBED_SERVICE_EDGE_GATE_URL", "http://127.0.0.1:20001"),
                    Pair("CTESTBED_SERVICE_AUTH_HOST", "[::1]"),
                    Pair("CTESTBED_SERVICE_AUTH_ADDRESS", "[::1]:20003"),
                    Pair("CTESTBED_NODE_MAIN_ADMIN_PORT", "20002"),
                    Pair("CTESTBED_NODE_MAIN_ADMIN_ADDRESS", "127.0.0.1:20002"),
                    Pair("CTESTBED_ENVIRONMENT", "e1"), Pair("CTESTBED_AXIS_STORE", "redis"),
                    Pair("CTESTBED_CELL", "store=redis"), Pair("CTESTBED_PRESET", "split-auth"),
                    Pair("CTESTBED_RUN_ID", "r1")}));
}

}  // namespace
}  // namespace ctestbed
