// Instances made to trap one method or another; see Families().
#pragma once

#include "plan/instances.h"

namespace ctestbed {

Instance EqualWeights(int size, uint64_t seed);
Instance EvenWords(int size, uint64_t seed);
Instance GreedyTrap(int size, uint64_t seed);
Instance SortedTrap(int size, uint64_t seed);
Instance TwoClusters(int size, uint64_t seed);
Instance Cascade(int size, uint64_t seed);
Instance Lopsided(int size, uint64_t seed);
Instance Isolated(int size, uint64_t seed);
Instance NearDuplicates(int size, uint64_t seed);
Instance LongAxis(int size, uint64_t seed);
Instance Tiny(int size, uint64_t seed);

}  // namespace ctestbed
