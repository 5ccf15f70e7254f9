#include "supervisor/secrets.h"

#include <fmt/format.h>

#include "base/text.h"
#include "io/private_directory.h"

namespace ctestbed {
namespace {

// What is shorter stands in half of all texts.
constexpr size_t kShortest = 4;

std::string RandomText(int length) {
  std::string text;
  while (text.size() < static_cast<size_t>(length)) text += UniqueToken();
  return text.substr(0, static_cast<size_t>(length));
}

Error Missing(const std::string& name, const std::string& why) {
  return {ErrorKind::kInvalid, fmt::format("secret {}: {}", Quote(name), why), {}, {}};
}

}  // namespace

Secrets::Secrets(const FileSystem& files, std::map<std::string, std::string> variables)
    : files_(files), variables_(std::move(variables)) {}

Result<std::string> Secrets::ValueOf(const std::string& name, const SecretSource& source) const {
  if (source.kind == SecretSource::Kind::kGenerated) return RandomText(source.length);
  if (source.kind == SecretSource::Kind::kFile) {
    auto content = files_.Read(source.text);
    if (!content) {
      return tl::unexpected(
          Missing(name, fmt::format("file {}: {}", Quote(source.text), content.error().message)));
    }
    if (content->ends_with('\n')) content->pop_back();
    return content;
  }
  const auto variable = variables_.find(source.text);
  if (variable == variables_.end()) {
    return tl::unexpected(
        Missing(name, fmt::format("environment variable {} is not set", Quote(source.text))));
  }
  return variable->second;
}

Status Secrets::Read(const std::string& environment, const SecretSources& sources) {
  const std::lock_guard lock(mutex_);
  Known& own = known_[environment];
  for (const auto& [name, source] : sources) {
    const auto known = own.sources.find(name);
    const bool again = known != own.sources.end() && known->second == source;
    if (again && source.kind == SecretSource::Kind::kGenerated) continue;
    TRY(std::string value, ValueOf(name, source));
    if (value.size() < kShortest) {
      return tl::unexpected(
          Missing(name, fmt::format("{} bytes are too few to be hidden where they show, at least "
                                    "{} are wanted",
                                    value.size(), kShortest)));
    }
    mask_.Hide(value);
    own.sources[name] = source;
    own.values[name] = std::move(value);
  }
  return {};
}

std::map<std::string, std::string> Secrets::Values(const std::string& environment) const {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(environment);
  return known == known_.end() ? std::map<std::string, std::string>() : known->second.values;
}

std::string Secrets::Hidden(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  return mask_(text);
}

Mask Secrets::mask() const {
  const std::lock_guard lock(mutex_);
  return mask_;
}

bool Secrets::empty() const {
  const std::lock_guard lock(mutex_);
  return mask_.empty();
}

}  // namespace ctestbed
