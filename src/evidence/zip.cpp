// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace vedette::evidence {
namespace {

constexpr uint32_t kLocalSignature = 0x04034b50;
constexpr uint32_t kCentralSignature = 0x02014b50;
constexpr uint32_t kEndSignature = 0x06054b50;
constexpr uint32_t kEnd64Signature = 0x06064b50;
constexpr uint32_t kLocator64Signature = 0x07064b50;

constexpr uint16_t kVersionStored = 10;
constexpr uint16_t kVersion64 = 45;
constexpr uint16_t kMadeBy = 3 << 8 | kVersion64;  // Unix, so that the permissions below count
constexpr uint32_t kPermissions = 0100644U << 16;
constexpr uint16_t kFirstDay = 1 << 5 | 1;  // 1980-01-01: real times stand in the manifest
constexpr uint16_t kExtra64 = 1;

constexpr uint32_t kFull32 = 0xFFFFFFFF;
constexpr size_t kLocalBytes = 30;
constexpr size_t kCentralBytes = 46;
constexpr size_t kEndBytes = 22;
constexpr size_t kEnd64Bytes = 56;
constexpr size_t kLocator64Bytes = 20;
constexpr uint64_t kMaxDirectory = kMaxZipEntries * (kCentralBytes + kMaxZipName + 28);

/// The format is little-endian, unlike everything else of ours.
class LittleWriter {
 public:
  void u16(uint64_t v) { little_endian(v, 2); }
  void u32(uint64_t v) { little_endian(v, 4); }
  void u64(uint64_t v) { little_endian(v, 8); }
  void text(std::string_view v) { bytes_.insert(bytes_.end(), v.begin(), v.end()); }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }
  [[nodiscard]] size_t size() const { return bytes_.size(); }

 private:
  void little_endian(uint64_t v, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<uint8_t>(v >> (8 * i)));
  }
  Bytes bytes_;
};

uint64_t little(ByteSpan bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

bool is_large(uint64_t value) { return value >= kFull32; }
uint64_t capped(uint64_t value) { return std::min<uint64_t>(value, kFull32); }

/// From the version to the length of the name: the same in both headers of an entry.
void put_shared(LittleWriter& out, const ZipEntry& entry, bool zip64) {
  out.u16(zip64 ? kVersion64 : kVersionStored);
  out.u16(0);  // flags
  out.u16(0);  // stored
  out.u16(0);  // 00:00:00
  out.u16(kFirstDay);
  out.u32(entry.crc32);
  out.u32(capped(entry.size));
  out.u32(capped(entry.size));
  out.u16(entry.name.size());
}

void put_central(LittleWriter& out, const ZipEntry& entry, uint64_t offset) {
  const bool large_size = is_large(entry.size);
  const bool large_offset = is_large(offset);
  const uint16_t fields = static_cast<uint16_t>((large_size ? 16 : 0) + (large_offset ? 8 : 0));
  out.u32(kCentralSignature);
  out.u16(kMadeBy);
  put_shared(out, entry, fields > 0);
  out.u16(fields > 0 ? fields + 4U : 0U);
  out.u16(0);  // comment
  out.u16(0);  // disk
  out.u16(0);  // internal attributes
  out.u32(kPermissions);
  out.u32(capped(offset));
  out.text(entry.name);
  if (fields == 0) return;
  out.u16(kExtra64);
  out.u16(fields);
  if (large_size) out.u64(entry.size);
  if (large_size) out.u64(entry.size);
  if (large_offset) out.u64(offset);
}

void put_end(LittleWriter& out, size_t count, uint64_t begin, uint64_t size) {
  if (is_large(begin)) {
    const uint64_t end64 = begin + size;
    out.u32(kEnd64Signature);
    out.u64(kEnd64Bytes - 12);
    out.u16(kMadeBy);
    out.u16(kVersion64);
    out.u32(0);
    out.u32(0);
    out.u64(count);
    out.u64(count);
    out.u64(size);
    out.u64(begin);
    out.u32(kLocator64Signature);
    out.u32(0);
    out.u64(end64);
    out.u32(1);
  }
  out.u32(kEndSignature);
  out.u16(0);
  out.u16(0);
  out.u16(count);
  out.u16(count);
  out.u32(size);
  out.u32(capped(begin));
  out.u16(0);
}

Error broken(uint64_t offset, std::string_view what) {
  return make_error(ErrorCode::kDataLoss,
                    fmt::format("byte {}: {}; this is not a bundle as Vedette writes it, or it "
                                "was changed or cut off",
                                offset, what));
}

/// Where the central directory says it lies.
struct DirectoryPlace {
  uint64_t begin = 0;
  uint64_t end = 0;  ///< of the directory proper; the end records follow
  size_t count = 0;
};

Result<DirectoryPlace> find_directory(const mp4::ByteSource& source) {
  const uint64_t size = source.size();
  if (size < kEndBytes) return broken(0, "too short for an archive");
  VEDETTE_ASSIGN(const Bytes end, mp4::read_exactly(source, size - kEndBytes, kEndBytes));
  const ByteSpan fields(end);
  if (little(fields.first(4)) != kEndSignature) {
    return broken(size - kEndBytes, "the end of the archive is missing");
  }
  DirectoryPlace place;
  place.count = static_cast<size_t>(little(fields.subspan(10, 2)));
  const uint64_t directory_size = little(fields.subspan(12, 4));
  place.begin = little(fields.subspan(16, 4));
  if (place.begin == kFull32) {
    constexpr size_t kTail = kEnd64Bytes + kLocator64Bytes + kEndBytes;
    if (size < kTail) return broken(0, "too short for an archive");
    VEDETTE_ASSIGN(const Bytes end64, mp4::read_exactly(source, size - kTail, kEnd64Bytes));
    place.begin = little(ByteSpan(end64).subspan(48, 8));
  }
  place.end = place.begin + directory_size;
  if (directory_size > kMaxDirectory || place.begin > size || place.end > size) {
    return broken(size - kEndBytes, "the directory does not lie within the archive");
  }
  return place;
}

/// The values of one entry of the directory; its other bytes are compared afterwards.
Result<ZipEntry> read_central(ByteSpan directory, size_t& at, uint64_t begin) {
  const ByteSpan head = directory.subspan(at);
  if (head.size() < kCentralBytes || little(head.first(4)) != kCentralSignature) {
    return broken(begin + at, "an entry of the directory is missing");
  }
  ZipEntry entry;
  entry.crc32 = static_cast<uint32_t>(little(head.subspan(16, 4)));
  entry.size = little(head.subspan(24, 4));
  const auto name_size = static_cast<size_t>(little(head.subspan(28, 2)));
  const auto extra_size = static_cast<size_t>(little(head.subspan(30, 2)));
  if (head.size() < kCentralBytes + name_size + extra_size) {
    return broken(begin + at, "an entry of the directory is cut off");
  }
  entry.name = as_text(head.subspan(kCentralBytes, name_size));
  if (entry.size == kFull32) {
    if (extra_size < 12) return broken(begin + at, "an entry lacks its size");
    entry.size = little(head.subspan(kCentralBytes + name_size + 4, 8));
  }
  if (const auto name = check_zip_name(entry.name); !name) {
    return broken(begin + at, name.error().what);
  }
  at += kCentralBytes + name_size + extra_size;
  return entry;
}

Result<void> expect(const mp4::ByteSource& source, uint64_t offset, ByteSpan wanted) {
  VEDETTE_ASSIGN(const Bytes found, mp4::read_exactly(source, offset, wanted.size()));
  const auto [there, mine] = std::mismatch(found.begin(), found.end(), wanted.begin());
  if (there == found.end()) return ok();
  return broken(offset + static_cast<uint64_t>(there - found.begin()),
                "the frame of the archive is not what its entries make it");
}

constexpr std::array<std::array<uint32_t, 256>, 8> make_crc_tables() {
  std::array<std::array<uint32_t, 256>, 8> tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    tables[0][byte] = crc;
  }
  for (size_t table = 1; table < 8; ++table) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[table - 1][byte];
      tables[table][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr auto kCrcTables = make_crc_tables();

}  // namespace

void Crc32::update(ByteSpan bytes) {
  uint32_t crc = state_;
  size_t i = 0;
  // Eight bytes a step, each through a table of its own, which do not wait for each other.
  for (; i + 8 <= bytes.size(); i += 8) {
    const auto low = static_cast<uint32_t>(little(bytes.subspan(i, 4))) ^ crc;
    crc = kCrcTables[7][low & 0xFF] ^ kCrcTables[6][low >> 8 & 0xFF] ^
          kCrcTables[5][low >> 16 & 0xFF] ^ kCrcTables[4][low >> 24] ^ kCrcTables[3][bytes[i + 4]] ^
          kCrcTables[2][bytes[i + 5]] ^ kCrcTables[1][bytes[i + 6]] ^ kCrcTables[0][bytes[i + 7]];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ kCrcTables[0][(crc ^ bytes[i]) & 0xFF];
  state_ = crc;
}

Result<void> check_zip_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  bool begins = true;  // a segment does
  bool good = !name.empty() && name.size() <= kMaxZipName;
  for (const char c : name) {
    if (c == '/' ? begins : (!allowed(c) || (begins && c == '.'))) good = false;
    begins = c == '/';
  }
  if (good && !begins) return ok();
  return make_error(ErrorCode::kInvalidArgument, "a name that no file of a bundle has");
}

Bytes zip_local_header(const ZipEntry& entry) {
  const bool zip64 = is_large(entry.size);
  LittleWriter out;
  out.u32(kLocalSignature);
  put_shared(out, entry, zip64);
  out.u16(zip64 ? 20 : 0);
  out.text(entry.name);
  if (zip64) {
    out.u16(kExtra64);
    out.u16(16);
    out.u64(entry.size);
    out.u64(entry.size);
  }
  return out.take();
}

Bytes zip_directory(std::span<const ZipEntry> entries) {
  LittleWriter out;
  uint64_t offset = 0;
  for (const ZipEntry& entry : entries) {
    put_central(out, entry, offset);
    offset += kLocalBytes + entry.name.size() + (is_large(entry.size) ? 20 : 0) + entry.size;
  }
  put_end(out, entries.size(), offset, out.size());
  return out.take();
}

Result<ZipArchive> read_zip(const mp4::ByteSource& source) {
  VEDETTE_ASSIGN(const DirectoryPlace place, find_directory(source));
  const auto size = static_cast<size_t>(place.end - place.begin);
  VEDETTE_ASSIGN(const Bytes directory, mp4::read_exactly(source, place.begin, size));
  ZipArchive archive;
  std::set<std::string> names;
  uint64_t offset = 0;
  for (size_t at = 0; at < directory.size();) {
    VEDETTE_ASSIGN(ZipEntry entry, read_central(directory, at, place.begin));
    if (!names.insert(entry.name).second) return broken(place.begin, "a name stands twice");
    if (archive.entries.size() == kMaxZipEntries) return broken(place.begin, "too many entries");
    const Bytes header = zip_local_header(entry);
    if (offset > place.begin || place.begin - offset < header.size() ||
        place.begin - offset - header.size() < entry.size) {
      return broken(offset, "an entry reaches into the directory");
    }
    VEDETTE_TRY(expect(source, offset, header));
    archive.offsets.push_back(offset + header.size());
    offset += header.size() + entry.size;
    archive.entries.push_back(std::move(entry));
  }
  if (offset != place.begin) return broken(offset, "bytes that belong to no entry");
  const Bytes wanted = zip_directory(archive.entries);
  if (place.begin + wanted.size() != source.size()) {
    return broken(place.end, "bytes behind the archive");
  }
  VEDETTE_TRY(expect(source, place.begin, wanted));
  return archive;
}

}  // namespace vedette::evidence
