#include <gtest/gtest.h>

#include <algorithm>

#include "probe/probe.h"

namespace ctestbed {
namespace {

TEST(Probes, AreSortedByName) {
  EXPECT_FALSE(Probes().empty());
  EXPECT_TRUE(std::is_sorted(Probes().begin(), Probes().end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
}

TEST(Probes, AreFoundByName) {
  for (const ProbeEntry& entry : Probes()) EXPECT_EQ(FindProbe(entry.name), &entry);
  EXPECT_EQ(FindProbe("htpp"), nullptr);
}

}  // namespace
}  // namespace ctestbed
