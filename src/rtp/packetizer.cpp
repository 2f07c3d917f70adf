// SPDX-License-Identifier: Apache-2.0
#include "rtp/packetizer.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/assert.h"
#include "base/base64.h"
#include "media/aac.h"
#include "media/decoder_config.h"
#include "media/nal.h"
#include "rtp/fmtp.h"
#include "rtp/packet.h"

namespace vedette::rtp {
namespace {

using media::Codec;

constexpr uint8_t kFuA = 28;             // RFC 6184 §5.8
constexpr uint8_t kFragmentation = 49;   // RFC 7798 §4.4.3
constexpr size_t kMaxAacFrame = 0x1FFF;  // AAC-hbr, RFC 3640 §3.3.6

std::string joined_base64(const std::vector<ByteSpan>& sets) {
  std::string text;
  for (const ByteSpan set : sets) text += (text.empty() ? "" : ",") + encode_base64(set);
  return text;
}

std::string hex(ByteSpan bytes) {
  std::string text;
  for (const uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

Packetizer::Packetizer(const media::TrackInfo& track, uint8_t payload_type, size_t mtu)
    : track_(track), payload_type_(payload_type), max_payload_(mtu - kRtpHeaderSize) {}

Result<std::unique_ptr<Packetizer>> Packetizer::create(const media::TrackInfo& track,
                                                       uint8_t payload_type, size_t mtu) {
  VEDETTE_ASSERT(mtu >= 64);
  std::unique_ptr<Packetizer> self(new Packetizer(track, payload_type, mtu));
  if (track.codec == Codec::kAac) {
    VEDETTE_TRY(media::parse_audio_specific_config(track.decoder_config));
    return self;
  }
  if (!is_video(track.codec))
    return make_error(ErrorCode::kUnsupported,
                      "cannot packetize " + std::string(to_string(track.codec)));
  VEDETTE_ASSIGN(const media::ParameterSets sets, media::parameter_sets_of(track));
  for (const auto* group : {&sets.vps, &sets.sps, &sets.pps}) {
    for (const ByteSpan set : *group) self->parameter_sets_.emplace_back(set.begin(), set.end());
  }
  return self;
}

Bytes& Packetizer::start_packet(std::vector<Bytes>& out) const {
  Bytes& packet = out.emplace_back(kRtpHeaderSize, uint8_t{0});
  packet[0] = 0x80;
  packet[1] = payload_type_;
  return packet;
}

void Packetizer::packetize(const media::AccessUnit& au, bool with_parameter_sets,
                           std::vector<Bytes>& out) {
  const size_t before = out.size();
  if (track_.codec == Codec::kAac) {
    add_aac(au.data, out);
  } else {
    if (with_parameter_sets && au.random_access) {
      for (const Bytes& set : parameter_sets_) add_nal(set, out);
    }
    media::NalReader nals(au.data);
    while (const auto nal = nals.next()) add_nal(*nal, out);
  }
  if (out.size() > before) out.back()[1] |= 0x80;
}

void Packetizer::add_nal(ByteSpan nal, std::vector<Bytes>& out) {
  if (nal.size() <= media::nal_header_size(track_.codec)) return;
  if (nal.size() > max_payload_) return add_fragments(nal, out);
  Bytes& packet = start_packet(out);
  packet.insert(packet.end(), nal.begin(), nal.end());
}

void Packetizer::add_fragments(ByteSpan nal, std::vector<Bytes>& out) {
  const bool h264 = track_.codec == Codec::kH264;
  const size_t header = media::nal_header_size(track_.codec);
  const uint8_t type = h264 ? media::h264_nal_type(nal[0]) : media::h265_nal_type(nal[0]);
  const size_t room = max_payload_ - header - 1;
  for (size_t at = header; at < nal.size(); at += room) {
    const ByteSpan part = nal.subspan(at, std::min(room, nal.size() - at));
    Bytes& packet = start_packet(out);
    if (h264) {
      packet.push_back(static_cast<uint8_t>((nal[0] & 0xE0) | kFuA));
    } else {
      packet.push_back(static_cast<uint8_t>((nal[0] & 0x81) | kFragmentation << 1));
      packet.push_back(nal[1]);
    }
    const int start = at == header ? 0x80 : 0;
    const int end = at + part.size() == nal.size() ? 0x40 : 0;
    packet.push_back(static_cast<uint8_t>(start | end | type));
    packet.insert(packet.end(), part.begin(), part.end());
  }
}

// RFC 3640 §3.3.6: a 16-bit AU header; a frame that does not fit is fragmented.
void Packetizer::add_aac(ByteSpan frame, std::vector<Bytes>& out) {
  if (frame.empty() || frame.size() > kMaxAacFrame) return;
  const size_t room = max_payload_ - 4;
  for (size_t at = 0; at < frame.size(); at += room) {
    const ByteSpan part = frame.subspan(at, std::min(room, frame.size() - at));
    Bytes& packet = start_packet(out);
    const auto header = static_cast<uint16_t>(frame.size() << 3);
    const uint8_t headers[] = {0, 16, static_cast<uint8_t>(header >> 8),
                               static_cast<uint8_t>(header & 0xFF)};
    packet.insert(packet.end(), std::begin(headers), std::end(headers));
    packet.insert(packet.end(), part.begin(), part.end());
  }
}

std::string Packetizer::sdp_media() const {
  const int type = payload_type_;
  if (track_.codec == Codec::kAac) {
    const auto config = media::parse_audio_specific_config(track_.decoder_config);
    return fmt::format(
        "m=audio 0 RTP/AVP {0}\r\na=rtpmap:{0} mpeg4-generic/{1}/{2}\r\n"
        "a=fmtp:{0} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"
        "indexdeltalength=3;config={3}\r\n",
        type, track_.timescale, config ? config->channels : track_.channels,
        hex(track_.decoder_config));
  }
  const auto sets = media::parameter_sets_of(track_);
  if (!sets) return {};
  if (track_.codec == Codec::kH264) {
    const ByteSpan config(track_.decoder_config);
    std::vector<ByteSpan> all = sets->sps;
    all.insert(all.end(), sets->pps.begin(), sets->pps.end());
    return fmt::format(
        "m=video 0 RTP/AVP {0}\r\na=rtpmap:{0} H264/{1}\r\n"
        "a=fmtp:{0} packetization-mode=1;profile-level-id={2};sprop-parameter-sets={3}\r\n",
        type, track_.timescale, hex(config.subspan(1, 3)), joined_base64(all));
  }
  return fmt::format(
      "m=video 0 RTP/AVP {0}\r\na=rtpmap:{0} H265/{1}\r\n"
      "a=fmtp:{0} sprop-vps={2};sprop-sps={3};sprop-pps={4}\r\n",
      type, track_.timescale, joined_base64(sets->vps), joined_base64(sets->sps),
      joined_base64(sets->pps));
}

void patch_rtp_header(std::span<uint8_t> packet, uint16_t sequence, uint32_t timestamp,
                      uint32_t ssrc) {
  VEDETTE_ASSERT(packet.size() >= kRtpHeaderSize);
  packet[2] = static_cast<uint8_t>(sequence >> 8);
  packet[3] = static_cast<uint8_t>(sequence & 0xFF);
  for (size_t i = 0; i < 4; ++i) {
    packet[4 + i] = static_cast<uint8_t>(timestamp >> (24 - 8 * i));
    packet[8 + i] = static_cast<uint8_t>(ssrc >> (24 - 8 * i));
  }
}

}  // namespace vedette::rtp
