#include "model/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/matrix.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;

Variables Env(std::initializer_list<std::pair<const std::string, std::string>> pairs) {
  Variables environment;
  for (const auto& [name, value] : pairs) environment[name] = {value, {}};
  return environment;
}

std::vector<Located<std::string>> Texts(std::initializer_list<std::string> values) {
  std::vector<Located<std::string>> texts;
  for (const std::string& value : values) texts.push_back({value, {}});
  return texts;
}

NodeOverlay NodeCalled(const std::string& name, const Variables& environment = {}) {
  return {.name = {name, {}}, .environment = environment};
}

Axis AxisOf(const std::string& name,
            std::initializer_list<std::pair<std::string, Overlay>> values) {
  Axis axis{.name = {name, {}}, .values = {}};
  for (const auto& [value, overlay] : values) axis.values.push_back({{value, {}}, overlay});
  return axis;
}

// store: memory, redis; size: s, m, l
Preset TwoAxes() {
  Preset preset{.name = {"p", {}}, .file = "p.yaml", .description = "", .layers = {}, .axes = {}};
  preset.layers = {{.environment = {}, .nodes = {NodeCalled("main")}}};
  preset.axes = {AxisOf("store", {{"memory", {}}, {"redis", {{}, {NodeCalled("redis")}}}}),
                 AxisOf("size", {{"s", {}}, {"m", {}}, {"l", {}}})};
  return preset;
}

TEST(Resolve, LetsTheLaterEnvironmentWin) {
  Preset preset = TwoAxes();
  preset.layers = {
      {.environment = Env({{"B", "preset"}, {"C", "preset"}, {"D", "preset"}, {"E", "preset"}}),
       .nodes = {NodeCalled("main", Env({{"C", "node"}, {"D", "node"}, {"E", "node"}}))}}};
  preset.axes[0].values[0].overlay.environment = Env({{"D", "axis"}, {"E", "axis"}});
  const Topology topology =
      Resolve(preset, DefaultCell(preset), {{"E", "suite"}},
              {{"A", "host"}, {"B", "host"}, {"C", "host"}, {"D", "host"}, {"E", "host"}});
  EXPECT_EQ(topology.nodes.at(0).environment,
            (std::map<std::string, std::string>{
                {"A", "host"}, {"B", "preset"}, {"C", "node"}, {"D", "axis"}, {"E", "suite"}}));
}

TEST(Resolve, LetsANodeBeatWhatAnotherLayerSaysForEveryNode) {
  Preset preset = TwoAxes();
  preset.layers = {{.environment = {}, .nodes = {NodeCalled("main", Env({{"A", "node"}}))}},
                   {.environment = Env({{"A", "preset"}, {"B", "preset"}}), .nodes = {}}};
  const Topology topology = Resolve(preset, DefaultCell(preset), {}, {});
  EXPECT_EQ(topology.nodes.at(0).environment,
            (std::map<std::string, std::string>{{"A", "node"}, {"B", "preset"}}));
}

TEST(Resolve, GivesANodeThatAnAxisAddsTheEnvironmentOfEveryNode) {
  Preset preset = TwoAxes();
  preset.layers[0].environment = Env({{"A", "preset"}});
  preset.axes[0].values[1].overlay.environment = Env({{"B", "axis"}});
  preset.axes[0].values[1].overlay.nodes = {NodeCalled("redis", Env({{"B", "node"}}))};
  const Topology topology = Resolve(preset, {{"store", "redis"}}, {}, {});
  ASSERT_EQ(topology.nodes.size(), 2U);
  EXPECT_EQ(topology.nodes[1].environment,
            (std::map<std::string, std::string>{{"A", "preset"}, {"B", "node"}}));
}

TEST(Resolve, MergesMapsByKeyAndReplacesTheRest) {
  Preset preset = TwoAxes();
  NodeOverlay base = NodeCalled("main");
  base.command = Texts({"old", "--flag"});
  base.ports = std::vector<Port>{{"http", 80, 0}, {"admin", 81, 0}};
  base.depends_on["db"] = {DependencyState::kReady, {}};
  base.services = Texts({"a", "b"});
  NodeOverlay change = NodeCalled("main");
  change.command = Texts({"new"});
  change.ports = std::vector<Port>{{"admin", 82, 0}, {"debug", 83, 0}};
  change.depends_on["cache"] = {DependencyState::kStarted, {}};
  preset.layers = {{{}, {base}}, {{}, {change}}};
  const Node node = Resolve(preset, {}, {}, {}).nodes.at(0);
  EXPECT_THAT(node.command, ElementsAre("new"));
  EXPECT_THAT(node.services, ElementsAre("a", "b"));
  EXPECT_THAT(node.ports,
              ElementsAre(Port{"http", 80, 0}, Port{"admin", 82, 0}, Port{"debug", 83, 0}));
  EXPECT_EQ(node.depends_on.size(), 2U);
  EXPECT_EQ(node.app_id, "main");
}

TEST(Resolve, TakesTheDefaultOfAnAxisThatTheCellDoesNotName) {
  EXPECT_EQ(Resolve(TwoAxes(), {}, {}, {}), Resolve(TwoAxes(), DefaultCell(TwoAxes()), {}, {}));
}

}  // namespace
}  // namespace ctestbed
