// SPDX-License-Identifier: Apache-2.0
#include "api/live_fmp4.h"

#include <algorithm>

#include "mp4/fragment.h"
#include "mp4/init_segment.h"

namespace vedette::api::live {

uint32_t Fmp4Stream::first_guess(const media::TrackInfo& info) {
  if (!media::is_video(info.codec)) return info.timescale / 50;
  const double fps = info.fps >= 1 ? info.fps : 15;
  return static_cast<uint32_t>(info.timescale / fps);
}

bool Fmp4Stream::needs_begin(const media::AccessUnit& first,
                             const media::TrackInfoPtr& audio) const {
  if (tracks_.empty() || !(*tracks_.front().info == *first.track)) return true;
  const bool has_audio = tracks_.size() > 1;
  if (has_audio != (audio != nullptr)) return true;
  return has_audio && !(*tracks_[1].info == *audio);
}

Result<Fmp4Stream::Init> Fmp4Stream::begin(const media::AccessUnit& first,
                                           const media::TrackInfoPtr& audio) {
  std::vector<media::TrackInfoPtr> infos = {first.track};
  if (audio) infos.push_back(audio);
  tracks_.clear();
  sequence_ = 0;
  VEDETTE_ASSIGN(Bytes segment, mp4::make_init_segment(infos, 0));
  const int64_t origin_us = ticks_to_us(first.dts, first.track->timescale);
  for (const media::TrackInfoPtr& info : infos) {
    const int64_t origin =
        info == first.track ? first.dts : us_to_ticks(origin_us, info->timescale);
    tracks_.push_back({info, origin, -1, first_guess(*info)});
  }
  return Init{mp4::mime_type(infos), std::move(segment)};
}

std::optional<Bytes> Fmp4Stream::make_segment_head(const media::AccessUnit& au) {
  const bool video = media::is_video(au.track->codec);
  const size_t index = video ? 0 : 1;
  if (index >= tracks_.size() || !(*tracks_[index].info == *au.track)) return std::nullopt;
  Track& track = tracks_[index];
  const int64_t dts = au.dts - track.origin;
  if (dts < 0 || dts <= track.last_dts) return std::nullopt;
  if (track.last_dts >= 0) {
    // A pause is not a frame that lasted: keep the guess within a second.
    track.duration =
        static_cast<uint32_t>(std::min<int64_t>(dts - track.last_dts, track.info->timescale));
  }
  track.last_dts = dts;
  const mp4::Sample sample{static_cast<uint32_t>(au.data.size()), track.duration,
                           static_cast<int32_t>(au.pts - au.dts), au.random_access};
  const mp4::TrackRun run{static_cast<uint32_t>(index + 1), dts, {&sample, 1}, 1};
  return mp4::make_fragment_head(++sequence_, {&run, 1});
}

}  // namespace vedette::api::live
