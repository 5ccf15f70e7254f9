#include "io/http_client.h"

#include <algorithm>

namespace ctestbed {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace

const std::string* HttpResponse::Header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (SameName(known, name)) return &value;
  }
  return nullptr;
}

}  // namespace ctestbed
