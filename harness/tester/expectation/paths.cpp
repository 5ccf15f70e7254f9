#include "tester/expectation/paths.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tester/expectation/jsonpath.h"
#include "tester/expectation/matcher.h"

namespace ctestbed {
namespace {

Failure Malformed(const JsonPathError& error, const Located<std::string>& path) {
  return {PartOf(path.mark, path.value.size(), error.offset, 1),
          fmt::format("{} is no JSONPath: {}", Quote(path.value), error.message),
          {}};
}

}  // namespace

void CheckPath(const Located<std::string>& path, Diagnostics& problems) {
  if (HasReferences(path.value)) return;
  const auto parsed = JsonPath::Parse(path.value);
  if (parsed) return;
  const Failure failure = Malformed(parsed.error(), path);
  problems.Error(failure.mark, failure.remark, "see RFC 9535: $.name, $.list[0], $.list[*].name");
}

void CheckPaths(const Document& expected, Diagnostics& problems) {
  for (const auto& [path, matcher] : expected.entries) {
    CheckPath(path, problems);
    CheckMatcher(matcher, ValueKind::kJson, problems);
  }
}

OrFailure<Actual> FindPath(const Located<std::string>& path, const Json& root,
                           const Variables& variables) {
  const OrFailure<std::string> text = ExpandText(path, variables);
  if (!text) return tl::unexpected(text.error());
  const auto parsed = JsonPath::Parse(*text);
  if (!parsed) return tl::unexpected(Malformed(parsed.error(), path));
  const std::vector<const Json*> nodes = parsed->Evaluate(root);
  Actual actual;
  if (nodes.empty()) actual.absence = parsed->Explain(root);
  actual.several = !parsed->IsSingular();
  if (actual.several) {
    actual.value = Json::array();
    for (const Json* node : nodes) actual.value->push_back(*node);
  } else if (!nodes.empty()) {
    actual.value = *nodes.front();
  }
  return actual;
}

std::vector<Failure> MatchPath(const Document::Entry& expected, const Json& root,
                               const Variables& variables) {
  const OrFailure<Actual> actual = FindPath(expected.key, root, variables);
  std::vector<Failure> failures;
  if (actual) {
    failures = Match(expected.value, *actual, variables);
  } else {
    failures.push_back(actual.error());
  }
  for (Failure& failure : failures) failure.subject = expected.key.value;
  return failures;
}

}  // namespace ctestbed
