#include "testing/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "io/file_system.h"

namespace ctestbed {

void ExpectGolden(std::string_view actual, const std::string& path) {
  const auto files = MakeRealFileSystem();
  const char* update = std::getenv("CTESTBED_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    const Status written = files->Write(path, actual);
    EXPECT_TRUE(written) << written.error().message;
    return;
  }
  const Result<std::string> expected = files->Read(path);
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(actual, *expected) << "differs from " << path
                               << "; CTESTBED_UPDATE_GOLDEN=1 accepts the new text";
}

}  // namespace ctestbed
