// libFuzzer target: any bytes as whatever is read. Run by ci/test --fuzz SECONDS.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "config/fuzz/hostile_input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string broken = ctestbed::BrokenPromise(text);
  if (!broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
