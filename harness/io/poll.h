// Waiting for descriptors with a deadline and a stop token.
#pragma once

#include <stop_token>

#include "base/duration.h"
#include "base/result.h"

namespace ctestbed {

// What is left until `deadline` in milliseconds, rounded up, between 0 and an hour: a timeout for
// calls in the manner of poll(2) that are repeated until the deadline has passed.
int PollTimeout(TimePoint deadline);

// Waits until poll(2) reports any of `events`, a hang-up or an error on `fd`: try without waiting
// first. kTimeout at `deadline`, kCancelled as soon as `stop` is requested.
Status WaitReady(int fd, short events, TimePoint deadline, const std::stop_token& stop);

}  // namespace ctestbed
