// SPDX-License-Identifier: Apache-2.0
#include "scripted_camera.h"

#include <cmath>
#include <utility>

#include "mp4/test_tracks.h"

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

}  // namespace

ScriptedCamera::ScriptedCamera(CameraScript script, MonoTime now)
    : script_(std::move(script)), track_(track_of(640, script_.fps)) {
  connect(now);
}

void ScriptedCamera::connect(MonoTime now) {
  timeline_.emplace(kClockRate, now);
  session_ = now;
  frame_ = 0;
  damaged_ = lose_next_ = false;
  connected_ = true;
}

void ScriptedCamera::disconnect(stream::BreakCause why, const Clock& clock, record::Recorder& to) {
  connected_ = false;
  to.on_break({why, "By the script.", clock.wall()});
}

void ScriptedCamera::change_parameters() {
  track_ = track_of(track_->width == 640 ? 1280 : 640, script_.fps);
}

void ScriptedCamera::change_codec() {
  track_ = track_->codec == media::Codec::kH264 ? mp4::h265_track() : track_of(640, script_.fps);
  key_next_ = true;
}

void ScriptedCamera::set_sound(bool on) { sound_ = on ? mp4::aac_track() : nullptr; }

// By our clock.
MonoTime ScriptedCamera::due() const {
  const double seconds = static_cast<double>(frame_) / script_.fps;
  return session_ + Duration(std::llround(seconds * 1e6 / (1 + script_.drift_ppm * 1e-6)));
}

void ScriptedCamera::deliver(const Clock& clock, record::Recorder& to) {
  while (connected_ && due() <= clock.mono()) {
    send(clock, to);
    ++frame_;
  }
}

void ScriptedCamera::send(const Clock& clock, record::Recorder& to) {
  const auto ticks =
      static_cast<uint64_t>(frame_) * kClockRate / static_cast<uint64_t>(script_.fps);
  const uint32_t timestamp = script_.first_rtp + static_cast<uint32_t>(ticks);
  // What arrives late by our ticks still arrives when it was due.
  const Duration late = clock.mono() - due();
  const rtp::Arrival arrival{due(), clock.wall() - late};
  if (script_.sender_reports && frame_ % kFramesPerReport == 1) {
    rtp::SenderReport report;
    report.ntp = rtp::wall_to_ntp(arrival.wall + Duration(script_.utc_error_us));
    report.rtp_timestamp = timestamp;
    (void)timeline_->on_sender_report(report, arrival);
  }
  const bool random_access = std::exchange(key_next_, false) || frame_ % script_.gop == 0;
  if (lose_next_) {
    lose_next_ = false;
    damaged_ = true;
    return;
  }
  const rtp::Timeline::Stamp stamp = timeline_->place(timestamp, arrival);
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

}  // namespace vedette::trial
