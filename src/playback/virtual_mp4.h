// SPDX-License-Identifier: Apache-2.0
// A range of recorded time as one MP4 that exists nowhere: an init segment made for it, then the
// fragments as they lie on disk, each moof moved in time as it is read. Its size is known from the
// catalog alone; a byte range costs the reads it covers.
//
// Several runs share one video track and one audio track: each set of parameters is a sample entry
// of its own, and fragments name theirs. Runs keep their distance in real time; one that seems to
// begin before the previous one ended (the wall clock was set back) begins where that ended.
// Confined to one thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "playback/covering.h"

namespace vedette::playback {

struct MediaRequest {
  std::string camera;
  media::StreamKind kind = media::StreamKind::kMain;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive
};

/// Whether runs with other parameters share a track. Not every player changes its decoder in the
/// middle of one (FFmpeg keeps the first sample entry).
enum class Entries : uint8_t { kMany, kOnePerTrack };

class VirtualMp4 {
 public:
  /// Null when nothing is recorded there. Reads the head of one file per run and one moof of each.
  /// Ends before the first run that cannot share the tracks: end() then lies before `to`.
  [[nodiscard]] static Result<std::unique_ptr<VirtualMp4>> plan(Archive& archive,
                                                                const MediaRequest& request,
                                                                Entries entries = Entries::kMany);
  /// The same of what covering_fragments() gave, as far as one file can hold it: the first
  /// fragment_count() of them. REQUIRES: not empty.
  [[nodiscard]] static Result<std::unique_ptr<VirtualMp4>> join(
      Archive& archive, std::span<const store::FragmentRef> fragments, Entries entries);

  [[nodiscard]] uint64_t size() const { return offsets_.back(); }
  /// Fills `out` from `offset`; fewer bytes only at the end. kNotFound when retention removed a
  /// file since.
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out);

  [[nodiscard]] WallTime start() const { return start_; }  ///< UTC of media time 0
  [[nodiscard]] WallTime end() const { return end_; }      ///< of the last fragment
  [[nodiscard]] size_t fragment_count() const { return parts_.size(); }
  /// The same for the same bytes.
  [[nodiscard]] std::string etag() const;

 private:
  friend class MediaPlanner;
  explicit VirtualMp4(Archive& archive) : reader_(archive) {}

  /// How the fragments of one run are rewritten.
  struct Run {
    std::vector<mp4::TrackPatch> tracks;
  };
  struct Part {
    store::FragmentRef fragment;
    uint32_t run = 0;  ///< index in runs_
  };

  [[nodiscard]] Result<void> load_moof(size_t part);
  [[nodiscard]] Result<void> copy_from_part(size_t part, uint64_t offset, std::span<uint8_t> out);

  FragmentReader reader_;
  Bytes init_;
  std::vector<Run> runs_;
  std::vector<Part> parts_;
  /// Where each part begins: offsets_[0] is the end of the init segment, the last is size().
  std::vector<uint64_t> offsets_;
  WallTime start_;
  WallTime end_;
  Bytes moof_;  ///< of part moof_part_, rewritten
  size_t moof_part_ = SIZE_MAX;
};

}  // namespace vedette::playback
