// SPDX-License-Identifier: Apache-2.0
// The random access pictures of a range of recorded time as one MP4 that exists nowhere: what
// scrubbing and fast playback show. An init segment, then one fragment of one sample per picture.
// Costs one small read per picture to plan, and the pictures themselves to send.
//
// Times in the file are microseconds of UTC since start(). A picture lasts until the next one of
// the file, or until the recording breaks: a hole between two pictures is a hole in the recording.
// Confined to one thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "playback/virtual_mp4.h"

namespace vedette::playback {

struct KeyFrameRequest {
  MediaRequest media;
  /// At most one picture per stretch of this length, counted from 1970, so that two requests agree
  /// on which; more only where the recording begins again after a break. 0: all.
  Duration every{0};
  /// One: the file ends before the first picture with other parameters.
  Entries entries = Entries::kMany;
};

/// An answer ends early with this many pictures: end() is where to ask on.
inline constexpr size_t kMaxKeyFrames = 1000;

class KeyFrameMp4 {
 public:
  /// Null when nothing is recorded there. The first picture is that of the range's beginning.
  [[nodiscard]] static Result<std::unique_ptr<KeyFrameMp4>> plan(Archive& archive,
                                                                 const KeyFrameRequest& request);

  [[nodiscard]] uint64_t size() const { return offsets_.back(); }
  /// Fills `out` from `offset`; fewer bytes only at the end. kNotFound when retention removed a
  /// file since.
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out);

  [[nodiscard]] WallTime start() const { return start_; }  ///< UTC of media time 0
  [[nodiscard]] WallTime end() const { return end_; }      ///< of what the last picture stands for
  [[nodiscard]] size_t picture_count() const { return parts_.size(); }
  /// The same for the same bytes.
  [[nodiscard]] std::string etag() const;

 private:
  friend class KeyFramePlanner;
  explicit KeyFrameMp4(Archive& archive) : reader_(archive) {}

  struct Part {
    store::FileRefPtr file;
    Bytes head;                ///< moof and the header of mdat
    uint64_t data_offset = 0;  ///< of the coded picture in the file
    uint32_t data_size = 0;
  };

  [[nodiscard]] Result<void> copy_from_part(const Part& part, uint64_t offset,
                                            std::span<uint8_t> out);

  FragmentReader reader_;
  Bytes init_;
  std::vector<Part> parts_;
  /// Where each part begins: offsets_[0] is the end of the init segment, the last is size().
  std::vector<uint64_t> offsets_;
  WallTime start_;
  WallTime end_;
};

}  // namespace vedette::playback
