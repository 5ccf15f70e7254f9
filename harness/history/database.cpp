#include "history/database.h"

#include <utility>

#include "history/libsqlite3.h"

namespace ctestbed {
namespace {

void Finalize(sqlite3_stmt* statement) {
  sqlite3_finalize(statement);
}

// Waits for statements that are still there.
void Close(sqlite3* connection) {
  sqlite3_close_v2(connection);
}

tl::unexpected<Error> Failure(sqlite3* connection, int code) {
  const std::string message = sqlite3_errmsg(connection);
  switch (code & 0xff) {  // without what extends it
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fail(ErrorKind::kInvalid, message);
    case SQLITE_BUSY:
      return Fail(ErrorKind::kConflict, message);
    default:
      return Fail(ErrorKind::kUnavailable, message);
  }
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement) : statement_(statement, Finalize) {}

Statement& Statement::Bind(int parameter, std::string_view text) {
  sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::Bind(int parameter, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), parameter, number);
  return *this;
}

Result<bool> Statement::Next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3* const connection = sqlite3_db_handle(statement_.get());
  if (code != SQLITE_DONE) {
    const auto failure = Failure(connection, code);
    sqlite3_reset(statement_.get());
    return failure;
  }
  sqlite3_reset(statement_.get());
  return false;
}

Status Statement::Run() {
  for (bool more = true; more;) {
    TRY(more, Next());
  }
  return {};
}

std::string Statement::Text(int column) const {
  const auto* const text =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text == nullptr
             ? std::string()
             : std::string(text,
                           static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::int64_t Statement::Number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

Database::Database(sqlite3* connection) : connection_(connection, Close) {}

Result<Database> Database::Open(const std::string& path, Duration patience) {
  if (!HasLibrary(kLibsqlite3)) {
    return Fail(ErrorKind::kUnavailable, std::string("there is no ") + kLibsqlite3);
  }
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(connection);
  if (code != SQLITE_OK) return Failure(connection, code);
  sqlite3_busy_timeout(connection, static_cast<int>(patience.count()));
  return database;
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) return Failure(connection_.get(), code);
  return Statement(statement);
}

Status Database::Run(std::string_view sql) {
  TRY(Statement statement, Prepare(sql));
  return statement.Run();
}

Result<std::int64_t> Database::AskNumber(std::string_view sql) {
  TRY(Statement statement, Prepare(sql));
  TRY(const bool found, statement.Next());
  return found ? statement.Number(0) : 0;
}

Result<std::string> Database::AskText(std::string_view sql) {
  TRY(Statement statement, Prepare(sql));
  TRY(const bool found, statement.Next());
  return found ? statement.Text(0) : "";
}

Result<Transaction> Transaction::Begin(Database& database) {
  TRY_DO(database.Run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(database_->Run("ROLLBACK"));
}

Status Transaction::Commit() {
  TRY_DO(database_->Run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace ctestbed
