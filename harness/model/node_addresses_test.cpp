#include "model/node_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ctestbed {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

TEST(NodeAddresses, NamesEveryReplicaAndAllOfThem) {
  std::map<std::string, std::string> values;
  PutAddresses(values, "main",
               {{{"http", "h1", "1"}, {"admin", "h1", "2"}}, {{"http", "h2", "3"}}});
  EXPECT_THAT(values, UnorderedElementsAre(
                          Pair("main.address", "h1:1"), Pair("main.host", "h1"),
                          Pair("main.port.http", "1"), Pair("main.port.admin", "2"),
                          Pair("main.1.address", "h1:1"), Pair("main.1.host", "h1"),
                          Pair("main.1.port.http", "1"), Pair("main.1.port.admin", "2"),
                          Pair("main.2.address", "h2:3"), Pair("main.2.host", "h2"),
                          Pair("main.2.port.http", "3"), Pair("main.addresses", "h1:1,h2:3")));
}

TEST(NodeAddresses, SaysNothingOfANodeWithoutPorts) {
  std::map<std::string, std::string> values;
  PutAddresses(values, "worker", {{}, {}});
  EXPECT_THAT(values, IsEmpty());
}

}  // namespace
}  // namespace ctestbed
