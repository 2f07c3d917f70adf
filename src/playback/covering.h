// SPDX-License-Identifier: Apache-2.0
// Which fragments a range of time needs to be decoded, and reading them. Any thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "mp4/reader.h"
#include "playback/archive.h"

namespace vedette::playback {

/// Longest distance from a picture back to the random access unit it needs. A camera with a longer
/// GOP plays from its next one on.
inline constexpr Duration kMaxGop{std::chrono::seconds(60)};

/// The fragments that overlap the range and those before them that their decoding needs, in the
/// order of the archive. A fragment that continues a GOP whose beginning is not there is left out.
[[nodiscard]] Result<std::vector<store::FragmentRef>> covering_fragments(
    Archive& archive, const FragmentRange& range);

/// Reads from the files of fragments and keeps the last one open. Confined to one thread at a time.
class FragmentReader {
 public:
  explicit FragmentReader(Archive& archive) : archive_(archive) {}

  /// Fills `out` from `offset` of the file. kNotFound: retention removed it. kDataLoss: it is
  /// shorter than the catalog says.
  [[nodiscard]] Result<void> read(const store::FileRefPtr& file, uint64_t offset,
                                  std::span<uint8_t> out);
  /// ftyp and moov of the file.
  [[nodiscard]] Result<mp4::Movie> read_movie(const store::FileRefPtr& file);
  /// The moof box, checked to be one of the size the catalog says.
  [[nodiscard]] Result<Bytes> read_moof(const store::FragmentRef& fragment);

 private:
  Archive& archive_;
  store::FileRefPtr open_ref_;
  std::unique_ptr<fs::File> open_file_;
};

}  // namespace vedette::playback
