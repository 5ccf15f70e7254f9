#include "supervisor/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "driver/fake/driver.h"
#include "testing/null_file.h"

namespace ctestbed {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

Node Running(std::string name, std::map<std::string, DependencyState> depends_on = {}) {
  Node node;
  node.name = std::move(name);
  node.command = {"run"};
  node.ports = {{"http", 8080, 0}};
  node.depends_on = std::move(depends_on);
  return node;
}

Node Job(std::string name, std::string exit_code) {
  Node node;
  node.name = std::move(name);
  node.kind = NodeKind::kJob;
  node.command = {"exit", std::move(exit_code)};
  return node;
}

class EnvironmentTest : public testing::Test {
 protected:
  EnvironmentTest() {
    environment_ = std::make_unique<Environment>(
        EnvironmentServices{*driver_, http_, files_, clock_, journal_, secrets_,
                            [this](Event event) {
                              const std::lock_guard lock(mutex_);
                              events_.push_back(std::move(event));
                            }},
        EnvironmentIdentity{"env1", "owner", "session", "/logs", "/work", "logs"});
  }
  Status Apply(const Topology& topology, Renewal renewal = Renewal::kNone) {
    return environment_->Apply(topology, "preset", {}, renewal, {});
  }
  size_t Count(EventKind kind) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(std::count_if(
        events_.begin(), events_.end(), [&](const Event& event) { return event.kind == kind; }));
  }
  static InstanceId Id(const std::string& node) { return {"env1", node, 0}; }

  std::unique_ptr<FakeDriver> driver_ = MakeSwitchableFakeDriver();
  FakeHttpClient http_{
      [](const HttpRequest&) -> Result<HttpResponse> { return HttpResponse{.status = 200}; }};
  FakeFileSystem files_;
  FakeClock clock_;
  Secrets secrets_{files_, {{"TOKEN", "canary-value"}}};
  Journal journal_{std::make_unique<NullFile>()};
  std::mutex mutex_;
  std::vector<Event> events_;
  std::unique_ptr<Environment> environment_;
};

TEST_F(EnvironmentTest, StartsAlongDependencies) {
  const Topology topology{{Running("c", {{"b", DependencyState::kReady}}),
                           Running("b", {{"a", DependencyState::kStarted}}), Running("a")}};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "start b", "start c"));
  EXPECT_EQ(Count(EventKind::kEnvironmentReady), 1U);
  EXPECT_EQ(Count(EventKind::kNodeReady), 3U);
}

TEST_F(EnvironmentTest, ChangesOnlyWhatDiffers) {
  Node main = Running("main");
  const Node kept = Running("kept");
  ASSERT_TRUE(Apply({{kept, main, Running("gone")}}).has_value());
  const size_t before = driver_->Calls().size();
  main.environment["STORE"] = "redis";
  ASSERT_TRUE(Apply({{kept, main, Running("new")}}).has_value());
  auto calls = driver_->Calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(calls, UnorderedElementsAre("stop main", "stop gone", "start main", "start new"));
}

TEST_F(EnvironmentTest, StartsAndStopsTheDifferenceInReplicas) {
  Node main = Running("main");
  ASSERT_TRUE(Apply({{main}}).has_value());
  main.replicas = 3;
  ASSERT_TRUE(Apply({{main}}).has_value());
  const std::vector<NodeView> nodes = environment_->Nodes();
  ASSERT_EQ(nodes.size(), 1U);
  EXPECT_EQ(nodes[0].state, "ready");
  ASSERT_EQ(nodes[0].replicas.size(), 3U);
  EXPECT_EQ(nodes[0].replicas[2].name, "main.3");
  EXPECT_EQ(nodes[0].replicas[2].log, "/logs/main.3.1");
  EXPECT_NE(nodes[0].replicas[1].endpoints, nodes[0].replicas[2].endpoints);
  main.replicas = 2;
  ASSERT_TRUE(Apply({{main}}).has_value());
  EXPECT_THAT(driver_->Calls(),
              ElementsAre("start main", "start main.2", "start main.3", "stop main.3"));
  EXPECT_EQ(environment_->Nodes()[0].replicas.size(), 2U);
}

TEST_F(EnvironmentTest, ADeadReplicaBreaksItAndAllOfItsNodeStartAnew) {
  Node main = Running("main");
  main.replicas = 2;
  ASSERT_TRUE(Apply({{main}}).has_value());
  driver_->Crash({"env1", "main", 1}, 7);
  const auto broken = environment_->WaitUntilBroken({});
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(broken->message, "node 'main.2' exited with code 7");
  main.replicas = 3;
  ASSERT_TRUE(Apply({{main}}).has_value());
  EXPECT_THAT(driver_->Calls(),
              ElementsAre("start main", "start main.2", "stop main", "stop main.2", "start main",
                          "start main.2", "start main.3"));
}

TEST_F(EnvironmentTest, EveryReplicaKnowsItsNumberAndTheOthers) {
  Node main = Running("main");
  main.replicas = 2;
  main.environment = {{"SELF", "${replica} ${port.http}"}, {"ALL", "${main.addresses}"}};
  Node other = Running("other");
  other.environment["SECOND"] = "${main.2.address}";
  ASSERT_TRUE(Apply({{main, other}}).has_value());
  const std::vector<NodeView> nodes = environment_->Nodes();
  const std::string first = nodes[0].replicas[0].endpoints.at("http");
  const std::string second = nodes[0].replicas[1].endpoints.at("http");
  const auto environment = driver_->EnvironmentOf({"env1", "main", 1});
  EXPECT_EQ(environment.at("SELF"), "2 " + second.substr(second.find(':') + 1));
  EXPECT_EQ(environment.at("ALL"), first + "," + second);
  EXPECT_EQ(driver_->EnvironmentOf(Id("other")).at("SECOND"), second);
}

TEST_F(EnvironmentTest, AJobRunsToItsEndBeforeWhoWaitsForIt) {
  Node job = Job("migrate", "0");
  const Topology topology{{Running("main", {{"migrate", DependencyState::kCompleted}}), job}};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start migrate", "stop migrate", "start main"));
  EXPECT_EQ(environment_->Nodes()[1].state, "completed");
  EXPECT_FALSE(environment_->Broken().has_value());
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_EQ(driver_->Calls().size(), 3U);  // what has completed is not dead
}

TEST_F(EnvironmentTest, AJobThatFailsFailsTheDeploy) {
  files_.files["/logs/migrate.1/stderr.log"] = "no such table\n";
  const Status status =
      Apply({{Running("main", {{"migrate", DependencyState::kCompleted}}), Job("migrate", "3")}});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "node 'migrate' exited with code 3");
  EXPECT_THAT(status.error().detail, HasSubstr("no such table"));
  EXPECT_THAT(driver_->Calls(), testing::Not(Contains("start main")));
}

TEST_F(EnvironmentTest, AJobRunsAgainWhenWhatItNeedsChanges) {
  Node db = Running("db");
  Node job = Job("migrate", "0");
  job.depends_on = {{"db", DependencyState::kReady}};
  ASSERT_TRUE(Apply({{db, job}}).has_value());
  db.environment["SIZE"] = "2";
  ASSERT_TRUE(Apply({{db, job}}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start db", "start migrate", "stop migrate", "stop db",
                                            "start db", "start migrate", "stop migrate"));
}

SeedStep Step(const std::string& name, const std::string& command, const std::string& undo = "") {
  SeedStep step{.name = {name, {}}, .node = {"main", {}}};
  step.todo = SeedAction{.exec = {{command, {}}, {"${node.name}", {}}}, .accepted = {0, 3}};
  if (!undo.empty()) step.undo = SeedAction{.exec = {{undo, {}}}, .accepted = {0}};
  return step;
}

TEST_F(EnvironmentTest, SeedsOnceAndAgainWhenANodeHasChanged) {
  Topology topology{{Running("main")}};
  topology.seed = {Step("one", "create")};
  ASSERT_TRUE(Apply(topology).has_value());
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start main", "exec create main"));
  ASSERT_TRUE(Apply(topology, Renewal::kRestart).has_value());
  EXPECT_EQ(driver_->Calls().back(), "exec create main");
  EXPECT_EQ(driver_->Calls().size(), 5U);
}

TEST_F(EnvironmentTest, ResetsWhatHasAHookAndRestartsTheRest) {
  Node store = Running("store");
  store.replicas = 2;
  store.reset = Step("reset", "flush");
  Node fill = Job("fill", "0");
  fill.depends_on = {{"store", DependencyState::kReady}};
  Topology topology{{store, fill, Running("main")}};
  topology.seed = {Step("admin", "create")};
  ASSERT_TRUE(Apply(topology).has_value());
  const auto before = static_cast<std::ptrdiff_t>(driver_->Calls().size());
  ASSERT_TRUE(Apply(topology, Renewal::kReset).has_value());
  auto calls = driver_->Calls();
  calls.erase(calls.begin(), calls.begin() + before);
  EXPECT_THAT(calls, UnorderedElementsAre("stop main", "start main", "exec flush store",
                                          "exec flush store.2", "start fill", "stop fill",
                                          "exec create main"));
  EXPECT_LT(std::find(calls.begin(), calls.end(), "exec flush store.2"),
            std::find(calls.begin(), calls.end(), "start fill"));
  EXPECT_EQ(Count(EventKind::kNodeReset), 1U);
}

TEST_F(EnvironmentTest, ResetsADirtyNodeThatHasAHook) {
  Node store = Running("store");
  store.reset = Step("reset", "flush");
  const Topology topology{{store, Running("main")}};
  ASSERT_TRUE(Apply(topology).has_value());
  environment_->MarkDirty({"store", "nobody"});
  EXPECT_TRUE(environment_->IsDirty());
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_FALSE(environment_->IsDirty());
  EXPECT_EQ(driver_->Calls().back(), "exec flush store");
}

TEST_F(EnvironmentTest, AResetThatFailsIsNamedAndItsNodeStartsAnew) {
  Node store = Running("store");
  store.reset = Step("reset", "false");
  const Topology topology{{store}};
  ASSERT_TRUE(Apply(topology).has_value());
  environment_->MarkDirty({"store"});
  const Status status = Apply(topology);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "node 'store' could not be reset: 'false' exited with code 1, not 0 or 3");
  EXPECT_EQ(status.error().node, "store");
  EXPECT_THAT(status.error().detail, HasSubstr("again: false store"));
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(driver_->Calls(),
              ElementsAre("start store", "exec false store", "stop store", "start store"));
}

TEST_F(EnvironmentTest, StaysDirtyUntilSomethingIsDoneAboutIt) {
  Topology topology{{Running("main")}};
  ASSERT_TRUE(Apply(topology).has_value());
  environment_->MarkDirty({"main"});
  topology.secrets = {{"token", {SecretSource::Kind::kEnvironment, "MISSING"}}};
  ASSERT_FALSE(Apply(topology).has_value());
  EXPECT_TRUE(environment_->IsDirty());
  topology.secrets = {};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start main", "stop main", "start main"));
}

TEST_F(EnvironmentTest, UndoesTheSeedBeforeAnotherAndAtTheEnd) {
  Topology topology{{Running("main")}};
  topology.seed = {Step("one", "create", "drop-one"), Step("two", "fill", "drop-two")};
  ASSERT_TRUE(Apply(topology).has_value());
  topology.seed = {Step("one", "create", "drop")};
  ASSERT_TRUE(Apply(topology).has_value());
  ASSERT_TRUE(environment_->Teardown(1s).has_value());
  EXPECT_THAT(driver_->Calls(),
              ElementsAre("start main", "exec create main", "exec fill main", "exec drop-two",
                          "exec drop-one", "exec create main", "exec drop", "stop main"));
}

TEST_F(EnvironmentTest, AStepThatFailsIsNamedWithTheCommandToRepeatIt) {
  Topology topology{{Running("main")}};
  topology.seed = {Step("one", "false")};
  const Status status = Apply(topology);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "seed step 'one': 'false' exited with code 1, not 0 or 3");
  EXPECT_THAT(status.error().detail, HasSubstr("again: false main\nlast lines:\nfalse main"));
  topology.seed = {Step("one", "create")};
  EXPECT_TRUE(Apply(topology).has_value());
}

TEST_F(EnvironmentTest, SeedsByRequests) {
  std::vector<int> answers{503, 409};
  http_ = FakeHttpClient([&](const HttpRequest&) -> Result<HttpResponse> {
    const int status = answers.back();
    answers.pop_back();
    return HttpResponse{.status = status, .body = "busy"};
  });
  Topology topology{{Running("main")}};
  SeedStep step{.name = {"admin", {}}, .node = {"main", {}}};
  step.todo = SeedAction{.method = "POST",
                         .path = {"/accounts", {}},
                         .body = {R"({"key": "${secret:token}"})", {}},
                         .accepted = {201, 409}};
  topology.seed = {step};
  topology.secrets = {{"token", {SecretSource::Kind::kEnvironment, "TOKEN"}}};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_THAT(http_.requests.back().url, testing::EndsWith("/accounts"));
  EXPECT_EQ(http_.requests.back().body, R"({"key": "canary-value"})");
  const Status status = Apply(topology, Renewal::kRestart);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message,
            "seed step 'admin': POST /accounts answered 503, not 201 or 409");
  EXPECT_THAT(status.error().detail, HasSubstr("again: curl -i -X POST -H "));
}

TEST_F(EnvironmentTest, HandsSecretsToNodesAndHidesThemInTheirLogs) {
  Node main = Running("main");
  main.environment["TOKEN"] = "${secret:token}";
  Topology topology{{main}};
  topology.secrets = {{"token", {SecretSource::Kind::kEnvironment, "TOKEN"}}};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_EQ(driver_->EnvironmentOf(Id("main")).at("TOKEN"), "canary-value");
  files_.files["/logs/main.1/stdout.log"] = "token is canary-value\n";
  ASSERT_TRUE(environment_->Teardown(1s).has_value());
  EXPECT_EQ(files_.files["/logs/main.1/stdout.log"], "token is ***\n");
}

TEST_F(EnvironmentTest, ASecretThatIsMissingFailsTheDeploy) {
  Topology topology{{Running("main")}};
  topology.secrets = {{"token", {SecretSource::Kind::kEnvironment, "NONE"}}};
  const Status status = Apply(topology);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().message, "secret 'token': environment variable 'NONE' is not set");
  EXPECT_THAT(driver_->Calls(), IsEmpty());
}

TEST_F(EnvironmentTest, AFreshEnvironmentKeepsNothing) {
  ASSERT_TRUE(Apply({{Running("main")}}).has_value());
  ASSERT_TRUE(Apply({{Running("main")}}, Renewal::kRestart).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start main", "stop main", "start main"));
}

TEST_F(EnvironmentTest, TearsDownDependentsFirst) {
  ASSERT_TRUE(Apply({{Running("a"), Running("b", {{"a", DependencyState::kReady}}),
                      Running("c", {{"b", DependencyState::kReady}})}})
                  .has_value());
  ASSERT_TRUE(environment_->Teardown(5s).has_value());
  EXPECT_THAT(driver_->Calls(),
              ElementsAre("start a", "start b", "start c", "stop c", "stop b", "stop a"));
  EXPECT_THAT(environment_->Nodes(), IsEmpty());
  EXPECT_TRUE(environment_->Teardown(5s).has_value());
  EXPECT_EQ(Count(EventKind::kEnvironmentRemoved), 1U);
}

TEST_F(EnvironmentTest, ResolvesReferencesToItsOwnAndOtherNodes) {
  Node main = Running("main");
  main.command = {"run", "--http", "${port.http}", "--redis", "${redis.address}", "$${kept}"};
  main.environment["REDIS_PORT"] = "${redis.port.http}";
  main.environment["LISTEN"] = "${listen.host}:${port.http}";
  ASSERT_TRUE(Apply({{main, Running("redis")}}).has_value());
  const auto echoed = driver_->Exec(Id("main"), {"x"}, {}, {});
  EXPECT_TRUE(echoed.has_value());
  const std::vector<NodeView> nodes = environment_->Nodes();
  ASSERT_EQ(nodes.size(), 2U);
  EXPECT_THAT(nodes[0].endpoints.at("http"), HasSubstr("127.0.0.1:2"));
  EXPECT_EQ(driver_->EnvironmentOf(Id("main")).at("LISTEN"), nodes[0].endpoints.at("http"));
}

TEST_F(EnvironmentTest, AMountIsWhereItsReferenceSays) {
  files_.files["/work/main/left-behind"] = "by the node before";
  Node main = Running("main");
  main.command = {"run", "${mount.conf}"};
  main.args = {"--data", "${mount.data}"};
  main.mounts = {{"conf", {MountKind::kContent, "port ${port.http}", "/etc/conf"}},
                 {"data", {MountKind::kVolume, "data", "/data"}}};
  ASSERT_TRUE(Apply({{main}}).has_value());
  const InstanceSpec spec = driver_->Spec(Id("main"));
  EXPECT_THAT(spec.Words(),
              ElementsAre("run", "/work/.mounts/main/conf", "--data", "/work/.volumes/data"));
  EXPECT_THAT(files_.files.at("/work/.mounts/main/conf"), testing::StartsWith("port 2"));
  EXPECT_FALSE(files_.files.contains("/work/main/left-behind"));
  files_.files["/work/.volumes/data/rows"] = "1";
  ASSERT_TRUE(Apply({{main, Running("other")}}).has_value());
  EXPECT_TRUE(files_.files.contains("/work/.volumes/data/rows"));
  ASSERT_TRUE(Apply({{main}}, Renewal::kRestart).has_value());
  EXPECT_FALSE(files_.files.contains("/work/.volumes/data/rows"));
}

TEST_F(EnvironmentTest, TellsItsTopologyEndpointsAndTeardown) {
  Node main = Running("main", {{"db", DependencyState::kReady}});
  main.services = {"web"};
  main.command = {"run", "${port.http}"};
  ASSERT_TRUE(Apply({{Running("db"), main}}).has_value());
  ASSERT_TRUE(environment_->Teardown(5s).has_value());
  const Event& deploying = events_.front();
  EXPECT_EQ(deploying.kind, EventKind::kEnvironmentDeploying);
  ASSERT_EQ(deploying.nodes.size(), 2U);
  EXPECT_EQ(deploying.nodes[1],
            (NodeFacts{"main", "", {"web"}, 1, "", main.command, {"http"}, {"db"}}));
  for (const Event& event : events_) {
    if (event.kind == EventKind::kNodeReady || event.kind == EventKind::kNodeStopped) {
      EXPECT_EQ(event.digest, DigestOf(event.node == "main" ? main : Running("db")));
    }
    if (event.kind != EventKind::kNodeStarting) continue;
    EXPECT_THAT(event.endpoints.at("http"), HasSubstr("127.0.0.1:2"));
  }
  EXPECT_EQ(Count(EventKind::kEnvironmentRemoving), 1U);
  EXPECT_EQ(events_.back().kind, EventKind::kEnvironmentRemoved);
}

TEST_F(EnvironmentTest, AnUndefinedReferenceNamesItself) {
  Node main = Running("main");
  main.environment["X"] = "${nobody.address}";
  const Status status = Apply({{main}});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().node, "main");
  EXPECT_THAT(status.error().message, HasSubstr("undefined reference '${nobody.address}'"));
}

TEST_F(EnvironmentTest, ACrashAtStartNamesNodeAndCodeAndStopsTheRest) {
  files_.files["/logs/bad.1/stderr.log"] = "first\nfatal: no license\n";
  Node bad = Running("bad", {{"good", DependencyState::kReady}});
  bad.command = {"exit", "3"};
  const Status status =
      Apply({{Running("good"), bad, Running("after", {{"bad", DependencyState::kReady}})}});
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().node, "bad");
  EXPECT_EQ(status.error().message, "node 'bad' exited with code 3");
  EXPECT_THAT(status.error().detail, HasSubstr("fatal: no license"));
  EXPECT_THAT(driver_->Calls(), ElementsAre("start good", "start bad", "stop bad"));
  EXPECT_EQ(Count(EventKind::kEnvironmentFailed), 1U);
  EXPECT_EQ(Count(EventKind::kNodeFailed), 1U);
}

TEST_F(EnvironmentTest, WhatIsNotReadyInTimeSaysWhatTheProbeSaw) {
  http_ = FakeHttpClient(
      [](const HttpRequest&) -> Result<HttpResponse> { return HttpResponse{.status = 503}; });
  Node slow = Running("slow");
  slow.ready = ProbeSpec{"http", {}, "http", Duration(2000)};
  slow.ready->arguments.kind = Document::Kind::kScalar;
  slow.ready->arguments.text = "/health";
  const Status status = Apply({{slow}});
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("node 'slow' was not ready within 2 s"));
  EXPECT_THAT(status.error().message, HasSubstr("503"));
  EXPECT_THAT(driver_->Calls(), ElementsAre("start slow", "stop slow"));
}

TEST_F(EnvironmentTest, AProbeOfAPortWantsAPort) {
  Node bare = Running("bare");
  bare.ports.clear();
  bare.ready = ProbeSpec{"tcp", {}, "", Duration(2000)};
  const Status status = Apply({{bare}});
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("no port for the probe 'tcp'"));
}

TEST_F(EnvironmentTest, NoticesANodeThatDiesAndRestartsItNextTime) {
  const Topology topology{{Running("main"), Running("other")}};
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_FALSE(environment_->Broken().has_value());
  driver_->Crash(Id("main"), 7);
  const auto broken = environment_->WaitUntilBroken({});
  ASSERT_TRUE(broken.has_value());
  EXPECT_EQ(broken->message, "node 'main' exited with code 7");
  ASSERT_TRUE(Apply(topology).has_value());
  EXPECT_FALSE(environment_->Broken().has_value());
  const auto calls = driver_->Calls();
  EXPECT_THAT(calls, Contains("stop main"));
  EXPECT_THAT(calls, testing::Not(Contains("stop other")));
}

TEST_F(EnvironmentTest, LeftoversAreNamed) {
  ASSERT_TRUE(Apply({{Running("main"), Running("other")}}).has_value());
  driver_->FailStops(true);
  const Status status = environment_->Teardown(1s);
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("'main' cannot be removed"));
  EXPECT_THAT(driver_->Calls(), Contains("stop other"));
  driver_->FailStops(false);
}

TEST_F(EnvironmentTest, ACancelledDeployEndsQuickly) {
  Node slow = Running("slow");
  slow.ready = ProbeSpec{"http", {}, "http", Duration(1'000'000)};
  slow.ready->arguments.kind = Document::Kind::kScalar;
  slow.ready->arguments.text = "/health";
  std::stop_source stop;
  http_ = FakeHttpClient([&](const HttpRequest&) -> Result<HttpResponse> {
    stop.request_stop();
    return HttpResponse{.status = 503};
  });
  const Status status =
      environment_->Apply({{slow}}, "preset", {}, Renewal::kNone, stop.get_token());
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace ctestbed
