// JSONPath (RFC 9535): parsing with located mistakes, evaluation, and an account of where a path
// that finds nothing came to its end. Patterns of match() and search() are I-Regexp (RFC 9485).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace ctestbed {

namespace jsonpath {
struct Query;
}

struct JsonPathError {
  std::string message;
  size_t offset = 0;  // in bytes, from the begin of the path

  bool operator==(const JsonPathError&) const = default;
};

// One parsed path; a value, cheap to copy. Thread-safe.
class JsonPath {
 public:
  // `text` must be a well-formed and well-typed query (RFC 9535 section 2).
  static tl::expected<JsonPath, JsonPathError> Parse(std::string_view text);

  // The nodes found, in order (members of an object by name). They live as long as `root`.
  std::vector<const Json*> Evaluate(const Json& root) const;

  // Whether it can find one node at most: names and indexes only (RFC 9535 section 2.3.5.1).
  bool IsSingular() const;

  // For a path that finds nothing in `root`: the first segment that found nothing, and what stood
  // there instead: `no "items" in $.data; keys are item, total`.
  std::string Explain(const Json& root) const;

  const std::string& text() const { return text_; }

 private:
  JsonPath(std::string text, std::shared_ptr<const jsonpath::Query> query);

  std::string text_;
  std::shared_ptr<const jsonpath::Query> query_;
};

}  // namespace ctestbed
