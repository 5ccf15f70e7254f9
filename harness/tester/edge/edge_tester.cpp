#include "tester/edge/edge_tester.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tester/edge/actions.h"
#include "tester/edge/edge_case.h"
#include "tester/edge/edge_step.h"
#include "tester/edge/settings.h"
#include "tester/steps/step_suite.h"
#include "tester/steps/suite_run.h"

namespace ctestbed {
namespace {

constexpr auto kSuiteFields =
    Joined(Joined(kConnectFields, kEdgeSettingsFields), StepSuiteFields(nullptr, nullptr));

constexpr std::array<Field, 1> kClientsField{{
    {"clients", Shape::kMap, "clients of this test alone, or other options for them", false,
     &kClients},
}};
constexpr auto kTestFields =
    Joined(Joined(StepTestFields(nullptr), kClientsField), kEdgeStepFields);

class EdgeSuiteStep final : public SuiteStep {
 public:
  explicit EdgeSuiteStep(EdgeStep step) : step_(std::move(step)) {
    mark = step_.key.mark;
    if (step_.http) saves = step_.http->saves;
    for (const Document* place : {&step_.all, &step_.argument, step_.Beside("reply")}) {
      AddSaves(place);
    }
    for (const Document& pattern : step_.argument.items) AddSaves(&pattern);
  }

  std::optional<StepFailure> Run(const StepContext& context, Scene& scene) const override {
    if (step_.http) return RunHttp(context, scene);
    auto& state = static_cast<EdgeCase&>(*scene.state);
    for (const std::string& target : step_.targets) {
      Client& client = state.Get(target);
      const EdgeRun run{step_, context, scene, state, client};
      const MaybeProblem problem = RunAction(run);
      if (!problem) continue;
      return state.Render(*problem, step_.key.value, client, *this, context, scene.variables);
    }
    return std::nullopt;
  }

 private:
  void AddSaves(const Document* place) {
    const Document* save = place == nullptr ? nullptr : place->Find("save");
    if (save == nullptr) return;
    for (const auto& [name, path] : save->entries) saves.push_back(name.value);
  }

  std::optional<StepFailure> RunHttp(const StepContext& context, Scene& scene) const {
    SetHttpOfUrl(scene.variables);
    return step_.http->Run(context, scene);
  }

  // "http://host:port" of the suite's own URL.
  void SetHttpOfUrl(Variables& variables) const {
    const auto how = BuildConnecting(*step_.settings, nullptr, nullptr, variables);
    if (!how) return;
    const WsUrl& url = how->request.url;
    variables.Set(std::string(kHttpOfUrl),
                  fmt::format("{}://{}", url.tls ? "https" : "http", url.Authority()));
  }

  const EdgeStep step_;
};

class EdgeLanguage final : public StepLanguage {
 public:
  explicit EdgeLanguage(const Suite& suite) {
    // What is wrong with the suite's own keys is said by `problems` of Check.
    Diagnostics unheard;
    const Document own = OwnPart(suite, kSuiteFields);
    settings_ = std::make_shared<EdgeSettings>(
        ReadEdgeSettings(Fields(own, "suite", kSuiteFields, unheard), suite.file, unheard));
    for (const NamedClient& client : settings_->clients) AddClient(client.name.value);
    for (const std::string_view key : {"setup", "finally"}) {
      const Document* steps = own.Find(key);
      if (steps == nullptr) continue;
      for (const Document& step : steps->items) around_.push_back(step.mark);
    }
    if (const Document* tests = own.Find("tests")) {
      for (const Document& test : tests->items) {
        const Document* clients = test.Find("clients");
        if (clients == nullptr) continue;
        for (const auto& [name, value] : clients->entries) AddClient(name.value);
      }
    }
    if (settings_->clients.empty()) AddClient(std::string(kOnlyClient));
  }

  // Mistakes in what is not a step.
  static void Check(const Suite& suite, Diagnostics& problems) {
    Diagnostics unheard;
    const Document own = OwnPart(suite, kSuiteFields);
    const EdgeSettings settings =
        ReadEdgeSettings(Fields(own, "suite", kSuiteFields, unheard), suite.file, problems);
    CheckNames(settings.clients, problems);
    const bool all_have_one =
        !settings.clients.empty() &&
        std::all_of(settings.clients.begin(), settings.clients.end(),
                    [](const NamedClient& client) { return client.options.url.has_value(); });
    if (!settings.options.url && !all_have_one) {
      problems.Error(suite.body.mark, "the suite has no 'url' to connect to",
                     "url: ${services.NAME.ws}/path");
    }
  }

  std::span<const Field> SuiteFields() const override { return kSuiteFields; }
  std::span<const Field> TestFields() const override { return kTestFields; }
  std::string_view Example() const override { return "an action such as 'send'"; }
  bool IsAction(const Document::Entry& entry) const override {
    return IsEdgeAction(entry.key.value) || names_.clients.contains(entry.key.value);
  }
  bool IsStepKey(std::string_view key) const override { return IsEdgeModifier(key); }

  std::shared_ptr<SuiteStep> ReadStep(const Document& item, Diagnostics& problems) override {
    auto step = ReadEdgeStep(item, settings_, names_, used_, problems);
    if (!step) return nullptr;
    const bool is_around = std::find(around_.begin(), around_.end(), item.mark) != around_.end();
    if (is_around && !step->http) {
      problems.Error(step->key.mark,
                     fmt::format("{} cannot stand here: connections live as long as their test",
                                 Quote(step->key.value)),
                     "steps around the tests are 'http' alone");
    }
    if (step->targets.empty()) step->targets = {DefaultClient(*step, problems)};
    return std::make_shared<EdgeSuiteStep>(std::move(*step));
  }

  BeginCase ReadTest(const Document& test, Diagnostics& problems) override {
    std::vector<NamedClient> more;
    if (const Document* clients = test.Find("clients")) more = ReadClients(*clients, problems);
    CheckNames(more, problems);
    CheckUsed(more, problems);
    return [settings = settings_, files = files_, more](const StepContext& context) {
      return std::make_unique<EdgeCase>(settings, more, files, context.io.clock);
    };
  }

 private:
  void AddClient(const std::string& name) {
    if (!IsEdgeAction(name) && !IsEdgeModifier(name)) names_.clients.insert(name);
  }

  static void CheckNames(const std::vector<NamedClient>& clients, Diagnostics& problems) {
    for (const NamedClient& client : clients) {
      const std::string& name = client.name.value;
      if (!IsEdgeAction(name) && !IsEdgeModifier(name) &&
          !IsFieldOf(StepTestFields(nullptr), name)) {
        continue;
      }
      problems.Error(
          client.name.mark,
          fmt::format("a client cannot be called {}: it is a key of steps", Quote(name)));
    }
  }

  // The clients of other tests are no clients of this one.
  void CheckUsed(const std::vector<NamedClient>& more, Diagnostics& problems) {
    for (const auto& name : std::exchange(used_, {})) {
      const auto is_it = [&](const NamedClient& client) { return client.name.value == name.value; };
      const auto& known = settings_->clients;
      if (std::any_of(more.begin(), more.end(), is_it) ||
          std::any_of(known.begin(), known.end(), is_it) ||
          (known.empty() && name.value == kOnlyClient)) {
        continue;
      }
      problems.Error(name.mark, fmt::format("{} is no client of this test", Quote(name.value)),
                     "name it under 'clients' of the suite or of this test");
    }
  }

  // A step that names no client is that of the only one.
  std::string DefaultClient(const EdgeStep& step, Diagnostics& problems) const {
    const auto& known = settings_->clients;
    if (known.size() == 1) return known.front().name.value;
    const bool needs_none = step.http || step.action == EdgeAction::kMark;
    if (known.empty() || needs_none) return std::string(kOnlyClient);
    problems.Error(step.key.mark,
                   fmt::format("{} does not say whose step it is: there are {} clients",
                               Quote(step.key.value), known.size()),
                   fmt::format("{}: {{{}: ...}}, or each: [{}, ...]", known[0].name.value,
                               step.key.value, known[0].name.value));
    return known.front().name.value;
  }

  std::shared_ptr<const EdgeSettings> settings_;
  EdgeNames names_;
  std::vector<SourceMark> around_;  // of steps around the tests
  std::vector<Located<std::string>> used_;
  std::shared_ptr<std::atomic<int>> files_ = std::make_shared<std::atomic<int>>(0);
};

class EdgeTester final : public Tester {
 public:
  explicit EdgeTester(const TesterIo& io) : io_(io) {}

  std::vector<Case> Cases(const Suite& suite, Diagnostics& problems) override {
    EdgeLanguage language(suite);
    EdgeLanguage::Check(suite, problems);
    return CasesOf(ReadStepSuite(suite, language, problems));
  }

  Status Run(const Suite& suite, const TestContext& context, const CaseSink& sink,
             std::stop_token stop) override {
    EdgeLanguage language(suite);
    Diagnostics problems;
    EdgeLanguage::Check(suite, problems);
    return RunStepSuite(suite, language, std::move(problems), {io_, context, std::move(stop), {}},
                        sink);
  }

 private:
  const TesterIo io_;
};

}  // namespace

std::span<const Field> EdgeSuiteFields() {
  return kSuiteFields;
}

std::unique_ptr<Tester> MakeEdgeTester(const TesterIo& io) {
  return std::make_unique<EdgeTester>(io);
}

}  // namespace ctestbed
