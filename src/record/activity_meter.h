// SPDX-License-Identifier: Apache-2.0
// How much moves in a stream, told from what is in its headers already: the sizes of its pictures
// and the QP of their slices. Nothing is decoded. Pure; confined to the stream's shard thread.
//
// With a constant QP a moving thing costs bits; with a constant bitrate it costs QP; what it costs
// of both together is bits corrected for QP, log2(bytes) + QP / 6. Each of the three is taken over
// the fragment and over its busiest quarter of a second or so, and compared with the camera's own
// quiet level: the quieter part of the last six minutes. Random access units tell nothing and are
// left out where there is anything else.
//
// It is a measure of change and no detector: rain, noise at night and a light that is switched on
// count too, and somebody small or far away may not. docs/adr/0011-activity-in-the-fragment.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "media/access_unit.h"

namespace vedette::record {

class ActivityMeter {
 public:
  /// 1 quiet … 255; 0 while too little was seen to know what quiet is. The access units of one
  /// fragment, in decode order.
  [[nodiscard]] uint8_t measure(std::span<const media::AccessUnitPtr> video);
  /// Another track or session: what was quiet before says nothing now.
  void reset();

 private:
  static constexpr size_t kFeatures = 6;
  using Features = std::array<float, kFeatures>;
  /// A long GOP comes in pieces, and its first piece is coded otherwise than the rest.
  enum Phase : size_t { kStart = 0, kRest = 1, kIntraOnly = 2, kPhases = 3 };

  /// The recent past of one phase; the oldest is overwritten.
  struct Level {
    std::vector<Features> past;
    size_t next = 0;
    int64_t added_ticks = 0;  // decode time of the fragment that was added last
  };

  [[nodiscard]] bool gather(std::span<const media::AccessUnitPtr> video, bool intra);
  [[nodiscard]] Features features() const;
  [[nodiscard]] float compare(const Level& level, const Features& now);
  void add(Level& level, const Features& now, const media::AccessUnit& first);

  struct Picture {
    float size = 0;  // log2 of the bytes of its slices
    float qp = -1;
  };
  std::array<Level, kPhases> levels_;
  std::vector<Picture> pictures_;  // of the fragment that is measured
  std::vector<float> sorted_;
};

}  // namespace vedette::record
