#include "io/libcurl.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>

namespace ctestbed {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";  // its ABI since 2006

[[noreturn]] void Die() {
  std::fprintf(stderr, "ctestbed: %s\n", dlerror());
  _exit(127);
}

void* FindIn(void* library, const char* name) {
  void* const function = dlsym(library, name);
  if (function == nullptr) Die();
  return function;
}

void* Load() {
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) Die();
  reinterpret_cast<decltype(::curl_global_init)*>(FindIn(library, "curl_global_init"))(
      CURL_GLOBAL_DEFAULT);
  return library;
}

}  // namespace

void* FindInLibcurl(const char* name) {
  static void* const library = Load();
  return FindIn(library, name);
}

}  // namespace ctestbed
