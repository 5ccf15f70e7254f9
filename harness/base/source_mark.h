// Where in a text a value came from, so that any later stage can point at it.
#pragma once

#include <string>
#include <utility>

namespace ctestbed {

// `line` and `column` count from 1, `column` and `length` in bytes; line 0 means "no position".
struct SourceMark {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;

  bool operator==(const SourceMark&) const = default;
};

// A value that remembers its origin.
template <typename T>
struct Located {
  T value{};
  SourceMark mark;

  bool operator==(const Located&) const = default;
};

}  // namespace ctestbed
