// SPDX-License-Identifier: Apache-2.0
// Live access units as MP4 segments for Media Source Extensions: one segment per access unit, so
// that nothing waits for the next. Pure; confined to its subscription.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vedette::api::live {

class Fmp4Stream {
 public:
  struct Init {
    std::string mime;
    Bytes segment;
  };

  /// Begins anew at a video random access unit. Decode times start at 0 there. Errors as
  /// mp4::make_init_segment.
  [[nodiscard]] Result<Init> begin(const media::AccessUnit& first,
                                   const media::TrackInfoPtr& audio);
  /// Whether `first` needs a begin(): never begun, or other parameters.
  [[nodiscard]] bool needs_begin(const media::AccessUnit& first,
                                 const media::TrackInfoPtr& audio) const;

  /// The head of the segment; au.data follows it. nullopt for what cannot be placed: sound before
  /// the first picture, or a decode time that does not rise.
  [[nodiscard]] std::optional<Bytes> make_segment_head(const media::AccessUnit& au);

 private:
  struct Track {
    media::TrackInfoPtr info;
    int64_t origin = 0;     ///< of its clock: the start of the init segment's time
    int64_t last_dts = -1;  ///< since origin
    uint32_t duration = 0;  ///< guess for the newest sample: that of the one before
  };
  [[nodiscard]] static uint32_t first_guess(const media::TrackInfo& info);

  std::vector<Track> tracks_;  // video, then audio when there is sound
  uint32_t sequence_ = 0;
};

}  // namespace vedette::api::live
