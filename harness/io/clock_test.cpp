#include "io/clock.h"

#include <gtest/gtest.h>

#include <thread>

namespace ctestbed {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(FakeClock, StandsStillUntilSomebodySleeps) {
  FakeClock clock;
  const TimePoint start = clock.Now();
  EXPECT_EQ(clock.Now(), start);
  clock.SleepUntil(start + hours(3), {});
  EXPECT_EQ(clock.Now(), start + hours(3));
  clock.SleepUntil(start, {});
  EXPECT_EQ(clock.Now(), start + hours(3));
  clock.Advance(milliseconds(5));
  EXPECT_EQ(clock.Now(), start + hours(3) + milliseconds(5));
}

TEST(FakeClock, DoesNotMoveForAStoppedSleeper) {
  FakeClock clock;
  std::stop_source stop;
  stop.request_stop();
  clock.SleepUntil(clock.Now() + hours(1), stop.get_token());
  EXPECT_EQ(clock.Now(), TimePoint());
}

TEST(FakeClock, MayBeUsedByManyThreads) {
  FakeClock clock;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&clock] {
        for (int step = 0; step < 1000; ++step) clock.Advance(milliseconds(1));
      });
    }
  }
  EXPECT_EQ(clock.Now(), TimePoint() + milliseconds(4000));
}

TEST(RealClock, SleepsAtLeastUntilThen) {
  const auto clock = MakeRealClock();
  const TimePoint until = clock->Now() + milliseconds(20);
  clock->SleepUntil(until, {});
  EXPECT_GE(clock->Now(), until);
  clock->SleepUntil(until, {});
}

TEST(RealClock, WakesAtOnceWhenStopped) {
  const auto clock = MakeRealClock();
  const TimePoint until = clock->Now() + hours(1);
  std::jthread sleeper([&](std::stop_token stop) { clock->SleepUntil(until, stop); });
  sleeper.request_stop();
  sleeper.join();
  EXPECT_LT(clock->Now(), until);
}

TEST(RealClock, TellsTheTimeAsRfc3339) {
  std::string time = MakeRealClock()->WallTime();
  for (char& c : time) c = c >= '0' && c <= '9' ? '9' : c;
  EXPECT_EQ(time, "9999-99-99T99:99:99.999Z");
}

}  // namespace
}  // namespace ctestbed
