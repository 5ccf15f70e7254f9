// Images of nodes on an engine: found there, or fetched or built as their nodes say.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "driver/docker/engine.h"
#include "driver/docker/wire.h"
#include "io/file_system.h"
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

// Label of built images: the digest of what they were built from.
inline constexpr std::string_view kContentLabel = "ctestbed.content";

// Thread-safe. Each image is fetched at most once per policy, and built at most once, by the first
// who asks; others wait for it, at most until their deadline. Built images stay on the engine,
// tagged with their content, and are not built again while it is the same, `pull: always` aside.
class Images {
 public:
  explicit Images(const FileSystem& files) : files_(files) {}

  // The image that a node with these members is started from. kNotFound when it is not on the
  // engine and may not be fetched, or its registry has none; kUnavailable when no registry answers.
  // Names that begin with "localhost/" belong to no registry. Messages say which image, engine and
  // policy, and what to do. A build that fails is kInvalid, with the end of its output.
  Result<ImageFacts> Get(const Engine& engine, const std::string& image,
                         const ContainerSpec& container, TimePoint deadline);

 private:
  // Has one holder at a time, and waits with an end. For std::unique_lock.
  class Turn {
   public:
    bool try_lock_until(TimePoint deadline) {
      std::unique_lock lock(mutex_);
      if (!free_.wait_until(lock, deadline, [this] { return !taken_; })) return false;
      taken_ = true;
      return true;
    }
    void unlock() {
      const std::lock_guard lock(mutex_);
      taken_ = false;
      free_.notify_one();
    }

   private:
    std::mutex mutex_;
    std::condition_variable_any free_;
    bool taken_ = false;
  };
  struct Task {
    Turn turn;
    bool done = false;
    std::string image;  // name of what was built
  };

  std::shared_ptr<Task> TaskOf(const std::string& name);
  Result<ImageFacts> Pull(const Engine& engine, const std::string& image, PullPolicy policy,
                          TimePoint deadline);
  Result<ImageFacts> MakeBuild(const Engine& engine, const Build& build, PullPolicy policy,
                               TimePoint deadline);
  Result<std::string> FileOf(const Build& build) const;

  const FileSystem& files_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Task>> tasks_;
};

}  // namespace ctestbed
