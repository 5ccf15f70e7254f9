#include "report/html/deployments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/html/topology_svg.h"
#include "report/test_stream.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(Deployments, TellNodesEndpointsAndTimes) {
  const auto configurations = FoldDeployments(Stream()
                                                  .Begin({kAccounts})
                                                  .Deploying(kAccounts)
                                                  .NodeReady("redis", "redis", "127.0.0.1:1")
                                                  .NodeReady("main", "http", "127.0.0.1:2")
                                                  .Ready(kAccounts)
                                                  .Removed()
                                                  .events);
  ASSERT_THAT(configurations, SizeIs(1));
  const Configuration& configuration = configurations[0];
  EXPECT_EQ(configuration.deploys, 1);
  EXPECT_EQ(configuration.took, Duration(210));
  ASSERT_THAT(configuration.nodes, SizeIs(2));
  EXPECT_EQ(configuration.nodes[0].facts.services,
            (std::vector<std::string>{"accounts", "orders"}));
  EXPECT_EQ(configuration.nodes[0].ready_after, Duration(40));
  EXPECT_THAT(configuration.nodes[0].instances,
              ElementsAre(InstanceStory{"main", "logs/main.1", {{"http", "127.0.0.1:2"}}, ""}));
}

TEST(Deployments, ForgetNodesThatAreNotKept) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts).NodeReady("main", "http", "127.0.0.1:1");
  stream.Ready(kAccounts).Deploying({"accounts", "other", {}});
  stream.last().changes = {{"main", ChangeAction::kKeep, ""}, {"redis", ChangeAction::kStop, ""}};
  const auto kept = FoldDeployments(stream.events);
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_THAT(kept[1].nodes[0].instances, SizeIs(1));
  stream.last().changes = {{"main", ChangeAction::kRestart, ""}};
  EXPECT_THAT(FoldDeployments(stream.events)[1].nodes[0].instances, IsEmpty());
}

TEST(Deployments, SayWhichNodeBroke) {
  const auto configurations = FoldDeployments(Stream()
                                                  .Begin({kAccounts})
                                                  .Deploying(kAccounts)
                                                  .NodeReady("redis", "redis", "127.0.0.1:1")
                                                  .Ready(kAccounts)
                                                  .NodeFailed("redis", "was killed by SIGKILL")
                                                  .events);
  ASSERT_THAT(configurations, SizeIs(1));
  EXPECT_EQ(configurations[0].nodes[1].instances.at(0).failure, "was killed by SIGKILL");
  EXPECT_THAT(TopologySvg(configurations[0].nodes), HasSubstr("class=\"node bad\""));
}

TEST(Deployments, TellReplicasApartFromNodesWithLikeNames) {
  Stream stream;
  stream.Begin({kAccounts}).Deploying(kAccounts);
  stream.last().nodes = {{.name = "main", .replicas = 2}, {.name = "main-db"}};
  for (const char* name : {"main", "main.2", "main-db"}) stream.NodeReady(name, "p", "127.0.0.1:1");
  const auto configurations = FoldDeployments(stream.Ready(kAccounts).events);
  ASSERT_THAT(configurations, SizeIs(1));
  EXPECT_THAT(configurations[0].nodes[0].instances, SizeIs(2));
  EXPECT_THAT(configurations[0].nodes[1].instances, SizeIs(1));
}

NodeStory Story(std::string name, std::vector<std::string> depends_on = {}) {
  NodeStory node;
  node.facts.name = std::move(name);
  node.facts.depends_on = std::move(depends_on);
  return node;
}

// Where the box of `name` begins.
int LeftOf(const std::string& svg, const std::string& name) {
  const size_t label = svg.find(">" + name + "</text>");
  const size_t box = svg.rfind("<rect x=\"", label);
  return std::stoi(svg.substr(box + 9));
}

TEST(TopologySvg, PutsANodeRightOfAllThatNeedIt) {
  const std::string svg = TopologySvg(
      {Story("db"), Story("auth", {"db"}), Story("main", {"auth", "db"}), Story("lone")});
  EXPECT_LT(LeftOf(svg, "main"), LeftOf(svg, "auth"));
  EXPECT_LT(LeftOf(svg, "auth"), LeftOf(svg, "db"));
  EXPECT_EQ(LeftOf(svg, "main"), LeftOf(svg, "lone"));
  EXPECT_THAT(svg, HasSubstr("<title>main depends on db</title>"));
}

TEST(TopologySvg, DrawsCyclesUnknownNamesAndNothing) {
  EXPECT_THAT(TopologySvg({Story("a", {"b"}), Story("b", {"a"}), Story("c", {"c", "nobody"})}),
              HasSubstr(">c</text>"));
  EXPECT_THAT(TopologySvg({}), HasSubstr("<svg"));
}

TEST(TopologySvg, EscapesAndShortensNames) {
  const std::string svg = TopologySvg({Story("<b>" + std::string(500, 'x'))});
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;xxx"));
  EXPECT_THAT(svg, HasSubstr("\u2026</text>"));
}

TEST(TopologySvg, PacksServicesAndSaysWhenThereAreMore) {
  NodeStory node = Story("main");
  node.facts.services = {"accounts", "auth", "behavior", "connect"};
  EXPECT_THAT(TopologySvg({node}), HasSubstr(">accounts, auth, behavior,</text>"));
  for (int i = 0; i < 20; ++i) node.facts.services.push_back("service" + std::to_string(i));
  node.instances = {{"main", "", {{"http", "127.0.0.1:1"}}, ""}};
  EXPECT_THAT(TopologySvg({node}), HasSubstr(">\u2026</text>"));
  EXPECT_THAT(TopologySvg({node}), HasSubstr(">http 127.0.0.1:1</text>"));
}

}  // namespace
}  // namespace ctestbed
