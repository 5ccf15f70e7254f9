#include "tester/http/http_tester.h"

#include "tester/requests/request_step.h"
#include "tester/requests/step_reader.h"
#include "tester/steps/step_suite.h"
#include "tester/steps/suite_run.h"

namespace ctestbed {
namespace {

constexpr Inside kStepMap{.name = "http_step",
                          .fields = kHttpStepFields,
                          .each = &kHttpRequest,
                          .keys = kHttpRequestKeys};
constexpr Field kStep{"", Shape::kMap, "a request", false, &kStepMap};
constexpr Inside kSteps{.each = &kStep};
constexpr auto kTestFields = Joined(StepTestFields(&kSteps), kHttpStepFields);
constexpr Inside kTestMap{.fields = kTestFields, .each = &kHttpRequest, .keys = kHttpRequestKeys};
constexpr Field kTest{"", Shape::kMap, "a test", false, &kTestMap};
constexpr Inside kTests{.each = &kTest};
constexpr auto kSuiteFields = Joined(kHttpSettingsFields, StepSuiteFields(&kSteps, &kTests));

class HttpLanguage final : public StepLanguage {
 public:
  HttpLanguage(const Suite& suite, Diagnostics& problems) {
    const Document own = OwnPart(suite, kHttpSettingsFields);
    settings_ = std::make_shared<HttpSettings>(
        ReadHttpSettings(Fields(own, "suite", kHttpSettingsFields, problems), problems));
  }

  std::span<const Field> SuiteFields() const override { return kSuiteFields; }
  std::span<const Field> TestFields() const override { return kTestFields; }
  std::string_view Example() const override { return "a request such as 'GET /path'"; }
  bool IsAction(const Document::Entry& entry) const override { return IsRequest(entry); }
  bool IsStepKey(std::string_view key) const override { return IsFieldOf(kHttpStepFields, key); }
  std::shared_ptr<SuiteStep> ReadStep(const Document& item, Diagnostics& problems) override {
    return ReadRequestStep(item, settings_, problems);
  }

 private:
  std::shared_ptr<const HttpSettings> settings_;
};

class HttpTester final : public Tester {
 public:
  explicit HttpTester(const TesterIo& io) : io_(io) {}

  std::vector<Case> Cases(const Suite& suite, Diagnostics& problems) override {
    HttpLanguage language(suite, problems);
    return CasesOf(ReadStepSuite(suite, language, problems));
  }

  Status Run(const Suite& suite, const TestContext& context, const CaseSink& sink,
             std::stop_token stop) override {
    Diagnostics problems;
    HttpLanguage language(suite, problems);
    return RunStepSuite(suite, language, std::move(problems), {io_, context, std::move(stop), {}},
                        sink);
  }

 private:
  const TesterIo io_;
};

}  // namespace

std::span<const Field> HttpSuiteFields() {
  return kSuiteFields;
}

std::unique_ptr<Tester> MakeHttpTester(const TesterIo& io) {
  return std::make_unique<HttpTester>(io);
}

}  // namespace ctestbed
