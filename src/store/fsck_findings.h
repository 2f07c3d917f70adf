// SPDX-License-Identifier: Apache-2.0
// What fsck can find, and the report it gives. Values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::store {

enum class FindingKind : uint8_t {
  // Presence.
  kMissingFile,
  kUnlistedFile,
  kDeletionPending,
  kMovedFile,
  kDuplicate,
  kForeignFile,
  kOtherSite,
  kEmptyFile,
  kNotAFile,
  kUnreadable,
  kVolumeMissing,
  kOtherCatalog,
  // Structure.
  kDamagedHead,
  kDamagedFragment,
  kWrongSamples,
  kWrongIndex,
  kSequenceHole,
  kTornEnd,
  kNotClosed,
  kMisplaced,
  kSizeDiffers,
  kCatalogDiffers,
  kDamagedRow,
  // Hashes.
  kAlteredFragment,
  kBrokenChain,
};
inline constexpr size_t kFindingKinds = static_cast<size_t>(FindingKind::kBrokenChain) + 1;

/// snake_case: "missing_file".
[[nodiscard]] std::string_view to_string(FindingKind kind);
/// A remark rather than a fault of the archive: somebody else's file, a second copy.
[[nodiscard]] bool is_note(FindingKind kind);
/// One line for a person: what it means and what to do.
[[nodiscard]] std::string_view explain(FindingKind kind);

struct Finding {
  FindingKind kind = FindingKind::kMissingFile;
  std::string path;    ///< of the file or folder, with the volume's folder
  std::string detail;  ///< one line; may be empty
};

struct FsckReport {
  static constexpr size_t kMaxListed = 1000;

  std::vector<Finding> findings;  ///< the first kMaxListed; counts has them all
  std::array<uint64_t, kFindingKinds> counts{};
  std::vector<std::string> rebuilt;  ///< ids of the volumes whose every folder was listed
  std::map<std::string, int64_t> listed_bytes;  ///< by volume id: what a rebuild added or took away
  uint64_t files = 0;                           ///< recording files looked at
  uint64_t fragments = 0;
  uint64_t bytes = 0;         ///< of these files
  uint64_t hashed_bytes = 0;  ///< read in full and compared
  uint64_t restored_files = 0;
  uint64_t restored_fragments = 0;
  uint64_t restored_gaps = 0;
  uint64_t dropped_rows = 0;  ///< of files that are no longer there
  int64_t elapsed_us = 0;
  bool cancelled = false;
  std::string error;  ///< why it could not be carried out; empty when it was

  void add(FindingKind kind, std::string path, std::string detail = {});
  [[nodiscard]] uint64_t count(FindingKind kind) const { return counts[static_cast<size_t>(kind)]; }
  /// Findings that are no notes.
  [[nodiscard]] uint64_t problems() const;
};

}  // namespace vedette::store
