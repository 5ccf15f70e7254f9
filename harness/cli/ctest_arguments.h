// What the command line of a ctest process says of the tests it is going to run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ctestbed {

// Whether ctest is sure to run tests in parallel. A bare -j does not count: older ones take it for
// 1.
bool IsParallel(const std::vector<std::string>& argv,
                const std::map<std::string, std::string>& environment);

// Whether it only lists tests.
bool OnlyShows(const std::vector<std::string>& argv);

bool RerunsFailed(const std::vector<std::string>& argv);

// The arguments, the program's name left out, that choose tests; those on output, parallelism and
// the like are dropped. Empty when the way that tests are chosen cannot be repeated (dashboard
// modes).
std::optional<std::vector<std::string>> SelectingArguments(const std::vector<std::string>& argv);

}  // namespace ctestbed
