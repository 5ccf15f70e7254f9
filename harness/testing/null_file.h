// A file that keeps nothing, for tests that do not look at it.
#pragma once

#include "io/append_file.h"

namespace ctestbed {

class NullFile final : public AppendFile {
 public:
  Status Append(std::string_view, bool) override { return {}; }
};

}  // namespace ctestbed
