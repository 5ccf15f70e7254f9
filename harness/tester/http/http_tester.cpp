#include "tester/http/http_tester.h"

#include <fmt/format.h>

#include <algorithm>

#include "tester/http/suite.h"
#include "tester/http/suite_run.h"

namespace ctestbed {
namespace {

class HttpTester final : public Tester {
 public:
  explicit HttpTester(const TesterIo& io) : io_(io) {}

  std::vector<Case> Cases(const Suite& suite, Diagnostics& problems) override {
    std::vector<Case> cases;
    for (HttpCase& one : ReadHttpSuite(suite, problems).cases) {
      cases.push_back(std::move(one.identity));
    }
    return cases;
  }

  Status Run(const Suite& suite, const TestContext& context, const CaseSink& sink,
             std::stop_token stop) override {
    Diagnostics problems;
    const HttpSuite read = ReadHttpSuite(suite, problems);
    // Without its text the carets are missing from failures, nothing else.
    std::string source = io_.files.Read(suite.file).value_or("");
    if (problems.HasErrors()) {
      return Fail(ErrorKind::kInvalid, problems.Sorted().front().message,
                  Render(problems.Sorted()));
    }
    return RunHttpSuite(read, {io_, context, sink, std::move(stop), std::move(source)});
  }

 private:
  const TesterIo io_;
};

}  // namespace

std::unique_ptr<Tester> MakeHttpTester(const TesterIo& io) {
  return std::make_unique<HttpTester>(io);
}

}  // namespace ctestbed
