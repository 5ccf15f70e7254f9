// A suite of the http tester, as read from its file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/duration.h"
#include "base/fields.h"
#include "model/suite.h"

namespace ctestbed {

// A value to keep for later steps.
struct HttpSave {
  enum class Source { kJson, kHeader, kRegex, kStatus };
  std::string name;
  Source source = Source::kJson;
  Located<std::string> query;  // path, name of the header, pattern
};

// What the answer must be like; maps are name or path to matcher.
struct HttpExpect {
  std::optional<Document> status;  // a code, a class like 2xx, a list of them, or operators
  std::vector<Document::Entry> headers;
  std::vector<Document::Entry> json;
  std::optional<Document> body;
  std::optional<Document> time;
};

// Repeat a step until all that it expects holds.
struct HttpUntil {
  Duration within{0};
  Duration every{200};
  std::vector<Located<std::string>> stop_on;  // status codes and classes that end it at once
};

struct HttpStep {
  std::string method;
  Located<std::string> target;  // a path under `base` or a whole URL
  SourceMark mark;              // of "METHOD target"
  std::vector<Document::Entry> headers;
  std::vector<Document::Entry> query;
  std::vector<Document::Entry> form;
  std::optional<Document> json;
  std::optional<Located<std::string>> body;
  Duration timeout{10'000};
  HttpExpect expect;
  std::vector<HttpSave> saves;
  std::optional<HttpUntil> until;
  std::vector<std::string> references;  // variables that it names

  std::string Name() const { return method + " " + target.value; }
};

struct HttpTest {
  std::string skip;  // the reason; empty: it runs
  std::vector<HttpStep> steps;
  std::vector<HttpStep> finally;
};

// A test, or one row of it.
struct HttpCase {
  Case identity;
  size_t test = 0;
  std::vector<Document::Entry> row;
};

struct HttpSuite {
  std::optional<Located<std::string>> base;
  std::vector<Document::Entry> headers;
  std::vector<Document::Entry> variables;
  std::vector<std::string> secrets;  // variables whose values are never shown
  std::vector<HttpStep> setup;
  std::vector<HttpTest> tests;
  std::vector<HttpCase> cases;
  std::vector<HttpStep> finally;
};

// Reads the keys of `suite` that are this tester's own strictly; `problems` gets every mistake.
// What it returns may run only if there are none.
HttpSuite ReadHttpSuite(const Suite& suite, Diagnostics& problems);

// Whether `text` is a status code from 100 to 599 or a class such as 2xx.
bool IsStatusPattern(std::string_view text);
bool StatusFits(std::string_view pattern, int status);

}  // namespace ctestbed
