// One request of a suite with what is expected of its answer, as read from the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/duration.h"

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

  std::string Name() const { return method + " " + target.value; }
};

// What holds for all requests of a suite.
struct HttpSettings {
  std::optional<Located<std::string>> base;
  std::vector<Document::Entry> headers;
};

// Whether `text` is a status code from 100 to 599 or a class such as 2xx.
bool IsStatusPattern(std::string_view text);
bool StatusFits(std::string_view pattern, int status);

}  // namespace ctestbed
