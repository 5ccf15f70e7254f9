// The values of secrets, as one supervisor knows them: read when they are needed, kept in memory,
// hidden in all that it tells.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/mask.h"
#include "base/result.h"
#include "io/file_system.h"
#include "model/secret.h"

namespace ctestbed {

using SecretSources = std::map<std::string, SecretSource>;

// Thread-safe.
class Secrets {
 public:
  // `files` outlives this; `variables` is the environment that sources of that kind name.
  Secrets(const FileSystem& files, std::map<std::string, std::string> variables);

  // Reads what `sources` say for an environment, and hides it from now on. kInvalid names the
  // secret and the variable or file that is missing, empty or too short to be hidden.
  Status Read(const std::string& environment, const SecretSources& sources);
  // By name, of all that was ever read for that environment.
  std::map<std::string, std::string> Values(const std::string& environment) const;
  // What was ever read is "***" in it.
  std::string Hidden(std::string_view text) const;
  Mask mask() const;
  bool empty() const;

 private:
  Result<std::string> ValueOf(const std::string& name, const SecretSource& source) const;

  const FileSystem& files_;
  const std::map<std::string, std::string> variables_;
  mutable std::mutex mutex_;
  struct Known {
    std::map<std::string, std::string> values;
    SecretSources sources;
  };
  std::map<std::string, Known> known_;  // by environment
  Mask mask_;
};

}  // namespace ctestbed
