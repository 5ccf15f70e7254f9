#include "runner/log_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ctestbed {
namespace {

constexpr std::uint64_t kMostOfLog = 16U << 10U;
// What led to a failure stands at the end more often than at the beginning.
constexpr std::uint64_t kHead = 4U << 10U;
constexpr size_t kMostOfRun = 1U << 20U;

std::string Below(const std::string& directory, const std::string& path) {
  return path.starts_with(directory + "/") ? path.substr(directory.size() + 1) : path;
}

}  // namespace

LogWatch::LogWatch(const FileSystem& files, const Clock& clock, std::string results,
                   const EnvironmentView& environment)
    : files_(files), clock_(clock), results_(std::move(results)) {
  const auto watch = [&](const std::string& name, const std::string& directory) {
    for (const std::string_view stream : {"stderr", "stdout"}) {
      logs_.push_back({name, std::string(stream), fmt::format("{}/{}.log", directory, stream)});
    }
  };
  for (const NodeView& node : environment.nodes) {
    if (node.replicas.empty()) watch(node.name, node.log);
    for (const ReplicaView& replica : node.replicas) watch(replica.name, replica.log);
  }
  marks_.push_back(Look());
}

LogWatch::Mark LogWatch::Look() const {
  Mark mark{clock_.Now(), {}};
  for (const Log& log : logs_) mark.sizes.push_back(files_.Size(log.path).value_or(0));
  return mark;
}

std::vector<LogWindow> LogWatch::OfCase(Duration took, bool bad) {
  Mark now = Look();
  const auto later =
      std::upper_bound(marks_.begin() + 1, marks_.end(), now.at - took,
                       [](TimePoint begin, const Mark& mark) { return begin < mark.at; });
  const Mark from = *(later - 1);
  marks_.push_back(now);
  return bad ? Between(from, now) : std::vector<LogWindow>();
}

std::vector<LogWindow> LogWatch::OfRun() {
  return Between(marks_.front(), Look());
}

std::vector<LogWindow> LogWatch::Between(const Mark& from, const Mark& to) {
  std::vector<LogWindow> windows;
  for (size_t i = 0; i < logs_.size(); ++i) {
    if (to.sizes[i] <= from.sizes[i]) continue;
    const Log& log = logs_[i];
    const std::uint64_t size = to.sizes[i] - from.sizes[i];
    windows.push_back({log.node, log.stream, Below(results_, log.path), from.sizes[i], size,
                       Text(log.path, from.sizes[i], size)});
  }
  return windows;
}

std::string LogWatch::Text(const std::string& path, std::uint64_t offset, std::uint64_t size) {
  if (text_read_ >= kMostOfRun) return "";
  std::string text;
  if (size <= kMostOfLog) {
    text = files_.ReadPart(path, offset, size).value_or("");
  } else {
    const std::uint64_t tail = kMostOfLog - kHead;
    text = fmt::format("{}\n... {} bytes cut ...\n{}",
                       files_.ReadPart(path, offset, kHead).value_or(""), size - kMostOfLog,
                       files_.ReadPart(path, offset + size - tail, tail).value_or(""));
  }
  text_read_ += text.size();
  return text;
}

}  // namespace ctestbed
