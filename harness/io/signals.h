// The signals that ask a program to end, as values instead of handlers.
#pragma once

#include <stop_token>

namespace ctestbed {

// Blocks SIGINT, SIGTERM and SIGHUP in this thread and those it starts later, and ignores SIGPIPE;
// make it before other threads. Never unblocks.
class SignalWatcher {
 public:
  SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  ~SignalWatcher();
  // The number of the next such signal; 0 on `stop`.
  int Wait(std::stop_token stop) const;

 private:
  int descriptor_;
};

}  // namespace ctestbed
