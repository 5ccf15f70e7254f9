#include "history/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "history/database.h"
#include "io/file_lock.h"

namespace ctestbed {
namespace {

constexpr Duration kPatience{5'000};  // with other processes that write

// Who a database belongs to, and the version of its tables ("PRAGMA application_id", file(1)).
constexpr std::int64_t kApplication = 0x63746264;  // "ctbd"
constexpr std::int64_t kVersion = 1;

constexpr std::array<std::string_view, 3> kTables{
    "CREATE TABLE subject (id INTEGER PRIMARY KEY, project TEXT NOT NULL, backend TEXT NOT NULL, "
    "measure TEXT NOT NULL, preset TEXT NOT NULL, name TEXT NOT NULL, variant TEXT NOT NULL, "
    "seen TEXT NOT NULL, UNIQUE (project, backend, measure, preset, name, variant)) STRICT",
    "CREATE INDEX subject_seen ON subject (seen)",
    "CREATE TABLE sample (subject INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, "
    "at TEXT NOT NULL, session TEXT NOT NULL, seq INTEGER NOT NULL, duration_ms INTEGER NOT NULL, "
    "verdict TEXT NOT NULL, PRIMARY KEY (subject, at, session, seq)) STRICT, WITHOUT ROWID",
};

constexpr std::string_view kAddSubject =
    "INSERT INTO subject (project, backend, measure, preset, name, variant, seen) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen) RETURNING id";
constexpr std::string_view kAddSample =
    "INSERT OR IGNORE INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
constexpr std::string_view kDropSamples =
    "DELETE FROM sample WHERE subject = ?1 AND (at, session, seq) <= "
    "(SELECT at, session, seq FROM sample WHERE subject = ?1 "
    "ORDER BY at DESC, session DESC, seq DESC LIMIT 1 OFFSET ?2)";
constexpr std::string_view kDropSubjects =
    "DELETE FROM subject WHERE seen < strftime('%Y-%m-%dT%H:%M:%fZ', ?1, ?2)";
constexpr std::string_view kSamplesOf =
    "SELECT backend, measure, preset, name, variant, at, session, seq, duration_ms, verdict "
    "FROM subject JOIN sample ON subject = subject.id WHERE project = ?1 "
    "ORDER BY backend, measure, preset, name, variant, at DESC, session DESC, seq DESC";

Status MakeTables(Database& database) {
  TRY(Transaction transaction, Transaction::Begin(database));
  TRY(const std::int64_t tables, database.AskNumber("SELECT count(*) FROM sqlite_schema"));
  if (tables > 0) return transaction.Commit();  // another process was faster
  for (const std::string_view sql : kTables) {
    TRY_DO(database.Run(sql));
  }
  TRY_DO(database.Run(fmt::format("PRAGMA application_id = {}", kApplication)));
  TRY_DO(database.Run(fmt::format("PRAGMA user_version = {}", kVersion)));
  return transaction.Commit();
}

// kInvalid for what is not a sound history.
Status Examine(Database& database) {
  TRY(const std::int64_t application, database.AskNumber("PRAGMA application_id"));
  TRY(const std::int64_t version, database.AskNumber("PRAGMA user_version"));
  if (application != kApplication) {
    return Fail(ErrorKind::kInvalid, "it belongs to another program");
  }
  if (version > kVersion) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("a newer ctestbed wrote it, in version {}; this one knows version {}",
                            version, kVersion));
  }
  TRY(const std::string found, database.AskText("PRAGMA quick_check(1)"));
  if (found != "ok") return Fail(ErrorKind::kInvalid, found);
  TRY(const std::int64_t tables, database.AskNumber("SELECT count(*) FROM sqlite_schema WHERE name "
                                                    "IN ('subject', 'sample', 'subject_seen')"));
  if (tables == std::ssize(kTables)) return {};
  return Fail(ErrorKind::kInvalid, "tables are missing");
}

Result<Database> OpenSound(const std::string& path) {
  TRY(Database database, Database::Open(path, kPatience));
  TRY(const std::int64_t tables, database.AskNumber("SELECT count(*) FROM sqlite_schema"));
  if (tables == 0) {
    TRY_DO(MakeTables(database));
  }
  TRY_DO(Examine(database));
  // Where others are at it right now, one of them does it.
  static_cast<void>(database.Run("PRAGMA journal_mode = WAL"));
  TRY_DO(database.Run("PRAGMA synchronous = NORMAL"));
  TRY_DO(database.Run("PRAGMA foreign_keys = ON"));
  return database;
}

// PATH.broken-20260131T102030123Z
std::string AsideName(const std::string& path, const Clock& clock, const FileSystem& files) {
  std::string time = clock.WallTime();
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  std::string name = fmt::format("{}.broken-{}", path, time);
  for (int i = 2; files.Exists(name); ++i) name = fmt::format("{}.broken-{}.{}", path, time, i);
  return name;
}

Status SetAside(const std::string& path, const std::string& aside, const FileSystem& files) {
  for (const std::string_view end : {"", "-wal", "-shm", "-journal"}) {
    const std::string name = fmt::format("{}{}", path, end);
    std::error_code problem;
    if (files.Exists(name)) std::filesystem::rename(name, fmt::format("{}{}", aside, end), problem);
    if (problem) {
      return Fail(ErrorKind::kUnavailable,
                  fmt::format("it is broken, and cannot be renamed: {}", problem.message()));
    }
  }
  return {};
}

Result<Database> Replace(const std::string& path, FileSystem& files, const Clock& clock,
                         const History::Warn& warn) {
  const auto lock = FileLock::TryLock(path + ".lock");
  if (!lock) {
    return Fail(ErrorKind::kConflict, "it is broken, and another process is replacing it");
  }
  // Which another process may have done by now.
  auto found = OpenSound(path);
  if (found || found.error().kind != ErrorKind::kInvalid) return found;
  const std::string aside = AsideName(path, clock, files);
  TRY_DO(SetAside(path, aside, files));
  warn(fmt::format("history {} is broken: {}; it is kept as {}, and a new one is begun",
                   Quote(path), found.error().message, Quote(aside)));
  return OpenSound(path);
}

Result<Database> OpenOrReplace(const std::string& path, FileSystem& files, const Clock& clock,
                               const History::Warn& warn) {
  TRY_DO(files.MakeDirectories(std::filesystem::path(path).parent_path().string()));
  auto found = OpenSound(path);
  if (found || found.error().kind != ErrorKind::kInvalid) return found;
  return Replace(path, files, clock, warn);
}

}  // namespace

History::History(Database database, const Clock& clock)
    : database_(std::make_unique<Database>(std::move(database))), clock_(&clock) {}
History::History(History&&) noexcept = default;
History::~History() = default;

Result<History> History::Open(const std::string& path, FileSystem& files, const Clock& clock,
                              const Warn& warn) {
  auto database = OpenOrReplace(path, files, clock, warn);
  if (database) return History(std::move(*database), clock);
  return Fail(database.error().kind,
              fmt::format("cannot use history {}: {}", Quote(path), database.error().message),
              "CTESTBED_HISTORY names another file, or is 'off'");
}

Status History::Record(const std::vector<Sample>& samples) {
  TRY(Transaction transaction, Transaction::Begin(*database_));
  TRY(Statement add_subject, database_->Prepare(kAddSubject));
  TRY(Statement add_sample, database_->Prepare(kAddSample));
  TRY(Statement drop_samples, database_->Prepare(kDropSamples));
  std::set<std::int64_t> seen;
  for (const Sample& sample : samples) {
    const Subject& of = sample.subject;
    add_subject.Bind(1, of.project).Bind(2, of.backend).Bind(3, MeasureName(of.measure));
    add_subject.Bind(4, of.preset).Bind(5, of.name).Bind(6, of.variant).Bind(7, sample.at);
    TRY(const bool added, add_subject.Next());
    const std::int64_t subject = added ? add_subject.Number(0) : 0;
    TRY_DO(add_subject.Run());
    add_sample.Bind(1, subject).Bind(2, sample.at).Bind(3, sample.session);
    add_sample.Bind(4, static_cast<std::int64_t>(sample.seq)).Bind(5, sample.duration.count());
    TRY_DO(add_sample.Bind(6, VerdictName(sample.verdict)).Run());
    seen.insert(subject);
  }
  for (const std::int64_t subject : seen) {
    TRY_DO(drop_samples.Bind(1, subject).Bind(2, std::int64_t{kSamplesKept}).Run());
  }
  TRY_DO(DropUnseen());
  return transaction.Commit();
}

Status History::DropUnseen() {
  TRY(Statement drop, database_->Prepare(kDropSubjects));
  return drop.Bind(1, clock_->WallTime()).Bind(2, fmt::format("-{} days", kDaysKept)).Run();
}

Result<std::vector<Sample>> History::Samples(const std::string& project) {
  TRY(Statement select, database_->Prepare(kSamplesOf));
  select.Bind(1, project);
  std::vector<Sample> samples;
  for (;;) {
    TRY(const bool more, select.Next());
    if (!more) return samples;
    Sample sample;
    TRY(const Measure measure, MeasureFromName(select.Text(1)));
    sample.subject = {project,        select.Text(0), measure,
                      select.Text(2), select.Text(3), select.Text(4)};
    sample.at = select.Text(5);
    sample.session = select.Text(6);
    sample.seq = static_cast<std::uint64_t>(select.Number(7));
    sample.duration = Duration(select.Number(8));
    TRY(sample.verdict, VerdictFromName(select.Text(9)));
    samples.push_back(std::move(sample));
  }
}

Result<size_t> History::Size() {
  TRY(const std::int64_t size, database_->AskNumber("SELECT count(*) FROM sample"));
  return static_cast<size_t>(size);
}

Status History::Prune() {
  TRY(Transaction transaction, Transaction::Begin(*database_));
  TRY_DO(DropUnseen());
  return transaction.Commit();
}

}  // namespace ctestbed
