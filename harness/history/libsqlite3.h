// SQLite's functions, loaded late (io/late_library.h): few commands learn or ask what was learned.
// In this namespace the names hide SQLite's own. Thread-safe.
#pragma once

#include <sqlite3.h>

#include "io/late_library.h"

namespace ctestbed {

inline constexpr const char* kLibsqlite3 = "libsqlite3.so.0";  // its ABI since 2004

// SQLite's function of that name; loads the library first.
void* FindInLibsqlite3(const char* name);

inline constexpr LateFunction<decltype(::sqlite3_bind_int64)> sqlite3_bind_int64{
    FindInLibsqlite3, "sqlite3_bind_int64"};
inline constexpr LateFunction<decltype(::sqlite3_bind_text)> sqlite3_bind_text{FindInLibsqlite3,
                                                                               "sqlite3_bind_text"};
inline constexpr LateFunction<decltype(::sqlite3_busy_timeout)> sqlite3_busy_timeout{
    FindInLibsqlite3, "sqlite3_busy_timeout"};
inline constexpr LateFunction<decltype(::sqlite3_close_v2)> sqlite3_close_v2{FindInLibsqlite3,
                                                                             "sqlite3_close_v2"};
inline constexpr LateFunction<decltype(::sqlite3_column_bytes)> sqlite3_column_bytes{
    FindInLibsqlite3, "sqlite3_column_bytes"};
inline constexpr LateFunction<decltype(::sqlite3_column_int64)> sqlite3_column_int64{
    FindInLibsqlite3, "sqlite3_column_int64"};
inline constexpr LateFunction<decltype(::sqlite3_column_text)> sqlite3_column_text{
    FindInLibsqlite3, "sqlite3_column_text"};
inline constexpr LateFunction<decltype(::sqlite3_db_handle)> sqlite3_db_handle{FindInLibsqlite3,
                                                                               "sqlite3_db_handle"};
inline constexpr LateFunction<decltype(::sqlite3_errmsg)> sqlite3_errmsg{FindInLibsqlite3,
                                                                         "sqlite3_errmsg"};
inline constexpr LateFunction<decltype(::sqlite3_finalize)> sqlite3_finalize{FindInLibsqlite3,
                                                                             "sqlite3_finalize"};
inline constexpr LateFunction<decltype(::sqlite3_open_v2)> sqlite3_open_v2{FindInLibsqlite3,
                                                                           "sqlite3_open_v2"};
inline constexpr LateFunction<decltype(::sqlite3_prepare_v2)> sqlite3_prepare_v2{
    FindInLibsqlite3, "sqlite3_prepare_v2"};
inline constexpr LateFunction<decltype(::sqlite3_reset)> sqlite3_reset{FindInLibsqlite3,
                                                                       "sqlite3_reset"};
inline constexpr LateFunction<decltype(::sqlite3_step)> sqlite3_step{FindInLibsqlite3,
                                                                     "sqlite3_step"};

}  // namespace ctestbed
