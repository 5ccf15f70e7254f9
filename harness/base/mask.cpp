#include "base/mask.h"

#include <algorithm>

#include "base/base64.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/text.h"

namespace ctestbed {
namespace {

// What is shorter would be found where it is not meant.
constexpr size_t kLeastPart = 8;

// What the base64 of any text has where `value` stands in it `offset` bytes into a group of three:
// without the digits that its neighbours have a part in.
std::string InsideBase64(std::string_view value, size_t offset) {
  const std::string digits = Base64(std::string(offset, '\0') + std::string(value));
  const size_t begin = (offset * 8 + 5) / 6;
  const size_t end = (offset + value.size()) * 8 / 6;
  return end > begin ? digits.substr(begin, end - begin) : "";
}

void ReplaceAll(std::string& text, std::string_view old, std::string_view replacement) {
  for (size_t at = text.find(old); at != std::string::npos;
       at = text.find(old, at + replacement.size())) {
    text.replace(at, old.size(), replacement);
  }
}

std::string UrlSafe(std::string digits) {
  std::replace(digits.begin(), digits.end(), '+', '-');
  std::replace(digits.begin(), digits.end(), '/', '_');
  return digits;
}

}  // namespace

Mask::Mask(const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) Hide(value);
}

void Mask::Add(std::string form) {
  if (form.empty() || std::find(forms_.begin(), forms_.end(), form) != forms_.end()) return;
  forms_.push_back(std::move(form));
}

void Mask::Hide(std::string_view value) {
  if (value.empty()) return;
  const std::string json = DumpJson(Json(value));
  Add(std::string(value));
  Add(json.substr(1, json.size() - 2));
  Add(PercentEncoded(value));
  Add(ShellQuote(value));
  Add(Visible(value));
  for (size_t offset = 0; offset < 3; ++offset) {
    const std::string inside = InsideBase64(value, offset);
    if (inside.size() < kLeastPart) continue;
    Add(inside);
    Add(UrlSafe(inside));
  }
  for (const std::string& line : Split(value, '\n')) {
    if (line.size() >= kLeastPart) Add(line);
  }
  std::stable_sort(forms_.begin(), forms_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Mask::operator()(std::string_view text) const {
  std::string masked(text);
  for (const std::string& form : forms_) ReplaceAll(masked, form, "***");
  return masked;
}

}  // namespace ctestbed
