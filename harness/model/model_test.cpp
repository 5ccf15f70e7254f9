#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "model/headline.h"
#include "model/resize.h"
#include "model/wire.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Document Scalar(std::string text) {
  Document document;
  document.kind = Document::Kind::kScalar;
  document.text = std::move(text);
  return document;
}

Node RichNode() {
  Node node;
  node.name = "auth";
  node.app_id = "auth-app";
  node.services = {"auth", "accounts"};
  node.replicas = 2;
  node.command = {"realm", "--http", "${port.http}"};
  node.working_directory = "/srv";
  node.environment = {{"STORE", "memory"}};
  node.ports = {{"http", 8080, 0}, {"admin", 9090, 20017}};
  node.port_handoff = PortHandoff::kRelease;
  node.ready =
      ProbeSpec{"http", Scalar("/health"), "http", Duration(1500), Duration(50), Duration(250)};
  node.depends_on = {{"redis", DependencyState::kReady}};
  node.stop.grace = Duration(250);
  node.args = {"--verbose"};
  node.mounts = {{"conf", {MountKind::kContent, "listen ${port.http}", "/etc/a.conf"}},
                 {"site", {MountKind::kFrom, "/p/site", "/srv/site", "abc"}},
                 {"data", {MountKind::kVolume, "data", "/data", "", true}}};
  node.container = {
      .build = Build{"/p", "Containerfile", {{"VERSION", "1"}}},
      .pull = PullPolicy::kNever,
      .networks = std::vector<NetworkUse>{{"front", {"api"}}},
      .security = {"1000", std::vector<std::string>{"ALL"}, "default", true, false, false, false},
      .resources = {64L << 20, 500, 32},
      .labels = {{"team", "a"}}};
  return node;
}

TEST(OptOuts, AreNamed) {
  EXPECT_EQ(OptOutsOf({}), std::vector<std::string>());
  EXPECT_EQ(OptOutsOf({"1000", std::vector<std::string>{"ALL"}, "default", true, true, false, {}}),
            std::vector<std::string>());
  EXPECT_EQ(
      OptOutsOf({"0:0", std::vector<std::string>{"NET_RAW"}, "unconfined", false, false, true, {}}),
      (std::vector<std::string>{"privileged", "runs as root", "writable root", "new privileges",
                                "no seccomp profile", "keeps capabilities"}));
}

TEST(Wire, ATopologyComesBackEqual) {
  Topology topology{{RichNode(), Node{.name = "redis"}}};
  topology.networks = {{"front", {true}}, {"back", {}}};
  topology.volumes = {"data"};
  topology.nodes.push_back({.name = "migrate", .kind = NodeKind::kJob, .timeout = Duration(9000)});
  topology.nodes.back().depends_on = {{"redis", DependencyState::kStarted}};
  topology.nodes.front().depends_on["migrate"] = DependencyState::kCompleted;
  const SeedAction drop{.exec = {{"drop", {}}, {"all", {}}}, .accepted = {0, 3}};
  const SeedAction post{.method = "POST",
                        .path = {"/accounts", {}},
                        .headers = {{"X-Key", {"${secret:key}", {}}}},
                        .body = {"{}", {}},
                        .accepted = {201}};
  topology.seed = {{{"fill", {}}, {"redis", {}}, "main", post, drop, Duration(700)}};
  topology.secrets = {{"key", {SecretSource::Kind::kFile, "/key"}},
                      {"made", {SecretSource::Kind::kGenerated, "", 32}}};
  topology.backends = {"docker"};
  topology.prepare = {{{"make", "image"}, "/p", {{"A", "1"}}}};
  topology.timeouts = {Duration(60'000), Duration(1500)};
  const auto parsed = ParseJson(DumpJson(ToJson(topology)));
  ASSERT_TRUE(parsed.has_value());
  const auto back = TopologyFromJson(*parsed);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, topology);
}

TEST(Wire, EveryKindOfEventComesBackEqual) {
  for (const EventKindEntry& entry : kEventKinds) {
    Event event;
    event.kind = entry.kind;
    event.seq = 7;
    event.at = "2026-01-01T00:00:00.000Z";
    event.mono_s = 0.25;
    event.run = "s@p,store=redis";
    event.cell = {{"store", "redis"}};
    event.digest = "d1";
    event.image = "sha256:1";
    event.message = "bad \"quotes\" and\nlines";
    event.attempt = 3;
    event.duration = Duration(1234);
    event.mark = {"suites/a.yaml", 3, 4};
    event.changes = {{"main", ChangeAction::kRestart, "STORE 'memory' -> 'redis'"}};
    event.version = "1.2.3";
    event.host = "box, Linux 6.1.0 x86_64, 8 processors";
    event.command = {"ctestbed", "run"};
    event.nodes = {{"main", "app", {"web"}, 2, "web:1", {"web", "${port.http}"}, {"http"}, {"db"}}};
    event.endpoints = {{"http", "127.0.0.1:1234"}};
    event.logs = {{"main", "stderr", "logs/main.1/stderr.log", 4096, 6, "panic\n"}};
    if (entry.kind == EventKind::kSessionPlanned) {
      event.cost = {Duration(1500), Duration(3000), Duration(500), Duration(9000), 2, 4};
    }
    if (entry.kind == EventKind::kRunFinished) event.verdict = Verdict::kBlocked;
    const auto back = EventFromJson(ToJson(event));
    ASSERT_TRUE(back.has_value()) << entry.name;
    EXPECT_EQ(*back, event) << entry.name;
  }
}

TEST(Wire, RefusesUnknownKindsAndVerdicts) {
  EXPECT_FALSE(EventFromJson(Json{{"kind", "nonsense"}}).has_value());
  EXPECT_FALSE(EventFromJson(Json{{"kind", "run-finished"}, {"verdict", "green"}}).has_value());
  EXPECT_FALSE(EventFromJson(Json{{"kind", "run-finished"}}).has_value());
  EXPECT_FALSE(TopologyFromJson(Json::array()).has_value());
}

TEST(Digest, ChangesWithEveryFieldOfANode) {
  const Node base = RichNode();
  std::vector<Node> variants(19, base);
  variants[0].name = "other";
  variants[1].app_id = "other";
  variants[2].services = {"auth"};
  variants[3].replicas = 3;
  variants[4].command.pop_back();
  variants[5].environment["STORE"] = "redis";
  variants[6].ports[0].number = 8081;
  variants[7].port_handoff = PortHandoff::kHold;
  variants[8].ready->arguments = Scalar("/ready");
  variants[9].depends_on["redis"] = DependencyState::kStarted;
  variants[10].stop.grace = Duration(251);
  variants[11].args.clear();
  variants[12].mounts["conf"].source = "listen 80";
  variants[13].mounts["site"].digest = "abd";
  variants[14].mounts["data"].read_only = false;
  variants[15].container.security.user = "1001";
  variants[16].container.labels.clear();
  variants[17].kind = NodeKind::kJob;
  variants[18].depends_on["redis"] = DependencyState::kCompleted;
  for (size_t i = 0; i < variants.size(); ++i)
    EXPECT_NE(DigestOf(variants[i]), DigestOf(base)) << i;
}

TEST(Digest, DoesNotConfuseShiftedTexts) {
  Node one{.name = "n", .command = {"ab", "c"}};
  Node two{.name = "n", .command = {"a", "bc"}};
  EXPECT_NE(DigestOf(one), DigestOf(two));
}

TEST(Digest, OfATopologyIgnoresTheOrderOfNodesAndMarks) {
  Node other{.name = "b"};
  Node marked = RichNode();
  marked.ready->arguments.mark.line = 99;
  EXPECT_EQ(DigestOf(Topology{{RichNode(), other}}), DigestOf(Topology{{other, marked}}));
}

TEST(Digest, OfATopologyCoversWhatItDeclares) {
  const Topology base{{Node{.name = "a"}}};
  std::vector<Topology> variants(8, base);
  variants[0].networks["front"] = {};
  variants[1].networks["front"] = {true};
  variants[2].volumes = {"data"};
  variants[3].prepare = {{{"make"}, "/p", {}}};
  variants[4].timeouts.deploy = Duration(1);
  variants[5].seed = {{.name = {"fill", {}}, .node = {"a", {}}}};
  variants[6].secrets = {{"key", {SecretSource::Kind::kEnvironment, "A"}}};
  variants[7].secrets = {{"key", {SecretSource::Kind::kEnvironment, "B"}}};
  std::set<std::string> digests{DigestOf(base)};
  for (const Topology& variant : variants) digests.insert(DigestOf(variant));
  EXPECT_EQ(digests.size(), variants.size() + 1);
}

TEST(StartOrder, PutsDependenciesFirst) {
  const Topology topology{{Node{.name = "c", .depends_on = {{"b", {}}}},
                           Node{.name = "b", .depends_on = {{"a", {}}}}, Node{.name = "a"}}};
  EXPECT_THAT(StartOrder(topology), ElementsAre("a", "b", "c"));
}

TEST(StartOrder, IsEmptyForACycle) {
  const Topology topology{
      {Node{.name = "a", .depends_on = {{"b", {}}}}, Node{.name = "b", .depends_on = {{"a", {}}}}}};
  EXPECT_THAT(StartOrder(topology), IsEmpty());
}

TEST(ChangesBetween, SaysWhatAndWhy) {
  Node main{.name = "main", .environment = {{"STORE", "memory"}}};
  Node changed = main;
  changed.environment["STORE"] = "redis";
  const Topology before{{main, Node{.name = "kept"}, Node{.name = "gone"}}};
  const Topology after{{Node{.name = "kept"}, changed, Node{.name = "new"}}};
  const std::vector<Change> changes = ChangesBetween(before, after);
  ASSERT_EQ(changes.size(), 4U);
  EXPECT_EQ(changes[0].action, ChangeAction::kKeep);
  EXPECT_EQ(changes[1].action, ChangeAction::kRestart);
  EXPECT_THAT(changes[1].why, HasSubstr("STORE 'memory' -> 'redis'"));
  EXPECT_EQ(changes[2].action, ChangeAction::kStart);
  EXPECT_EQ(changes[3], (Change{"gone", ChangeAction::kStop, "not part of the next environment"}));
}

TEST(ChangesBetween, RestartsWhoNamesAddressesThatChange) {
  Node main{.name = "main", .ports = {{"http", 80, 0}}};
  Node balancer{.name = "balancer", .command = {"balance", "${main.addresses}"}};
  Node other{.name = "other", .command = {"${mainly.address}", "${port.http}"}};
  const Topology before{{main, balancer, other}};
  main.replicas = 3;
  const std::vector<Change> changes = ChangesBetween(before, {{main, balancer, other}});
  EXPECT_THAT(changes, ElementsAre(Change{"main", ChangeAction::kRestart, "replicas '1' -> '3'"},
                                   Change{"balancer", ChangeAction::kRestart,
                                          "the addresses of node 'main' change"},
                                   Change{"other", ChangeAction::kKeep, "unchanged"}));
}

TEST(ChangesBetween, RunsJobsAgainWhenWhatTheyNeedChanges) {
  Node db{.name = "db"};
  const Node job{
      .name = "migrate", .kind = NodeKind::kJob, .depends_on = {{"db", DependencyState::kReady}}};
  const Node next{.name = "fill",
                  .kind = NodeKind::kJob,
                  .depends_on = {{"migrate", DependencyState::kCompleted}}};
  const Topology before{{db, job, next}};
  db.environment["SIZE"] = "2";
  const std::vector<Change> changes = ChangesBetween(before, {{db, job, next}});
  EXPECT_EQ(changes[1],
            (Change{"migrate", ChangeAction::kRestart, "node 'db', which it needs, changes"}));
  EXPECT_EQ(changes[2].why, "node 'migrate', which it needs, changes");
}

TEST(Renew, ResetsByHooksAndRestartsTheRest) {
  const Node make{.name = "make", .kind = NodeKind::kJob};
  const Node init{.name = "init",
                  .kind = NodeKind::kJob,
                  .depends_on = {{"make", DependencyState::kCompleted}}};
  Node db{.name = "db", .depends_on = {{"init", DependencyState::kCompleted}}};
  const Node load{
      .name = "load", .kind = NodeKind::kJob, .depends_on = {{"db", DependencyState::kReady}}};
  const auto actions = [&](Renewal renewal) {
    const Topology topology{{make, init, db, load}};
    std::vector<Change> changes = ChangesBetween(topology, topology);
    Renew(changes, topology, renewal, "");
    RunJobsAgain(changes, topology);
    std::string text;
    for (const Change& change : changes) text += std::string(ChangeActionName(change.action)) + " ";
    return text;
  };
  EXPECT_EQ(actions(Renewal::kNone), "keep keep keep keep ");
  EXPECT_EQ(actions(Renewal::kRestart), "restart restart restart restart ");
  // What the jobs made for the database goes with it.
  EXPECT_EQ(actions(Renewal::kReset), "restart restart restart restart ");
  db.reset = SeedStep{.name = {"reset", {}}};
  EXPECT_EQ(actions(Renewal::kReset), "keep keep reset restart ");
  for (const Renewal renewal : {Renewal::kNone, Renewal::kReset, Renewal::kRestart}) {
    EXPECT_EQ(RenewalFromName(RenewalName(renewal)), renewal);
  }
}

TEST(ChangeTexts, LeavesNamesAlone) {
  Event event;
  event.run = event.node = event.message = event.detail = "key";
  event.changes = {{"key", ChangeAction::kRestart, "key"}};
  event.logs = {{.node = "key", .text = "key"}};
  ChangeTexts(event, [](std::string_view) { return std::string("***"); });
  EXPECT_EQ(event.run + event.node, "keykey");
  EXPECT_EQ(event.message + event.detail, "******");
  EXPECT_EQ(event.changes, std::vector<Change>{(Change{"key", ChangeAction::kRestart, "***"})});
  EXPECT_EQ(event.logs.front().node + event.logs.front().text, "key***");
}

TEST(OnlyResizes, WantsAllElseTheSame) {
  Node main{.name = "main", .ports = {{"http", 80, 0}}};
  const Topology before{{main}};
  EXPECT_FALSE(OnlyResizes(main, before, before));
  main.replicas = 3;
  EXPECT_TRUE(OnlyResizes(main, before, {{main}}));
  EXPECT_FALSE(OnlyResizes(main, {}, {{main}}));
  Node other = main;
  other.command = {"other"};
  EXPECT_FALSE(OnlyResizes(other, before, {{other}}));
  Node selfish = main;
  selfish.environment["ALL"] = "${main.addresses}";
  Node alone = selfish;
  alone.replicas = 1;
  EXPECT_FALSE(OnlyResizes(selfish, {{alone}}, {{selfish}}));
}

TEST(CaseHeadline, NamesACaseOnce) {
  EXPECT_EQ(CaseHeadline("create", "status is 200"), "create: status is 200");
  EXPECT_EQ(CaseHeadline("GET /x", "GET /x: status is 200"), "GET /x: status is 200");
  EXPECT_EQ(CaseHeadline("GET /", "GET /x: status is 200"), "GET /: GET /x: status is 200");
}

TEST(RunName, IsSuitePresetAndCell) {
  EXPECT_EQ(RunName({"accounts", "split", {{"store", "redis"}, {"auth", "on"}}}),
            "accounts@split,auth=on,store=redis");
  EXPECT_EQ(RunName({"accounts", "split", {}}), "accounts@split");
}

}  // namespace
}  // namespace ctestbed
