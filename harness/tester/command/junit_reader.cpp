#include "tester/command/junit_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <pugixml.hpp>

#include "base/text.h"
#include "tester/expectation/failure.h"

namespace ctestbed {
namespace {

constexpr int kDeepest = 64;
constexpr size_t kMostMessage = 300;
constexpr size_t kMostDetail = 64U << 10U;

bool Is(const pugi::xml_node& node, std::string_view name) {
  return node.name() == name;
}

// Seconds as any writer puts them: "0.5", "1,234.5", "", "NaN".
Duration ReadTime(std::string_view text) {
  std::string digits(Trim(text));
  std::erase(digits, ',');
  double seconds = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  constexpr double kMost = 1e9;
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kMost) return Duration(0);
  return Duration(std::llround(seconds * 1000));
}

SourceMark ReadMark(const pugi::xml_node& test) {
  SourceMark mark;
  mark.file = OneLine(test.attribute("file").value());
  mark.line = std::max(0, test.attribute("line").as_int());
  mark.column = mark.line > 0 ? 1 : 0;
  return mark;
}

// All lines of a message as one, without the blanks around them.
std::string Joined(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : Split(Shortened(text, 4 * kMostMessage), '\n')) {
    if (!Trim(line).empty()) lines.emplace_back(Trim(line));
  }
  return Shortened(OneLine(Join(lines, " ")), kMostMessage);
}

std::string MessageOf(const pugi::xml_node& finding) {
  for (const std::string_view text : {std::string_view(finding.attribute("message").value()),
                                      std::string_view(finding.text().get()),
                                      std::string_view(finding.attribute("type").value())}) {
    if (std::string message = Joined(text); !message.empty()) return message;
  }
  return finding.name();
}

std::string DetailOf(const pugi::xml_node& finding) {
  const std::string_view message = finding.attribute("message").value();
  const std::string_view text = Trim(finding.text().get());
  std::string detail;
  // Many writers repeat the message at the begin of the text.
  if (text.find(Trim(message)) == std::string_view::npos) detail = std::string(message) + "\n";
  if (!text.empty()) detail += std::string(text) + "\n";
  return Visible(Shortened(detail, kMostDetail));
}

// The worse verdict stays: an error is worse than a failure.
void AddFinding(const pugi::xml_node& finding, Verdict verdict, CaseResult& result, int& count) {
  if (result.verdict == Verdict::kPassed || verdict == Verdict::kError) result.verdict = verdict;
  if (++count == 1) result.message = MessageOf(finding);
  result.detail += DetailOf(finding);
}

std::string OutputOf(const pugi::xml_node& test) {
  constexpr size_t kLines = 40;
  std::string output;
  for (const char* name : {"system-out", "system-err"}) {
    const std::string_view text = Trim(test.child(name).text().get());
    if (text.empty()) continue;
    output += fmt::format("{}:\n{}\n", name, Visible(LastLines(text, kLines)));
  }
  return output;
}

// GoogleTest marks what it was told not to run in attributes alone.
bool WasNotRun(const pugi::xml_node& test) {
  const std::string_view status = test.attribute("status").value();
  const std::string_view result = test.attribute("result").value();
  return status == "notrun" || status == "disabled" || status == "skipped" ||
         result == "suppressed" || result == "skipped";
}

CaseResult ReadCase(const pugi::xml_node& test) {
  CaseResult result;
  const std::string class_name = OneLine(test.attribute("classname").value());
  const std::string name = OneLine(test.attribute("name").value());
  result.name = class_name.empty() || name.empty() ? class_name + name
                                                   : fmt::format("{}.{}", class_name, name);
  if (result.name.empty()) result.name = "(no name)";
  result.mark = ReadMark(test);
  result.duration = ReadTime(test.attribute("time").value());
  int findings = 0;
  for (const pugi::xml_node& child : test.children()) {
    if (Is(child, "failure")) AddFinding(child, Verdict::kFailed, result, findings);
    if (Is(child, "error")) AddFinding(child, Verdict::kError, result, findings);
  }
  if (findings > 1) result.message += fmt::format(" (+{} more)", findings - 1);
  if (findings > 0) {
    result.detail += OutputOf(test);
  } else if (const pugi::xml_node skipped = test.child("skipped"); skipped || WasNotRun(test)) {
    result.verdict = Verdict::kSkipped;
    result.message = skipped ? MessageOf(skipped) : "not run";
  }
  return result;
}

class Walker final : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (node.type() == pugi::node_doctype) return Refuse("a document type is not accepted");
    if (depth() > kDeepest) return Refuse(fmt::format("nested over {} levels", kDeepest));
    if (Is(node, "testsuite") || Is(node, "testsuites")) has_suite_ = true;
    if (Is(node, "testcase")) file_.Add(ReadCase(node));
    return true;
  }

  ProgramResults Finish() {
    if (file_.problem.empty() && !has_suite_ && file_.cases.empty()) {
      file_.problem = "it holds no test suite";
    }
    return std::move(file_);
  }

 private:
  bool Refuse(std::string problem) {
    file_.problem = std::move(problem);
    return false;
  }

  ProgramResults file_;
  bool has_suite_ = false;
};

}  // namespace

ProgramResults ReadJunit(std::string_view xml) {
  if (Trim(xml).empty()) {
    ProgramResults none;
    none.problem = "it is empty";
    return none;
  }
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(
      xml.data(), xml.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_auto);
  Walker walker;
  document.traverse(walker);
  ProgramResults file = walker.Finish();
  if (!parsed && file.cases.empty() && file.problem == "it holds no test suite") file.problem = "";
  if (!parsed && file.problem.empty()) {
    file.problem = fmt::format("broken at byte {}, after {} cases: {}", parsed.offset,
                               file.cases.size(), parsed.description());
  }
  return file;
}

}  // namespace ctestbed
