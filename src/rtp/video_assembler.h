// SPDX-License-Identifier: Apache-2.0
// Gathers the NAL units of H.264 and H.265 into access units, for both depacketizers. RFC 6184 §5.1
// says that an access unit has one timestamp and ends at the marker; cameras break both, so a
// picture also ends where the bitstream begins another one (H.264 §7.4.1.2.3, H.265 §7.4.2.4.4).
// All bytes go into one scratch buffer that is kept. Pure; confined to its depacketizer.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "rtp/parameter_set_store.h"
#include "rtp/unit.h"

namespace vedette::rtp {

class VideoAssembler {
 public:
  /// REQUIRES: media::is_video(codec); `sink` outlives this.
  VideoAssembler(media::Codec codec, uint32_t clock_rate, UnitSink& sink);

  [[nodiscard]] ParameterSetStore& parameters() { return parameters_; }

  // Each packet: begin_packet(), what is in it, end_packet(). Those in between fail with
  // kResourceExhausted beyond kMaxAccessUnitSize.
  void begin_packet(const RtpPacket& packet, Loss loss, const Arrival& arrival);
  [[nodiscard]] Result<void> add_nal(ByteSpan nal);
  /// NAL units, each after its size in 16 bits: the body of STAP-A (RFC 6184 §5.7.1) and of an
  /// aggregation packet (RFC 7798 §4.4.2).
  [[nodiscard]] Result<void> add_aggregate(ByteSpan body);
  /// Of FU-A (RFC 6184 §5.8) or a fragmentation unit (RFC 7798 §4.4.3).
  struct Fragment {
    uint8_t fu_header = 0;  ///< start and end in its two upper bits, the same in both
    ByteSpan nal_header;    ///< of the NAL unit it is a part of
    ByteSpan body;
  };
  [[nodiscard]] Result<void> add_fragment(const Fragment& fragment);
  void end_packet(const RtpPacket& packet);
  /// Emits what the marker says is whole.
  void flush();

 private:
  static constexpr size_t kNone = SIZE_MAX;
  enum class Kind : uint8_t { kSlice, kParameterSet, kSei, kDelimiter, kOther };
  /// Whether markers can be believed: see track_receiver.h, pop().
  enum class Markers : uint8_t { kOnTrial, kTrusted, kWrong };

  [[nodiscard]] bool nal_open() const { return nal_start_ != kNone; }
  /// Starts a NAL unit; one still open is taken to be complete: the end bit of a fragment may be
  /// missing, a packet is not (begin_packet would have said so).
  void begin_nal();
  [[nodiscard]] Result<void> append(ByteSpan bytes);
  void end_nal();
  void reject_fragment();
  [[nodiscard]] Kind classify(ByteSpan nal) const;
  [[nodiscard]] bool may_hold_start_code(ByteSpan nal, Kind kind) const;
  void split_start_codes(ByteSpan nal);
  void take_nal(ByteSpan nal);
  void take_slice(ByteSpan nal);
  void keep_nal(ByteSpan nal);
  void drop_nal();
  [[nodiscard]] bool starts_picture(ByteSpan nal, Kind kind) const;
  void finish_before_nal();
  void finish();
  void emit(size_t size);
  void clear_picture();
  void settle_trial(bool next_is_new_picture);

  media::Codec codec_;
  UnitSink& sink_;
  ParameterSetStore parameters_;

  Bytes scratch_;             ///< the access unit so far, then the open NAL unit
  size_t nal_start_ = kNone;  ///< where the length of the open NAL unit stands
  Bytes split_;               ///< a NAL unit with start codes inside, while it is split

  struct Picture {
    bool has_slice = false;
    bool has_first_slice = false;
    bool damaged = false;
    bool hurt_after_slice = false;  ///< lost something after its first slice began
    bool random_access = false;
    bool recovery_point = false;
    bool marked = false;  ///< its marker came
    bool may_reorder = false;
    uint8_t pps_id = 0;
    int8_t qp = -1;
  };
  Picture picture_;
  bool loss_before_next_ = false;
  uint32_t timestamp_ = 0;  ///< of the packet being read
  uint32_t picture_timestamp_ = 0;
  std::optional<uint32_t> emitted_timestamp_;
  Arrival packet_arrival_;
  Arrival picture_arrival_;
  bool packet_marked_ = false;  ///< the last packet had the marker
  Markers markers_ = Markers::kOnTrial;
  int trials_passed_ = 0;
};

}  // namespace vedette::rtp
