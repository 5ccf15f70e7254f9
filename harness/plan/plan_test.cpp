#include "plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "model/resolve.h"
#include "plan/expand.h"
#include "plan/order/order_check.h"
#include "plan/problem.h"
#include "plan/render.h"
#include "plan/selection.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Located<std::string> At(const std::string& text) {
  return {text, {}};
}

NodeOverlay NodeCalled(const std::string& name, const std::string& store = "") {
  NodeOverlay node{.name = At(name)};
  node.command = std::vector{At(name)};
  if (!store.empty()) node.environment["STORE"] = At(store);
  return node;
}

// Nodes auth and main; axis store changes main alone: memory (default), redis.
Preset Sample(const std::string& name = "p") {
  Preset preset{.name = At(name), .file = name + ".yaml"};
  preset.layers = {{.nodes = {NodeCalled("auth"), NodeCalled("main")}}};
  preset.axes = {
      {At("store"), {{At("memory"), {}}, {At("redis"), {.nodes = {NodeCalled("main", "redis")}}}}}};
  return preset;
}

Suite SuiteCalled(const std::string& name, const std::string& store = "",
                  Isolation isolation = Isolation::kShared) {
  Suite suite{.name = At(name), .presets = {At("p")}, .isolation = isolation};
  if (store == "any") suite.matrix.axes["store"] = {AxisChoice::Kind::kAny, {}};
  if (!store.empty() && store != "any") {
    suite.matrix.axes["store"] = {AxisChoice::Kind::kListed, {At(store)}};
  }
  return suite;
}

std::vector<std::string> Names(const std::vector<Run>& runs) {
  std::vector<std::string> names;
  for (const Run& run : runs) names.push_back(RunName(run));
  return names;
}

std::vector<Batch> Batches(const PlanInput& input, const Selection& selection = {}) {
  const Result<Plan> plan = MakePlan(input, selection);
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? plan->lanes.at(0).batches : std::vector<Batch>{};
}

TEST(ExpandRuns, KeepsTheDeclaredOrder) {
  EXPECT_THAT(Names(*ExpandRuns({{Sample()}, {SuiteCalled("b"), SuiteCalled("a", "redis")}, {}})),
              ElementsAre("b@p,store=memory", "b@p,store=redis", "a@p,store=redis"));
}

std::vector<std::string> RunsIn(const std::vector<Batch>& batches) {
  std::vector<std::string> names;
  for (const Batch& batch : batches) {
    names.push_back("|");
    for (const Run& run : batch.runs) names.push_back(RunName(run));
  }
  return names;
}

TEST(MakePlan, PutsASuiteAfterAllRunsOfThoseItNames) {
  Suite early = SuiteCalled("a");
  early.after = {At("c")};
  EXPECT_THAT(RunsIn(Batches({{Sample()}, {early, SuiteCalled("b"), SuiteCalled("c")}, {}})),
              ElementsAre("|", "b@p,store=memory", "c@p,store=memory", "|", "b@p,store=redis",
                          "c@p,store=redis", "a@p,store=redis", "|", "a@p,store=memory"));
}

TEST(MakePlan, SplitsNoBatchForAnOrderWithinIt) {
  Suite early = SuiteCalled("a", "redis");
  early.after = {At("b")};
  EXPECT_THAT(RunsIn(Batches({{Sample()}, {early, SuiteCalled("b", "redis")}, {}})),
              ElementsAre("|", "b@p,store=redis", "a@p,store=redis"));
}

TEST(MakePlan, LeavesOutOfTheOrderWhatIsNotSelected) {
  Suite early = SuiteCalled("a", "redis");
  early.after = {At("b")};
  EXPECT_THAT(RunsIn(Batches({{Sample()}, {early, SuiteCalled("b")}, {}}, {.suites = {"a"}})),
              ElementsAre("|", "a@p,store=redis"));
}

TEST(MakePlan, GivesACellItsOverrides) {
  Suite suite = SuiteCalled("a");
  suite.environment["MODE"] = At("plain");
  suite.matrix.overrides = {{{{"store", At("redis")}}, {{"MODE", At("slow")}}}};
  const auto batches = Batches({{Sample()}, {suite}, {}});
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].topology.nodes[0].environment.at("MODE"), "plain");
  EXPECT_EQ(batches[1].topology.nodes[0].environment.at("MODE"), "slow");
}

TEST(ExpandRuns, LetsAnOpenAxisJoinAnEnvironmentThatIsNeededAnyway) {
  EXPECT_THAT(
      Names(*ExpandRuns({{Sample()}, {SuiteCalled("a", "any"), SuiteCalled("b", "redis")}, {}})),
      ElementsAre("a@p,store=redis", "b@p,store=redis"));
}

TEST(ExpandRuns, FallsBackToTheDefaultOfAnOpenAxis) {
  EXPECT_THAT(Names(*ExpandRuns({{Sample()}, {SuiteCalled("a", "any")}, {}})),
              ElementsAre("a@p,store=memory"));
}

TEST(ExpandRuns, LeavesOutPresetsThatAreNotThere) {
  EXPECT_THAT(*ExpandRuns({{}, {SuiteCalled("a")}, {}}), IsEmpty());
}

TEST(MakePlan, GroupsRunsThatShareAnEnvironment) {
  const auto batches = Batches({{Sample()}, {SuiteCalled("a"), SuiteCalled("b")}, {}});
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_THAT(Names(batches[0].runs), ElementsAre("a@p,store=memory", "b@p,store=memory"));
  EXPECT_THAT(Names(batches[1].runs), ElementsAre("a@p,store=redis", "b@p,store=redis"));
  EXPECT_EQ(batches[1].changes.at(0).action, ChangeAction::kKeep);
  EXPECT_EQ(batches[1].changes.at(1).action, ChangeAction::kRestart);
}

TEST(MakePlan, GroupsAcrossPresetsOfTheSameContent) {
  Suite suite = SuiteCalled("a", "memory");
  suite.presets = {At("p"), At("q")};
  const auto batches = Batches({{Sample("p"), Sample("q")}, {suite}, {}});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].preset, "p");
  EXPECT_EQ(batches[0].runs.size(), 2U);
}

TEST(MakePlan, KeepsApartWhatTheSuiteEnvironmentMakesDifferent) {
  Suite suite = SuiteCalled("b", "memory");
  suite.environment["DEBUG"] = At("1");
  EXPECT_EQ(Batches({{Sample()}, {SuiteCalled("a", "memory"), suite}, {}}).size(), 2U);
}

TEST(MakePlan, GivesAFreshRunABatchOfItsOwnAndOthersWhatIsLeftOfIt) {
  const auto batches =
      Batches({{Sample()},
               {SuiteCalled("a", "memory"), SuiteCalled("b", "memory", Isolation::kFresh),
                SuiteCalled("c", "memory"), SuiteCalled("d", "memory", Isolation::kFresh)},
               {}});
  EXPECT_THAT(RunsIn(batches), ElementsAre("|", "b@p,store=memory", "|", "a@p,store=memory",
                                           "c@p,store=memory", "|", "d@p,store=memory"));
  EXPECT_EQ(batches[0].renewal, Renewal::kRestart);
  for (const Change& change : batches[1].changes) EXPECT_EQ(change.action, ChangeAction::kKeep);
  EXPECT_EQ(batches[2].renewal, Renewal::kRestart);
  for (const Change& change : batches[2].changes) {
    EXPECT_EQ(change.action, ChangeAction::kRestart);
    EXPECT_EQ(change.why, "the suite wants it as new");
  }
}

TEST(MakePlan, ResetsNodesThatHaveAHook) {
  Preset preset = Sample();
  preset.layers[0].nodes[0].reset = SeedStep{.name = {"reset", {}}};  // of auth, not of main
  Suite dirty = SuiteCalled("c", "memory");
  dirty.dirties = {At("auth")};
  const auto plan =
      MakePlan({{preset},
                {SuiteCalled("a", "memory", Isolation::kReset),
                 SuiteCalled("b", "memory", Isolation::kReset), dirty, SuiteCalled("d", "memory")},
                {}},
               {});
  const std::vector<Batch>& batches = plan->lanes[0].batches;
  EXPECT_THAT(RunsIn(batches), ElementsAre("|", "a@p,store=memory", "|", "d@p,store=memory",
                                           "c@p,store=memory", "|", "b@p,store=memory"));
  EXPECT_EQ(batches[0].renewal, Renewal::kReset);
  EXPECT_EQ(batches[2].renewal, Renewal::kReset);
  EXPECT_THAT(batches[2].changes,
              ElementsAre(Change{"auth", ChangeAction::kReset, "the suite wants it as new"},
                          Change{"main", ChangeAction::kRestart, "the suite wants it as new"}));
  EXPECT_EQ(batches[2].cost, Duration(200 + 1200));
  EXPECT_EQ(plan->cost.node_starts_planned, 3);
}

TEST(MakePlan, PutsLastWhoLeavesNodesUnfit) {
  Suite dirty = SuiteCalled("a", "memory");
  dirty.dirties = {At("main")};
  Suite dirty_too = SuiteCalled("c", "memory");
  dirty_too.dirties = {At("auth")};
  const auto batches = Batches({{Sample()}, {dirty, SuiteCalled("b", "memory"), dirty_too}, {}});
  EXPECT_THAT(RunsIn(batches),
              ElementsAre("|", "b@p,store=memory", "a@p,store=memory", "|", "c@p,store=memory"));
  EXPECT_THAT(batches[0].dirties, ElementsAre("main"));
  EXPECT_EQ(batches[1].changes.at(0).action, ChangeAction::kKeep);
  EXPECT_EQ(batches[1].changes.at(1).why, "the suite before left it unfit");
  EXPECT_EQ(batches[1].cost, Duration(1200));
}

TEST(MakePlan, OrdersBatchesByWhatTheirChangesCost) {
  // Declared, the dearest node restarts at every step.
  Preset preset = Sample();
  preset.axes.push_back(
      {At("size"), {{At("s"), {}}, {At("l"), {.nodes = {NodeCalled("auth", "l")}}}}});
  Suite suite = SuiteCalled("a");
  PlanSettings settings;
  settings.estimates.nodes_by_name["main"].start = Duration{60'000};
  const auto plan = MakePlan({{preset}, {suite}, {}}, {}, settings);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->cost.node_starts_planned, 2 + 1 + 2);  // main restarts but once
  EXPECT_EQ(plan->cost.planned, plan->cost.lower_bound);
}

TEST(MakePlan, CoversPairsInsteadOfEverything) {
  Preset preset = Sample();
  for (const std::string axis : {"b", "c", "d"}) {
    preset.axes.push_back(
        {At(axis), {{At("1"), {}}, {At("2"), {.environment = {{axis, At("2")}}}}}});
  }
  Suite suite = SuiteCalled("a");
  suite.matrix.cover.strength = 2;
  suite.matrix.never = {{{"b", {At("2")}}, {"c", {At("2")}}}};
  const auto plan = MakePlan({{preset}, {suite}, {}}, {});
  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->coverage.size(), 1U);
  EXPECT_EQ(plan->coverage[0].cells, plan->cost.node_starts_naive / 2U);
  EXPECT_EQ(plan->coverage[0].tuples, 6U * 4 - 1);
  EXPECT_LE(plan->coverage[0].cells, 6U);
  std::set<std::string> pairs;
  for (const Batch& batch : plan->lanes.at(0).batches) {
    for (const auto& run : batch.runs) {
      for (const auto& [a, x] : run.cell) {
        for (const auto& [b, y] : run.cell) {
          if (a < b) pairs.insert(a + x + b + y);
        }
      }
    }
  }
  EXPECT_EQ(pairs.size(), 23U);
  EXPECT_FALSE(pairs.contains("b2c2"));
}

TEST(MakePlan, LetsAModestSuiteUseALargerEnvironment) {
  Preset large = Sample("q");
  large.layers.push_back({.nodes = {NodeCalled("extra")}});
  Suite modest = SuiteCalled("a", "memory");
  Suite demanding = SuiteCalled("b");
  demanding.presets = {At("q")};
  EXPECT_EQ(Batches({{Sample(), large}, {modest, demanding}, {}}).size(), 3U);
  modest.superset = true;
  const auto batches = Batches({{Sample(), large}, {modest, demanding}, {}});
  EXPECT_THAT(RunsIn(batches),
              ElementsAre("|", "a@p,store=memory", "b@q,store=memory", "|", "b@q,store=redis"));
  EXPECT_EQ(batches[0].preset, "q");
  EXPECT_EQ(batches[0].topology.nodes.size(), 3U);
  modest.environment["DEBUG"] = At("1");  // then its nodes are others
  EXPECT_EQ(Batches({{Sample(), large}, {modest, demanding}, {}}).size(), 3U);
}

TEST(MakePlan, KeepsEnvironmentsWithinWhatTheyMayHaveTogether) {
  Preset preset = Sample();
  preset.layers[0].nodes[0].container.resources = {.memory = 100, .cpus = 1500, .pids = {}};
  const PlanInput input{{preset}, {SuiteCalled("a"), SuiteCalled("b")}, {}};
  const auto lanes = [&](std::int64_t memory, int cpus) {
    const auto plan = MakePlan(input, {}, {.lanes = 2, .memory = memory, .cpus = cpus});
    return plan ? plan->lanes.size() : 0U;
  };
  EXPECT_EQ(lanes(0, 0), 2U);
  EXPECT_EQ(lanes(200, 3000), 2U);
  EXPECT_EQ(lanes(199, 0), 1U);
  EXPECT_EQ(lanes(0, 2999), 1U);
  EXPECT_EQ(MakePlan(input, {}, {.memory = 99}).error().message,
            "the environment of a@p,store=memory asks for more memory than all may have together");
}

TEST(MakePlan, ShowsFailuresFirstWhereThatIsWorthIt) {
  Suite suite = SuiteCalled("a");
  PlanSettings settings;
  settings.estimates.runs["a@p,store=redis"].failure = 1;
  const PlanInput input{{Sample()}, {suite, SuiteCalled("b")}, {}};
  settings.fail_first = 0.1;
  EXPECT_THAT(RunsIn(MakePlan(input, {}, settings)->lanes.at(0).batches),
              ElementsAre("|", "a@p,store=redis", "b@p,store=redis", "|", "a@p,store=memory",
                          "b@p,store=memory"));
  settings.fail_first = 0;
  EXPECT_EQ(MakePlan(input, {}, settings)->lanes.at(0).batches.at(0).cell.at("store"), "memory");
}

TEST(MakePlan, SelectsByEveryPart) {
  const PlanInput input{{Sample()}, {SuiteCalled("alpha"), SuiteCalled("beta")}, {}};
  EXPECT_THAT(Names(Batches(input, {.runs = {"alpha@p,store=r*"}}).at(0).runs),
              ElementsAre("alpha@p,store=redis"));
  EXPECT_THAT(Names(Batches(input, {.suites = {"b?ta"}, .cell = {{"store", "memory"}}}).at(0).runs),
              ElementsAre("beta@p,store=memory"));
  EXPECT_EQ(Batches(input, {.presets = {"p"}}).size(), 2U);
}

TEST(MakePlan, SettlesAnOpenAxisWithinTheSelection) {
  const PlanInput input{{Sample()}, {SuiteCalled("a", "any")}, {}};
  EXPECT_THAT(Names(Batches(input, {.cell = {{"store", "redis"}}}).at(0).runs),
              ElementsAre("a@p,store=redis"));
}

TEST(MakePlan, RefusesASelectionThatMatchesNothing) {
  const PlanInput input{{Sample()}, {SuiteCalled("alpha", "memory"), SuiteCalled("beta")}, {}};
  const auto error = [&](const Selection& selection) {
    const Result<Plan> plan = MakePlan(input, selection);
    EXPECT_FALSE(plan);
    return plan ? Error{} : plan.error();
  };
  EXPECT_EQ(error({.suites = {"alhpa"}}).kind, ErrorKind::kInvalid);
  EXPECT_EQ(error({.suites = {"alhpa"}}).message, "nothing matches suite 'alhpa'");
  EXPECT_EQ(error({.suites = {"alpha", "x"}}).detail, "known suites: alpha, beta");
  EXPECT_EQ(error({.runs = {"x"}}).message, "nothing matches run 'x'");
  EXPECT_EQ(error({.presets = {"q*"}}).message, "nothing matches preset 'q*'");
  EXPECT_EQ(error({.cell = {{"store", "disk"}}}).message, "nothing matches axis 'store=disk'");
  EXPECT_EQ(error({.suites = {"alpha"}, .cell = {{"store", "redis"}}}).message,
            "nothing matches all parts of the selection at once");
  EXPECT_EQ(MakePlan({}, {}).error().message, "there is nothing to run: no suite has a run");
}

TEST(MakePlan, PricesChanges) {
  const Result<Plan> plan =
      MakePlan({{Sample()}, {SuiteCalled("a"), SuiteCalled("b", "memory")}, {}}, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->lanes[0].batches[0].cost, Duration(2000));
  EXPECT_EQ(plan->lanes[0].batches[1].cost, Duration(1200));
  EXPECT_EQ(plan->cost.planned, Duration(3600));  // and the end of both nodes
  EXPECT_EQ(plan->cost.naive, Duration(3 * 2 * 1200));
  EXPECT_EQ(plan->cost.lower_bound, Duration(3 * 1200));
  EXPECT_EQ(plan->cost.node_starts_planned, 3);
  EXPECT_EQ(plan->cost.node_starts_naive, 6);
}

TEST(RenderPlan, SaysWhatChangesAndWhy) {
  const Result<Plan> plan = MakePlan({{Sample()}, {SuiteCalled("accounts")}, {}}, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(RenderPlan(*plan),
            "batch  environment     runs      cost  changes\n"
            "    1  p store=memory     1       2 s  starts 2 of 2 nodes\n"
            "         accounts\n"
            "         start    auth  not running\n"
            "         start    main  not running\n"
            "    2  p store=redis      1     1.2 s  restarts 1 of 2 nodes\n"
            "         accounts\n"
            "         restart  main  STORE none -> 'redis'\n"
            "cost: 3.6 s planned, 4.8 s one by one, 3.6 s at least: optimal\n"
            "node starts: 3 planned, 4 one by one\n"
            "expected time with all runs: 4.4 s\n");
}

// A project of random size and shape.
PlanInput RandomInput(std::mt19937& random) {
  const auto below = [&](size_t limit) { return random() % limit; };
  PlanInput input;
  for (size_t p = 0; p <= below(3); ++p) {
    Preset preset = Sample("p" + std::to_string(p));
    for (size_t n = 0; n < below(3); ++n) {
      preset.layers[0].nodes.push_back(NodeCalled("n" + std::to_string(n)));
      if (below(2) == 0) preset.layers[0].nodes.back().reset = SeedStep{.name = {"reset", {}}};
    }
    Axis size{At("size"), {}};
    for (size_t v = 0; v <= below(3); ++v) {
      const std::string value = std::to_string(v);
      size.values.push_back({At(value), {.nodes = {NodeCalled("auth", value)}}});
    }
    preset.axes.push_back(size);
    input.presets.push_back(preset);
  }
  const std::vector<std::string> choices{"", "any", "memory", "redis"};
  std::vector<Isolation> isolations(8, Isolation::kShared);
  isolations[0] = Isolation::kFresh;
  isolations[1] = Isolation::kReset;
  for (size_t s = 0; s <= below(5); ++s) {
    Suite suite = SuiteCalled("s" + std::to_string(s), choices[below(4)], isolations[below(8)]);
    suite.presets.clear();
    for (const Preset& preset : input.presets) {
      if (below(2) == 0) suite.presets.push_back(preset.name);
    }
    if (below(2) == 0) suite.matrix.axes["size"] = {AxisChoice::Kind::kAny, {}};
    suite.superset = below(3) == 0;
    if (below(3) == 0) suite.dirties = {At("auth")};
    if (s > 0 && below(4) == 0) suite.after = {At("s" + std::to_string(below(s)))};
    if (below(3) == 0) suite.matrix.never = {{{"size", {At("0")}}}};
    // What leaves no cell cannot be covered; such a suite is refused when it is read.
    if (suite.matrix.never.empty() && below(6) == 0) suite.matrix.cover.strength = 2;
    input.suites.push_back(suite);
  }
  return input;
}

// The changes of each batch lead from the one before it to its topology.
void CheckChanges(const Lane& lane) {
  Topology current;
  for (const Batch& batch : lane.batches) {
    std::set<std::string> running;
    for (const Node& node : current.nodes) running.insert(node.name);
    for (const Change& change : batch.changes) {
      EXPECT_EQ(running.contains(change.node), change.action != ChangeAction::kStart);
      EXPECT_FALSE(batch.renewal != Renewal::kNone && change.action == ChangeAction::kKeep);
      if (change.action == ChangeAction::kStop) running.erase(change.node);
      if (change.action == ChangeAction::kStart) running.insert(change.node);
    }
    std::set<std::string> wanted;
    for (const Node& node : batch.topology.nodes) wanted.insert(node.name);
    EXPECT_EQ(running, wanted);
    current = batch.topology;
  }
}

// A run finds in its batch just what it would have alone; more where its suite bears that.
void CheckRun(const PlanInput& input, const Batch& batch, const Run& run) {
  const auto preset = std::find_if(input.presets.begin(), input.presets.end(),
                                   [&](const auto& each) { return each.name.value == run.preset; });
  const auto suite = std::find_if(input.suites.begin(), input.suites.end(),
                                  [&](const auto& each) { return each.name.value == run.suite; });
  const Topology own =
      Resolve(*preset, run.cell, EnvironmentOf(*suite, *preset, run.cell), input.host_environment);
  if (!suite->superset) {
    EXPECT_EQ(DigestOf(own), batch.environment) << RunName(run);
  }
  for (const Node& node : own.nodes) {
    const Node* there = batch.topology.Find(node.name);
    ASSERT_NE(there, nullptr) << RunName(run);
    EXPECT_EQ(*there, node) << RunName(run);
  }
}

// Of runs that a suite comes after and its own, all are in one lane, those before them first.
void CheckDeclaredOrder(const PlanInput& input, const Plan& plan) {
  for (const Suite& suite : input.suites) {
    for (const Located<std::string>& earlier : suite.after) {
      std::set<size_t> lanes;
      bool begun = false;
      bool has_earlier = false;
      for (size_t lane = 0; lane < plan.lanes.size(); ++lane) {
        for (const Batch& batch : plan.lanes[lane].batches) {
          for (const auto& run : batch.runs) {
            if (run.suite == suite.name.value) begun = true;
            if (run.suite == earlier.value) {
              has_earlier = true;
              EXPECT_FALSE(begun) << RunName(run);
            }
            if (run.suite == suite.name.value || run.suite == earlier.value) lanes.insert(lane);
          }
        }
      }
      if (has_earlier && begun) {
        EXPECT_LE(lanes.size(), 1U);
      }
    }
  }
}

// What must hold of any plan of `input`.
void CheckPlan(const PlanInput& input, const Plan& plan, size_t most_lanes) {
  std::multiset<std::string> planned;
  EXPECT_LE(plan.lanes.size(), most_lanes);
  // These alone can ask for an environment twice.
  const bool is_bound = std::any_of(
      input.suites.begin(), input.suites.end(),
      [](const Suite& suite) { return !suite.after.empty() || !suite.dirties.empty(); });
  CheckDeclaredOrder(input, plan);
  for (const Lane& lane : plan.lanes) {
    std::set<std::string> shared_environments;
    EXPECT_FALSE(lane.batches.empty());
    CheckChanges(lane);
    for (const Batch& batch : lane.batches) {
      EXPECT_EQ(batch.environment, DigestOf(batch.topology));
      if (batch.renewal != Renewal::kNone) {
        EXPECT_EQ(batch.runs.size(), 1U);
      } else {
        EXPECT_TRUE(shared_environments.insert(batch.environment).second || is_bound);
      }
      for (const Run& run : batch.runs) {
        planned.insert(RunName(run));
        CheckRun(input, batch, run);
      }
    }
  }
  const std::vector<std::string> expected = Names(*ExpandRuns(input));
  EXPECT_EQ(planned, std::multiset<std::string>(expected.begin(), expected.end()));
  EXPECT_EQ(std::set<std::string>(expected.begin(), expected.end()).size(), expected.size());
  EXPECT_LE(plan.cost.lower_bound, plan.cost.planned);
  EXPECT_LE(plan.cost.planned, plan.cost.naive);
  EXPECT_LE(plan.cost.node_starts_planned, plan.cost.node_starts_naive);
}

// The order of the same runs, by the checker that knows only what the problem says.
void CheckOrder(const PlanInput& input, int lanes) {
  const PlanSettings settings{.lanes = lanes};
  const OrderProblem problem = ProblemOf(Expand(input, {}, {})->runs, input, settings);
  EXPECT_EQ(FirstViolation(problem, *Order(problem, {.iterations = 1000})), "");
}

TEST(MakePlan, HoldsItsPromisesForAnyProject) {
  std::mt19937 random(1);
  int plans = 0;
  for (int i = 0; i < 500; ++i) {
    const PlanInput input = RandomInput(random);
    const int lanes = 1 + i % 5;
    const Result<Plan> plan = MakePlan(input, {}, {.lanes = lanes});
    EXPECT_EQ(plan.has_value(), !ExpandRuns(input)->empty());
    if (!plan) continue;
    CheckPlan(input, *plan, static_cast<size_t>(lanes));
    CheckOrder(input, lanes);
    EXPECT_EQ(*plan, *MakePlan(input, {}, {.lanes = lanes}));
    ++plans;
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(plans, 200);
}

TEST(MakePlan, SelectsEachRunByItsName) {
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    const PlanInput input = RandomInput(random);
    for (const std::string& name : Names(*ExpandRuns(input))) {
      const auto batches = Batches(input, {.runs = {name}});
      ASSERT_EQ(batches.size(), 1U);
      EXPECT_THAT(Names(batches[0].runs), ElementsAre(name));
    }
  }
}

}  // namespace
}  // namespace ctestbed
