// SPDX-License-Identifier: Apache-2.0
// A recording as fragmented MP4, converted to H.264 picture by picture: the same tracks and times,
// with other pictures. What is read is what playback answers; what is written begins with an init
// segment and goes on in fragments of a few pictures, so that the first can be shown before the
// last is coded. Sound is passed on as it is. Confined to one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "mp4/reader.h"
#include "mp4/source.h"
#include "vision/transcoder.h"

namespace vedette::transcode {

enum class Progress : uint8_t {
  kMore,   ///< call again
  kPiece,  ///< the next bytes are there
  kEnd,    ///< there are no more
};

class RecordingConverter {
 public:
  /// `media`: an init segment with one sample entry per video track, then `moof mdat` pairs, as
  /// playback::VirtualMp4 and playback::KeyFrameMp4 give them.
  RecordingConverter(std::unique_ptr<mp4::ByteSource> media, vision::TranscoderOptions options);

  /// Converts at most one picture. kPiece: `out` is the next piece. Errors: what `media` gives,
  /// data_loss for what is no such MP4, unsupported for a codec that is not decoded here.
  [[nodiscard]] Result<Progress> step(Bytes& out);
  /// How much of `media` is done, from 0 to 1.
  [[nodiscard]] double done() const;
  [[nodiscard]] uint64_t pictures() const { return pictures_; }

 private:
  /// A picture that waits for its piece, or its access unit in the decoder; ticks of the video.
  struct Timing {
    int64_t pts = 0;
    uint32_t duration = 0;
  };
  struct Picture {
    media::AccessUnitPtr au;
    Timing when;
  };

  [[nodiscard]] Result<Progress> begin(Bytes& out);
  [[nodiscard]] Result<bool> load_fragment();
  [[nodiscard]] Result<void> open_coder(const mp4::Run& run);
  [[nodiscard]] Result<void> convert_next();
  [[nodiscard]] Result<void> drain();
  [[nodiscard]] bool at_break() const;
  void place(std::vector<media::AccessUnitPtr> coded);
  [[nodiscard]] bool has_piece() const { return !ready_.empty() || has_sound_; }
  [[nodiscard]] Bytes make_piece();

  const std::unique_ptr<mp4::ByteSource> media_;
  const vision::TranscoderOptions options_;
  std::optional<mp4::Movie> movie_;
  uint32_t video_id_ = 0;  ///< of the track in movie_; ids are 1, 2, … in both
  uint32_t timescale_ = 0;
  media::TrackInfoPtr from_;
  std::unique_ptr<vision::Transcoder> coder_;
  bool begun_ = false;

  uint64_t offset_ = 0;     ///< in media_, of the next fragment
  mp4::Fragment fragment_;  ///< the one being converted
  Bytes data_;              ///< of its mdat
  uint64_t data_offset_ = 0;
  const mp4::Run* video_ = nullptr;  ///< in fragment_
  size_t sample_ = 0;                ///< of *video_, the next
  size_t sample_offset_ = 0;         ///< in data_
  int64_t dts_ = 0;
  std::optional<int64_t> end_;  ///< where the fragment before ended: what begins later is a break
  bool has_sound_ = false;      ///< of fragment_, not yet sent

  std::map<int64_t, Timing> waiting_;  ///< in the decoder, by the time that it comes out with
  std::vector<Picture> ready_;
  uint32_t sequence_ = 0;
  uint64_t pictures_ = 0;
};

}  // namespace vedette::transcode
