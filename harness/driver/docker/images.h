// Images of nodes on an engine: found there, or fetched as their nodes say.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "driver/docker/engine.h"
#include "driver/docker/wire.h"
#include "model/container.h"

namespace ctestbed {

// What an image's name says of a registry: "a/b:1" -> {"a/b", "1"}; a digest is part of the name,
// and a name with neither means the tag "latest". Pure.
struct ImageReference {
  std::string name;
  std::string tag;  // empty: `name` has a digest

  bool operator==(const ImageReference&) const = default;
};
ImageReference ParseImageReference(const std::string& image);

// Thread-safe. Each image is fetched at most once per policy, by the first who asks; others wait
// for it, at most until their deadline.
class Images {
 public:
  // The image that a node with these members is started from. kNotFound when it is not on the
  // engine and may not be fetched, or its registry has none; kUnavailable when no registry answers.
  // Names that begin with "localhost/" belong to no registry. Messages say which image, engine and
  // policy, and what to do.
  Result<ImageFacts> Get(const Engine& engine, const std::string& image,
                         const ContainerSpec& container, TimePoint deadline);

 private:
  struct Task {
    std::timed_mutex mutex;
    bool done = false;
  };

  std::shared_ptr<Task> TaskOf(const std::string& name);
  Result<ImageFacts> Pull(const Engine& engine, const std::string& image, PullPolicy policy,
                          TimePoint deadline);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Task>> tasks_;
};

}  // namespace ctestbed
