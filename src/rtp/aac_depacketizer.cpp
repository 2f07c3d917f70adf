// SPDX-License-Identifier: Apache-2.0
#include "rtp/aac_depacketizer.h"

#include <algorithm>
#include <string>

#include "media/aac.h"
#include "media/bit_reader.h"
#include "media/track_info.h"
#include "rtp/fmtp.h"

namespace vedette::rtp {
namespace {

constexpr size_t kMaxFrameSize = size_t{64} << 10;  // AAC-hbr: 8191; 8 channels at most 6144 bytes

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

Bytes configuration(const TrackSetup& setup) {
  const Fmtp fmtp(setup.fmtp);
  if (const auto text = fmtp.find("config")) {
    auto bytes = decode_hex(*text);
    if (bytes && media::parse_audio_specific_config(*bytes)) return *bytes;
  }
  media::AudioSpecificConfig config;
  config.sample_rate = setup.clock_rate;
  config.channels = std::clamp<uint8_t>(setup.channels, 1, 6);
  return media::build_audio_specific_config(config);
}

// Some cameras leave the ADTS header (ISO/IEC 14496-3 §1.A.2) before each frame. A raw frame cannot
// begin like one: its first three bits would say that it is empty.
ByteSpan without_adts(ByteSpan frame) {
  if (frame.size() < 7 || frame[0] != 0xFF || (frame[1] & 0xF6) != 0xF0) return frame;
  const size_t length = size_t{frame[3] & 3U} << 11 | size_t{frame[4]} << 3 | frame[5] >> 5;
  const size_t header = (frame[1] & 1) != 0 ? 7 : 9;
  return length == frame.size() && length > header ? frame.subspan(header) : frame;
}

}  // namespace

AacDepacketizer::AacDepacketizer(media::TrackInfoPtr track, const Layout& layout, UnitSink& sink)
    : sink_(&sink), track_(std::move(track)), layout_(layout) {}

Result<AacDepacketizer::Layout> AacDepacketizer::read_layout(const TrackSetup& setup) {
  const Fmtp fmtp(setup.fmtp);
  const std::string_view mode = fmtp.find("mode").value_or("AAC-hbr");
  Layout layout;
  if (same(mode, "AAC-lbr")) {
    layout = {6, 2, 2};
  } else if (!same(mode, "AAC-hbr") && !same(mode, "generic")) {
    return make_error(ErrorCode::kUnsupported,
                      "RTP mode " + std::string(mode) + " of MPEG-4 audio is not supported");
  }
  if (const auto size = fmtp.number("sizelength")) {
    // A camera that states one of them means 0 for those it leaves out (AMS32: sizeLength=13
    // alone).
    layout = {*size, fmtp.number("indexlength").value_or(0),
              fmtp.number("indexdeltalength").value_or(0)};
  }
  if (layout.size > 32 || layout.index > 32 || layout.index_delta > 32)
    return make_error(ErrorCode::kInvalidArgument, "AU header fields of more than 32 bits");
  return layout;
}

Result<AacDepacketizer> AacDepacketizer::create(const TrackSetup& setup, UnitSink& sink) {
  VEDETTE_ASSIGN(const Layout layout, read_layout(setup));
  const Bytes config = configuration(setup);
  VEDETTE_ASSIGN(auto track, media::make_aac_track_info(config, setup.clock_rate));
  if (track.channels == 0) track.channels = setup.channels;
  const auto parsed = media::parse_audio_specific_config(config);
  AacDepacketizer self(std::make_shared<const media::TrackInfo>(std::move(track)), layout, sink);
  // With SBR the RTP clock may run at twice the rate of the core coder.
  self.frame_ticks_ =
      std::max<int64_t>(int64_t{parsed->frame_length} * setup.clock_rate / parsed->sample_rate, 1);
  return self;
}

Result<void> AacDepacketizer::push(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  arrival_ = arrival;
  if (loss == Loss::kBefore) {
    damaged_ = true;
    drop_fragments();
  }
  if (layout_.size == 0) {  // no AU header section: one frame per packet, RFC 3640 §3.2.1
    if (!packet.payload.empty()) emit(packet.payload, packet.timestamp, 0);
    return ok();
  }
  push_frames(packet);
  return ok();
}

// RFC 3640 §3.2: the length in bits of the AU headers, they themselves, then the frames.
void AacDepacketizer::push_frames(const RtpPacket& packet) {
  ByteReader reader(packet.payload);
  const uint32_t header_bits = reader.u16();
  const ByteSpan headers = reader.bytes((header_bits + 7) / 8);
  if (!reader.ok()) return sink_->on_malformed();
  media::BitReader bits(headers, media::Escaping::kNone);
  ByteSpan data = reader.rest();
  uint32_t used = 0;
  for (int64_t i = 0; used + layout_.size <= header_bits; ++i) {
    const uint32_t size = bits.bits(static_cast<int>(layout_.size));
    const uint32_t index_bits = i == 0 ? layout_.index : layout_.index_delta;
    const uint32_t index = bits.bits(static_cast<int>(index_bits));
    used += layout_.size + index_bits;
    if (!bits.ok() || (i > 0 && index != 0)) return sink_->on_malformed();  // interleaved
    if (size == 0) continue;
    if (size > data.size()) {
      if (i > 0) return sink_->on_malformed();
      return push_fragment(size, data, packet);
    }
    drop_fragments();
    emit(data.first(size), packet.timestamp, i * frame_ticks_);
    data = data.subspan(size);
  }
}

// §3.2.3.1: each fragment carries the header of the whole frame.
void AacDepacketizer::push_fragment(uint32_t frame_size, ByteSpan data, const RtpPacket& packet) {
  if (frame_size > kMaxFrameSize) return sink_->on_malformed();
  if (!fragments_.empty() && fragments_timestamp_ != packet.timestamp) drop_fragments();
  fragments_timestamp_ = packet.timestamp;
  fragments_.insert(fragments_.end(), data.begin(), data.end());
  if (fragments_.size() > frame_size) {
    sink_->on_malformed();
    return drop_fragments();
  }
  if (fragments_.size() < frame_size) return;
  emit(fragments_, packet.timestamp, 0);
  fragments_.clear();
}

void AacDepacketizer::drop_fragments() {
  if (!fragments_.empty()) damaged_ = true;
  fragments_.clear();
}

void AacDepacketizer::emit(ByteSpan frame, uint32_t timestamp, int64_t offset) {
  Unit unit;
  unit.timestamp = timestamp;
  unit.offset = offset;
  unit.data = without_adts(frame);
  unit.track = track_;
  unit.arrival = arrival_;
  unit.random_access = true;
  unit.damaged = damaged_;
  damaged_ = false;
  sink_->on_unit(unit);
}

}  // namespace vedette::rtp
