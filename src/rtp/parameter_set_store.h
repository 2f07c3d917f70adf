// SPDX-License-Identifier: Apache-2.0
// The parameter sets a camera has sent so far, in SDP or in the stream, and the TrackInfo of those
// that a picture uses. Bounded: ids out of range do not parse, and an id holds one set. Pure;
// confined to its depacketizer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "media/h264.h"
#include "media/h265.h"
#include "media/track.h"

namespace vedette::rtp {

class ParameterSetStore {
 public:
  ParameterSetStore(media::Codec codec, uint32_t clock_rate);

  /// Takes one NAL unit; bytes after a start code in it count as further ones (V380 cameras put
  /// Annex B into sprop-parameter-sets). False when it is no readable parameter set: ignored, as
  /// the camera may send a better one in the stream (VStarcam, GW Security).
  bool put(ByteSpan nal);
  /// Whether this very set was taken before and still holds.
  [[nodiscard]] bool known(ByteSpan nal) const;
  /// The comma-separated base64 sets of a sprop parameter.
  void put_sprop(std::string_view sprop);

  /// The header of a slice NAL unit; without the QP when its parameter sets are not known.
  [[nodiscard]] std::optional<media::SliceHeader> read_slice(ByteSpan nal) const;
  /// Interlaced coding is possible, so that two pictures may share a frame.
  [[nodiscard]] bool maybe_interlaced() const;
  /// The track that a random access picture with this PPS starts; the same pointer as long as
  /// nothing changed. nullptr when its sets are missing.
  [[nodiscard]] media::TrackInfoPtr activate(uint8_t pps_id);
  [[nodiscard]] const media::TrackInfoPtr& active() const { return active_; }

 private:
  template <typename T>
  struct Stored {
    Bytes nal;
    T parsed;
  };
  template <typename T>
  using Sets = std::vector<Stored<T>>;

  template <typename T, typename Parse>
  bool store(Sets<T>& sets, ByteSpan nal, Parse parse);
  bool put_one(ByteSpan nal);
  template <typename Sps, typename Pps>
  media::TrackInfoPtr build(const Sets<Sps>& all_sps, const Sets<Pps>& all_pps, uint8_t pps_id);

  media::Codec codec_;
  uint32_t clock_rate_;
  Sets<media::H264Sps> h264_sps_;
  Sets<media::H264Pps> h264_pps_;
  Sets<media::H265Vps> h265_vps_;
  Sets<media::H265Sps> h265_sps_;
  Sets<media::H265Pps> h265_pps_;
  bool changed_ = false;  ///< since the last activate()
  uint8_t active_pps_ = 0;
  media::TrackInfoPtr active_;
};

}  // namespace vedette::rtp
