#include "supervisor/journal.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "base/json.h"
#include "base/text.h"

namespace ctestbed {
namespace {

// CRC-32 of IEEE 802.3, as zlib computes it.
std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

}  // namespace

std::string ToLine(const JournalRecord& record) {
  const std::string text = DumpJson({{"event", record.event},
                                     {"action", record.action},
                                     {"node", record.node},
                                     {"data", record.data}});
  return fmt::format("{:08x} {}\n", Crc32(text), text);
}

std::vector<JournalRecord> ReadJournal(std::string_view text) {
  std::vector<JournalRecord> records;
  for (size_t start = 0;;) {
    const size_t end = text.find('\n', start);
    if (end == std::string_view::npos || end - start < 9) return records;
    const std::string_view line = text.substr(start, end - start);
    if (line[8] != ' ' || line.substr(0, 8) != fmt::format("{:08x}", Crc32(line.substr(9))))
      return records;
    const auto json = ParseJson(line.substr(9));
    if (!json) return records;
    records.push_back({JsonText(*json, "event"), JsonText(*json, "action"), JsonText(*json, "node"),
                       JsonText(*json, "data")});
    start = end + 1;
  }
}

Status Journal::Append(const JournalRecord& record) {
  const std::lock_guard lock(mutex_);
  return file_->Append(ToLine(record), true);
}

}  // namespace ctestbed
