// SPDX-License-Identifier: Apache-2.0
#include "record/activity_meter.h"

#include <algorithm>
#include <cmath>

#include "media/nal.h"

namespace vedette::record {
namespace {

/// The past: six minutes of one entry in two seconds. A level that rises for good is the quiet one
/// when it fills seven tenths of them.
constexpr size_t kPast = 180;
constexpr int64_t kEntryUs = 1'900'000;
/// Half a minute of it before anything is said.
constexpr size_t kLeast = 15;
constexpr size_t kWindow = 4;  // pictures
/// What counts as quiet: three tenths of the time are quieter. The spread is that of the quiet
/// side alone, so that a busy street has a level as well.
constexpr double kQuiet = 0.30;
constexpr double kQuietest = 0.05;
constexpr float kDeviations = 1.12F;  // between those two, of a normal distribution
/// Spread below which a difference means nothing: encoders toggle between neighbouring values.
constexpr std::array<float, 6> kLeastSpread = {0.05F, 0.25F, 0.05F, 0.08F, 0.35F, 0.08F};
/// Noise reaches this many deviations above the quiet level, as the largest of six features.
constexpr float kNoise = 5.0F;
constexpr float kScale = 12.0F;

bool is_slice(media::Codec codec, uint8_t first_byte) {
  if (codec == media::Codec::kH264) {
    const uint8_t type = media::h264_nal_type(first_byte);
    return type >= media::h264::kSlice && type <= media::h264::kIdr;
  }
  return media::h265_nal_type(first_byte) <= media::h265::kLastVcl;
}

size_t slice_bytes(const media::AccessUnit& au) {
  size_t bytes = 0;
  media::NalReader nals(au.data);
  while (const auto nal = nals.next())
    if (!nal->empty() && is_slice(au.track->codec, nal->front())) bytes += nal->size();
  return bytes;
}

float quantile(std::vector<float>& values, double share) {
  const auto at = static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}

}  // namespace

void ActivityMeter::reset() { levels_ = {}; }

uint8_t ActivityMeter::measure(std::span<const media::AccessUnitPtr> video) {
  if (video.empty()) return 0;
  const media::AccessUnit& first = *video.front();
  Phase phase = first.random_access ? kStart : kRest;
  if (!gather(video, false)) {
    phase = kIntraOnly;
    if (!gather(video, true)) return 0;
  }
  Level& level = levels_[phase];
  const Features now = features();
  const bool known = level.past.size() >= kLeast;
  const float above = known ? compare(level, now) - kNoise : 0;
  add(level, now, first);
  if (!known) return 0;
  const float share = above <= 0 ? 0 : 1 - std::exp(-above / kScale);
  return static_cast<uint8_t>(1 + std::lround(254 * share));
}

// False when there is no picture of that kind.
bool ActivityMeter::gather(std::span<const media::AccessUnitPtr> video, bool intra) {
  pictures_.clear();
  for (const media::AccessUnitPtr& au : video) {
    if (au->random_access != intra || au->damaged) continue;
    const size_t bytes = slice_bytes(*au);
    if (bytes == 0) continue;
    pictures_.push_back(
        {std::log2(static_cast<float>(bytes)), au->qp < 0 ? -1.0F : static_cast<float>(au->qp)});
  }
  return !pictures_.empty();
}

ActivityMeter::Features ActivityMeter::features() const {
  Features most{};
  most.fill(-1000);
  std::array<float, 3> sum{};
  std::array<float, 3> window{};
  const size_t width = std::min(kWindow, pictures_.size());
  const auto values = [&](size_t i) {
    const Picture& picture = pictures_[i];
    return std::array<float, 3>{picture.size, picture.qp, picture.size + picture.qp / 6};
  };
  for (size_t i = 0; i < pictures_.size(); ++i) {
    const auto now = values(i);
    const auto left = i >= width ? values(i - width) : std::array<float, 3>{};
    for (size_t f = 0; f < 3; ++f) {
      sum[f] += now[f];
      window[f] += now[f] - left[f];
      if (i + 1 >= width) most[3 + f] = std::max(most[3 + f], window[f]);
    }
  }
  for (size_t f = 0; f < 3; ++f) {
    most[f] = sum[f] / static_cast<float>(pictures_.size());
    most[3 + f] /= static_cast<float>(width);
  }
  return most;
}

float ActivityMeter::compare(const Level& level, const Features& now) {
  float most = 0;
  for (size_t f = 0; f < kFeatures; ++f) {
    sorted_.clear();
    for (const Features& past : level.past) sorted_.push_back(past[f]);
    const float quiet = quantile(sorted_, kQuiet);
    const float quietest = quantile(sorted_, kQuietest);
    const float spread = std::max(kLeastSpread[f], (quiet - quietest) / kDeviations);
    most = std::max(most, (now[f] - quiet) / spread);
  }
  return most;
}

void ActivityMeter::add(Level& level, const Features& now, const media::AccessUnit& first) {
  const int64_t passed =
      ticks_to_us(first.dts - level.added_ticks, std::max(1U, first.track->timescale));
  // All-intra streams have several fragments a second: each tells less than two seconds do.
  if (!level.past.empty() && passed >= 0 && passed < kEntryUs) return;
  level.added_ticks = first.dts;
  if (level.past.size() < kPast) {
    level.past.push_back(now);
    return;
  }
  level.past[level.next] = now;
  level.next = (level.next + 1) % kPast;
}

}  // namespace vedette::record
