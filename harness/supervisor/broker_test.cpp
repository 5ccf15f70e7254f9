#include "supervisor/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "driver/fake/driver.h"
#include "testing/null_file.h"

namespace ctestbed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

class BrokerTest : public testing::Test {
 protected:
  static Demand Want(const std::string& name, int order, Renewal renewal = Renewal::kNone) {
    Node node;
    node.name = name;
    node.command =
        name == "bad" ? std::vector<std::string>{"exit", "3"} : std::vector<std::string>{"run"};
    return {name, order, {{node}}, "preset-" + name, {}, renewal};
  }
  // Waits until the broker deals with `count` waiting demands or more.
  static void LetThemWait() { std::this_thread::sleep_for(30ms); }

  std::unique_ptr<FakeDriver> driver_ = MakeSwitchableFakeDriver();
  std::unique_ptr<Clock> clock_ = MakeRealClock();
  FakeHttpClient http_{[](const HttpRequest&) -> Result<HttpResponse> { return HttpResponse{}; }};
  FakeFileSystem files_;
  Journal journal_{std::make_unique<NullFile>()};
  Secrets secrets_{files_, {}};
  Environment environment_{{*driver_, http_, files_, *clock_, journal_, secrets_, [](Event) {}},
                           {"env", "owner", "session", "/logs", "/work", "logs"}};
  Broker broker_{environment_, *clock_, 100s};
};

TEST_F(BrokerTest, EqualDemandsShare) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a"));
  EXPECT_EQ(broker_.current().preset, "preset-a");
  EXPECT_EQ(broker_.current().state, "ready");
}

TEST_F(BrokerTest, AnExclusiveLeaseIsTheOnlyOne) {
  Demand alone = Want("a", 1);
  alone.exclusive = true;
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  std::atomic<bool> has_it = false;
  std::jthread waiter([&] {
    EXPECT_TRUE(broker_.Acquire(alone, false, {}).has_value());
    has_it = true;
  });
  LetThemWait();
  EXPECT_FALSE(has_it);
  broker_.Release(true);
  waiter.join();
  EXPECT_TRUE(has_it);
  std::stop_source impatience;
  std::jthread second([&] {
    EXPECT_FALSE(broker_.Acquire(Want("a", 0), false, impatience.get_token()).has_value());
  });
  LetThemWait();
  impatience.request_stop();
  second.join();
  broker_.Release(true);
  EXPECT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a"));
}

TEST_F(BrokerTest, WhatIsLeftDirtyStartsAnewForTheNext) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  broker_.Release(true, {"a"});
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "stop a", "start a"));
  broker_.Release(true);
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  EXPECT_EQ(driver_->Calls().size(), 3U);
}

TEST_F(BrokerTest, NothingChangesUnderALease) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  std::jthread waiter([&] { EXPECT_TRUE(broker_.Acquire(Want("b", 1), false, {}).has_value()); });
  LetThemWait();
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a"));
  broker_.Release(true);
  waiter.join();
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "stop a", "start b"));
}

TEST_F(BrokerTest, TheLowestOrderGoesFirst) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  std::vector<std::jthread> waiters;
  for (const auto& [name, order] : {std::pair("c", 2), std::pair("b", 1)}) {
    waiters.emplace_back([this, name = std::string(name), order = order] {
      ASSERT_TRUE(broker_.Acquire(Want(name, order), false, {}).has_value());
      broker_.Release(true);
    });
    LetThemWait();
  }
  broker_.Release(true);
  waiters.clear();
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "stop a", "start b", "stop b", "start c"));
}

TEST_F(BrokerTest, WhatIsHeldStaysUntilItIsLetGo) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  broker_.Hold("a");
  broker_.Release(false);
  std::jthread waiter([&] { EXPECT_TRUE(broker_.Acquire(Want("b", 1), false, {}).has_value()); });
  LetThemWait();
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a"));
  broker_.Unhold("a");
  waiter.join();
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "stop a", "start b"));
}

TEST_F(BrokerTest, AHolderThatNeverComesBackIsOverruled) {
  Broker impatient(environment_, *clock_, 20ms);
  ASSERT_TRUE(impatient.Acquire(Want("a", 0), false, {}).has_value());
  impatient.Hold("a");
  impatient.Release(false);
  EXPECT_TRUE(impatient.Acquire(Want("b", 1), false, {}).has_value());
}

TEST_F(BrokerTest, AFailureIsRememberedUntilSomebodyRetries) {
  const Status first = broker_.Acquire(Want("bad", 0), false, {});
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().kind, ErrorKind::kEnvironment);
  const Status second = broker_.Acquire(Want("bad", 0), false, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kBlocked);
  EXPECT_THAT(second.error().message, HasSubstr("node 'bad' exited with code 3"));
  const Status retried = broker_.Acquire(Want("bad", 0), true, {});
  ASSERT_FALSE(retried.has_value());
  EXPECT_EQ(retried.error().kind, ErrorKind::kEnvironment);
  EXPECT_TRUE(broker_.Acquire(Want("good", 1), false, {}).has_value());
}

TEST_F(BrokerTest, ABrokenEnvironmentIsMendedForTheNext) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  driver_->Crash({"env", "a", 0}, 9);
  ASSERT_TRUE(environment_.WaitUntilBroken({}).has_value());
  EXPECT_EQ(broker_.current().state, "broken");
  broker_.Release(true);
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  EXPECT_EQ(broker_.current().state, "ready");
}

TEST_F(BrokerTest, FreshIsFreshOnce) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0, Renewal::kReset), false, {}).has_value());
  broker_.Release(false);  // nobody has tested yet
  ASSERT_TRUE(broker_.Acquire(Want("a", 0, Renewal::kReset), false, {}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a"));
  broker_.Release(true);
  ASSERT_TRUE(broker_.Acquire(Want("a", 0, Renewal::kReset), false, {}).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "stop a", "start a"));
}

TEST_F(BrokerTest, WaitingEndsOnStopAndOnClose) {
  ASSERT_TRUE(broker_.Acquire(Want("a", 0), false, {}).has_value());
  std::stop_source stop;
  std::jthread stopped([&] {
    const Status status = broker_.Acquire(Want("b", 1), false, stop.get_token());
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
  });
  std::jthread closed([&] {
    const Status status = broker_.Acquire(Want("c", 2), false, {});
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
  });
  LetThemWait();
  stop.request_stop();
  stopped.join();
  broker_.Close();
}

}  // namespace
}  // namespace ctestbed
