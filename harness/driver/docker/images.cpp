#include "driver/docker/images.h"

#include <fmt/format.h>

#include <functional>

#include "base/digest.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/text.h"
#include "driver/docker/build_context.h"
#include "driver/docker/progress.h"

namespace ctestbed {
namespace {

constexpr std::string_view kLocal = "localhost/";

// An image's name as a part of a path; its slashes and colon are part of it.
std::string PathOfImage(const std::string& image) {
  std::string path = "/images/";
  std::string part;
  for (const char c : image) {
    if (c == '/' || c == ':' || c == '@') {
      path += PercentEncoded(part) + c;
      part.clear();
    } else {
      part += c;
    }
  }
  return path + PercentEncoded(part) + "/json";
}

// Whether the first part of a name is that of a registry, as a host is written.
bool NamesRegistry(const std::string& image) {
  const size_t slash = image.find('/');
  if (slash == std::string::npos) return false;
  const std::string first = image.substr(0, slash);
  return first == "localhost" || first.find_first_of(".:") != std::string::npos;
}

std::string PullPath(const std::string& image) {
  const ImageReference reference = ParseImageReference(image);
  std::string path = "/images/create?fromImage=" + PercentEncoded(reference.name);
  if (!reference.tag.empty()) path += "&tag=" + PercentEncoded(reference.tag);
  return path;
}

std::string OnEngine(const Engine& engine) {
  return fmt::format("the engine at {} ({})", engine.endpoint().text, engine.endpoint().origin);
}

// The image that the engine has by that name; kNotFound with no more than that.
Result<ImageFacts> Find(const Engine& engine, const std::string& image, TimePoint deadline) {
  const std::string& prefix = engine.traits().image_prefix;
  for (const std::string& name : {image, prefix + image}) {
    Result<Json> found = engine.Get(PathOfImage(name), deadline);
    if (found) return ImageFromInspect(name, *found);
    if (found.error().kind != ErrorKind::kNotFound) {
      Error& error = found.error();
      error.message = fmt::format("cannot look for image {}: {}", Quote(image), error.message);
      return tl::unexpected<Error>(error);
    }
    if (prefix.empty() || NamesRegistry(image)) break;
  }
  return Fail(ErrorKind::kNotFound,
              fmt::format("image {} is not on {}", Quote(image), OnEngine(engine)));
}

// Runs a call that tells its progress; what it tells of a failure is an error of `kind`.
Status Follow(const std::function<Status(const HttpSink&)>& call, ErrorKind kind) {
  ImageProgress progress;
  const Status done = call([&](std::string_view piece) {
    progress.Add(piece);
    return true;
  });
  progress.End();
  if (done && progress.error().empty()) return {};
  Error error = done ? Error{kind, progress.error(), {}, {}} : done.error();
  // What an engine says of its work is no fault of the engine.
  if (error.kind == ErrorKind::kInternal) error.kind = kind;
  error.detail += progress.Tail();
  return tl::unexpected<Error>(std::move(error));
}

std::string BuildPath(const Build& build, const std::string& file, const std::string& name,
                      const std::string& digest, bool pull) {
  Json args = Json::object();
  for (const auto& [key, value] : build.args) args[key] = value;
  const Json labels{{std::string(kContentLabel), digest}};
  return fmt::format("/build?t={}&dockerfile={}&buildargs={}&labels={}&rm=1&forcerm=1{}",
                     PercentEncoded(name), PercentEncoded(file), PercentEncoded(DumpJson(args)),
                     PercentEncoded(DumpJson(labels)), pull ? "&pull=1" : "");
}

tl::unexpected<Error> NotPulled(const Engine& engine, const std::string& image, PullPolicy policy,
                                Error error) {
  error.message =
      fmt::format("cannot pull image {} to {}, its policy is 'pull: {}': {}", Quote(image),
                  OnEngine(engine), PullPolicyName(policy), error.message);
  error.detail +=
      "check the image's name and the way to its registry; or pull, load or build it there, and "
      "write run: {pull: never}\n";
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

ImageReference ParseImageReference(const std::string& image) {
  if (image.find('@') != std::string::npos) return {image, ""};
  const size_t slash = image.rfind('/');
  const size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
  if (colon == std::string::npos) return {image, "latest"};
  return {image.substr(0, colon), image.substr(colon + 1)};
}

Result<ImageFacts> Images::Get(const Engine& engine, const std::string& image,
                               const ContainerSpec& container, TimePoint deadline) {
  const PullPolicy policy = container.pull.value_or(PullPolicy::kMissing);
  if (container.build) return MakeBuild(engine, *container.build, policy, deadline);
  if (policy != PullPolicy::kAlways || image.starts_with(kLocal)) {
    Result<ImageFacts> found = Find(engine, image, deadline);
    if (found || found.error().kind != ErrorKind::kNotFound) return found;
    if (policy == PullPolicy::kNever) {
      found.error().message +=
          ", and its policy is 'pull: never': pull, load or build it there, or write "
          "run: {pull: missing}";
      return found;
    }
    if (image.starts_with(kLocal)) {
      found.error().message +=
          ", and a name that begins with 'localhost/' belongs to no registry: load or build it "
          "there, or name a build by run: {build: {context: DIRECTORY}}";
      return found;
    }
  }
  return Pull(engine, image, policy, deadline);
}

std::shared_ptr<Images::Task> Images::TaskOf(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Task>& task = tasks_[name];
  if (!task) task = std::make_shared<Task>();
  return task;
}

Result<ImageFacts> Images::Pull(const Engine& engine, const std::string& image, PullPolicy policy,
                                TimePoint deadline) {
  const std::shared_ptr<Task> task =
      TaskOf(fmt::format("pull {} {}", PullPolicyName(policy), image));
  const std::unique_lock lock(task->turn, deadline);
  if (!lock) {
    return NotPulled(engine, image, policy,
                     {ErrorKind::kTimeout, "another node still waits for it", {}, {}});
  }
  if (task->done) {
    Result<ImageFacts> found = Find(engine, image, deadline);
    if (found || found.error().kind != ErrorKind::kNotFound) return found;
  }
  const auto pull = [&](const HttpSink& sink) {
    return engine.Stream("POST", PullPath(image), nullptr, sink, deadline, {});
  };
  const Status pulled = Follow(pull, ErrorKind::kUnavailable);
  if (!pulled) return NotPulled(engine, image, policy, pulled.error());
  task->done = true;
  return Find(engine, image, deadline);
}

Result<std::string> Images::FileOf(const Build& build) const {
  if (!build.file.empty()) return build.file;
  for (const char* name : {"Dockerfile", "Containerfile"}) {
    if (files_.Exists(build.context + "/" + name)) return std::string(name);
  }
  return Fail(ErrorKind::kNotFound,
              fmt::format("the context {} of a build has no Dockerfile and no Containerfile: make "
                          "one, or name another by run: {{build: {{file: NAME}}}}",
                          Quote(build.context)));
}

Result<ImageFacts> Images::MakeBuild(const Engine& engine, const Build& build, PullPolicy policy,
                                     TimePoint deadline) {
  std::string args;
  for (const auto& [name, value] : build.args) args += fmt::format("\n{}={}", name, value);
  const std::shared_ptr<Task> task = TaskOf(
      fmt::format("build {}\n{}\n{}{}", PullPolicyName(policy), build.context, build.file, args));
  const std::unique_lock lock(task->turn, deadline);
  if (!lock) {
    return Fail(ErrorKind::kTimeout,
                fmt::format("another node still waits for the image of {}", Quote(build.context)));
  }
  if (task->done) {
    Result<ImageFacts> found = Find(engine, task->image, deadline);
    if (found || found.error().kind != ErrorKind::kNotFound) return found;
  }
  TRY(const std::string file, FileOf(build));
  TRY(std::string archive, PackContext(files_, build.context, file));
  const std::string digest = Sha256(fmt::format("{}\n{}{}", Sha256(archive), file, args));
  task->image = fmt::format("localhost/ctestbed/build:{}", digest);
  if (policy != PullPolicy::kAlways) {
    Result<ImageFacts> found = Find(engine, task->image, deadline);
    task->done = found.has_value();
    if (found || found.error().kind != ErrorKind::kNotFound) return found;
  }
  const std::string path =
      BuildPath(build, file, task->image, digest, policy == PullPolicy::kAlways);
  const auto run = [&](const HttpSink& sink) {
    return engine.Upload(path, std::move(archive), sink, deadline);
  };
  const Status built = Follow(run, ErrorKind::kInvalid);
  if (!built) {
    Error error = built.error();
    error.message = fmt::format("cannot build the image of {} by {} on {}: {}",
                                Quote(build.context), Quote(file), OnEngine(engine), error.message);
    return tl::unexpected<Error>(std::move(error));
  }
  task->done = true;
  return Find(engine, task->image, deadline);
}

}  // namespace ctestbed
