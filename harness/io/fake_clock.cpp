#include "io/clock.h"

namespace ctestbed {

void FakeClock::SleepUntil(TimePoint until, std::stop_token stop) {
  if (stop.stop_requested()) return;
  TimePoint now = now_;
  while (now < until && !now_.compare_exchange_weak(now, until)) {
  }
}

void FakeClock::Advance(Duration duration) {
  TimePoint now = now_;
  while (!now_.compare_exchange_weak(now, now + duration)) {
  }
}

}  // namespace ctestbed
