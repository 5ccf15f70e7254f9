#include "supervisor/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "driver/fake/driver.h"
#include "model/plan.h"
#include "testing/null_file.h"

namespace ctestbed {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class LiveLanesTest : public testing::Test {
 protected:
  static Demand Want(const std::string& name, int lane) {
    Node node;
    node.name = name;
    node.command = name.starts_with("stuck") ? std::vector<std::string>{"stuck"}
                                             : std::vector<std::string>{"run"};
    Demand demand{name, lane, {{node}}, "preset-" + name, {}};
    demand.lane = lane;
    return demand;
  }
  Status Acquire(const Demand& demand) {
    TRY(LiveLane * lane, lanes_.At(demand.lane));
    return lane->broker.Acquire(demand, false, {});
  }
  Environment& EnvironmentOf(int lane) { return lanes_.At(lane).value()->environment; }

  std::unique_ptr<FakeDriver> driver_ = MakeSwitchableFakeDriver();
  std::unique_ptr<Clock> clock_ = MakeRealClock();
  FakeHttpClient http_{[](const HttpRequest&) -> Result<HttpResponse> { return HttpResponse{}; }};
  FakeFileSystem files_;
  Journal journal_{std::make_unique<NullFile>()};
  Secrets secrets_{files_, {}};
  LiveLanes lanes_{{*driver_, http_, files_, *clock_, journal_, secrets_, [](Event) {}},
                   {"env", "owner", "session", "/logs", "/work", "logs"},
                   100s};
};

TEST_F(LiveLanesTest, EachHasItsOwnEnvironment) {
  ASSERT_TRUE(Acquire(Want("a", 0)).has_value());
  ASSERT_TRUE(Acquire(Want("b", 1)).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "start b"));
  // One that changes leaves the others alone.
  lanes_.At(1).value()->broker.Release(true);
  ASSERT_TRUE(Acquire(Want("c", 1)).has_value());
  EXPECT_THAT(driver_->Calls(), ElementsAre("start a", "start b", "stop b", "start c"));
  EXPECT_EQ(lanes_.At(0).value()->broker.current().preset, "preset-a");
  EXPECT_EQ(lanes_.At(1).value()->broker.current().preset, "preset-c");
}

TEST_F(LiveLanesTest, TheSameTopologyCanBeAliveTwice) {
  ASSERT_TRUE(Acquire(Want("a", 0)).has_value());
  ASSERT_TRUE(Acquire(Want("a", 1)).has_value());
  EXPECT_EQ(EnvironmentOf(0).Nodes().size(), 1U);
  EXPECT_EQ(EnvironmentOf(1).Nodes().size(), 1U);
  driver_->Crash({EnvironmentOf(1).identity().id, "a", 0}, 9);
  EXPECT_TRUE(EnvironmentOf(1).WaitUntilBroken({}).has_value());
  EXPECT_FALSE(EnvironmentOf(0).Broken().has_value());
}

TEST_F(LiveLanesTest, NamesDoNotClash) {
  const EnvironmentIdentity& first = EnvironmentOf(0).identity();
  const EnvironmentIdentity& second = EnvironmentOf(1).identity();
  EXPECT_EQ(first.id, "env");
  EXPECT_EQ(first.work_directory, "/work");
  EXPECT_NE(second.id, "env");
  EXPECT_EQ(second.owner, "owner");
  EXPECT_EQ(second.session, "session");
  EXPECT_EQ(second.work_directory, "/work/.lanes/2");
  EXPECT_EQ(second.log_directory, "/logs/lane-2");
  EXPECT_EQ(second.log_prefix, "logs/lane-2");
  EXPECT_EQ(&lanes_.Find(second.id).value()->environment, &EnvironmentOf(1));
  EXPECT_EQ(lanes_.Find("none").error().kind, ErrorKind::kNotFound);
}

TEST_F(LiveLanesTest, AreBounded) {
  EXPECT_EQ(lanes_.At(-1).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(lanes_.At(kMostLanes).error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(lanes_.At(kMostLanes - 1).has_value());
  EXPECT_EQ(lanes_.All().size(), 1U);
}

TEST_F(LiveLanesTest, CloseEndsTheWaitingInEveryLane) {
  std::vector<std::jthread> waiters;
  for (const int lane : {0, 1}) {
    ASSERT_TRUE(Acquire(Want("a", lane)).has_value());
    waiters.emplace_back(
        [this, lane] { EXPECT_EQ(Acquire(Want("b", lane)).error().kind, ErrorKind::kCancelled); });
  }
  std::this_thread::sleep_for(30ms);
  lanes_.Close();
  waiters.clear();
  EXPECT_EQ(lanes_.At(2).error().kind, ErrorKind::kCancelled);
}

TEST_F(LiveLanesTest, TeardownRemovesEverything) {
  ASSERT_TRUE(Acquire(Want("a", 0)).has_value());
  ASSERT_TRUE(Acquire(Want("b", 1)).has_value());
  lanes_.Close();
  EXPECT_TRUE(lanes_.Teardown(0ms).has_value());
  EXPECT_THAT(driver_->Calls(), UnorderedElementsAre("start a", "start b", "stop a", "stop b"));
}

TEST_F(LiveLanesTest, TeardownTellsWhatIsLeftOfEach) {
  ASSERT_TRUE(Acquire(Want("stuck-a", 0)).has_value());
  ASSERT_TRUE(Acquire(Want("stuck-b", 1)).has_value());
  const Status left = lanes_.Teardown(0ms);
  ASSERT_FALSE(left.has_value());
  EXPECT_THAT(left.error().message, AllOf(HasSubstr("stuck-a"), HasSubstr("stuck-b")));
}

}  // namespace
}  // namespace ctestbed
