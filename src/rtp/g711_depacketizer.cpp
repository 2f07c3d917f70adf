// SPDX-License-Identifier: Apache-2.0
#include "rtp/g711_depacketizer.h"

#include <algorithm>
#include <utility>

namespace vedette::rtp {
namespace {

// Timestamps of cheap encoders wander by a packet or two while the samples are continuous.
constexpr uint32_t kUnevennessPerSecond = 20;  // 50 ms

}  // namespace

G711Depacketizer::G711Depacketizer(std::unique_ptr<media::G711ToOpus> encoder,
                                   const media::G711ToOpus::Input& input, UnitSink& sink)
    : sink_(&sink),
      encoder_(std::move(encoder)),
      track_(std::make_shared<const media::TrackInfo>(encoder_->track())),
      input_(input) {}

Result<G711Depacketizer> G711Depacketizer::create(const TrackSetup& setup, UnitSink& sink) {
  const media::G711ToOpus::Input input{setup.codec, std::max<uint8_t>(setup.channels, 1),
                                       setup.clock_rate};
  VEDETTE_ASSIGN(auto encoder, media::G711ToOpus::create(input));
  return G711Depacketizer(std::move(encoder), input, sink);
}

Result<void> G711Depacketizer::push(const RtpPacket& packet, Loss loss, const Arrival& arrival) {
  const size_t frame_size = media::G711ToOpus::frame_samples(input_.rate) * input_.channels;
  const auto most = static_cast<int32_t>(input_.rate / kUnevennessPerSecond);
  const auto buffered = static_cast<uint32_t>(rest_.size() / input_.channels);
  const auto off = static_cast<int32_t>(packet.timestamp - next_timestamp_ - buffered);
  if (loss == Loss::kBefore || off > most || off < -most) {
    // Not the continuation of what is buffered: those few milliseconds are dropped.
    if (!rest_.empty()) encoder_->reset();
    rest_.clear();
    next_timestamp_ = packet.timestamp;
    damaged_ = damaged_ || loss == Loss::kBefore;
  }
  ByteSpan samples = packet.payload;
  if (!rest_.empty()) {
    const size_t take = std::min(frame_size - rest_.size(), samples.size());
    rest_.insert(rest_.end(), samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(take));
    samples = samples.subspan(take);
    if (rest_.size() < frame_size) return ok();
    VEDETTE_TRY(emit(rest_, arrival));
    rest_.clear();
  }
  for (; samples.size() >= frame_size; samples = samples.subspan(frame_size))
    VEDETTE_TRY(emit(samples.first(frame_size), arrival));
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
  next_timestamp_ += static_cast<uint32_t>(media::G711ToOpus::frame_samples(input_.rate));
  sink_->on_unit(unit);
  return ok();
}

}  // namespace vedette::rtp
