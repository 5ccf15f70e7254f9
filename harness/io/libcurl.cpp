#include "io/libcurl.h"

namespace ctestbed {
namespace {

void* Load() {
  void* const library = LoadLibrary("libcurl.so.4");  // its ABI since 2006
  reinterpret_cast<decltype(::curl_global_init)*>(FindInLibrary(library, "curl_global_init"))(
      CURL_GLOBAL_DEFAULT);
  return library;
}

}  // namespace

void* FindInLibcurl(const char* name) {
  static void* const library = Load();
  return FindInLibrary(library, name);
}

}  // namespace ctestbed
