// Time, behind an interface so that waiting code runs at once under a fake clock.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "base/duration.h"

namespace ctestbed {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
  // The wall clock as RFC 3339 in UTC with milliseconds: 2026-01-31T10:20:30.123Z.
  virtual std::string WallTime() const = 0;
  // Returns at `until` or as soon as `stop` is requested, whichever is first.
  virtual void SleepUntil(TimePoint until, std::stop_token stop) = 0;
};

std::unique_ptr<Clock> MakeRealClock();

// Stands still; SleepUntil moves it forward at once. Thread-safe.
class FakeClock final : public Clock {
 public:
  TimePoint Now() const override { return now_; }
  std::string WallTime() const override { return "2026-01-01T00:00:00.000Z"; }
  void SleepUntil(TimePoint until, std::stop_token stop) override;
  void Advance(Duration duration);

 private:
  std::atomic<TimePoint> now_{};
};

}  // namespace ctestbed
