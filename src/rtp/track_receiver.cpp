// SPDX-License-Identifier: Apache-2.0
#include "rtp/track_receiver.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rtp/aac_depacketizer.h"
#include "rtp/decode_order.h"
#include "rtp/g711_depacketizer.h"
#include "rtp/h264_depacketizer.h"
#include "rtp/h265_depacketizer.h"
#include "rtp/other_codec.h"
#include "rtp/reorder_buffer.h"
#include "rtp/rtcp.h"
#include "rtp/timeline.h"

namespace vedette::rtp {
namespace {

using Depacketizer =
    std::variant<H264Depacketizer, H265Depacketizer, AacDepacketizer, G711Depacketizer>;

constexpr Duration kReportInterval = std::chrono::seconds(5);
/// Packets of another SSRC in a row before it is believed to have taken over.
constexpr int kSsrcProbation = 3;
/// Packets of another payload type in a row, without one of ours: more than any burst of
/// retransmissions or error correction, less than a second of most cameras.
constexpr int kOtherTypeMost = 32;
constexpr uint32_t kOpusRate = 48000;

Result<Depacketizer> make_depacketizer(const TrackSetup& setup, UnitSink& sink) {
  const auto wrap = [](auto made) -> Result<Depacketizer> {
    if (!made) return std::move(made).error();
    return Depacketizer(std::move(made).value());
  };
  switch (setup.codec) {
    case media::Codec::kH264:
      return wrap(H264Depacketizer::create(setup.fmtp, setup.clock_rate, sink));
    case media::Codec::kH265:
      return wrap(H265Depacketizer::create(setup.fmtp, setup.clock_rate, sink));
    case media::Codec::kAac:
      return wrap(AacDepacketizer::create(setup, sink));
    case media::Codec::kPcmu:
    case media::Codec::kPcma:
      return wrap(G711Depacketizer::create(setup, sink));
    case media::Codec::kOpus:
      break;
  }
  return make_error(
      ErrorCode::kUnsupported,
      "RTP payloads of " + std::string(to_string(setup.codec)) + " are not supported");
}

/// RFC 6184 §8.2.1 and RFC 7798 §7.1 leave video no choice. A rate is not believed beyond that: the
/// bounds of everything that counts samples in time, up to the fragments on disk, build on it.
Result<void> check_clock_rate(const TrackSetup& setup) {
  constexpr uint32_t kVideoRate = 90000;
  constexpr uint32_t kLeastAudio = 4000;
  constexpr uint32_t kMostAudio = 192000;
  const bool video = media::is_video(setup.codec);
  const uint32_t rate = setup.clock_rate;
  if (video ? rate == kVideoRate : rate >= kLeastAudio && rate <= kMostAudio) return ok();
  return make_error(ErrorCode::kUnsupported,
                    "rtpmap states a clock rate of " + std::to_string(rate) +
                        (video ? "; H.264 and H.265 have 90000 by their specifications, update the "
                                 "camera's firmware"
                               : "; sound has 4000 to 192000"));
}

/// What a receiver report says about the source, RFC 3550 §6.4.1 and A.3, A.8.
struct Reception {
  bool started = false;
  uint32_t base = 0;     ///< first sequence number
  uint32_t highest = 0;  ///< with cycles in the upper half
  uint32_t received = 0;
  uint32_t expected_before = 0;
  uint32_t received_before = 0;
  int64_t transit = 0;
  double jitter = 0;

  void start(uint16_t sequence) { *this = Reception{true, sequence, sequence, 0, 0, 0, 0, 0}; }
  void take(const RtpPacket& packet, MonoTime arrival, uint32_t clock_rate) {
    const int64_t now = us_to_ticks(arrival.us, clock_rate) - int64_t{packet.timestamp};
    if (!started) {
      start(packet.sequence);
      transit = now;
    }
    const auto ahead = static_cast<int16_t>(packet.sequence - static_cast<uint16_t>(highest));
    if (ahead > 0) highest += static_cast<uint32_t>(ahead);
    ++received;
    // Timestamps wrap and cameras jump: only what can be transit time counts.
    const int64_t change = std::abs(now - std::exchange(transit, now));
    if (change < int64_t{clock_rate} * 10) jitter += (static_cast<double>(change) - jitter) / 16;
  }
  [[nodiscard]] uint32_t expected() const { return highest - base + 1; }
};

}  // namespace

struct TrackReceiver::Impl final : UnitSink {
  explicit Impl(const TrackSetup& track_setup)
      : setup(track_setup),
        timeline(setup.clock_rate, setup.session_start),
        reorder(setup.ordered ? uint16_t{0} : ReorderBuffer::kUdpWindow) {}

  void on_unit(const Unit& unit) override;
  void on_no_parameters() override { ++stats.no_parameters; }
  void on_malformed() override { ++stats.malformed; }

  bool accept_source(const RtpPacket& packet);
  Result<void> reject_type();
  [[nodiscard]] Error codec_changed() const;
  Result<void> deliver(ByteSpan bytes, const Arrival& arrival);
  Result<void> offer(const RtpPacket& packet, ByteSpan bytes, const Arrival& arrival);
  void follow_track(const media::TrackInfoPtr& track);
  [[nodiscard]] ReportBlock report_block(MonoTime now);

  TrackSetup setup;
  Timeline timeline;
  DecodeOrder order;
  ReorderBuffer reorder;
  std::optional<Depacketizer> depacketizer;
  std::optional<uint32_t> ssrc;
  uint32_t other_ssrc = 0;
  int other_count = 0;
  int other_type_count = 0;
  bool source_changed = false;
  Reception reception;
  std::optional<std::pair<SenderReport, MonoTime>> last_report;
  std::optional<MonoTime> report_due;
  media::TrackInfoPtr track;
  std::vector<media::AccessUnitPtr> ready;
  size_t next_ready = 0;
  ReceiverStats stats;
};

void TrackReceiver::Impl::follow_track(const media::TrackInfoPtr& next) {
  if (next == track) return;
  track = next;
  if (!is_video(next->codec)) return;
  const double fps = next->fps > 0 ? next->fps : 25;
  order.expect(next->reorder_depth, static_cast<int64_t>(next->timescale / fps));
}

void TrackReceiver::Impl::on_unit(const Unit& unit) {
  follow_track(unit.track);
  const uint32_t timestamp = unit.timestamp + static_cast<uint32_t>(unit.offset);
  const Timeline::Stamp stamp = timeline.place(timestamp, unit.arrival, unit.reordering);
  auto au = std::make_shared<media::AccessUnit>();
  au->track = unit.track;
  if (is_video(unit.track->codec)) {
    const DecodeOrder::Times times = order.assign(stamp.pts);
    au->pts = times.pts;
    au->dts = times.dts;
  } else {
    const int64_t scale =
        unit.track->codec == media::Codec::kOpus ? kOpusRate / setup.clock_rate : 1;
    au->pts = au->dts = stamp.pts * scale;
  }
  au->utc = stamp.utc;
  au->utc_error_us = stamp.utc_error_us;
  au->utc_source = stamp.utc_source;
  au->arrival = unit.arrival.mono;
  au->random_access = unit.random_access;
  au->damaged = unit.damaged;
  au->qp = unit.qp;
  au->data.assign(unit.data.begin(), unit.data.end());
  ++stats.access_units;
  if (unit.damaged) ++stats.damaged;
  ready.push_back(std::move(au));
}

Error TrackReceiver::Impl::codec_changed() const {
  return make_error(ErrorCode::kFailedPrecondition,
                    "the camera described " + std::string(to_string(setup.codec)) +
                        " and now sends something else; it is asked again");
}

// What a camera sends beside the picture comes with the picture. One that has changed its codec
// sends nothing else any more.
Result<void> TrackReceiver::Impl::reject_type() {
  ++stats.foreign;
  if (!is_video(setup.codec) || ++other_type_count < kOtherTypeMost) return ok();
  return codec_changed();
}

// One camera, one SSRC: a packet of another is a stray (a duplicated multicast, another client's
// session) until several follow each other, which is a camera that rebooted.
bool TrackReceiver::Impl::accept_source(const RtpPacket& packet) {
  if (!ssrc) ssrc = packet.ssrc;
  if (packet.ssrc == *ssrc) {
    other_count = 0;
    return true;
  }
  other_count = packet.ssrc == other_ssrc ? other_count + 1 : 1;
  other_ssrc = packet.ssrc;
  if (other_count < kSsrcProbation) return false;
  ssrc = packet.ssrc;
  other_count = 0;
  source_changed = true;
  reorder.reset();
  timeline.restart();
  reception = {};
  last_report.reset();
  return true;
}

Result<void> TrackReceiver::Impl::deliver(ByteSpan bytes, const Arrival& arrival) {
  const auto packet = parse_rtp(bytes);
  if (!packet) return ok();  // was readable when it was offered
  if (holds_other_codec(setup.codec, packet->payload)) return codec_changed();
  const uint32_t missing = reorder.take_lost();
  stats.lost += missing;
  const bool loss = missing > 0 || std::exchange(source_changed, false);
  return std::visit(
      [&](auto& codec) { return codec.push(*packet, loss ? Loss::kBefore : Loss::kNone, arrival); },
      *depacketizer);
}

Result<void> TrackReceiver::Impl::offer(const RtpPacket& packet, ByteSpan bytes,
                                        const Arrival& arrival) {
  using Verdict = ReorderBuffer::Verdict;
  auto verdict = reorder.offer(packet.sequence, bytes, arrival);
  while (verdict == Verdict::kFull) {
    const auto held = reorder.pop_any();
    VEDETTE_TRY(deliver(held->packet, held->arrival));
    verdict = reorder.offer(packet.sequence, bytes, arrival);
  }
  if (verdict == Verdict::kDuplicate) return ++stats.duplicates, ok();
  if (verdict == Verdict::kSuspect) return ++stats.foreign, ok();
  if (verdict == Verdict::kRestart) reception = {};
  reception.take(packet, arrival.mono, setup.clock_rate);
  if (verdict == Verdict::kHeld) ++stats.reordered;
  if (verdict == Verdict::kNext || verdict == Verdict::kRestart)
    VEDETTE_TRY(deliver(bytes, arrival));
  while (const auto held = reorder.pop(arrival.mono))
    VEDETTE_TRY(deliver(held->packet, held->arrival));
  return ok();
}

ReportBlock TrackReceiver::Impl::report_block(MonoTime now) {
  ReportBlock block;
  block.ssrc = *ssrc;
  const uint32_t expected = reception.expected();
  const uint32_t interval = expected - std::exchange(reception.expected_before, expected);
  const uint32_t received =
      reception.received - std::exchange(reception.received_before, reception.received);
  if (interval > received)
    block.fraction_lost = static_cast<uint8_t>(
        std::min<uint64_t>(uint64_t{interval - received} * 256 / interval, 255));
  block.cumulative_lost = static_cast<int32_t>(
      std::clamp<int64_t>(int64_t{expected} - int64_t{reception.received}, -0x800000, 0x7FFFFF));
  block.highest_sequence = reception.highest;
  block.jitter = static_cast<uint32_t>(reception.jitter);
  if (last_report) {
    block.last_sr = static_cast<uint32_t>(last_report->first.ntp >> 16);
    const int64_t delay = us_to_ticks((now - last_report->second).count(), 65536);
    block.delay_since_last_sr = static_cast<uint32_t>(std::clamp<int64_t>(delay, 0, UINT32_MAX));
  }
  return block;
}

TrackReceiver::TrackReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TrackReceiver::~TrackReceiver() = default;

Result<std::unique_ptr<TrackReceiver>> TrackReceiver::create(const TrackSetup& setup) {
  VEDETTE_TRY(check_clock_rate(setup));
  auto impl = std::make_unique<Impl>(setup);
  VEDETTE_ASSIGN(impl->depacketizer, make_depacketizer(impl->setup, *impl));
  return std::unique_ptr<TrackReceiver>(new TrackReceiver(std::move(impl)));
}

Result<void> TrackReceiver::push_rtp(ByteSpan bytes, const Arrival& arrival) {
  Impl& self = *impl_;
  const auto packet = parse_rtp(bytes);
  if (!packet) return ++self.stats.malformed, ok();
  if (packet->payload_type != self.setup.payload_type) return self.reject_type();
  self.other_type_count = 0;
  if (!self.accept_source(*packet)) return ++self.stats.foreign, ok();
  ++self.stats.packets;
  self.stats.bytes += bytes.size();
  if (!self.report_due) self.report_due = arrival.mono + kReportInterval;
  return self.offer(*packet, bytes, arrival);
}

void TrackReceiver::push_rtcp(ByteSpan compound, const Arrival& arrival) {
  Impl& self = *impl_;
  const auto rtcp = parse_rtcp(compound);
  if (!rtcp) {
    ++self.stats.bad_reports;
    return;
  }
  if (!rtcp->sender_report) return;
  // The SSRC of a report is not held against it: the Tapo C320WS puts another one there
  // (https://github.com/scottlamb/retina/blob/main/CHANGELOG.md, 0.4.6), and the timeline checks
  // whether the report can be about this stream.
  self.last_report = {*rtcp->sender_report, arrival.mono};
  if (!self.timeline.on_sender_report(*rtcp->sender_report, arrival)) ++self.stats.bad_reports;
}

void TrackReceiver::set_rtp_info(uint32_t rtptime, std::optional<uint16_t> sequence) {
  // The sequence number is not needed, and the Hikvision DS-2CD2032-I and the Tapo C320WS send 0
  // and 1 there (https://github.com/scottlamb/retina/blob/main/CHANGELOG.md, 0.4.6).
  static_cast<void>(sequence);
  impl_->timeline.set_rtp_info(rtptime);
}

media::AccessUnitPtr TrackReceiver::pop() {
  Impl& self = *impl_;
  if (self.next_ready == self.ready.size()) return nullptr;
  auto au = std::move(self.ready[self.next_ready++]);
  if (self.next_ready == self.ready.size()) {
    self.ready.clear();
    self.next_ready = 0;
  }
  return au;
}

void TrackReceiver::flush() {
  Impl& self = *impl_;
  while (const auto held = self.reorder.pop_any()) {
    if (!self.deliver(held->packet, held->arrival)) break;
  }
  std::visit([](auto& codec) { codec.flush(); }, *self.depacketizer);
}

std::optional<Bytes> TrackReceiver::make_receiver_report(MonoTime now) {
  Impl& self = *impl_;
  if (!self.report_due || now < *self.report_due || !self.reception.started) return std::nullopt;
  self.report_due = now + kReportInterval;
  const uint32_t own_ssrc = *self.ssrc ^ 0x56454431;  // any other than the camera's
  return build_receiver_report(own_ssrc, self.report_block(now), "vedette");
}

const ReceiverStats& TrackReceiver::stats() const {
  Impl& self = *impl_;
  self.stats.clock_jumps = self.timeline.jumps();
  self.stats.camera_clock = self.timeline.camera_clock();
  self.stats.jitter_us = static_cast<uint32_t>(
      std::min(self.reception.jitter * 1'000'000 / self.setup.clock_rate, double{UINT32_MAX}));
  return self.stats;
}

}  // namespace vedette::rtp
