#include "io/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace ctestbed {
namespace {

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  RealAppendFile(const RealAppendFile&) = delete;
  RealAppendFile& operator=(const RealAppendFile&) = delete;
  ~RealAppendFile() override { close(descriptor_); }

  Status Append(std::string_view record, bool durable) override {
    const ssize_t written = write(descriptor_, record.data(), record.size());
    if (written != static_cast<ssize_t>(record.size()) ||
        (durable && fdatasync(descriptor_) != 0)) {
      return Fail(ErrorKind::kInternal,
                  fmt::format("cannot write {}: {}", Quote(path_), std::strerror(errno)));
    }
    return {};
  }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

Result<std::unique_ptr<AppendFile>> OpenAppendFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Fail(ErrorKind::kInternal,
                fmt::format("cannot open {}: {}", Quote(path), std::strerror(errno)));
  }
  return std::make_unique<RealAppendFile>(path, descriptor);
}

}  // namespace ctestbed
