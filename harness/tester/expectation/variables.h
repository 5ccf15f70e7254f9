// What `${...}` may name while a suite runs, and what of it must not be shown.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/json.h"
#include "base/mask.h"
#include "base/result.h"
#include "tester/expectation/failure.h"

namespace ctestbed {

// A copyable scope: a case starts with a copy of its suite's and cannot disturb its neighbours.
class Variables {
 public:
  void Set(const std::string& name, Json value);
  // Null when undefined. `Set` ends its life.
  const Json* Find(std::string_view name) const;

  // From now on no value of `name`, past or future, is shown.
  void Hide(const std::string& name);
  // `text` with every hidden value, also as JSON, as a percent-encoded or shell-quoted word, shown
  // as ***. To be called before anything is cut off a text.
  std::string Mask(std::string_view text) const;
  // A value for messages: as JSON on one line, masked, cut, safe for a terminal.
  std::string Show(const Json& value) const;

 private:
  void HideValue(const Json& value);

  std::map<std::string, Json, std::less<>> values_;
  std::set<std::string, std::less<>> hidden_;
  ctestbed::Mask mask_;
};

// The value as it stands inside a text: a text itself, anything else as JSON.
std::string TextOf(const Json& value);
// JSON of a document: an unquoted scalar that is a JSON number, true, false or null is one; any
// other scalar is text.
Json JsonOf(const Document& document);
// The reverse; texts and maps come out `quoted`: values, whatever they look like.
Document DocumentOf(const Json& value, const SourceMark& mark);

// `text` with its references replaced; a failure points at an undefined one.
OrFailure<std::string> ExpandText(const Located<std::string>& text, const Variables& variables);
// The same for all scalars inside `document`. One that is a lone reference becomes the value with
// its type; one that holds references is text.
OrFailure<Document> ExpandDocument(const Document& document, const Variables& variables);

// Calls `visit` for each reference in the scalars of `document`, keys included: with its name, or
// with what is wrong with it.
using ReferenceVisitor =
    std::function<void(const Result<std::string>& name, const SourceMark& mark)>;
void VisitReferences(const Document& document, const ReferenceVisitor& visit);
bool HasReferences(std::string_view text);

}  // namespace ctestbed
