// SPDX-License-Identifier: Apache-2.0
#include "sim/served_stream.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "rtp/packetizer.h"

namespace vedette::sim {
namespace {

constexpr uint8_t kFirstPayloadType = 96;  // dynamic, RFC 3551 §6
constexpr size_t kRtpHeader = 12;

/// Video runs on 90 kHz whatever the file's clock was (RFC 6184 §8.2.1, RFC 7798 §7.1).
uint32_t clock_rate_of(const media::TrackInfo& track) {
  return media::is_video(track.codec) ? 90000 : track.sample_rate;
}

/// `value` ticks of `from` per second in ticks of `to`.
int64_t rescale(int64_t value, uint32_t from, uint32_t to) {
  // Files are at most hours long: 2^40 ticks times 2^17 still fits.
  return value * int64_t{to} / int64_t{from};
}

class Builder {
 public:
  explicit Builder(size_t mtu) : mtu_(mtu), out_(std::make_shared<ServedStream>()) {}

  Result<void> add(const TrackUnits& units) {
    VEDETTE_ASSERT(!units.aus.empty());
    const media::TrackInfo& original = *units.aus.front()->track;
    auto info = std::make_shared<media::TrackInfo>(original);
    info->timescale = clock_rate_of(original);
    const auto index = static_cast<uint8_t>(out_->tracks.size());
    const auto type = static_cast<uint8_t>(kFirstPayloadType + index);
    VEDETTE_ASSIGN(const auto packetizer, rtp::Packetizer::create(*info, type, mtu_));

    ServedTrack track{info, info->timescale, 0};
    int64_t least_cts = 0;
    for (const auto& au : units.aus) least_cts = std::min(least_cts, au->pts - au->dts);
    const int64_t origin = units.aus.front()->dts;
    for (const auto& au : units.aus) {
      ServedFrame frame;
      frame.track = index;
      frame.due_us = ticks_to_us(au->dts - origin, original.timescale);
      frame.random_access = index == 0 && au->random_access;
      frame.rtp_ticks = rescale(au->pts - least_cts - origin, original.timescale, track.clock_rate);
      const int64_t cts =
          rescale(au->pts - least_cts - au->dts, original.timescale, track.clock_rate);
      track.reorder_ticks = std::max(track.reorder_ticks, cts);
      add_packets(*packetizer, *au, frame);
      if (frame.packet_count > 0) out_->frames.push_back(frame);
    }
    if (index == 0) out_->loop_us = ticks_to_us(units.end_dts - origin, original.timescale);
    out_->controls.push_back("stream=" + std::to_string(index));
    media_sdp_ += packetizer->sdp_media() + "a=control:" + out_->controls.back() + "\r\n";
    out_->tracks.push_back(std::move(track));
    return ok();
  }

  Result<ServedStreamPtr> finish() {
    auto& frames = out_->frames;
    // Sound that outlasts the pictures would overlap the next loop.
    std::erase_if(frames, [&](const ServedFrame& f) { return f.due_us >= out_->loop_us; });
    std::stable_sort(frames.begin(), frames.end(), [](const auto& a, const auto& b) {
      return std::pair(a.due_us, a.track) < std::pair(b.due_us, b.track);
    });
    if (frames.empty() || !frames.front().random_access)
      return make_error(ErrorCode::kDataLoss, "the first frame of the file is not a key frame");
    out_->sdp =
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Vedette simulator\r\nc=IN IP4 0.0.0.0\r\n"
        "t=0 0\r\na=control:*\r\na=range:npt=0-\r\n" +
        media_sdp_;
    return ServedStreamPtr(std::move(out_));
  }

 private:
  void add_packets(rtp::Packetizer& packetizer, const media::AccessUnit& au, ServedFrame& frame) {
    scratch_.clear();
    packetizer.packetize(au, true, scratch_);
    frame.first_packet = static_cast<uint32_t>(out_->packets.size());
    frame.packet_count = static_cast<uint32_t>(scratch_.size());
    for (const Bytes& packet : scratch_) {
      VEDETTE_ASSERT(packet.size() > kRtpHeader);
      out_->packets.push_back(
          {out_->payload.size(), static_cast<uint16_t>(packet.size() - kRtpHeader), packet[1]});
      out_->payload.insert(out_->payload.end(), packet.begin() + kRtpHeader, packet.end());
    }
  }

  size_t mtu_;
  std::shared_ptr<ServedStream> out_;
  std::string media_sdp_;
  std::vector<Bytes> scratch_;
};

}  // namespace

int64_t ServedStream::loop_ticks(const ServedTrack& track) const {
  return us_to_ticks(loop_us, track.clock_rate);
}

Result<ServedStreamPtr> serve(const std::vector<TrackUnits>& tracks, size_t mtu) {
  Builder builder(mtu);
  for (const TrackUnits& units : tracks) {
    if (units.aus.empty()) return make_error(ErrorCode::kDataLoss, "a track without frames");
    VEDETTE_TRY(builder.add(units));
  }
  return builder.finish();
}

namespace {

/// Appends frames of `from` to `to`, beginning at to.loop_us, up to the first key frame that is
/// `period` or more later. `first_packet`: where the packets of `from` begin in `to`.
void append_piece(ServedStream& to, const ServedStream& from, uint32_t first_packet,
                  Duration period) {
  const int64_t begin_us = to.loop_us;
  const uint32_t rate = from.tracks.front().clock_rate;
  const int64_t begin_ticks = us_to_ticks(begin_us, rate);
  for (int64_t loop = 0;; ++loop) {
    for (ServedFrame frame : from.frames) {
      const int64_t due_us = loop * from.loop_us + frame.due_us;
      if (frame.random_access && due_us >= period.count()) {
        to.loop_us = begin_us + due_us;
        return;
      }
      frame.due_us = begin_us + due_us;
      frame.rtp_ticks += begin_ticks + loop * from.loop_ticks(from.tracks.front());
      frame.first_packet += first_packet;
      to.frames.push_back(frame);
    }
  }
}

}  // namespace

Result<ServedStreamPtr> alternate(const ServedStream& a, const ServedStream& b, Duration period) {
  const auto video_only = [](const ServedStream& s) { return s.tracks.size() == 1; };
  if (!video_only(a) || !video_only(b))
    return make_error(ErrorCode::kUnsupported, "parameters change only in streams without sound");
  if (a.tracks[0].info->codec != b.tracks[0].info->codec)
    return make_error(ErrorCode::kUnsupported, "parameters change only within one codec");
  auto both = std::make_shared<ServedStream>(a);
  both->frames.clear();
  both->loop_us = 0;
  for (ServedPacket packet : b.packets) {
    packet.offset += a.payload.size();
    both->packets.push_back(packet);
  }
  both->payload.insert(both->payload.end(), b.payload.begin(), b.payload.end());
  both->tracks[0].reorder_ticks = std::max(a.tracks[0].reorder_ticks, b.tracks[0].reorder_ticks);
  append_piece(*both, a, 0, period);
  append_piece(*both, b, static_cast<uint32_t>(a.packets.size()), period);
  return ServedStreamPtr(std::move(both));
}

}  // namespace vedette::sim
