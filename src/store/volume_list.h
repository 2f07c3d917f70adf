// SPDX-License-Identifier: Apache-2.0
// Where a site records to and how much of each disk it may take, as a person sets it; and what
// becomes of that when `vedette serve` is told something else. Pure values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vedette::store {

struct VolumeSpec {
  std::string path;
  std::optional<int64_t> quota_bytes;    ///< our files, and what is reserved for them, stay below
  std::optional<int64_t> reserve_bytes;  ///< kept free on the disk; else by ArchiveOptions
  friend bool operator==(const VolumeSpec&, const VolumeSpec&) = default;
};

inline constexpr size_t kMaxVolumes = 64;
/// In the data folder: recorded to when nobody named another one.
inline constexpr const char* kDefaultVolume = "video";

/// "/srv/disk1", or a name in the data folder: "video". kInvalidArgument says what is wrong.
[[nodiscard]] Result<void> check_volume_path(const std::string& path);
/// The path, a quota above 0 and a reserve of 0 or more, where they are given.
[[nodiscard]] Result<void> check_volume(const VolumeSpec& volume);

/// The options --volume and --quota.
struct VolumeWords {
  std::vector<VolumeSpec> volumes;
  std::optional<int64_t> quota_bytes;  ///< of each volume without its own
  friend bool operator==(const VolumeWords&, const VolumeWords&) = default;
};
/// One line for the quota and one for each volume; read back by parse_words().
[[nodiscard]] std::string to_text(const VolumeWords& words);
/// nullopt for what to_text() could not have written.
[[nodiscard]] std::optional<VolumeWords> parse_words(const std::string& text);

/// Whoever spoke last is followed: of the options only what they say otherwise than at the last
/// start. So a limit that was changed on the page survives a restart with the same options, and an
/// option that was changed is obeyed. `before` is absent at a site's first start. The result has
/// one volume at least.
[[nodiscard]] std::vector<VolumeSpec> take_over(std::vector<VolumeSpec> configured,
                                                const std::optional<VolumeWords>& before,
                                                const VolumeWords& now);

}  // namespace vedette::store
