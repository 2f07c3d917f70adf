// SPDX-License-Identifier: Apache-2.0
// A moment drawn into a picture as a block code that a program reads back from the screen, however
// the picture was coded and scaled on its way there. Pure.
//
// Two rows of sixteen squares, each as wide as a fortieth of the picture, from a twentieth of the
// width in and down. Left to right and top to bottom, white is 1: 16 bits of milliseconds, 8 bits
// that the maker chooses, 8 bits of CRC (polynomial 0x07, first 0xff) over those three bytes.
// bench/browser/stamp.mjs reads the same.
#pragma once

#include <cstdint>
#include <optional>

#include "vision/picture.h"

namespace vedette::sim {

struct Stamp {
  uint16_t ms = 0;   ///< of the wall clock, modulo the scene's loop of 30 s
  uint8_t mark = 0;  ///< the scene's seed, so that cameras cannot be mistaken for each other

  friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// REQUIRES: the picture is at least 160 wide and half as high.
void draw_stamp(vision::Picture& picture, const Stamp& stamp);
/// nullopt where there is none, or none that can be trusted.
[[nodiscard]] std::optional<Stamp> read_stamp(const vision::Picture& picture);

}  // namespace vedette::sim
