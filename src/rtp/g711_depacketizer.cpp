// SPDX-License-Identifier: Apache-2.0
#include "rtp/g711_depacketizer.h"

#include <algorithm>
#include <utility>

namespace vedette::rtp {
namespace {

// Timestamps of cheap encoders wander by a packet or two while the samples are continuous.
constexpr int32_t kMaxUnevenness = media::G711ToOpus::kInputRate / 20;

}  // namespace

G711Depacketizer::G711Depacketizer(std::unique_ptr<media::G711ToOpus> encoder, uint8_t channels,
                                   UnitSink& sink)
    : sink_(&sink),
      encoder_(std::move(encoder)),
      track_(std::make_shared<const media::TrackInfo>(encoder_->track())),
      channels_(channels),
      frame_size_(media::G711ToOpus::kFrameSamples * channels) {}

Result<G711Depacketizer> G711Depacketizer::create(const TrackSetup& setup, UnitSink& sink) {
  const uint8_t channels = setup.channels == 0 ? 1 : setup.channels;
  if (setup.clock_rate != media::G711ToOpus::kInputRate || channels > 2)
    return make_error(ErrorCode::kUnsupported, "G.711 other than at 8 kHz, mono or stereo");
  VEDETTE_ASSIGN(auto encoder, media::G711ToOpus::create(setup.codec, channels));
  return G711Depacketizer(std::move(encoder), channels, sink);
}

Result<void> G711Depacketizer::push(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  const auto buffered = static_cast<uint32_t>(rest_.size() / channels_);
  const auto off = static_cast<int32_t>(packet.timestamp - next_timestamp_ - buffered);
  if (loss == Loss::kBefore || off > kMaxUnevenness || off < -kMaxUnevenness) {
    // Not the continuation of what is buffered: those few milliseconds are dropped.
    if (!rest_.empty()) encoder_->reset();
    rest_.clear();
    next_timestamp_ = packet.timestamp;
    damaged_ = damaged_ || loss == Loss::kBefore;
  }
  ByteSpan samples = packet.payload;
  if (!rest_.empty()) {
    const size_t take = std::min(frame_size_ - rest_.size(), samples.size());
    rest_.insert(rest_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(take));
    samples = samples.subspan(take);
    if (rest_.size() < frame_size_) return ok();
    VEDETTE_TRY(emit(rest_, arrival));
    rest_.clear();
  }
  for (; samples.size() >= frame_size_; samples = samples.subspan(frame_size_))
    VEDETTE_TRY(emit(samples.first(frame_size_), arrival));
  rest_.assign(samples.begin(), samples.end());
  return ok();
}

Result<void> G711Depacketizer::emit(ByteSpan samples, const Arrival& arrival) {
  Unit unit;
  VEDETTE_ASSIGN(unit.data, encoder_->encode(samples));
  unit.timestamp = next_timestamp_;
  unit.track = track_;
  unit.arrival = arrival;
  unit.random_access = true;
  unit.damaged = std::exchange(damaged_, false);
  next_timestamp_ += media::G711ToOpus::kFrameSamples;
  sink_->on_unit(unit);
  return ok();
}

}  // namespace vedette::rtp
