// SPDX-License-Identifier: Apache-2.0
#include "rtp/video_assembler.h"

#include <algorithm>

#include "base/assert.h"
#include "media/nal.h"
#include "rtp/track_receiver.h"

namespace vedette::rtp {
namespace {

using media::Codec;
using media::kNalLengthSize;
namespace h264 = media::h264;
namespace h265 = media::h265;

constexpr int kTrials = 2;
/// A scratch buffer beyond this is given back after each picture: an IDR picture of a 4K camera is
/// rarely larger, and 256 cameras keep theirs.
constexpr size_t kKeepScratch = size_t{512} << 10;
/// A recovery point stands at the head of its SEI; user data of any length may follow.
constexpr size_t kSeiLookAt = 256;
/// SEI that no picture follows is kept up to this.
constexpr size_t kMaxWithoutSlice = size_t{64} << 10;

bool is_h265_slice(uint8_t type) { return type <= 9 || (type >= 16 && type <= 21); }

}  // namespace

VideoAssembler::VideoAssembler(Codec codec, uint32_t clock_rate, UnitSink& sink)
    : codec_(codec), sink_(sink), parameters_(codec, clock_rate) {
  VEDETTE_ASSERT(media::is_video(codec));
}

void VideoAssembler::begin_packet(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  if (loss == Loss::kBefore) {
    drop_nal();
    // A picture whose marker came is whole: what was lost belongs to the next one.
    if (picture_.marked && markers_ != Markers::kWrong) finish();
    picture_.damaged = true;
    picture_.hurt_after_slice = picture_.hurt_after_slice || picture_.has_slice;
    loss_before_next_ = picture_.has_slice && packet.timestamp != picture_timestamp_;
  }
  if (packet.timestamp != timestamp_ && nal_open()) {
    // The timestamp changes inside a fragmented NAL unit: its end bit is missing, and if its last
    // packet had no marker either, the camera dropped the rest before numbering it.
    end_nal();
    if (!packet_marked_) picture_.damaged = picture_.hurt_after_slice = true;
  }
  // Without a slice it is no picture yet: Reolink sends SPS and PPS with the timestamp of the
  // picture before, and they stay with what follows.
  if (picture_.has_slice && packet.timestamp != picture_timestamp_) {
    settle_trial(true);
    finish();
  } else if (packet.timestamp != timestamp_ && scratch_.size() > kMaxWithoutSlice) {
    scratch_.clear();
  }
  timestamp_ = packet.timestamp;
  packet_arrival_ = arrival;
}

Result<void> VideoAssembler::add_nal(ByteSpan nal) {
  begin_nal();
  VEDETTE_TRY(append(nal));
  end_nal();
  return ok();
}

Result<void> VideoAssembler::add_aggregate(ByteSpan body) {
  ByteReader reader(body);
  while (reader.remaining() >= 2) {
    const ByteSpan nal = reader.bytes(reader.u16());
    if (!reader.ok()) break;
    if (!nal.empty()) VEDETTE_TRY(add_nal(nal));
  }
  if (!reader.ok()) sink_.on_malformed();
  return ok();
}

// Taken as they come: start and end in one packet (CostarHD, OpenIPC), empty fragments, the
// reserved bit set, a NAL type in later fragments that is not that of the first (Tiandy).
Result<void> VideoAssembler::add_fragment(const Fragment& fragment) {
  const bool start = (fragment.fu_header & 0x80) != 0;
  const bool end = (fragment.fu_header & 0x40) != 0;
  if (start) {
    begin_nal();
    VEDETTE_TRY(append(fragment.nal_header));
  } else if (!nal_open()) {
    reject_fragment();
    return ok();
  }
  VEDETTE_TRY(append(fragment.body));
  if (end) end_nal();
  return ok();
}

void VideoAssembler::begin_nal() {
  if (nal_open()) end_nal();
  nal_start_ = scratch_.size();
  scratch_.resize(nal_start_ + kNalLengthSize);
}

Result<void> VideoAssembler::append(ByteSpan bytes) {
  VEDETTE_ASSERT(nal_open());
  if (bytes.size() > kMaxAccessUnitSize - std::min(scratch_.size(), kMaxAccessUnitSize)) {
    drop_nal();
    return make_error(ErrorCode::kResourceExhausted, "an access unit is larger than 16 MiB");
  }
  scratch_.insert(scratch_.end(), bytes.begin(), bytes.end());
  return ok();
}

void VideoAssembler::drop_nal() {
  if (!nal_open()) return;
  scratch_.resize(nal_start_);
  nal_start_ = kNone;
}

// Its beginning is missing.
void VideoAssembler::reject_fragment() {
  if (!picture_.damaged) sink_.on_malformed();
  picture_.damaged = true;
  picture_.hurt_after_slice = picture_.hurt_after_slice || picture_.has_slice;
}

void VideoAssembler::end_nal() {
  if (!nal_open()) return;
  const ByteSpan nal = ByteSpan(scratch_).subspan(nal_start_ + kNalLengthSize);
  if (may_hold_start_code(nal, nal.empty() ? Kind::kOther : classify(nal)) &&
      media::find_start_code(nal, 0) < nal.size()) {
    split_start_codes(nal);
  } else {
    take_nal(nal);
  }
}

// A valid NAL unit cannot contain a start code, and looking for one in every slice would cost more
// than all the rest here. What cameras put into one packet begins with a start code or with a
// parameter set.
bool VideoAssembler::may_hold_start_code(ByteSpan nal, Kind kind) const {
  return kind != Kind::kSlice || (nal.size() > 3 && nal[0] == 0 && nal[1] == 0);
}

void VideoAssembler::split_start_codes(ByteSpan nal) {
  split_.assign(nal.begin(), nal.end());
  drop_nal();
  for (const ByteSpan part : media::split_annex_b(split_)) {
    nal_start_ = scratch_.size();
    scratch_.resize(nal_start_ + kNalLengthSize);
    scratch_.insert(scratch_.end(), part.begin(), part.end());
    take_nal(ByteSpan(scratch_).subspan(nal_start_ + kNalLengthSize));
  }
  if (split_.capacity() > kKeepScratch) Bytes().swap(split_);
}

// REQUIRES: `nal` is the open one, at the end of scratch_. Closes it.
void VideoAssembler::take_nal(ByteSpan nal) {
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  if (nal.size() <= media::nal_header_size(codec_)) return drop_nal();
  const Kind kind = classify(nal);
  if (picture_.has_slice && starts_picture(nal, kind)) {
    finish_before_nal();
    nal = ByteSpan(scratch_).subspan(nal_start_ + kNalLengthSize, nal.size());
  }
  switch (kind) {
    case Kind::kSlice:
      return take_slice(nal);
    case Kind::kSei:
      if (codec_ == Codec::kH264 &&
          media::h264_recovery_point(nal.first(std::min(nal.size(), kSeiLookAt))))
        picture_.recovery_point = true;
      return keep_nal(nal);
    case Kind::kParameterSet:
      if (!parameters_.put(nal)) sink_.on_malformed();
      return drop_nal();
    case Kind::kDelimiter:
    case Kind::kOther:
      return drop_nal();
  }
}

void VideoAssembler::take_slice(ByteSpan nal) {
  const uint8_t type =
      codec_ == Codec::kH264 ? media::h264_nal_type(nal[0]) : media::h265_nal_type(nal[0]);
  if (!picture_.has_slice) {
    picture_.has_slice = true;
    picture_timestamp_ = timestamp_;
    picture_.random_access = codec_ == Codec::kH264
                                 ? type == h264::kIdr || picture_.recovery_point
                                 : type >= h265::kBlaWLp && type <= h265::kLastIrap;
    if (const auto slice = parameters_.read_slice(nal)) {
      picture_.has_first_slice = slice->first_in_picture;
      picture_.may_reorder = slice->type == media::SliceType::kB;
      picture_.pps_id = slice->pps_id;
      picture_.qp = slice->qp;
    }
    if (!picture_.has_first_slice && !picture_.damaged) {
      // The rest of a picture that was sent on at a marker that came too early.
      picture_.damaged = true;
      if (timestamp_ == emitted_timestamp_) markers_ = Markers::kWrong;
    }
  } else {
    settle_trial(false);
  }
  keep_nal(nal);
}

void VideoAssembler::keep_nal(ByteSpan nal) {
  const auto size = static_cast<uint32_t>(nal.size());
  for (size_t i = 0; i < kNalLengthSize; ++i)
    scratch_[nal_start_ + i] = static_cast<uint8_t>(size >> (24 - 8 * i));
  scratch_.resize(nal_start_ + kNalLengthSize + size);
  nal_start_ = kNone;
  picture_arrival_ = packet_arrival_;
}

VideoAssembler::Kind VideoAssembler::classify(ByteSpan nal) const {
  if (codec_ == Codec::kH264) {
    const uint8_t type = media::h264_nal_type(nal[0]);
    // Data partitions, between the two, are of a profile that no camera has and no player shows.
    // They are what slices of H.265 look like, from a camera that was set to that.
    if (type == h264::kSlice || type == h264::kIdr) return Kind::kSlice;
    if (type == h264::kSps || type == h264::kPps) return Kind::kParameterSet;
    if (type == h264::kSei) return Kind::kSei;
    return type == h264::kAud ? Kind::kDelimiter : Kind::kOther;
  }
  const uint8_t type = media::h265_nal_type(nal[0]);
  const bool base_layer = (nal[0] & 1) == 0 && (nal.size() < 2 || nal[1] >> 3 == 0);
  if (!base_layer) return Kind::kOther;
  if (is_h265_slice(type)) return Kind::kSlice;
  if (type >= h265::kVps && type <= h265::kPps) return Kind::kParameterSet;
  if (type == h265::kSeiPrefix || type == h265::kSeiSuffix) return Kind::kSei;
  return type == h265::kAud ? Kind::kDelimiter : Kind::kOther;
}

bool VideoAssembler::starts_picture(ByteSpan nal, Kind kind) const {
  // Two fields of a frame are two pictures to the bitstream and one to ISO/IEC 14496-15: there
  // only timestamp and marker count.
  if (parameters_.maybe_interlaced()) return false;
  if (kind == Kind::kDelimiter) return true;
  // GStreamer repeats them before every slice of an IDR picture (rtph264pay and rtph265pay with
  // config-interval=-1). Sets that change nothing end nothing: what comes behind them tells.
  if (kind == Kind::kParameterSet) return !parameters_.known(nal);
  if (kind == Kind::kSei)
    return codec_ == Codec::kH264 || media::h265_nal_type(nal[0]) == h265::kSeiPrefix;
  if (kind != Kind::kSlice) return false;
  const auto slice =
      codec_ == Codec::kH264 ? media::peek_h264_slice(nal) : media::peek_h265_slice(nal);
  return slice && slice->first_in_picture;
}

// The open NAL unit begins another picture: the bytes before it are one.
void VideoAssembler::finish_before_nal() {
  settle_trial(true);
  const size_t start = nal_start_;
  emit(start);
  scratch_.erase(scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(start));
  nal_start_ = 0;
  clear_picture();
}

void VideoAssembler::end_packet(const RtpPacket& packet) {
  packet_marked_ = packet.marker;
  if (!picture_.has_slice) return;
  // A marker on SEI or parameter sets alone ends nothing (Ivel, Reolink), nor does one inside
  // a fragmented NAL unit.
  if (!packet.marker || nal_open()) return;
  picture_.marked = true;
  if (markers_ == Markers::kTrusted) finish();
}

// Called when a picture has its marker and more came. On trial a marker passes when the next thing
// is another picture, and fails when it is another slice of the same one.
void VideoAssembler::settle_trial(bool next_is_new_picture) {
  if (!picture_.marked) return;
  if (!next_is_new_picture) {
    markers_ = Markers::kWrong;
  } else if (markers_ == Markers::kOnTrial && ++trials_passed_ >= kTrials) {
    markers_ = Markers::kTrusted;
  }
}

void VideoAssembler::flush() {
  drop_nal();
  if (picture_.has_slice && picture_.marked) finish();
}

void VideoAssembler::finish() {
  VEDETTE_ASSERT(!nal_open());
  emit(scratch_.size());
  if (scratch_.capacity() > kKeepScratch) {
    Bytes().swap(scratch_);
  } else {
    scratch_.clear();
  }
  clear_picture();
}

void VideoAssembler::clear_picture() {
  picture_ = Picture{};
  picture_.damaged = loss_before_next_;
  loss_before_next_ = false;
}

void VideoAssembler::emit(size_t size) {
  if (!picture_.has_slice) return;
  emitted_timestamp_ = picture_timestamp_;
  const bool restartable =
      picture_.random_access && picture_.has_first_slice && !picture_.hurt_after_slice;
  Unit unit;
  unit.track = restartable ? parameters_.activate(picture_.pps_id) : parameters_.active();
  if (!unit.track) return sink_.on_no_parameters();
  unit.timestamp = picture_timestamp_;
  unit.data = ByteSpan(scratch_).first(size);
  unit.arrival = picture_arrival_;
  unit.reordering = picture_.may_reorder ? Reordering::kPossible : Reordering::kImpossible;
  unit.random_access = restartable;
  unit.damaged = picture_.damaged;
  unit.qp = picture_.qp;
  sink_.on_unit(unit);
}

}  // namespace vedette::rtp
