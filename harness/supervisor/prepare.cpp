#include "supervisor/prepare.h"

#include <fmt/format.h>

#include "base/reference.h"
#include "base/text.h"

namespace ctestbed {
namespace {

constexpr Duration kStopGrace{1'000};
constexpr size_t kTailLines = 20;

std::vector<std::string> KeyOf(const PrepareStep& step) {
  std::vector<std::string> key{step.directory};
  key.insert(key.end(), step.command.begin(), step.command.end());
  return key;
}

}  // namespace

Preparation::Preparation(Launcher& launcher, FileSystem& files, Clock& clock, std::string logs)
    : launcher_(launcher), files_(files), clock_(clock), logs_(std::move(logs)) {}

Status Preparation::Run(const std::vector<PrepareStep>& steps, TimePoint deadline,
                        std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!idle_.wait(lock, stop, [this] { return !busy_; })) {
    return Fail(ErrorKind::kCancelled, "interrupted");
  }
  busy_ = true;
  lock.unlock();
  Status status = RunAll(steps, deadline, std::move(stop));
  lock.lock();
  busy_ = false;
  idle_.notify_all();
  return status;
}

Status Preparation::RunAll(const std::vector<PrepareStep>& steps, TimePoint deadline,
                           std::stop_token stop) {
  for (const PrepareStep& step : steps) {
    if (done_.contains(KeyOf(step))) continue;
    TRY_DO(RunOne(step, deadline, stop));
    done_.insert(KeyOf(step));
  }
  return {};
}

Status Preparation::RunOne(const PrepareStep& step, TimePoint deadline, std::stop_token stop) {
  const std::string logs = fmt::format("{}/prepare.{}", logs_, ++count_);
  TRY_DO(files_.MakeDirectories(logs));
  ProcessSpec spec{.command = step.command,
                   .environment = {},
                   .working_directory = step.directory,
                   .stdout_path = logs + "/stdout.log",
                   .stderr_path = logs + "/stderr.log"};
  const Lookup nothing = [](std::string_view) { return std::nullopt; };
  for (const auto& [name, value] : step.environment) {
    TRY(spec.environment[name], Expand(value, nothing));
  }
  const std::string named = fmt::format("prepare step {}", Quote(ShellCommand(step.command)));
  const auto process = launcher_.Start(spec);
  if (!process) {
    return Fail(ErrorKind::kEnvironment, fmt::format("{}: {}", named, process.error().message),
                process.error().detail);
  }
  const auto end = (*process)->Wait(deadline, stop);
  if (end && *end == ProcessEnd{}) return {};
  if (!end) static_cast<void>((*process)->Stop(kStopGrace));
  if (stop.stop_requested()) return Fail(ErrorKind::kCancelled, "interrupted");
  std::string tail = files_.Read(spec.stdout_path).value_or("");
  tail += files_.Read(spec.stderr_path).value_or("");
  return Fail(ErrorKind::kEnvironment,
              fmt::format("{} {}", named, end ? end->Describe() : "did not end in time"),
              Visible(LastLines(tail, kTailLines)));
}

}  // namespace ctestbed
