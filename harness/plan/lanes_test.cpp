#include "plan/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::HasSubstr;

Batch BatchOn(const std::string& name, int host_port) {
  Node node{.name = name, .command = {name}};
  node.ports = {{"http", 8080, host_port}};
  return {.preset = name,
          .cell = {},
          .topology = {{node}},
          .environment = name,
          .runs = {},
          .changes = {}};
}

TEST(CheckLanes, RefusesAFixedPortInTwoLanes) {
  const Batch a = BatchOn("a", 8080);
  const Batch b = BatchOn("b", 8080);
  EXPECT_TRUE(CheckLanes({{{a, b}}}).has_value());
  const Status refused = CheckLanes({{{a}}, {{b}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(refused.error().message, HasSubstr("'b' of preset 'b' has the fixed port 8080"));
}

}  // namespace
}  // namespace ctestbed
