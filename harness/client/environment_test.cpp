#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctestbed/client/environment.h>
#include <cstdlib>
#include <functional>

namespace ctestbed::client {
namespace {

std::map<std::string, std::string> Variables() {
  return {{"CTESTBED_ENVIRONMENT", "e1"},
          {"CTESTBED_PRESET", "split-auth"},
          {"CTESTBED_RUN_ID", "r1"},
          {"CTESTBED_AXIS_STORE", "redis"},
          {"CTESTBED_SERVICE_EDGE_GATE_URL", "http://127.0.0.1:20001"},
          {"CTESTBED_SERVICE_EDGE_GATE_WS", "ws://127.0.0.1:20002"},
          {"CTESTBED_SERVICE_EDGE_GATE_ADDRESS", "127.0.0.1:20001"},
          {"CTESTBED_SERVICE_AUTH_ADDRESS", "[::1]:20003"},
          {"CTESTBED_NODE_MAIN_HTTP_ADDRESS", "127.0.0.1:20001"},
          {"CTESTBED_NODE_MAIN_2_HTTP_ADDRESS", "127.0.0.1:20004"},
          {"CTESTBED_NODE_BAD_HTTP_ADDRESS", "127.0.0.1"}};
}

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Environment, FindsServicesAndNodes) {
  const Environment environment(Variables());
  EXPECT_EQ(environment.Url("edge-gate"), "http://127.0.0.1:20001");
  EXPECT_EQ(environment.WebSocketUrl("edge-gate"), "ws://127.0.0.1:20002");
  EXPECT_EQ(environment.Service("auth").host, "[::1]");
  EXPECT_EQ(environment.Service("auth").port, 20003);
  EXPECT_EQ(environment.Node("main", "http").address, "127.0.0.1:20001");
  EXPECT_EQ(environment.Node("main.2", "http").port, 20004);
  EXPECT_EQ(environment.Axis("store"), "redis");
  EXPECT_EQ(environment.Preset(), "split-auth");
  EXPECT_EQ(environment.RunId(), "r1");
}

TEST(Environment, NamesWhatThereIs) {
  const Environment environment(Variables());
  EXPECT_EQ(ErrorOf([&] { environment.Service("acounts"); }),
            "the environment has no service 'acounts'; it has: auth, edge_gate");
  EXPECT_EQ(ErrorOf([&] { environment.Node("main", "https"); }),
            "the environment has no node and port 'main.https'; it has: bad_http, main_2_http, "
            "main_http");
  EXPECT_EQ(ErrorOf([&] { environment.Axis("stoer"); }),
            "the environment has no axis 'stoer'; it has: store");
  EXPECT_EQ(ErrorOf([&] { environment.Node("bad", "http"); }), "'127.0.0.1' is no HOST:PORT");
}

TEST(Environment, IsThereOnlyUnderCtestbed) {
  const std::map<std::string, std::string> foreign{{"CTESTBED_STATE_DIR", "/tmp"}};
  EXPECT_THAT(ErrorOf([&] { Environment environment(foreign); }),
              testing::StartsWith("there is no live environment: run this program by ctestbed"));
  ::setenv("CTESTBED_ENVIRONMENT", "e1", 1);
  ::setenv("CTESTBED_SERVICE_WEB_URL", "http://127.0.0.1:1", 1);
  EXPECT_EQ(Environment().Url("web"), "http://127.0.0.1:1");
  ::unsetenv("CTESTBED_ENVIRONMENT");
  EXPECT_THROW(Environment(), Error);
}

}  // namespace
}  // namespace ctestbed::client
