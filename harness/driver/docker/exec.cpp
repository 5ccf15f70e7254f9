#include "driver/docker/exec.h"

#include <fmt/format.h>

#include "base/json.h"
#include "driver/docker/log_stream.h"

namespace ctestbed {
namespace {

constexpr size_t kMostOutput = 1U << 20U;

// Appends the frames of `reader` to `output`; false when there are none in it.
bool TakeOutput(FrameReader& reader, std::string& output) {
  FrameReader::Frame frame;
  for (;;) {
    const Result<bool> whole = reader.Next(frame);
    if (!whole) return false;
    if (!*whole) return true;
    if (output.size() < kMostOutput) output += frame.text.substr(0, kMostOutput - output.size());
  }
}

tl::unexpected<Error> Explained(Error error, const std::string& program) {
  error.message = fmt::format("cannot run '{}' inside: {}", program, error.message);
  if (error.kind == ErrorKind::kConflict) error.kind = ErrorKind::kNotFound;  // it is not running
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

Result<Driver::ExecResult> ExecInContainer(const Engine& engine, const std::string& container,
                                           const std::vector<std::string>& command,
                                           TimePoint deadline, std::stop_token stop) {
  const std::string& program = command.front();
  const Result<Json> made =
      engine.Post(fmt::format("/containers/{}/exec", container),
                  {{"Cmd", command}, {"AttachStdout", true}, {"AttachStderr", true}}, deadline);
  if (!made) return Explained(made.error(), program);
  const std::string path = "/exec/" + JsonText(*made, "Id");
  FrameReader reader;
  Driver::ExecResult result;
  const HttpSink sink = [&](std::string_view piece) {
    reader.Add(piece);
    return TakeOutput(reader, result.output);
  };
  const Status ran = engine.Stream("POST", path + "/start", {{"Detach", false}, {"Tty", false}},
                                   sink, deadline, stop);
  if (!ran) {
    const ErrorKind kind = ran.error().kind;
    if (kind == ErrorKind::kTimeout || kind == ErrorKind::kCancelled) {
      return Fail(kind, fmt::format("'{}' did not end in time", program), result.output);
    }
    return Explained(ran.error(), program);
  }
  const Result<Json> end = engine.Get(path + "/json", deadline);
  if (!end) return Explained(end.error(), program);
  result.exit_code = static_cast<int>(JsonNumber(*end, "ExitCode"));
  return result;
}

}  // namespace ctestbed
