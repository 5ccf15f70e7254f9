#include "config/suite_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/matrix_parser.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

// Checks look at every cell of every preset.
constexpr size_t kMostPresets = 256;

constexpr Inside kAtLeastOne{.at_least = 1};
constexpr std::array kNeedsFields{
    Field{"preset", Shape::kTextOrList, "the presets it runs on", true, &kAtLeastOne},
    Field{"services", Shape::kTextList, "services that these must host"},
    Field{"superset", Shape::kBoolean, "whether an environment with more nodes will do, too"},
};
constexpr Inside kNeeds{.fields = kNeedsFields};

constexpr std::array<std::string_view, 4> kIsolationWords{"shared", "reset", "fresh", "exclusive"};
constexpr Inside kIsolation{.words = kIsolationWords};

constexpr std::array<std::string_view, 2> kOutcomeWords{"failed", "skipped"};
constexpr Inside kOutcomeInside{.words = kOutcomeWords};
constexpr Field kOutcome{"outcome", Shape::kText, "failed or skipped", false, &kOutcomeInside};
constexpr Inside kExpected{.each = &kOutcome};

constexpr std::array kSuiteFields{
    Field{"suite", Shape::kName, "what the suite is called", true},
    Field{"description", Shape::kText, "one line for listings"},
    Field{"tester", Shape::kText, "what runs its cases", true},
    Field{"needs", Shape::kMap, "{preset: NAME or list, services: [...], superset: ...}", true,
          &kNeeds},
    Field{"matrix", Shape::kMap, "{axes: {AXIS: CHOICE}, cover: ..., never: ...}", false, &kMatrix},
    Field{"environment", Shape::kTextMap, "variables of every node while the suite runs"},
    Field{"isolation", Shape::kText,
          "shared; reset: every node as new; fresh: every node newly started; exclusive: nothing "
          "runs beside it",
          false, &kIsolation},
    Field{"after", Shape::kTextOrList, "suites whose runs all end before its first begins"},
    Field{"requires", Shape::kTextOrList, "programs; it is skipped where PATH lacks one of them"},
    Field{"dirties", Shape::kTextOrList,
          "nodes that it leaves unfit: they are reset or start anew after it"},
    Field{"expected", Shape::kMap, "CASE: failed or skipped; that is what passes, else it fails",
          false, &kExpected},
    Field{"timeout", Shape::kDuration, "of one run"},
};

constexpr std::array kForeignSuiteKeys{
    ForeignKey{"name", "did you mean 'suite'?"},
    ForeignKey{"preset", "write needs: {preset: NAME}"},
    ForeignKey{"presets", "write needs: {preset: [NAME, ...]}"},
    ForeignKey{"env", "did you mean 'environment'?"},
    ForeignKey{"axes", "write matrix: {axes: {AXIS: CHOICE}}"},
    ForeignKey{"requiredPreset", "write needs: {preset: NAME}"},
    ForeignKey{"services", "write needs: {preset: NAME, services: [NAME, ...]}"},
    ForeignKey{"delta",
               "nothing changes a topology between suites yet; choose the value of an axis"},
    ForeignKey{"before", "name this suite in the other one's 'after'"},
    ForeignKey{"order", "write after: [SUITE, ...]"},
    ForeignKey{"depends_on", "write after: [SUITE, ...]"},
    ForeignKey{"dependsOn", "write after: [SUITE, ...]"},
    ForeignKey{"exclusive", "write isolation: exclusive"},
    ForeignKey{"dirty", "write dirties: [NODE, ...]"},
    ForeignKey{"skip_if", "write requires: [PROGRAM, ...]"},
    ForeignKey{"available_if", "write requires: [PROGRAM, ...]"},
    ForeignKey{"expect", "write expected: {CASE: failed or skipped}"},
    ForeignKey{"filter",
               "choose what runs on the command line; a part of a suite that matters by "
               "itself is a suite of its own"},
    ForeignKey{"artifacts",
               "leave it out: all that is in the run's work directory is kept, under "
               "runs/ of the results"},
    ForeignKey{"artefacts",
               "leave it out: all that is in the run's work directory is kept, under "
               "runs/ of the results"},
    ForeignKey{"retries", "leave it out: a retry hides what fails now and then"},
};

std::vector<std::string> TesterNames(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const TesterVocabulary& tester : vocabulary.testers) names.push_back(tester.name);
  return names;
}

bool IsIn(std::span<const Field> table, std::string_view key) {
  return std::any_of(table.begin(), table.end(),
                     [&](const Field& field) { return field.key == key; });
}

// The keys a suite may have: the common ones and those of its tester.
std::vector<Field> FieldsFor(const TesterVocabulary* tester) {
  std::vector<Field> table(kSuiteFields.begin(), kSuiteFields.end());
  if (tester != nullptr) table.insert(table.end(), tester->fields.begin(), tester->fields.end());
  return table;
}

// Keys of other tools, less those that mean something to the tester.
std::vector<ForeignKey> ForeignKeysFor(const TesterVocabulary* tester) {
  std::vector<ForeignKey> keys(kForeignSuiteKeys.begin(), kForeignSuiteKeys.end());
  std::erase_if(keys, [&](const ForeignKey& foreign) {
    return tester != nullptr && IsIn(tester->fields, foreign.key);
  });
  return keys;
}

void ReadNeeds(const Fields& fields, Suite& suite, Diagnostics& problems) {
  const Document* presets = fields.Find("preset");
  if (presets != nullptr && CheckSize(*presets, "preset", kMostPresets, problems)) {
    suite.presets = *fields.Texts("preset");
  }
  suite.services = fields.Texts("services").value_or(suite.services);
  suite.superset = fields.Boolean("superset").value_or(false);
  if (presets != nullptr && presets->IsList() && presets->items.empty()) {
    problems.Error(presets->mark, "'preset' names no preset");
  }
}

void ReadExpected(const Fields& fields, Suite& suite, Diagnostics& problems) {
  const Document* map = fields.Find("expected");
  if (map == nullptr) return;
  for (const Document::Entry& entry : map->entries) {
    Field named = kOutcome;
    named.key = entry.key.value;
    if (!CheckField(entry.value, named, problems)) continue;
    suite.expected[entry.key.value] = {entry.value.text, entry.key.mark};
  }
}

void CheckTester(const Suite& suite, const Vocabulary& vocabulary, Diagnostics& problems) {
  if (suite.tester.value.empty() || FindTester(vocabulary, suite.tester.value) != nullptr) return;
  problems.Error(suite.tester.mark, fmt::format("unknown tester {}", Quote(suite.tester.value)),
                 DidYouMean(suite.tester.value, TesterNames(vocabulary), "testers"));
}

}  // namespace

const TesterVocabulary* FindTester(const Vocabulary& vocabulary, std::string_view name) {
  const auto found =
      std::find_if(vocabulary.testers.begin(), vocabulary.testers.end(),
                   [&](const TesterVocabulary& tester) { return tester.name == name; });
  return found == vocabulary.testers.end() ? nullptr : &*found;
}

std::span<const Field> SuiteFields() {
  return kSuiteFields;
}

Suite ReadSuite(const std::string& file, Document document, const Reader& reader) {
  const Document* named = document.Find("tester");
  const TesterVocabulary* tester =
      named == nullptr ? nullptr : FindTester(reader.vocabulary, named->text);
  Document own = WithoutForeignKeys(document, "suite", ForeignKeysFor(tester), reader.problems);
  if (tester == nullptr) {
    // Any other key may be one of the tester's own.
    std::erase_if(own.entries, [](const Document::Entry& entry) {
      return !IsIn(kSuiteFields, entry.key.value);
    });
  }
  const std::vector<Field> table = FieldsFor(tester);
  const Fields fields(own, "suite", table, reader.problems);
  Suite suite;
  suite.file = file;
  suite.name = fields.Text("suite").value_or(
      Located<std::string>{FileStem(file), SourceMark{file, 1, 1, 1}});
  if (const auto description = fields.Text("description")) suite.description = description->value;
  suite.tester = fields.Text("tester").value_or(suite.tester);
  CheckTester(suite, reader.vocabulary, reader.problems);
  if (const auto needs = fields.Inner("needs", reader.problems)) {
    ReadNeeds(*needs, suite, reader.problems);
  }
  if (const auto matrix = fields.Inner("matrix", reader.problems)) {
    suite.matrix = ReadMatrix(*matrix, reader.problems);
  }
  suite.environment = ReadEnvironment(fields, "environment", reader.problems);
  if (const auto isolation = fields.Word("isolation")) {
    suite.isolation = std::array{Isolation::kShared, Isolation::kReset, Isolation::kFresh,
                                 Isolation::kExclusive}[*isolation];
  }
  suite.after = fields.Texts("after").value_or(suite.after);
  suite.programs = fields.Texts("requires").value_or(suite.programs);
  suite.dirties = fields.Texts("dirties").value_or(suite.dirties);
  ReadExpected(fields, suite, reader.problems);
  suite.timeout = fields.Time("timeout").value_or(reader.defaults.suite_timeout);
  suite.body = std::move(document);
  return suite;
}

}  // namespace ctestbed
