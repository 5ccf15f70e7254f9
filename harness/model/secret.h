// Secrets by reference: where a value comes from, never the value.
#pragma once

#include <string>

#include "base/json_fwd.h"

namespace ctestbed {

struct SecretSource {
  enum class Kind {
    kEnvironment,  // `text` names a variable of whoever deploys
    kFile,         // `text` is a path; one final newline is not part of the value
    kGenerated,    // `length` random characters, the same for the life of an environment
  };
  Kind kind = Kind::kEnvironment;
  std::string text;
  int length = 0;

  bool operator==(const SecretSource&) const = default;
};

// What `${...}` calls the secret of that name: "secret:NAME".
inline std::string SecretReference(const std::string& name) {
  return "secret:" + name;
}

Json ToJson(const SecretSource& source);
SecretSource SecretSourceFromJson(const Json& json);

}  // namespace ctestbed
