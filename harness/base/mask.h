// Keeps secrets out of what is shown or stored.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ctestbed {

// Replaces values by "***", in every form that they commonly take in logs and messages: as they
// are, line by line, inside JSON, percent-encoded, quoted for a shell, and as a part of base64 at
// any offset ("Basic dXNlcjpwYXNz").
class Mask {
 public:
  Mask() = default;
  // Hides the values of a map by name.
  explicit Mask(const std::map<std::string, std::string>& values);

  // An empty value hides nothing.
  void Hide(std::string_view value);
  bool empty() const { return forms_.empty(); }
  std::string operator()(std::string_view text) const;

 private:
  void Add(std::string form);

  std::vector<std::string> forms_;  // longest first
};

}  // namespace ctestbed
