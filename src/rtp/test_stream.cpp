// SPDX-License-Identifier: Apache-2.0
#include "rtp/test_stream.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/base64.h"
#include "media/nal.h"
#include "rtp/fmtp.h"

namespace vedette::rtp::test {

using media::Codec;

Bytes hex(std::string_view text) {
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), ' '), digits.end());
  auto bytes = decode_hex(digits);
  VEDETTE_ASSERT(bytes.has_value());
  return std::move(*bytes);
}

Bytes h264_sps() { return hex("6764000aacb208f60220000003002000000303c1e244c9"); }
Bytes h264_pps() { return hex("68ebc3cb22c0"); }
Bytes other_h264_sps() { return hex("6764000aacb20508fcb80880000003008000000f07891324"); }
Bytes h265_vps() { return hex("40010c01ffff01600000030090000003000003001eba0240"); }
Bytes h265_sps() {
  return hex(
      "42010101600000030090000003000003001ea0288107111196e92930bc05a020000003002000000301e1");
}
Bytes h265_pps() { return hex("4401c073c189"); }

std::string h264_fmtp() {
  return "packetization-mode=1;sprop-parameter-sets=" + encode_base64(h264_sps()) + "," +
         encode_base64(h264_pps());
}
std::string h265_fmtp() {
  return "sprop-vps=" + encode_base64(h265_vps()) + ";sprop-sps=" + encode_base64(h265_sps()) +
         ";sprop-pps=" + encode_base64(h265_pps());
}

namespace {

Bytes head(Codec codec, char letter) {
  const bool h264 = codec == Codec::kH264;
  switch (letter) {
    case 'I':
      return hex(h264 ? "65888411" : "2801ac65");
    case 'i':
      return hex(h264 ? "65423011" : "28013611");
    case 'P':
      return hex(h264 ? "419a3b11" : "0201d009");
    case 'p':
      return hex(h264 ? "41468011" : "02016811");
    case 'B':
      return hex(h264 ? "019e3b11" : "0001f009");
    case 'E':
      return hex(h264 ? "0605ff11" : "4e0105ff");
    case 'A':
      return hex(h264 ? "0910" : "460110");
    case 'F':
      return hex(h264 ? "0cff80" : "4c01ff80");
    default:
      VEDETTE_ASSERT(false);
  }
}

}  // namespace

Bytes nal(Codec codec, char letter, size_t size) {
  const bool h264 = codec == Codec::kH264;
  if (letter == 'S') return h264 ? h264_sps() : h265_sps();
  if (letter == 'O') return other_h264_sps();
  if (letter == 'T') return h264 ? h264_pps() : h265_pps();
  if (letter == 'V') return h265_vps();
  Bytes bytes = head(codec, letter);
  while (bytes.size() < size) bytes.push_back(static_cast<uint8_t>(0x80 | bytes.size()));
  return bytes;
}

Camera::Camera(TrackSetup track_setup) : setup(std::move(track_setup)) {
  setup.session_start = now.mono;
  auto made = TrackReceiver::create(setup);
  VEDETTE_ASSERT(made.has_value());
  receiver = std::move(made).value();
}

void Camera::feed(std::string_view notation) {
  bool lost = false;
  for (size_t i = 0; i < notation.size(); ++i) {
    const char c = notation[i];
    if (c == '@' || c == '.') {
      next_frame();
    } else if (c == '-') {
      lost = true;
    } else if (c != ' ' && c != '*') {
      const bool marker = i + 1 < notation.size() && notation[i + 1] == '*';
      if (std::exchange(lost, false)) {
        lose();
      } else {
        payload(nal(setup.codec, c), marker);
      }
    }
  }
}

void Camera::payload(ByteSpan bytes, bool marker) {
  const Bytes packet = rtp_packet({marker, payload_type, sequence++, timestamp, ssrc, bytes});
  VEDETTE_ASSERT(receiver->push_rtp(packet, now).has_value());
}

void Camera::pass(int64_t ticks) {
  timestamp += static_cast<uint32_t>(ticks);
  const Duration passed(ticks_to_us(std::max<int64_t>(ticks, 0), setup.clock_rate));
  now = {now.mono + passed, now.wall + passed};
}

std::vector<media::AccessUnitPtr> Camera::take() {
  std::vector<media::AccessUnitPtr> aus;
  while (auto au = receiver->pop()) aus.push_back(std::move(au));
  return aus;
}

std::string Camera::received() {
  std::string text;
  for (const auto& au : take()) {
    if (!text.empty()) text += ' ';
    if (last_track_ && au->track != last_track_) text += '/';
    last_track_ = au->track;
    text += au->random_access ? 'I' : 'P';
    size_t nals = 0;
    for (media::NalReader reader(au->data); reader.next();) ++nals;
    if (nals != 1) text += std::to_string(nals);
    if (au->damaged) text += '!';
  }
  return text;
}

TrackSetup h264_setup(bool with_sprop) {
  TrackSetup setup;
  if (with_sprop) setup.fmtp = h264_fmtp();
  return setup;
}

TrackSetup h265_setup(bool with_sprop) {
  TrackSetup setup;
  setup.codec = Codec::kH265;
  if (with_sprop) setup.fmtp = h265_fmtp();
  return setup;
}

Bytes rtp_packet(const RtpPacket& packet) {
  ByteWriter writer;
  writer.u8(0x80);
  writer.u8((packet.marker ? 0x80 : 0) | packet.payload_type);
  writer.u16(packet.sequence);
  writer.u32(packet.timestamp);
  writer.u32(packet.ssrc);
  writer.bytes(packet.payload);
  return writer.take();
}

}  // namespace vedette::rtp::test
