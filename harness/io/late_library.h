// Shared libraries that are loaded when the first of their functions is called: some bring many
// others along, and a command that needs none of them starts in half the time. Thread-safe.
#pragma once

namespace ctestbed {

// Whether there is a library called `soname`; loads it.
bool HasLibrary(const char* soname);
// The library called `soname`, and what dlsym finds in it. Both end the program as the dynamic
// linker does when there is none.
void* LoadLibrary(const char* soname);
void* FindInLibrary(void* library, const char* name);

// A function of the type `Function` that `find` knows by `name`. A constant of this type that is
// called like the library's function hides it in this namespace.
template <typename Function>
struct LateFunction {
  void* (*find)(const char* name);
  const char* name;

  template <typename... Arguments>
  auto operator()(Arguments... arguments) const {
    return reinterpret_cast<Function*>(find(name))(arguments...);
  }
};

}  // namespace ctestbed
