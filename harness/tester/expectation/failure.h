// What a suite expected and did not find, and how that is printed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/source_mark.h"

namespace ctestbed {

struct Failure {
  SourceMark mark;      // of the expectation
  std::string remark;   // "is 500, wanted 201"
  std::string subject;  // what the remark is about: "status", "$.lines"; may be empty

  bool operator==(const Failure&) const = default;
};

template <typename T>
using OrFailure = tl::expected<T, Failure>;

// The first failure among the parts of what is put together.
class FirstFailure {
 public:
  void Add(Failure failure) {
    if (!failure_) failure_ = std::move(failure);
  }

  // `part`, or nothing where that failed.
  template <typename T>
  T Take(OrFailure<T> part) {
    if (part) return std::move(*part);
    Add(std::move(part.error()));
    return T{};
  }

  // `whole`, unless a part of it failed.
  template <typename T>
  OrFailure<T> Or(T whole) const {
    if (failure_) return tl::unexpected(*failure_);
    return whole;
  }

 private:
  std::optional<Failure> failure_;
};

// "status is 500, wanted 201"; one line, safe for a terminal.
std::string Headline(const Failure& failure);

// The place of the first failure, then for each, by line, its source line with a caret and the
// remark. `source` is the text of their file; where it is empty the remarks stand alone.
std::string RenderFailures(std::vector<Failure> failures, std::string_view source);

// The part of a scalar's mark that covers `length` bytes at `offset` of its text `size` bytes long;
// the whole mark where the text is not written as it is read (escapes, several lines).
SourceMark PartOf(const SourceMark& mark, size_t size, size_t offset, size_t length);
// From the begin of one mark to the end of another one on the same line; else the first alone.
SourceMark Spanning(const SourceMark& from, const SourceMark& to);

// At most `most` bytes of `text`, never cutting a character; "..." where it was cut.
std::string Shortened(std::string_view text, size_t most);
// Safe for a terminal, and on one line.
std::string OneLine(std::string_view text);

}  // namespace ctestbed
