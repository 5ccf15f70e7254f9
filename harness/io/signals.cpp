#include "io/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace ctestbed {

SignalWatcher::SignalWatcher() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  descriptor_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

SignalWatcher::~SignalWatcher() {
  close(descriptor_);
}

int SignalWatcher::Wait(std::stop_token stop) const {
  const int wake = eventfd(0, EFD_CLOEXEC);
  {
    const std::stop_callback on_stop(stop, [&] { eventfd_write(wake, 1); });
    std::array<pollfd, 2> ready{{{descriptor_, POLLIN, 0}, {wake, POLLIN, 0}}};
    while (poll(ready.data(), ready.size(), -1) < 0 && errno == EINTR) {
    }
  }
  close(wake);
  signalfd_siginfo info{};
  if (read(descriptor_, &info, sizeof(info)) != sizeof(info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace ctestbed
