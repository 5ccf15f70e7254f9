#include "config/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "model/matrix.h"
#include "model/resolve.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kMain =
    "topology: {nodes: [{name: main, run: {command: [realm, '${port.http}']}, ports: {http: "
    "80}}]}\n";

constexpr std::array kTesterFields{Field{"tests", Shape::kList, "the cases"}};

// A project in the making: preset and suite texts by file name, loaded by Load.
struct Sample {
  std::vector<SourceFile> presets;
  std::vector<SourceFile> suites;
  std::map<std::string, std::string> host;
  std::map<std::string, std::string> files = {};  // that presets name
  std::string messages = {};

  Project Load() {
    const auto cases = [](const Suite& suite, Diagnostics&) {
      return std::vector<Case>{{suite.name.value + " case", suite.name.mark}};
    };
    const Vocabulary vocabulary{
        .probes = {"http", "tcp"},
        .check_probe = {},
        .testers = {{"http", kTesterFields, cases}},
        .host_environment = host,
        .port_probes = {"http", "tcp"},
        .directory = "/project",
        .read_file = [this](const std::string& path) -> Result<std::string> {
          const auto file = files.find(path);
          if (file != files.end()) return file->second;
          return Fail(ErrorKind::kNotFound, "there is no such file");
        }};
    Diagnostics problems;
    Project project = LoadProject(presets, suites, vocabulary, problems);
    messages = Render(problems.Sorted());
    return project;
  }
};

std::string SuiteText(const std::string& name, const std::string& rest) {
  return "suite: " + name + "\ntester: http\n" + rest;
}

const Preset& PresetCalled(const Project& project, const std::string& name) {
  for (const PresetFile& file : project.presets) {
    if (file.name == name && file.preset) return *file.preset;
  }
  static const Preset none;
  ADD_FAILURE() << "no sound preset " << name;
  return none;
}

TEST(Project, ReadsEveryFieldOfANode) {
  Sample sample{.presets = {{"dir/p.yaml", R"(
description: everything
environment: {ALL: "1"}
topology:
  nodes:
    - name: main
      app_id: realm
      services: [auth, accounts]
      replicas: 1
      run: {command: [realm, --http, "${port.http}"], image: "realm:dev"}
      working_directory: data/../work
      environment: {OWN: no}
      ports: {http: 8080, admin: {number: 81, host: 9081}}
      port_handoff: release
      ready: {http: /health, port: http, within: 2s}
      depends_on: {db: started}
      stop: {grace: 1500ms}
    - name: db
      run: {command: [db]}
      depends_on: []
)"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Preset& preset = PresetCalled(project, "p");
  EXPECT_EQ(preset.description, "everything");
  const Node node = Resolve(preset, {}, {}, {}).nodes.at(0);
  EXPECT_EQ(node.app_id, "realm");
  EXPECT_THAT(node.services, ElementsAre("auth", "accounts"));
  EXPECT_THAT(node.command, ElementsAre("realm", "--http", "${port.http}"));
  EXPECT_EQ(node.image, "realm:dev");
  EXPECT_EQ(node.working_directory, "/project/dir/work");
  EXPECT_EQ(node.environment, (std::map<std::string, std::string>{{"ALL", "1"}, {"OWN", "no"}}));
  EXPECT_THAT(node.ports, ElementsAre(Port{"http", 8080, 0}, Port{"admin", 81, 9081}));
  EXPECT_EQ(node.port_handoff, PortHandoff::kRelease);
  ASSERT_TRUE(node.ready);
  EXPECT_EQ(node.ready->kind, "http");
  EXPECT_EQ(node.ready->arguments.text, "/health");
  EXPECT_EQ(node.ready->port, "http");
  EXPECT_EQ(node.ready->within, Duration(2000));
  EXPECT_EQ(node.depends_on.at("db"), DependencyState::kStarted);
  EXPECT_EQ(node.stop.grace, Duration(1500));
}

TEST(Project, ReadsMountsAndAnchorsTheirPaths) {
  Sample sample{.presets = {{"dir/p.yaml", R"(
topology:
  nodes:
    - name: main
      run: {command: [realm, "${mount.conf}"], args: ["${mount.data}"]}
      mounts:
        conf: {content: "user ${env:USER}; node ${node.name}", target: /etc/realm.conf}
        page: {from: page.html}
        site: {bind: ../site, read_only: true}
        data: {volume: data}
  volumes: {data: {}}
axes:
  page:
    plain: {}
    fancy: {topology: {nodes: [{name: main, mounts: {page: {content: "<b>"}}}]}}
)"}},
                .host = {{"USER", "${x}"}},
                .files = {{"/project/dir/page.html", "<p>${port.http}</p>"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Preset& preset = PresetCalled(project, "p");
  const Topology topology = Resolve(preset, {}, {}, {});
  EXPECT_THAT(topology.volumes, ElementsAre("data"));
  EXPECT_THAT(topology.nodes.at(0).args, ElementsAre("${mount.data}"));
  const auto& mounts = topology.nodes.at(0).mounts;
  EXPECT_EQ(mounts.at("conf"),
            (Mount{MountKind::kContent, "user $${x}; node ${node.name}", "/etc/realm.conf"}));
  EXPECT_EQ(mounts.at("page"),
            (Mount{MountKind::kFrom, "/project/dir/page.html", "", Sha256("<p>${port.http}</p>")}));
  EXPECT_EQ(mounts.at("site"), (Mount{MountKind::kBind, "/project/site", "", "", true}));
  EXPECT_EQ(mounts.at("data"), (Mount{MountKind::kVolume, "data", ""}));
  const Topology fancy = Resolve(preset, {{"page", "fancy"}}, {}, {});
  EXPECT_EQ(fancy.nodes.at(0).mounts.at("page"), (Mount{MountKind::kContent, "<b>", ""}));
  EXPECT_EQ(fancy.nodes.at(0).mounts.size(), 4U);
}

TEST(Project, ReadsWhatIsAskedOfABackendAndMergesIt) {
  Sample sample{.presets = {{"dir/p.yaml", R"(
topology:
  nodes:
    - name: main
      run: {build: {context: ., file: Containerfile, args: {VERSION: "1"}}, pull: never}
      networks: {front: {aliases: [api]}, back: }
      security: {user: "1000:1000", drop_caps: [ALL], seccomp: default, no_new_privileges: true,
                 read_only: true, privileged: false, service_account_token: false}
      resources: {memory: 512MiB, cpus: 0.25, pids: 64}
      labels: {team: a, tier: web}
  networks: {front: {internal: true}, back: {}}
axes:
  size:
    small: {}
    large:
      topology:
        nodes: [{name: main, resources: {cpus: 2}, security: {read_only: false}, labels: {tier: big},
                 networks: [back], run: {pull: always}}]
)"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Topology topology = Resolve(PresetCalled(project, "p"), {}, {}, {});
  EXPECT_EQ(topology.networks, (std::map<std::string, Network>{{"front", {true}}, {"back", {}}}));
  const ContainerSpec expected{
      .build = Build{"/project/dir/", "Containerfile", {{"VERSION", "1"}}},
      .pull = PullPolicy::kNever,
      .networks = std::vector<NetworkUse>{{"front", {"api"}}, {"back", {}}},
      .security = {"1000:1000", std::vector<std::string>{"ALL"}, "default", true, true, false,
                   false},
      .resources = {512L << 20, 250, 64},
      .labels = {{"team", "a"}, {"tier", "web"}}};
  EXPECT_EQ(topology.nodes.at(0).container, expected);
  ContainerSpec large = expected;
  large.networks = std::vector<NetworkUse>{{"back", {}}};
  large.pull = PullPolicy::kAlways;
  large.security.read_only = false;
  large.resources.cpus = 2000;
  large.labels["tier"] = "big";
  EXPECT_EQ(Resolve(PresetCalled(project, "p"), {{"size", "large"}}, {}, {}).nodes.at(0).container,
            large);
}

TEST(Project, PutsEnvironmentOverEnvFiles) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain) + "env_files: [a.env, b.env]\n"
                                                            "environment: {C: preset}\n"}},
                .files = {{"/project/a.env", "A=a\nB=a\nC=a\n"}, {"/project/b.env", "B=${x}\n"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  EXPECT_EQ(Resolve(PresetCalled(project, "p"), {}, {}, {}).nodes.at(0).environment,
            (std::map<std::string, std::string>{{"A", "a"}, {"B", "$${x}"}, {"C", "preset"}}));
  sample.files["/project/b.env"] = "B\n";
  sample.Load();
  EXPECT_THAT(sample.messages,
              HasSubstr("error: cannot read variables from 'b.env': line 1: expected NAME=VALUE"));
  sample.files["/project/b.env"].clear();
  for (int i = 0; i < 998; ++i) sample.files["/project/b.env"] += "V" + std::to_string(i) + "=\n";
  sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("the files set 1001 variables, and may set at most 1000"));
}

TEST(Project, HasDefaultsThatAFileOfTheUserOverrides) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain)}}, .host = {{"PATH", "/bin"}}};
  Project project = sample.Load();
  EXPECT_EQ(project.defaults.ready_within, Duration(30'000));
  EXPECT_EQ(project.defaults.stop_grace, Duration(5'000));
  EXPECT_EQ(project.defaults.suite_timeout, Duration(300'000));
  EXPECT_EQ(project.host_environment.at("PATH"), "/bin");

  sample.presets.push_back({"defaults.yaml", "host_environment: [ONE]\nstop: {grace: 1s}\n"});
  sample.host = {{"PATH", "/bin"}, {"ONE", "${main.host}"}};
  project = sample.Load();
  EXPECT_EQ(sample.messages, "");
  EXPECT_EQ(project.presets.size(), 1U);
  EXPECT_EQ(project.defaults.ready_within, Duration(30'000));
  EXPECT_EQ(project.host_environment,
            (std::map<std::string, std::string>{{"ONE", "$${main.host}"}}));
  EXPECT_EQ(Resolve(PresetCalled(project, "p"), {}, {}, {}).nodes.at(0).stop.grace, Duration(1000));
}

TEST(Project, LaysAPresetOverTheOneItExtends) {
  Sample sample;
  sample.presets = {
      {"a.yaml",
       "extends: b\ntopology: {nodes: [{name: main, environment: {X: child}}]}\n"
       "axes: {size: {big: {}}, store: {disk: {}, memory: {}}}\n"},
      {"b.yaml", std::string(kMain) + "environment: {X: parent, Y: parent}\n"
                                      "axes: {store: {memory: {}}, mode: {on: {}, off: {}}}\n"}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Preset& preset = PresetCalled(project, "a");
  EXPECT_EQ(preset.layers.size(), 2U);
  EXPECT_EQ(DefaultCell(preset), (Cell{{"store", "disk"}, {"mode", "on"}, {"size", "big"}}));
  EXPECT_EQ(preset.axes.at(0).name.value, "store");
  const Node node = Resolve(preset, {}, {}, {}).nodes.at(0);
  EXPECT_EQ(node.environment.at("X"), "child");
  EXPECT_EQ(node.environment.at("Y"), "parent");
}

TEST(Project, LaysAPresetOverSeveralAndTheirCommonBaseOnce) {
  Sample sample;
  sample.presets = {
      {"base.yaml", std::string(kMain) + "environment: {X: base, Y: base}\n"
                                         "category: testing\nbackends: process\n"
                                         "timeouts: {deploy: 5s}\n"
                                         "prepare: [[make, '${env:TARGET}']]\n"},
      {"dir/left.yaml", "extends: base\nenvironment: {X: left}\n"},
      {"dir/right.yaml", "extends: base\nenvironment: {Z: right}\nbackends: [docker]\n"},
      {"top.yaml", "extends: [left, right]\n"}};
  sample.host = {{"TARGET", "all"}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Preset& preset = PresetCalled(project, "top");
  EXPECT_EQ(preset.layers.size(), 4U);
  EXPECT_EQ(preset.category, "testing");
  const Topology topology = Resolve(preset, {}, {}, {{"PATH", "/bin"}});
  EXPECT_EQ(topology.nodes.at(0).environment,
            (std::map<std::string, std::string>{
                {"PATH", "/bin"}, {"X", "left"}, {"Y", "base"}, {"Z", "right"}}));
  EXPECT_THAT(topology.backends, ElementsAre("docker"));
  EXPECT_EQ(topology.timeouts, (Timeouts{Duration(5000), Duration(0)}));
  EXPECT_THAT(topology.prepare,
              ElementsAre(PrepareStep{{"make", "all"}, "/project/", {{"PATH", "/bin"}}}));
}

TEST(Project, ReportsACircleOnce) {
  Sample sample{.presets = {{"a.yaml", "extends: b\n"},
                            {"b.yaml", "extends: c\n"},
                            {"c.yaml", "extends: a\n"},
                            {"d.yaml", "extends: a\n"}}};
  sample.Load();
  EXPECT_THAT(
      sample.messages,
      HasSubstr("c.yaml:1:10: error: presets extend each other in a circle: a -> b -> c -> a"));
  EXPECT_THAT(sample.messages, HasSubstr("d.yaml:1:10: error: preset 'a' has mistakes of its own"));
  EXPECT_THAT(sample.messages, Not(HasSubstr("b.yaml:")));
}

TEST(Project, ReportsTheMistakesOfAllFilesInOneGo) {
  Sample sample{.presets = {{"a.yaml", "nmae: x\n"}, {"b.yaml", "a: [\n"}},
                .suites = {{"s.yaml", SuiteText("s", "needs: {preset: c}\n")}}};
  const Project project = sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("a.yaml:1:1: error: unknown key 'nmae'"));
  EXPECT_THAT(sample.messages, HasSubstr("b.yaml:"));
  EXPECT_THAT(sample.messages, HasSubstr("s.yaml:3:17: error: unknown preset 'c'"));
  ASSERT_EQ(project.presets.size(), 2U);
  EXPECT_EQ(project.presets[1].name, "b");
  EXPECT_FALSE(project.presets[0].preset || project.presets[1].preset || project.suites[0].suite);
}

TEST(Project, SaysNothingOfASuiteWhosePresetIsBroken) {
  Sample sample{.presets = {{"a.yaml", "nmae: x\n"}},
                .suites = {{"s.yaml", SuiteText("s",
                                                "needs: {preset: a, services: [x]}\n"
                                                "matrix: {axes: {store: y}}\n")}}};
  sample.Load();
  EXPECT_THAT(sample.messages, Not(HasSubstr("s.yaml")));
}

TEST(Project, AsksTheTesterForTheCases) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain)}},
                .suites = {{"s.yaml", SuiteText("s", "needs: {preset: p}\ntests: []\n")}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  ASSERT_EQ(project.suites.at(0).cases.size(), 1U);
  EXPECT_EQ(project.suites[0].cases[0].name, "s case");
  EXPECT_EQ(project.suites[0].suite->timeout, Duration(300'000));
  EXPECT_NE(project.suites[0].suite->body.Find("tests"), nullptr);
}

TEST(Project, RefusesASuiteNameThatIsTaken) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain)}},
                .suites = {{"b.yaml", SuiteText("s", "needs: {preset: p}\n")},
                           {"a.yaml", SuiteText("s", "needs: {preset: p}\n")}}};
  const Project project = sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("b.yaml:1:8: error: duplicate suite 's'"));
  EXPECT_TRUE(project.suites.at(0).suite);
  EXPECT_FALSE(project.suites.at(1).suite);
}

TEST(Project, ReadsTheMatrixOfASuite) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain) +
                                           "axes: {a: {x: {}, y: {}}, b: {x: {}, y: {}}}\n"}},
                .suites = {{"s.yaml", SuiteText("s",
                                                "needs: {preset: p}\nisolation: fresh\n"
                                                "matrix:\n  axes: {a: any, b: [y, x]}\n"
                                                "  include: [{preset: p, a: y}]\n"
                                                "  exclude: [{b: y}]\n")}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Suite& suite = *project.suites.at(0).suite;
  EXPECT_EQ(suite.isolation, Isolation::kFresh);
  EXPECT_EQ(suite.matrix.axes.at("a").kind, AxisChoice::Kind::kAny);
  EXPECT_EQ(suite.matrix.axes.at("b").values.size(), 2U);
  EXPECT_EQ(ChoicesOf(suite, PresetCalled(project, "p")),
            std::vector<CellChoice>{(CellChoice{Cell{{"a", "y"}, {"b", "x"}}})});
}

TEST(Project, ReadsHowASuiteIsRun) {
  Sample sample{
      .presets = {{"p.yaml", std::string(kMain) + "axes: {a: {x: {}, y: {}}}\n"}},
      .suites = {{"s.yaml", SuiteText("s",
                                      "needs: {preset: p}\nisolation: exclusive\nafter: t\n"
                                      "requires: [openssl]\ndirties: [main]\n"
                                      "expected: {s case: failed}\n"
                                      "matrix: {overrides: [{when: {a: y}, environment: "
                                      "{M: '${env:HOME}'}}]}\n")},
                 {"t.yaml", SuiteText("t", "needs: {preset: p}\n")}},
      .host = {{"HOME", "/root"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  const Suite& suite = *project.suites.at(0).suite;
  EXPECT_EQ(suite.isolation, Isolation::kExclusive);
  EXPECT_EQ(suite.after.at(0).value, "t");
  EXPECT_EQ(suite.programs.at(0).value, "openssl");
  EXPECT_EQ(suite.dirties.at(0).value, "main");
  EXPECT_EQ(suite.expected.at("s case").value, "failed");
  const Preset& preset = PresetCalled(project, "p");
  EXPECT_TRUE(EnvironmentOf(suite, preset, {{"a", "x"}}).empty());
  EXPECT_EQ(EnvironmentOf(suite, preset, {{"a", "y"}}).at("M"), "/root");
}

TEST(Project, ReportsACircleOfSuitesAndCasesThatAreNotThere) {
  Sample sample{.presets = {{"p.yaml", std::string(kMain)}},
                .suites = {{"s.yaml", SuiteText("s", "needs: {preset: p}\nafter: [t]\n")},
                           {"t.yaml", SuiteText("t",
                                                "needs: {preset: p}\nafter: [s]\n"
                                                "expected: {t cas: failed}\n")}}};
  sample.Load();
  EXPECT_THAT(
      sample.messages,
      HasSubstr("t.yaml:4:9: error: suites come after each other in a circle: s -> t -> s"));
  EXPECT_THAT(sample.messages, HasSubstr("t.yaml:5:12: error: the suite has no case 't cas'"));
}

TEST(Project, RefusesAMatrixThatIsTooLarge) {
  std::string axes = "axes:\n";
  for (char axis = 'a'; axis < 'a' + 13; ++axis) {
    axes += std::string("  ") + axis + ": {x: {}, y: {}}\n";
  }
  Sample sample{.presets = {{"p.yaml", std::string(kMain) + axes}},
                .suites = {{"s.yaml", SuiteText("s", "needs: {preset: p}\n")}}};
  sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("error: the suite runs in more than 4096 cells"));
}

TEST(Project, PutsHostVariablesInWithoutReadingThemAgain) {
  Sample sample{.presets = {{"p.yaml",
                             "topology: {nodes: [{name: main, ports: {http: 80}, run: {command: "
                             "['${env:TRICK}', 'a${env:DOLLAR}{x}', '$${y}${env:UNSET:-z}', "
                             "'${port.http}']}}]}\n"}},
                .host = {{"TRICK", "${port.http}"}, {"DOLLAR", "$"}}};
  const Project project = sample.Load();
  ASSERT_EQ(sample.messages, "");
  EXPECT_THAT(Resolve(PresetCalled(project, "p"), {}, {}, {}).nodes.at(0).command,
              ElementsAre("$${port.http}", "a$${x}", "$${y}z", "${port.http}"));
}

TEST(Project, RefusesAValueThatWouldEscapeTheNextReference) {
  Sample sample{.presets = {{"p.yaml",
                             "topology: {nodes: [{name: main, ports: {http: 80}, run: {command: "
                             "['${env:DOLLAR}${port.http}']}}]}\n"}},
                .host = {{"DOLLAR", "$"}}};
  sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("p.yaml:1:82: error: the value before this reference"));
}

TEST(Project, FindsAPresetSoundWhoseChildIsNot) {
  Sample sample;
  sample.presets = {
      {"a.yaml",
       "topology:\n  nodes:\n    - name: main\n      run: {command: [realm]}\n"
       "      ready: {tcp: true, port: http}\n      ports: {http: 1}\n"},
      {"b.yaml",
       "extends: a\ntopology: {nodes: [{name: main, ready: {tcp: true, port: admin}}]}\n"}};
  const Project project = sample.Load();
  EXPECT_THAT(sample.messages, HasSubstr("b.yaml:2:58: error: node 'main' has no port 'admin'"));
  EXPECT_TRUE(project.presets.at(0).preset);
  EXPECT_FALSE(project.presets.at(1).preset);
}

}  // namespace
}  // namespace ctestbed
