#include "driver/docker/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const EngineTraits kDocker = TraitsOf("Docker/20.10.24 (linux)");
const EngineTraits kPodman = TraitsOf("Libpod/4.3.1 (linux)");

InstanceSpec Plain() {
  return {.id = {"0123456789abcdef", "main", 0}, .owner = "host:boot:1:2", .image = "realm:dev"};
}

Json BodyOf(const InstanceSpec& spec, const ContainerPlan& plan = {"realm:dev", {}, ""}) {
  return CreateBody(spec, plan, kDocker);
}

Json Parsed(std::string_view text) {
  return ParseJson(text).value();
}

TEST(CreateBody, IsHardenedAndLabelledByDefault) {
  const Json expected = Parsed(R"({
    "Image": "realm:dev",
    "User": "10001:10001",
    "Hostname": "main",
    "Env": [],
    "Labels": {"ctestbed.environment": "0123456789abcdef", "ctestbed.owner": "host:boot:1:2",
               "ctestbed.node": "main", "ctestbed.replica": "1"},
    "HostConfig": {
      "Init": false,
      "RestartPolicy": {"Name": "no"},
      "Mounts": [],
      "LogConfig": {"Type": "json-file", "Config": {"max-size": "64m", "max-file": "2"}},
      "CapDrop": ["ALL"],
      "SecurityOpt": ["no-new-privileges:true"],
      "ReadonlyRootfs": true,
      "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"},
      "PidsLimit": 256,
      "NetworkMode": "ctestbed-01234567"
    },
    "NetworkingConfig": {"EndpointsConfig": {"ctestbed-01234567": {"Aliases": ["main"]}}}
  })");
  EXPECT_EQ(BodyOf(Plain()), expected) << DumpJsonPretty(BodyOf(Plain()));
}

TEST(CreateBody, SaysWhatTheNodeSays) {
  InstanceSpec spec = Plain();
  spec.command = {"realm", "--http"};
  spec.args = {"8080"};
  spec.environment = {{"A", "1=2"}, {"B", ""}};
  spec.working_directory = "/srv";
  spec.container.labels = {{"team", "a"}, {"ctestbed.owner", "forged"}};
  spec.container.resources = {64 << 20, 1500, 8};
  spec.mounts = {{"conf", "/host/conf", "/etc/conf", true}, {"data", "/host/data", "", false}};
  const Json body = BodyOf(spec);
  EXPECT_EQ(body["Entrypoint"], Parsed(R"(["realm", "--http"])"));
  EXPECT_EQ(body["Cmd"], Parsed(R"(["8080"])"));
  EXPECT_EQ(body["Env"], Parsed(R"(["A=1=2", "B="])"));
  EXPECT_EQ(body["WorkingDir"], "/srv");
  EXPECT_EQ(body["Labels"]["team"], "a");
  EXPECT_EQ(body["Labels"]["ctestbed.owner"], "host:boot:1:2");
  const Json& host = body["HostConfig"];
  EXPECT_EQ(host["Memory"], 64 << 20);
  EXPECT_EQ(host["MemorySwap"], 64 << 20);
  EXPECT_EQ(host["NanoCpus"], 1'500'000'000);
  EXPECT_EQ(host["PidsLimit"], 8);
  EXPECT_EQ(host["Mounts"], Parsed(R"([
    {"Type": "bind", "Source": "/host/conf", "Target": "/etc/conf", "ReadOnly": true},
    {"Type": "bind", "Source": "/host/data", "Target": "/mnt/ctestbed/data", "ReadOnly": false}
  ])"));
}

TEST(CreateBody, LeavesOutWhatANodeOptsOutOf) {
  InstanceSpec spec = Plain();
  spec.container.security = {"0", std::vector<std::string>{}, "unconfined", false, false, {}, {}};
  Json host = BodyOf(spec)["HostConfig"];
  EXPECT_EQ(BodyOf(spec)["User"], "0");
  EXPECT_EQ(host["CapDrop"], Json::array());
  EXPECT_EQ(host["SecurityOpt"], Parsed(R"(["seccomp=unconfined"])"));
  EXPECT_FALSE(host.contains("ReadonlyRootfs"));
  EXPECT_FALSE(host.contains("Tmpfs"));
  spec.container.security = {};
  spec.container.security.seccomp = "/profile.json";
  host = BodyOf(spec, {"realm:dev", {}, "{}"})["HostConfig"];
  EXPECT_EQ(host["SecurityOpt"], Parsed(R"(["no-new-privileges:true", "seccomp={}"])"));
  spec.container.security.privileged = true;
  host = BodyOf(spec)["HostConfig"];
  EXPECT_EQ(host["Privileged"], true);
  EXPECT_FALSE(host.contains("CapDrop"));
  EXPECT_FALSE(host.contains("SecurityOpt"));
}

TEST(CreateBody, RunsAsTheUserOfTheNodeElseOfTheImageElseAsOurs) {
  const auto user = [](const std::string& of_image) {
    return BodyOf(Plain(), {"realm:dev", {}, "", of_image})["User"].get<std::string>();
  };
  for (const char* good : {"65534:65534", "nobody", "1000", "10:0", "nobody:root"}) {
    EXPECT_EQ(user(good), good);
  }
  for (const char* root : {"", "0", "0:0", "00:5", "root", "root:root", ":1000", "0:1000"}) {
    EXPECT_EQ(user(root), "10001:10001") << root;
  }
  InstanceSpec spec = Plain();
  spec.container.security.user = "0";
  EXPECT_EQ(BodyOf(spec, {"realm:dev", {}, "", "1000"})["User"], "0");
}

TEST(CreateBody, NamesItsHostAsPeersDo) {
  InstanceSpec spec = Plain();
  spec.id.replica = 1;
  EXPECT_EQ(BodyOf(spec)["Hostname"], "main.2");
  spec.id.node = std::string(62, 'n');
  EXPECT_FALSE(BodyOf(spec).contains("Hostname"));
}

TEST(ImageFromInspect, TellsItsIdAndUser) {
  const ImageFacts image =
      ImageFromInspect("a", Parsed(R"({"Id": "sha256:1", "Config": {"User": "7"}})"));
  EXPECT_EQ(image.name + " " + image.id + " " + image.user, "a sha256:1 7");
  EXPECT_EQ(ImageFromInspect("a", Parsed(R"({"Id": "1", "Config": null})")).user, "");
}

TEST(CreateBody, HasNoTemporaryFilesInTheWayOfAMount) {
  InstanceSpec spec = Plain();
  spec.mounts = {{"tmp", "/host/tmp", "/tmp", false}};
  EXPECT_FALSE(BodyOf(spec)["HostConfig"].contains("Tmpfs"));
}

TEST(CreateBody, PublishesPortsOnLoopbackAlone) {
  InstanceSpec spec = Plain();
  spec.ports = {{"http", 8080, 0}, {"admin", 8080, 0}, {"same", 0, 0}};
  const Json body =
      BodyOf(spec, {"realm:dev", {{"http", 20001}, {"admin", 20002}, {"same", 20003}}, ""});
  EXPECT_EQ(body["HostConfig"]["PortBindings"], Parsed(R"({
    "8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "20001"},
                 {"HostIp": "127.0.0.1", "HostPort": "20002"}],
    "20003/tcp": [{"HostIp": "127.0.0.1", "HostPort": "20003"}]
  })"));
  EXPECT_EQ(body["ExposedPorts"], Parsed(R"({"8080/tcp": {}, "20003/tcp": {}})"));
}

TEST(CreateBody, KnowsWhatPodmanNeeds) {
  const Json host = CreateBody(Plain(), {"localhost/realm:dev", {}, ""}, kPodman)["HostConfig"];
  EXPECT_FALSE(host.contains("LogConfig"));
  EXPECT_EQ(host["Ulimits"], Parsed(R"([{"Name": "nofile", "Soft": 1024, "Hard": 1024},
                                        {"Name": "nproc", "Soft": 1024, "Hard": 1024}])"));
  EXPECT_EQ(kPodman.image_prefix, "localhost/");
  EXPECT_EQ(kDocker.image_prefix, "");
}

TEST(NetworkEnds, AreTheOneOfTheEnvironmentOrThoseThatAreNamed) {
  InstanceSpec spec = Plain();
  spec.id.replica = 1;
  EXPECT_THAT(NetworkEndsOf(spec),
              ElementsAre(NetworkEnd{"ctestbed-01234567", "", false, false, {"main.2"}}));
  spec.container.networks = std::vector<NetworkUse>{{"front", {"web"}}, {"back", {}}};
  spec.networks = {{"front", {}}, {"back", {true}}};
  spec.ports = {{"http", 8080, 0}};
  EXPECT_THAT(
      NetworkEndsOf(spec),
      ElementsAre(NetworkEnd{"ctestbed-01234567-front", "front", false, false, {"main.2", "web"}},
                  NetworkEnd{"ctestbed-01234567-back", "back", true, false, {"main.2"}}));
  spec.container.networks = std::vector<NetworkUse>{};
  spec.ports = {};
  EXPECT_THAT(NetworkEndsOf(spec), IsEmpty());
  EXPECT_EQ(BodyOf(spec)["HostConfig"]["NetworkMode"], "none");
}

TEST(NetworkEnds, OfInternalNetworksHaveOneForTheirPorts) {
  InstanceSpec spec = Plain();
  spec.container.networks = std::vector<NetworkUse>{{"back", {}}};
  spec.networks = {{"back", {true}}};
  EXPECT_EQ(NetworkEndsOf(spec).size(), 1U);
  spec.ports = {{"http", 8080, 0}};
  const auto ends = NetworkEndsOf(spec);
  ASSERT_EQ(ends.size(), 2U);
  const Json body = NetworkBody(ends[1], "e", "o");
  EXPECT_EQ(body["Options"]["com.docker.network.bridge.enable_ip_masquerade"], "false");
  EXPECT_EQ(body["Internal"], false);
  EXPECT_EQ(NetworkBody(ends[0], "e", "o")["Internal"], true);
  EXPECT_EQ(body["Labels"], Parsed(R"({"ctestbed.environment": "e", "ctestbed.owner": "o"})"));
}

TEST(Names, AreSafeAndTellReplicasApart) {
  EXPECT_EQ(ContainerName({"0123456789abcdef", "main", 0}), "ctestbed-01234567-main-1");
  EXPECT_EQ(ContainerName({"0123456789abcdef", "a.B_c", 1}), "ctestbed-01234567-a.B_c-2");
  EXPECT_EQ(ContainerName({"../x", "a/b c", 0}), "ctestbed-..-x-a-b-c-1");
}

TEST(EnvironmentOfAContainer, IsFreeOfWhatIsAboutThisMachine) {
  using Variables = std::map<std::string, std::string>;
  const Variables machine{
      {"PATH", "/usr/bin:/bin"}, {"HOME", "/root"}, {"LANG", "C"}, {"TMPDIR", "/mine"}};
  EXPECT_EQ(WithoutThoseOfTheMachine(
                {{"PATH", "/usr/bin:/bin"}, {"HOME", "/data"}, {"LANG", "C"}, {"TMPDIR", "/mine"}},
                machine),
            (Variables{{"HOME", "/data"}, {"LANG", "C"}}));
  EXPECT_EQ(WithoutThoseOfTheMachine({{"PATH", "/build/bin:/usr/bin:/bin"}}, machine), Variables());
  const Variables own{{"PATH", "/opt/bin"}};
  EXPECT_EQ(WithoutThoseOfTheMachine(own, machine), own);
  EXPECT_EQ(WithoutThoseOfTheMachine(own, {}), own);
}

TEST(StatusFromInspect, KnowsTheStatesOfBothEngines) {
  const auto status = [](const std::string& state) {
    return StatusFromInspect(Parsed(R"({"Id": "c1", "State": )" + state + "}"));
  };
  EXPECT_EQ(status(R"({"Status": "running", "Pid": 7})"),
            (InstanceStatus{InstanceState::kRunning, 0, 0, 7, "c1"}));
  EXPECT_EQ(status(R"({"Status": "paused", "Pid": 7})").state, InstanceState::kRunning);
  EXPECT_EQ(status(R"({"Status": "exited", "ExitCode": 3})"),
            (InstanceStatus{InstanceState::kExited, 3, 0, 0, "c1"}));
  EXPECT_EQ(status(R"({"Status": "stopped", "ExitCode": 0})").Describe(), "exited with code 0");
  EXPECT_EQ(status(R"({"Status": "exited", "ExitCode": 137})").Describe(), "was killed by SIGKILL");
  EXPECT_EQ(status(R"({"Status": "exited", "ExitCode": 255})").Describe(), "exited with code 255");
  for (const char* gone : {R"({"Status": "created"})", R"({"Status": "removing"})", "{}", "null"}) {
    EXPECT_EQ(status(gone), InstanceStatus{}) << gone;
  }
}

TEST(AddressFromInspect, IsThatOfTheFirstNetworkWithOne) {
  EXPECT_EQ(AddressFromInspect(Parsed(R"({"NetworkSettings": {"Networks": {
                "a": {"IPAddress": ""}, "b": {"IPAddress": "172.18.0.2"}}}})")),
            "172.18.0.2");
  EXPECT_EQ(AddressFromInspect(Parsed(R"({"NetworkSettings": {"Networks": null}})")), "");
  EXPECT_EQ(AddressFromInspect(Parsed("null")), "");
}

TEST(StopSignal, IsThatOfTheImage) {
  EXPECT_EQ(StopSignalFromInspect(Parsed(R"({"Config": {"StopSignal": "SIGQUIT"}})")), "SIGQUIT");
  EXPECT_EQ(StopSignalFromInspect(Parsed(R"({"Config": {"StopSignal": 3}})")), "3");
  EXPECT_EQ(StopSignalFromInspect(Parsed(R"({"Config": {}})")), "SIGTERM");
}

TEST(LabelQuery, IsEncoded) {
  EXPECT_EQ(LabelQuery({{kOwnerLabel, "h:1"}, {kEnvironmentLabel, ""}}),
            "?all=1&filters=%7B%22label%22%3A%5B%22ctestbed.owner%3Dh%3A1%22%2C"
            "%22ctestbed.environment%22%5D%7D");
}

}  // namespace
}  // namespace ctestbed
