#include "driver/docker/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "testing/expect.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using Variables = std::map<std::string, std::string>;

std::vector<std::string> Texts(const Result<std::vector<EngineEndpoint>>& endpoints) {
  std::vector<std::string> texts;
  EXPECT_TRUE(endpoints) << endpoints.error().message;
  if (!endpoints) return texts;
  for (const EngineEndpoint& endpoint : *endpoints) texts.push_back(endpoint.text);
  return texts;
}

// A docker client that has the context 'far', and TLS files for it if `secured`.
void AddContext(FakeFileSystem& files, const std::string& current, const std::string& host,
                bool secured = false) {
  const std::string directory = "/home/a/.docker";
  files.files[directory + "/config.json"] = R"({"currentContext": ")" + current + "\"}";
  files.files[directory + "/contexts/meta/" + Sha256("far") + "/meta.json"] =
      R"({"Name": "far", "Endpoints": {"docker": {"Host": ")" + host + "\"}}}";
  if (secured) files.files[directory + "/contexts/tls/" + Sha256("far") + "/docker/ca.pem"] = "";
}

TEST(EngineEndpoint, IsAUnixSocket) {
  const auto endpoint = ParseEngineEndpoint("unix:///run/a.sock", "DOCKER_HOST", {});
  ASSERT_TRUE(endpoint) << endpoint.error().message;
  EXPECT_EQ(
      *endpoint,
      (EngineEndpoint{"unix:///run/a.sock", "DOCKER_HOST", "http://localhost", "/run/a.sock", {}}));
}

TEST(EngineEndpoint, OverTcpNeedsTlsUnlessItIsLoopback) {
  for (const char* host : {"127.0.0.1", "localhost", "[::1]"}) {
    const std::string authority = std::string(host) + ":2375";
    const auto endpoint = ParseEngineEndpoint("tcp://" + authority, "DOCKER_HOST", {});
    ASSERT_TRUE(endpoint) << endpoint.error().message;
    EXPECT_EQ(endpoint->url, "http://" + authority);
  }
  ExpectError(ParseEngineEndpoint("tcp://10.0.0.1:2375", "DOCKER_HOST", {}), ErrorKind::kInvalid,
              "DOCKER_HOST: 'tcp://10.0.0.1:2375' would be spoken to without TLS");
}

TEST(EngineEndpoint, TakesTheFilesOfTlsFromWhereTheVariablesSay) {
  const auto named = ParseEngineEndpoint("tcp://a:2376", "DOCKER_HOST",
                                         {{"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", "/c"}});
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->url, "https://a:2376");
  EXPECT_EQ(named->tls, (TlsFiles{"/c/ca.pem", "/c/cert.pem", "/c/key.pem"}));
  const auto usual = ParseEngineEndpoint("tcp://a:2376/", "DOCKER_HOST",
                                         {{"DOCKER_TLS_VERIFY", "1"}, {"HOME", "/home/a"}});
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_EQ(usual->tls.ca, "/home/a/.docker/ca.pem");
}

TEST(EngineEndpoint, SaysWhatIsWrongWithAnother) {
  for (const char* wrong : {"", "unix://", "unix://relative", "/run/a.sock", "tcp://", "tcp://a",
                            "tcp://a:", "tcp://u@a:1", "tcp://a:1/path", "npipe:////./pipe/a"}) {
    ExpectError(ParseEngineEndpoint(wrong, "DOCKER_HOST", {}), ErrorKind::kInvalid,
                "DOCKER_HOST: '" + std::string(wrong) + "' is no address of an engine");
  }
  ExpectError(ParseEngineEndpoint("ssh://a", "DOCKER_HOST", {}), ErrorKind::kUnsupported, "ssh -L");
}

TEST(DockerEndpoints, AreTheUsualSocketsWhenNothingIsNamed) {
  const FakeFileSystem files;
  EXPECT_THAT(Texts(DockerEndpoints({}, files)), ElementsAre("unix:///var/run/docker.sock"));
  EXPECT_THAT(
      Texts(DockerEndpoints({{"HOME", "/home/a"}, {"XDG_RUNTIME_DIR", "/run/user/1"}}, files)),
      ElementsAre("unix:///var/run/docker.sock", "unix:///run/user/1/docker.sock",
                  "unix:///home/a/.docker/run/docker.sock"));
}

TEST(DockerEndpoints, AreThatWhichIsNamedAlone) {
  const Variables home{{"HOME", "/home/a"}};
  Variables with_host = home;
  with_host["DOCKER_HOST"] = "unix:///b.sock";
  Variables with_both = with_host;
  with_both["DOCKER_CONTEXT"] = "far";
  FakeFileSystem files;
  AddContext(files, "far", "unix:///far.sock");
  EXPECT_THAT(Texts(DockerEndpoints(home, files)), ElementsAre("unix:///far.sock"));
  EXPECT_THAT(Texts(DockerEndpoints(with_host, files)), ElementsAre("unix:///b.sock"));
  EXPECT_THAT(Texts(DockerEndpoints(with_both, files)), ElementsAre("unix:///far.sock"));
  EXPECT_EQ(DockerEndpoints(with_both, files)->front().origin, "context 'far' (DOCKER_CONTEXT)");
  EXPECT_EQ(DockerEndpoints(home, files)->front().origin, "context 'far' (config.json)");
  AddContext(files, "default", "");
  EXPECT_THAT(Texts(DockerEndpoints(home, files)),
              testing::Contains("unix:///var/run/docker.sock"));
}

TEST(DockerEndpoints, TakeAContextWithItsOwnTls) {
  const Variables variables{{"HOME", "/home/a"}, {"DOCKER_CERT_PATH", "/of/another"}};
  FakeFileSystem files;
  AddContext(files, "far", "tcp://a:2376");
  ExpectError(DockerEndpoints(variables, files), ErrorKind::kInvalid, "without TLS");
  AddContext(files, "far", "tcp://a:2376", true);
  const auto endpoints = DockerEndpoints(variables, files);
  ASSERT_TRUE(endpoints) << endpoints.error().message;
  EXPECT_EQ(endpoints->front().tls.key,
            "/home/a/.docker/contexts/tls/" + Sha256("far") + "/docker/key.pem");
}

TEST(DockerEndpoints, SayThatAContextIsAbsent) {
  ExpectError(DockerEndpoints({{"HOME", "/h"}, {"DOCKER_CONTEXT", "nowhere"}}, FakeFileSystem()),
              ErrorKind::kNotFound, "context 'nowhere' (DOCKER_CONTEXT): there is no such context");
}

TEST(PodmanEndpoints, AreTheNamedOneOrTheUsualSockets) {
  const FakeFileSystem files;
  EXPECT_THAT(Texts(PodmanEndpoints({}, files)), ElementsAre("unix:///run/podman/podman.sock"));
  EXPECT_THAT(
      Texts(PodmanEndpoints({{"XDG_RUNTIME_DIR", "/run/user/1"}}, files)),
      ElementsAre("unix:///run/user/1/podman/podman.sock", "unix:///run/podman/podman.sock"));
  EXPECT_THAT(Texts(PodmanEndpoints({{"CONTAINER_HOST", "unix:///c.sock"}}, files)),
              ElementsAre("unix:///c.sock"));
}

}  // namespace
}  // namespace ctestbed
