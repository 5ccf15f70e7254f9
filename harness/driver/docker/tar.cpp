#include "driver/docker/tar.h"

#include <fmt/format.h>

namespace ctestbed {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kLongestName = 100;

void Put(std::string& header, size_t at, std::string_view text) {
  header.replace(at, text.size(), text);
}

void Pad(std::string& archive) {
  archive.append((kBlock - archive.size() % kBlock) % kBlock, '\0');
}

std::string Header(std::string_view name, char type, unsigned mode, size_t size,
                   std::string_view target) {
  std::string header(kBlock, '\0');
  Put(header, 0, name.substr(0, kLongestName));
  Put(header, 100, fmt::format("{:07o}", mode));
  Put(header, 108, "0000000");  // owner
  Put(header, 116, "0000000");  // group
  Put(header, 124, fmt::format("{:011o}", size));
  Put(header, 136, "00000000000");  // time
  Put(header, 148, "        ");     // the sum is over spaces in its place
  header[156] = type;
  Put(header, 157, target.substr(0, kLongestName));
  Put(header, 257, "ustar  ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  Put(header, 148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

void Append(std::string& archive, const std::string& header, std::string_view content) {
  archive += header;
  archive += content;
  Pad(archive);
}

// A name that has no room in the header of the entry that follows.
void AppendLong(std::string& archive, char type, const std::string& name) {
  if (name.size() <= kLongestName) return;
  const std::string content = name + '\0';
  Append(archive, Header("././@LongLink", type, 0, content.size(), ""), content);
}

}  // namespace

void AppendTar(std::string& archive, const std::string& path, const FileFacts& facts,
               std::string_view content) {
  const bool is_directory = facts.type == FileType::kDirectory;
  const bool is_link = facts.type == FileType::kLink;
  const std::string name = is_directory ? path + "/" : path;
  if (is_directory || is_link) content = "";
  AppendLong(archive, 'K', facts.target);
  AppendLong(archive, 'L', name);
  const char type = is_directory ? '5' : is_link ? '2' : '0';
  Append(archive, Header(name, type, facts.mode, content.size(), facts.target), content);
}

void EndTar(std::string& archive) {
  archive.append(2 * kBlock, '\0');
}

}  // namespace ctestbed
