// SPDX-License-Identifier: Apache-2.0
// Whatever a description says, the tracks chosen from it are sound: at most one video, first, and
// one audio, with a clock rate and an address that holds no line break.
#include "rtsp/sdp.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::rtsp;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto sdp = parse_sdp(text);
  if (!sdp) return 0;
  VEDETTE_ASSERT(sdp->media.size() <= kMaxMedia);
  const auto tracks = choose_tracks(*sdp, "rtsp://192.168.1.20:554/live?x=1/");
  VEDETTE_ASSERT(!tracks || !sdp->media.empty());
  if (!tracks) return 0;
  VEDETTE_ASSERT(!tracks->empty() && tracks->size() <= 2);
  for (size_t i = 0; i < tracks->size(); ++i) {
    const TrackDescription& track = (*tracks)[i];
    VEDETTE_ASSERT(vedette::media::is_video(track.codec) == (i == 0));
    VEDETTE_ASSERT(track.clock_rate != 0 && track.payload_type < 128);
    VEDETTE_ASSERT(track.control.find('\n') == std::string::npos);
  }
  return 0;
}
