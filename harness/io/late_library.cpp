#include "io/late_library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>

namespace ctestbed {
namespace {

[[noreturn]] void Die() {
  std::fprintf(stderr, "ctestbed: %s\n", dlerror());
  _exit(127);
}

void* Open(const char* soname) {
  return dlopen(soname, RTLD_NOW | RTLD_LOCAL);
}

}  // namespace

bool HasLibrary(const char* soname) {
  return Open(soname) != nullptr;
}

void* LoadLibrary(const char* soname) {
  void* const library = Open(soname);
  if (library == nullptr) Die();
  return library;
}

void* FindInLibrary(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) Die();
  return found;
}

}  // namespace ctestbed
