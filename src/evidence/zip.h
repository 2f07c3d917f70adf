// SPDX-License-Identifier: Apache-2.0
// The container of an export bundle: a ZIP file (APPNOTE 6.3.10) of stored entries, in the one form
// that docs/design/bundle.md gives for a list of names, sizes and checksums. Every byte that is not
// of an entry follows from that list, so reading refuses every byte that could carry anything else.
// Entries and archives above 4 GiB use ZIP64. Pure functions, callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "mp4/source.h"

namespace vedette::evidence {

inline constexpr size_t kMaxZipEntries = 50'000;
inline constexpr size_t kMaxZipName = 200;

struct ZipEntry {
  std::string name;    ///< check_zip_name()
  uint64_t size = 0;   ///< bytes, stored as they are
  uint32_t crc32 = 0;  ///< of those bytes: Crc32 below

  friend bool operator==(const ZipEntry&, const ZipEntry&) = default;
};

/// The checksum of ISO 3309 over a message that comes in pieces. A value.
class Crc32 {
 public:
  void update(ByteSpan bytes);
  [[nodiscard]] uint32_t value() const { return ~state_; }

 private:
  uint32_t state_ = 0xFFFFFFFF;
};

/// Segments of [A-Za-z0-9._-] that do not begin with a dot, joined by '/'; at most kMaxZipName
/// bytes. So no name of a bundle leaves the folder it is unpacked to.
[[nodiscard]] Result<void> check_zip_name(std::string_view name);

/// What stands before the bytes of an entry. Its size does not depend on the checksum, which may
/// be filled in afterwards. REQUIRES: a name that check_zip_name() accepts.
[[nodiscard]] Bytes zip_local_header(const ZipEntry& entry);

/// What stands behind the bytes of the last entry. REQUIRES: at most kMaxZipEntries entries.
[[nodiscard]] Bytes zip_directory(std::span<const ZipEntry> entries);

struct ZipArchive {
  std::vector<ZipEntry> entries;
  std::vector<uint64_t> offsets;  ///< of the bytes of each entry in the source
};

/// data_loss for whatever is not exactly the form above, with the byte offset. Does not read the
/// entries and does not check their checksums.
[[nodiscard]] Result<ZipArchive> read_zip(const mp4::ByteSource& source);

}  // namespace vedette::evidence
