#include "history/libsqlite3.h"

namespace ctestbed {

void* FindInLibsqlite3(const char* name) {
  static void* const library = LoadLibrary(kLibsqlite3);
  return FindInLibrary(library, name);
}

}  // namespace ctestbed
