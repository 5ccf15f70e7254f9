#include "tester/command/tap_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "tester/expectation/failure.h"

namespace ctestbed {
namespace {

constexpr size_t kMostMessage = 300;
constexpr size_t kMostDetail = 64U << 10U;

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool TakePrefixOfAnyCase(std::string_view& text, std::string_view lower_case) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (text.size() < lower_case.size() ||
      !std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                  [&](char b, char a) { return same(a, b); })) {
    return false;
  }
  text.remove_prefix(lower_case.size());
  return true;
}

// A number that ends at a blank or with `text`.
std::optional<size_t> TakeNumber(std::string_view& text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<size_t>(end - text.data());
  if (error != std::errc() || (length < text.size() && text[length] != ' ')) return std::nullopt;
  text.remove_prefix(length);
  return number;
}

enum class Directive { kNone, kSkip, kTodo };

struct Described {
  std::string text;
  Directive directive = Directive::kNone;
  std::string reason;
};

// "SKIP why", "skipped: why", "TODO".
Described ReadDirective(std::string_view text) {
  Described read;
  if (TakePrefixOfAnyCase(text, "skip")) {
    read.directive = Directive::kSkip;
  } else if (TakePrefixOfAnyCase(text, "todo")) {
    read.directive = Directive::kTodo;
  } else {
    return read;
  }
  read.reason = OneLine(Trim(text.substr(std::min(text.find(' '), text.size()))));
  return read;
}

// "\#" is a sign, not the begin of a directive; "\\" is a backslash.
std::string Unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '#' || text[i + 1] == '\\');
    plain += text[escape ? ++i : i];
  }
  return OneLine(Trim(plain));
}

Described ReadDescription(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '#') {
      Described read = ReadDirective(Trim(text.substr(i + 1)));
      if (read.directive == Directive::kNone) continue;
      read.text = Unescaped(text.substr(0, i));
      return read;
    }
  }
  return {.text = Unescaped(text)};
}

class TapReader {
 public:
  ProgramResults Read(std::string_view text) {
    for (const std::string& line : Split(text, '\n')) {
      ++line_;
      ReadLine(line.ends_with('\r') ? std::string_view(line).substr(0, line.size() - 1) : line);
      if (!results_.problem.empty()) return Finish();
    }
    CheckPlan();
    return Finish();
  }

 private:
  void ReadLine(std::string_view line) {
    const std::string_view words = Trim(line);
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    if (yaml_since_ > 0) {
      ReadYaml(words, line);
    } else if (words.starts_with("Bail out!")) {
      Stop(fmt::format("the program bailed out: {}", OneLine(Trim(words.substr(9)))));
    } else if (indented) {
      ReadIndented(words, line);
    } else if (TakePrefix(line, "TAP version ")) {
      if (line != "12" && line != "13" && line != "14") Stop("unknown version of TAP");
    } else if (TakePrefix(line, "#")) {
      AddDetail(Trim(line));
      AddMessage(Trim(line));
    } else if (TakePrefix(line, "1..")) {
      ReadPlan(line);
    } else {
      ReadPoint(line);
    }
  }

  void ReadYaml(std::string_view words, std::string_view line) {
    if (words == "...") {
      yaml_since_ = 0;
      return;
    }
    AddDetail(line);
    if (TakePrefix(words, "message:")) AddMessage(Trim(words));
  }

  // A YAML block of the last test, or a subtest of the next one.
  void ReadIndented(std::string_view words, std::string_view line) {
    if (words == "---" && subtest_.empty()) {
      yaml_since_ = line_;
      return;
    }
    subtest_ += fmt::format("{}\n", line);
    const bool bad = words.starts_with("not ok");
    if (bad && ReadDescription(words).directive == Directive::kNone) subtest_failed_ = true;
  }

  void ReadPlan(std::string_view text) {
    const std::optional<size_t> count = TakeNumber(text);
    if (!count) return Stop("the plan is no '1..N'");
    if (planned_) return Stop("there is a second plan");
    planned_ = count;
    plan_came_last_ = !results_.cases.empty();
    const Described described = ReadDescription(text);
    if (*count > 0 || described.directive != Directive::kSkip) return;
    results_.Add({.name = "all", .verdict = Verdict::kSkipped, .message = described.reason});
    planned_ = 1;
  }

  void ReadPoint(std::string_view line) {
    std::string_view text = line;
    const bool bad = TakePrefix(text, "not ok");
    if (!bad && !TakePrefix(text, "ok")) return;
    if (!text.empty() && text.front() != ' ') return;
    text = Trim(text);
    const size_t next = results_.cases.size() + 1;
    if (const auto number = TakeNumber(text); number && *number != next) {
      return Stop(fmt::format("test {} came where {} was due", *number, next));
    }
    if (plan_came_last_) return Stop("a test came after the plan");
    text = Trim(text);
    TakePrefix(text, "- ");
    AddCase(ReadDescription(text), bad);
  }

  void AddCase(const Described& described, bool bad) {
    CaseResult result;
    result.name =
        described.text.empty() ? fmt::format("test {}", results_.cases.size() + 1) : described.text;
    const bool forgiven =
        described.directive == Directive::kSkip || (described.directive == Directive::kTodo && bad);
    if (forgiven) {
      result.verdict = Verdict::kSkipped;
      result.message = described.directive == Directive::kTodo ? "todo" : "";
      if (!described.reason.empty()) {
        result.message += (result.message.empty() ? "" : ": ") + described.reason;
      }
    } else if (bad || subtest_failed_) {
      result.verdict = Verdict::kFailed;
      if (!bad) result.message = "passed although a subtest failed";
    }
    result.detail = std::move(subtest_);
    results_.Add(std::move(result));
    subtest_.clear();
    subtest_failed_ = false;
  }

  void AddDetail(std::string_view line) {
    if (results_.cases.empty()) return;
    std::string& detail = results_.cases.back().detail;
    if (detail.size() < kMostDetail) detail += fmt::format("{}\n", line);
  }

  // The first that a failed test says is its message.
  void AddMessage(std::string_view text) {
    if (results_.cases.empty()) return;
    CaseResult& result = results_.cases.back();
    if (result.verdict == Verdict::kFailed && result.message.empty()) result.message = text;
  }

  void CheckPlan() {
    const size_t count = results_.cases.size();
    if (yaml_since_ > 0) {
      results_.problem = fmt::format("the YAML block of line {} has no end", yaml_since_);
    } else if (!planned_) {
      results_.problem = fmt::format("there is no plan (1..N) beside the {} tests", count);
    } else if (*planned_ != count) {
      results_.problem = fmt::format("{} tests were planned and {} came", *planned_, count);
    } else if (subtest_failed_) {
      results_.problem = "a subtest that failed belongs to no test";
    }
  }

  void Stop(std::string_view why) { results_.problem = fmt::format("line {}: {}", line_, why); }

  ProgramResults Finish() {
    for (CaseResult& result : results_.cases) {
      const bool failed = result.verdict == Verdict::kFailed;
      if (failed && result.message.empty()) result.message = "not ok";
      result.message = Shortened(OneLine(result.message), kMostMessage);
      result.detail = failed ? Visible(Shortened(result.detail, kMostDetail)) : "";
    }
    return std::move(results_);
  }

  ProgramResults results_;
  size_t line_ = 0;
  size_t yaml_since_ = 0;  // line of the '---' of the block that we are in, or 0
  std::optional<size_t> planned_;
  bool plan_came_last_ = false;
  std::string subtest_;
  bool subtest_failed_ = false;
};

}  // namespace

ProgramResults ReadTap(std::string_view text) {
  return TapReader().Read(text);
}

}  // namespace ctestbed
