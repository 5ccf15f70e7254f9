// An SQLite database, as far as history needs one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/duration.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ctestbed {

// A prepared statement of a Database, which outlives it. Parameters count from 1, columns from 0.
// Not thread-safe.
class Statement {
 public:
  Statement& Bind(int parameter, std::string_view text);
  Statement& Bind(int parameter, std::int64_t number);
  // Goes to the next row; false after the last one, where the statement is ready to be bound anew.
  Result<bool> Next();
  // The same for statements without rows.
  Status Run();
  std::string Text(int column) const;
  std::int64_t Number(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement);

  std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> statement_;
};

// Errors are kInvalid for a file that is damaged or none of SQLite's, kConflict when other
// processes were busy with it for longer than `patience`, kUnavailable for all else. Movable, not
// thread-safe.
class Database {
 public:
  // Makes the file if there is none.
  static Result<Database> Open(const std::string& path, Duration patience);

  Result<Statement> Prepare(std::string_view sql);
  Status Run(std::string_view sql);
  // The only column of the only row.
  Result<std::int64_t> AskNumber(std::string_view sql);
  Result<std::string> AskText(std::string_view sql);

 private:
  explicit Database(sqlite3* connection);

  std::unique_ptr<sqlite3, void (*)(sqlite3*)> connection_;
};

// Undoes what was done since its making, unless it is committed. The database outlives it.
class Transaction {
 public:
  // Waits for others that write.
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

}  // namespace ctestbed
