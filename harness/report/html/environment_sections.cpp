#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/html/deployments.h"
#include "report/html/lane_svg.h"
#include "report/html/sections.h"
#include "report/html/topology_svg.h"
#include "report/wording.h"

namespace ctestbed {
namespace {

constexpr size_t kMostShownLanes = 150;
constexpr size_t kMostConfigurations = 100;
constexpr size_t kMostNodes = 60;
constexpr size_t kMostText = 400;
constexpr size_t kShownId = 19;  // bytes: "sha256:" and what engines show

struct Endpoint {
  std::string port;
  std::string address;
};

// Of all instances; a port of the n-th is called "http-n".
std::vector<Endpoint> EndpointsOf(const NodeStory& node) {
  std::vector<Endpoint> endpoints;
  for (const InstanceStory& instance : node.instances) {
    for (const auto& [port, address] : instance.endpoints) {
      endpoints.push_back({port + instance.name.substr(node.facts.name.size()), address});
    }
  }
  return endpoints;
}

Values DescribeNode(const NodeStory& node) {
  const NodeFacts& facts = node.facts;
  std::string what = facts.image;
  const std::string id = node.instances.empty() ? "" : node.instances.front().image;
  if (!id.empty()) what += fmt::format("{}({})", what.empty() ? "" : " ", id.substr(0, kShownId));
  if (!facts.command.empty()) what += (what.empty() ? "" : " ") + ShellCommand(facts.command);
  const bool own_app_id = !facts.app_id.empty() && facts.app_id != facts.name;
  return MakeValues(
      {{"name", Text(facts.name)},
       {"app_id", Text(own_app_id ? facts.app_id : "")},
       {"replicas", Text(facts.replicas > 1 ? std::to_string(facts.replicas) : "")},
       {"services", Text(Join(facts.services, ", "))},
       {"endpoints", ListOf(EndpointsOf(node),
                            [](const Endpoint& endpoint) {
                              return MakeValues({{"port", Text(endpoint.port)},
                                                 {"address", Text(endpoint.address)}});
                            })},
       {"needs", Text(Join(facts.depends_on, ", "))},
       {"ready_after", node.ready_after > Duration(0) ? Time(node.ready_after) : Text("")},
       {"opt_outs", Text(Join(facts.opt_outs, ", "))},
       {"what", Text(CutMiddle(what, kMostText))},
       {"logs", ListOf(node.instances, [&](const InstanceStory& instance) {
          return MakeValues({{"name", Text(node.instances.size() > 1 ? instance.name : "")},
                             {"stderr", Text(LinkTo(instance.log + "/stderr.log"))},
                             {"stdout", Text(LinkTo(instance.log + "/stdout.log"))}});
        })}});
}

std::string Deployed(const Configuration& configuration) {
  const std::string took = FormatDuration(configuration.took);
  if (configuration.took == Duration(0)) return "";
  if (!configuration.failure.empty()) return fmt::format("failed after {}", took);
  return configuration.deploys == 1
             ? fmt::format("deployed in {}", took)
             : fmt::format("deployed {} times, the last in {}", configuration.deploys, took);
}

Values Describe(const Configuration& configuration, size_t index) {
  std::vector<NodeStory> nodes = configuration.nodes;
  const size_t count = nodes.size();
  nodes.resize(std::min(count, kMostNodes));
  const auto broken = std::find_if(nodes.begin(), nodes.end(), [](const NodeStory& node) {
    return std::any_of(node.instances.begin(), node.instances.end(),
                       [](const InstanceStory& instance) { return !instance.failure.empty(); });
  });
  std::string failure = configuration.failure;
  if (failure.empty() && broken != nodes.end()) {
    for (const InstanceStory& instance : broken->instances) {
      if (failure.empty()) failure = instance.failure;
    }
  }
  return MakeValues({{"id", Text(fmt::format("environment-{}", index + 1))},
                     {"open", index == 0 || !failure.empty()},
                     {"verdict", Text(failure.empty() ? "passed" : "failed")},
                     {"name", Text(EnvironmentName(configuration.preset, configuration.cell))},
                     {"nodes_count", Text(fmt::format("{} node{}", count, count == 1 ? "" : "s"))},
                     {"deployed", Text(Deployed(configuration))},
                     {"failure", Text(FirstLine(failure))},
                     {"drawing", Markup(nodes.empty() ? "" : TopologySvg(nodes))},
                     {"has_nodes", !nodes.empty()},
                     {"nodes", ListOf(nodes, DescribeNode)},
                     {"has_changes", !configuration.changes.empty()},
                     {"changes", ListOf(configuration.changes, [](const Change& change) {
                        return MakeValues({{"action", Text(ChangeActionName(change.action))},
                                           {"node", Text(change.node)},
                                           {"why", Text(CutMiddle(change.why, kMostText))}});
                      })}});
}

std::string LeftOut(size_t all, size_t most, std::string_view what) {
  if (all <= most) return "";
  return fmt::format("{} more {} are in events.ndjson.", all - most, what);
}

}  // namespace

void AddTimeline(const Timeline& timeline, Values& page) {
  const size_t count = std::min(timeline.lanes.size(), kMostShownLanes);
  Values lanes{Values::type::list};
  for (size_t i = 0; i < count; ++i) {
    const TimelineLane& lane = timeline.lanes[i];
    // With room to break a line after each choice.
    const std::string name = Join(Split(lane.name, ','), ", ");
    lanes.push_back(MakeValues({{"name", Text(name)},
                                {"svg", Markup(LaneSvg(lane, timeline.length_s))},
                                {"sum", Text(DescribeLane(lane))}}));
  }
  page.set("has_lanes", count > 0);
  page.set("lanes", lanes);
  page.set("ticks", ListOf(AxisTicks(timeline.length_s), [&](double tick) {
             const double left = timeline.length_s > 0 ? 100 * tick / timeline.length_s : 0;
             return MakeValues({{"left", Text(fmt::format("{:.3f}", left))},
                                {"label", Text(fmt::format("{:g} s", tick))}});
           }));
  page.set("lanes_left_out", Text(LeftOut(timeline.lanes.size(), kMostShownLanes, "environments")));
}

void AddEnvironments(const std::vector<Event>& events, Values& page) {
  const std::vector<Configuration> configurations = FoldDeployments(events);
  Values list{Values::type::list};
  for (size_t i = 0; i < std::min(configurations.size(), kMostConfigurations); ++i) {
    list.push_back(Describe(configurations[i], i));
  }
  page.set("configurations", list);
  page.set("configurations_left_out",
           Text(LeftOut(configurations.size(), kMostConfigurations, "environments")));
}

}  // namespace ctestbed
