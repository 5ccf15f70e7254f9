// What containers alone show, on the engines that CTESTBED_TEST_DOCKER and CTESTBED_TEST_PODMAN
// name; the rest is in driver/contract_test.cpp.

#include "driver/docker/driver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <thread>

#include "driver/contract_test.h"
#include "driver/docker/wire.h"
#include "io/descriptor.h"

namespace ctestbed {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

class Containers : public Contract {
 protected:
  // What a peer in the environment gets from `address`; the error text of the client else.
  std::string Ask(const std::string& from, const Address& address) {
    const auto answer = driver_->Exec(
        Id(from), {"subject", "get", address.host, std::to_string(address.port), "/"}, In(10s), {});
    return answer ? answer->output : answer.error().message;
  }
  // What a test gets from `address`, as soon as somebody answers there.
  std::string AskFromHere(const Address& address) {
    HttpRequest request;
    request.url = "http://" + address.Text() + "/";
    for (const TimePoint end = In(5s); std::chrono::steady_clock::now() < end;) {
      const auto response = http_->Send(request, In(1s), {});
      if (response) return response->body;
      clock_->SleepUntil(In(20ms), {});
    }
    return "(no answer)";
  }
  InstanceSpec Server(const std::string& node) {
    InstanceSpec spec = Spec(Id(node), {"subject", "listen", "8080", "0.0.0.0"});
    spec.ports = {port_};
    spec.environment["NAME"] = node;
    return spec;
  }
  void StartGood(const InstanceSpec& spec) {
    const Status status = driver_->Start(spec, Soon());
    ASSERT_TRUE(status.has_value()) << status.error().message;
  }

  const Port port_{"http", 8080, 0};
};

TEST_P(Containers, ArePublishedToTestsAndKnownToPeersByName) {
  StartGood(Server("main"));
  InstanceSpec second = Server("main");
  second.id.replica = 1;
  second.environment["NAME"] = "second";
  StartGood(second);
  EXPECT_THAT(AskFromHere(*driver_->AddressForTests(Id("main"), port_)), HasSubstr("hello main"));
  EXPECT_THAT(AskFromHere(*driver_->AddressForTests(second.id, port_)), HasSubstr("hello second"));
  const Address peer = *driver_->AddressForPeers(second.id, port_);
  EXPECT_EQ(peer, (Address{"main.2", 8080}));
  EXPECT_THAT(Ask("main", peer), HasSubstr("hello second"));
  // The ports stay when a node starts anew.
  ASSERT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value());
  StartGood(Server("main"));
  EXPECT_THAT(AskFromHere(*driver_->AddressForTests(Id("main"), port_)), HasSubstr("hello main"));
}

TEST_P(Containers, AreHardenedUnlessANodeOptsOut) {
  ASSERT_EQ(Finish(Spec(Id("hard"), {"subject", "status"})).exit_code, 0);
  const std::string hard = Output("hard", "stdout");
  for (const char* line : {"CapEff: 0000000000000000", "CapBnd: 0000000000000000", "NoNewPrivs: 1",
                           "Seccomp: 2", "Uid: 65534", "Gid: 65534", "Root: read-only"}) {
    EXPECT_THAT(hard, HasSubstr(line));
  }
  InstanceSpec named = Spec(Id("named"), {"subject", "status", "--", "env", "HOSTNAME"});
  named.container.security.user = "4321:4322";
  ASSERT_EQ(Finish(named).exit_code, 0);
  for (const char* line : {"Uid: 4321", "Gid: 4322", "named"}) {
    EXPECT_THAT(Output("named", "stdout"), HasSubstr(line));
  }
  InstanceSpec spec = Spec(Id("soft"), {"subject", "status"});
  spec.container.security = {"0:0", Words{}, "unconfined", false, false, {}, {}};
  ASSERT_EQ(Finish(spec).exit_code, 0);
  const std::string soft = Output("soft", "stdout");
  for (const char* line : {"NoNewPrivs: 0", "Seccomp: 0", "Uid: 0", "Root: writable"}) {
    EXPECT_THAT(soft, HasSubstr(line));
  }
  EXPECT_THAT(soft, Not(HasSubstr("CapEff: 0000000000000000")));
}

TEST_P(Containers, CanWriteToTheirTemporaryDirectory) {
  InstanceSpec spec =
      Spec(Id("main"), {"subject", "write", "/tmp/a", "text", "--", "cat", "/tmp/a"});
  ASSERT_EQ(Finish(spec).exit_code, 0) << Output("main", "stderr");
  EXPECT_EQ(Output("main", "stdout"), "text\n");
}

TEST_P(Containers, SeeTheirMounts) {
  const std::string file = directory_ + "/conf";
  const std::string volume = directory_ + "/volume";
  ASSERT_TRUE(files_->Write(file, "content\n").has_value());
  ASSERT_TRUE(files_->MakeDirectories(volume).has_value());
  ASSERT_EQ(::chmod(volume.c_str(), 0777), 0);
  const InstanceMount conf{"conf", file, "/etc/conf", true};
  const InstanceMount data{"data", volume, "", false};
  EXPECT_EQ(driver_->PathOf(conf), "/etc/conf");
  const std::string inside = driver_->PathOf(data) + "/note";
  InstanceSpec spec =
      Spec(Id("main"), {"subject", "cat", "/etc/conf", "--", "write", inside, "kept"});
  spec.mounts = {conf, data};
  ASSERT_EQ(Finish(spec).exit_code, 0) << Output("main", "stderr");
  EXPECT_EQ(Output("main", "stdout"), "content\n");
  EXPECT_EQ(files_->Read(volume + "/note").value_or(""), "kept\n");
  InstanceSpec writer = Spec(Id("writer"), {"subject", "write", "/etc/conf", "changed"});
  writer.mounts = {conf};
  EXPECT_NE(Finish(writer).exit_code, 0);
  EXPECT_EQ(*files_->Read(file), "content\n");
}

TEST_P(Containers, AreKilledBeyondTheirMemory) {
  InstanceSpec spec = Spec(Id("main"), {"subject", "memory", "200"});
  spec.container.resources.memory = 32 << 20;
  EXPECT_EQ(Finish(spec).Describe(), "was killed by SIGKILL");
}

TEST_P(Containers, FindOnlyPeersOfTheirNetworks) {
  const auto in = [&](InstanceSpec spec, const std::string& network) {
    spec.container.networks = std::vector<NetworkUse>{{network, {spec.id.node + "-alias"}}};
    spec.networks = {{network, {}}};
    return spec;
  };
  StartGood(in(Server("main"), "front"));
  StartGood(in(Server("peer"), "front"));
  StartGood(in(Server("stranger"), "back"));
  EXPECT_THAT(Ask("peer", {"main", 8080}), HasSubstr("hello main"));
  EXPECT_THAT(Ask("peer", {"main-alias", 8080}), HasSubstr("hello main"));
  EXPECT_THAT(Ask("stranger", {"main", 8080}), Not(HasSubstr("hello")));
}

TEST_P(Containers, OfInternalNetworksAreReachedByTests) {
  InstanceSpec main = Server("main");
  main.container.networks = std::vector<NetworkUse>{{"inner", {}}};
  main.networks = {{"inner", {true}}};
  InstanceSpec peer = main;
  peer.id = Id("peer");
  peer.ports = {};
  StartGood(main);
  StartGood(peer);
  EXPECT_THAT(Ask("peer", {"main", 8080}), HasSubstr("hello main"));
  EXPECT_THAT(AskFromHere(*driver_->AddressForTests(Id("main"), port_)), HasSubstr("hello main"));
}

TEST_P(Containers, SayThatTheirImageIsAbsent) {
  InstanceSpec spec = Spec(Id("main"), {"run"});
  spec.image = "localhost/ctestbed/no-such-image:dev";
  ExpectError(driver_->Start(spec, Soon()), ErrorKind::kNotFound,
              "image 'localhost/ctestbed/no-such-image:dev' is not on the engine at unix://");
  spec.container.pull = PullPolicy::kNever;
  ExpectError(driver_->Start(spec, Soon()), ErrorKind::kNotFound, "its policy is 'pull: never'");
  // Nobody listens on that port.
  spec.image = "127.0.0.1:1/no-such-image:dev";
  ExpectError(driver_->Start(spec, Soon()), ErrorKind::kNotFound, "its policy is 'pull: never'");
  spec.container.pull = PullPolicy::kMissing;
  ExpectError(driver_->Start(spec, Soon()), ErrorKind::kUnavailable,
              "127.0.0.1:1: connect: connection refused");
  EXPECT_THAT(*driver_->Owners(Soon()), Not(Contains(owner_)));
}

TEST_P(Containers, AreStartedFromWhatIsBuilt) {
  const std::string context = directory_ + "/context";
  // Unique, so that no build before was the same.
  ASSERT_TRUE(files_->Write(context + "/note", owner_ + "\n"));
  ASSERT_TRUE(files_->Write(context + "/secret", "not for the image\n"));
  ASSERT_TRUE(files_->Write(context + "/.dockerignore", "secret\n"));
  const std::string from = "FROM " + GetParam().image + "\n";
  ASSERT_TRUE(files_->Write(context + "/Containerfile",
                            from + "ARG GREETING\nENV GREETING=$GREETING\nCOPY . /in/\n"));
  InstanceSpec spec =
      Spec(Id("main"), {"subject", "cat", "/in/note", "--", "env", "GREETING", "--", "ls", "/in"});
  spec.image.clear();
  spec.container.build = Build{context, "", {{"GREETING", "hello"}}};
  ASSERT_EQ(Finish(spec).exit_code, 0) << Output("main", "stderr");
  EXPECT_THAT(Output("main", "stdout"), HasSubstr(owner_));
  EXPECT_THAT(Output("main", "stdout"), HasSubstr("hello"));
  EXPECT_THAT(Output("main", "stdout"), Not(HasSubstr("secret")));
  const auto once = driver_->PrepareImage("", spec.container, In(20s));
  const auto again = MakeDriver()->PrepareImage("", spec.container, In(20s));
  ASSERT_TRUE(once && again);
  EXPECT_THAT(*once, testing::StartsWith("sha256:"));
  EXPECT_EQ(*once, *again);

  ASSERT_TRUE(files_->Write(context + "/Containerfile", from + "COPY no-such-file /\n"));
  const auto bad = MakeDriver()->PrepareImage("", spec.container, In(20s));
  ExpectError(bad, ErrorKind::kInvalid, "cannot build the image of '" + context.substr(0, 20));
  EXPECT_THAT(bad.error().detail, HasSubstr("COPY no-such-file"));
}

TEST_P(Containers, LeaveThoseOfAnotherEnvironmentAlone) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const InstanceId twin{environment_.substr(0, 8) + "-but-another", "main", 0};
  ASSERT_EQ(ContainerName(twin), ContainerName(Id("main")));
  EXPECT_EQ(driver_->Inspect(twin).state, InstanceState::kGone);
  ExpectError(driver_->Start(Spec(twin, GetParam().run_until_stopped), Soon()),
              ErrorKind::kConflict, "another environment");
  EXPECT_TRUE(driver_->Stop(twin, 0s, In(10s)).has_value());
  EXPECT_EQ(driver_->Inspect(Id("main")).state, InstanceState::kRunning);
}

TEST_P(Containers, SayThatAPortWasTakenAndLeaveNothing) {
  const int port = driver_->AddressForTests(Id("main"), port_)->port;
  const Descriptor thief(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(thief.Get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(thief.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(thief.Get(), 1), 0);
  const Status status = driver_->Start(Server("main"), Soon());
  ExpectError(status, ErrorKind::kConflict, "cannot start its container");
  EXPECT_THAT(*driver_->Owners(Soon()), Not(Contains(owner_)));
}

TEST_P(Containers, EndWhenTheyAreRemovedByOthers) {
  ASSERT_TRUE(Start(Id("main"), GetParam().run_until_stopped).has_value());
  const auto other = MakeDriver();
  std::jthread remover([&] {
    clock_->SleepUntil(In(200ms), {});
    ASSERT_TRUE(other->Stop(Id("main"), 5s, In(20s)).has_value());
  });
  EXPECT_NE(driver_->WaitForEnd(Id("main"), Soon(), {}).state, InstanceState::kRunning);
  remover.join();
  EXPECT_TRUE(driver_->Stop(Id("main"), 5s, In(20s)).has_value());
  EXPECT_THAT(*driver_->Owners(Soon()), Not(Contains(owner_)));
}

INSTANTIATE_TEST_SUITE_P(Engines, Containers, testing::Values(DockerDialect(), PodmanDialect()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace ctestbed
