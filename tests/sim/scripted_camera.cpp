// SPDX-License-Identifier: Apache-2.0
#include "scripted_camera.h"

#include <cmath>
#include <utility>

#include "media/decoder_config.h"
#include "mp4/test_tracks.h"
#include "rtp/fmtp.h"

namespace vedette::trial {
namespace {

constexpr uint32_t kClockRate = 90000;
constexpr int kFramesPerReport = 25;

media::TrackInfoPtr track_of(uint16_t width, double fps) {
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  // avcC of a baseline stream with one SPS and one PPS.
  track.decoder_config = {1,    0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1e, 0xd9,
                          0x01, 0x40, 0x7b, 0x20, 0x08, 1,    0, 4,  0x68, 0xcb, 0x83, 0xcb};
  track.rfc6381 = "avc1.42c01e";
  track.width = width;
  track.height = 480;
  track.fps = fps;
  return std::make_shared<const media::TrackInfo>(track);
}

// Different for every picture, so that one in the wrong place is noticed by its hash.
Bytes picture(size_t size, uint64_t number) {
  Bytes data(std::max<size_t>(size, 16));
  fs::FakeChance chance(number);
  for (size_t i = 0; i + 8 <= data.size(); i += 64) {
    const uint64_t value = chance.next();
    for (size_t k = 0; k < 8; ++k) data[i + k] = static_cast<uint8_t>(value >> (8 * k));
  }
  return data;
}

// What ingest reads has to be H.264: x264's parameter sets of 64x48 and of 160x120.
media::TrackInfoPtr track_on_wire(bool other, double fps) {
  const Bytes sps = rtp::decode_hex(other ? "6764000aacb20508fcb80880000003008000000f07891324"
                                          : "6764000aacb208f60220000003002000000303c1e244c9")
                        .value();
  const Bytes pps = rtp::decode_hex("68ebc3cb22c0").value();
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  track.decoder_config = media::build_avcc({{}, {sps}, {pps}}).value();
  track.width = other ? 160 : 64;
  track.fps = fps;
  return std::make_shared<const media::TrackInfo>(track);
}

// One NAL unit with its length: a slice that begins a picture, without a start code in it.
Bytes slice(bool random_access, size_t size, uint64_t number) {
  Bytes nal = picture(size, number);
  for (uint8_t& byte : nal) byte |= 1;
  const uint8_t begin[] = {static_cast<uint8_t>(random_access ? 0x65 : 0x41),
                           static_cast<uint8_t>(random_access ? 0x88 : 0x9a)};
  std::copy(std::begin(begin), std::end(begin), nal.begin());
  ByteWriter data;
  data.u32(static_cast<uint32_t>(nal.size()));
  data.bytes(nal);
  return std::move(data).take();
}

Wire::Trouble trouble_of(stream::BreakCause why) {
  switch (why) {
    case stream::BreakCause::kUnreachable:
      return Wire::Trouble::kRefuses;
    case stream::BreakCause::kUnauthenticated:
      return Wire::Trouble::kPassword;
    case stream::BreakCause::kNotACamera:
      return Wire::Trouble::kOtherwise;
    case stream::BreakCause::kStalled:
      return Wire::Trouble::kSilent;
    case stream::BreakCause::kBadStream:
      return Wire::Trouble::kBabbles;
    case stream::BreakCause::kClosedByCamera:
      return Wire::Trouble::kHangsUp;
    default:
      return Wire::Trouble::kIgnores;
  }
}

}  // namespace

ScriptedCamera::ScriptedCamera(CameraScript script, const Clock& clock)
    : script_(std::move(script)), clock_(clock) {
  if (script_.cable == Cable::kNone) {
    track_ = track_of(640, script_.fps);
  } else {
    wire_ = std::make_unique<Wire>(Wire::Options{script_.id, script_.cable == Cable::kUdp,
                                                 script_.first_rtp, script_.first_rtp},
                                   clock_);
    track_ = track_on_wire(false, script_.fps);
    wire_->set_track(*track_);
  }
  connect();
}

void ScriptedCamera::begin(record::Recorder& to) {
  if (wire_)
    wire_->begin(to);
  else
    connect();
}

void ScriptedCamera::end() {
  if (wire_) wire_->end();
}

void ScriptedCamera::connect() {
  connected_ = true;
  if (wire_) return wire_->set_trouble(Wire::Trouble::kNone);
  timeline_.emplace(kClockRate, clock_.mono());
  session_ = clock_.mono();
  frame_ = 0;
  damaged_ = lose_next_ = false;
}

void ScriptedCamera::disconnect(stream::BreakCause why, record::Recorder& to) {
  connected_ = false;
  if (wire_) return wire_->set_trouble(trouble_of(why));
  to.on_break({why, "By the script.", clock_.wall()});
}

void ScriptedCamera::cut_cable() {
  connected_ = false;
  wire_->set_trouble(Wire::Trouble::kCut);
}

void ScriptedCamera::restart_rtp(bool other_source) {
  rtp_offset_ += 0x5A5A5A5A;
  if (wire_) wire_->restart_numbers(other_source);
}

void ScriptedCamera::change_parameters() {
  if (wire_) {
    track_ = track_on_wire(track_->width == 64, script_.fps);
    return wire_->set_track(*track_);
  }
  track_ = track_of(track_->width == 640 ? 1280 : 640, script_.fps);
}

void ScriptedCamera::change_codec() {
  VEDETTE_ASSERT(!wire_);
  track_ = track_->codec == media::Codec::kH264 ? mp4::h265_track() : track_of(640, script_.fps);
  key_next_ = true;
}

void ScriptedCamera::set_sound(bool on) { sound_ = on ? mp4::aac_track() : nullptr; }

// By our clock.
MonoTime ScriptedCamera::due() const {
  const double seconds = static_cast<double>(frame_) / script_.fps;
  return session_ + Duration(std::llround(seconds * 1e6 / (1 + script_.drift_ppm * 1e-6)));
}

uint32_t ScriptedCamera::timestamp() const {
  const auto ticks =
      static_cast<uint64_t>(frame_) * kClockRate / static_cast<uint64_t>(script_.fps);
  return script_.first_rtp + rtp_offset_ + static_cast<uint32_t>(ticks);
}

bool ScriptedCamera::reports_now() const {
  return script_.sender_reports && frame_ % kFramesPerReport == 1;
}

rtp::SenderReport ScriptedCamera::report_at(WallTime when) const {
  rtp::SenderReport report;
  report.ntp = rtp::wall_to_ntp(when + Duration(script_.utc_error_us));
  report.rtp_timestamp = timestamp();
  return report;
}

void ScriptedCamera::deliver(record::Recorder& to) {
  if (wire_) return deliver_over_wire();
  while (connected_ && due() <= clock_.mono()) {
    send(to);
    ++frame_;
  }
}

void ScriptedCamera::send(record::Recorder& to) {
  // What arrives late by our ticks still arrives when it was due.
  const Duration late = clock_.mono() - due();
  const rtp::Arrival arrival{due(), clock_.wall() - late};
  if (reports_now()) (void)timeline_->on_sender_report(report_at(arrival.wall), arrival);
  const bool random_access = this->random_access();
  key_next_ = false;
  if (lose_next_) {
    lose_next_ = false;
    damaged_ = true;
    return;
  }
  const rtp::Timeline::Stamp stamp = timeline_->place(timestamp(), arrival);
  auto au = std::make_shared<media::AccessUnit>();
  au->track = track_;
  au->pts = au->dts = stamp.pts;
  au->utc = stamp.utc;
  au->utc_error_us = stamp.utc_error_us;
  au->utc_source = stamp.utc_source;
  au->arrival = arrival.mono;
  au->random_access = random_access;
  au->damaged = std::exchange(damaged_, false);
  au->data = picture(factor_ * (random_access ? script_.key_bytes : script_.other_bytes), ++sent_);
  last_sent_ = stamp.utc;
  to.on_access_unit(au);
  if (sound_) send_sound(*au, to);
}

// As much as lasts until the next picture, in frames of 1024 samples.
void ScriptedCamera::send_sound(const media::AccessUnit& picture, record::Recorder& to) {
  constexpr int64_t kFrame = 1024;
  const int64_t begin =
      us_to_ticks(ticks_to_us(picture.dts, kClockRate), sound_->timescale) / kFrame * kFrame;
  const int64_t end = begin + sound_->timescale / script_.fps;
  for (int64_t at = begin; at < end; at += kFrame) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = sound_;
    au->pts = au->dts = at;
    au->utc = picture.utc;
    au->arrival = picture.arrival;
    au->random_access = true;
    au->data = Bytes(120, 0x21);
    to.on_access_unit(au);
  }
}

// The camera encodes on whether or not anybody listens; each session begins with a key frame.
void ScriptedCamera::deliver_over_wire() {
  if (plays_ != wire_->plays()) {
    plays_ = wire_->plays();
    session_ = clock_.mono();
    frame_ = 0;
  }
  for (; plays_ > 0 && due() <= clock_.mono(); ++frame_)
    if (wire_->playing()) send_over_wire();
  wire_->tick();
}

void ScriptedCamera::send_over_wire() {
  last_sent_ = clock_.wall() - (clock_.mono() - due());
  if (reports_now()) wire_->report(report_at(last_sent_));
  media::AccessUnit au;
  au.track = track_;
  au.random_access = random_access();
  const size_t bytes = au.random_access ? script_.key_bytes : script_.other_bytes;
  au.data = slice(au.random_access, factor_ * bytes, ++sent_);
  wire_->send(au, timestamp(), std::exchange(lose_next_, false));
}

}  // namespace vedette::trial
