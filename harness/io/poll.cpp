#include "io/poll.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "io/descriptor.h"
#include "io/system_error.h"

namespace ctestbed {

int PollTimeout(TimePoint deadline) {
  using std::chrono::hours;
  using std::chrono::steady_clock;
  const TimePoint now = steady_clock::now();
  // Compared before subtracted: the difference to TimePoint::max() may overflow.
  if (deadline <= now) return 0;
  if (deadline > now + hours(1)) return 3'600'000;
  return static_cast<int>(std::chrono::ceil<Duration>(deadline - now).count());
}

Status WaitReady(int fd, short events, TimePoint deadline, const std::stop_token& stop) {
  const Descriptor wake(stop.stop_possible() ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1);
  if (stop.stop_possible() && !wake) return SystemError("wait", errno);
  const std::stop_callback on_stop(stop, [&wake] { ::eventfd_write(wake.Get(), 1); });
  // poll(2) passes over negative descriptors.
  std::array<pollfd, 2> polled{{{fd, events, 0}, {wake.Get(), POLLIN, 0}}};
  for (;;) {
    const int timeout = PollTimeout(deadline);
    if (timeout == 0) return Fail(ErrorKind::kTimeout, "timed out");
    const int ready = ::poll(polled.data(), polled.size(), timeout);
    if (ready < 0 && errno != EINTR) return SystemError("wait", errno);
    if (ready <= 0) continue;
    if (polled[1].revents != 0) return Fail(ErrorKind::kCancelled, "cancelled");
    return {};
  }
}

}  // namespace ctestbed
