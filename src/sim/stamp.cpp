// SPDX-License-Identifier: Apache-2.0
#include "sim/stamp.h"

#include <algorithm>

#include "base/assert.h"

namespace vedette::sim {
namespace {

constexpr int kColumns = 16;
constexpr int kRows = 2;
// Far enough from the limits that an encoder's ringing is not cut off, and from each other that
// the coarsest quantiser keeps them apart.
constexpr uint8_t kBlack = 32;
constexpr uint8_t kWhite = 220;
constexpr int kThreshold = (kBlack + kWhite) / 2;

/// In pixels of luma.
struct Square {
  int x0, y0, x1, y1;
};

Square square(int width, int index) {
  const int column = index % kColumns;
  const int row = index / kColumns;
  const auto at = [width](int fortieths) { return width * fortieths / 40; };
  return {at(2 + column), at(2 + row), at(3 + column), at(3 + row)};
}

uint8_t crc8(uint32_t three_bytes) {
  uint8_t crc = 0xff;
  for (int shift = 16; shift >= 0; shift -= 8) {
    crc = static_cast<uint8_t>(crc ^ (three_bytes >> shift & 0xff));
    for (int bit = 0; bit < 8; ++bit)
      crc = static_cast<uint8_t>((crc << 1) ^ ((crc & 0x80) != 0 ? 0x07 : 0));
  }
  return crc;
}

bool fits(const vision::Picture& picture) {
  return picture.width >= 160 && picture.height * 2 >= picture.width;
}

void fill(vision::Picture& picture, const Square& s, uint8_t luma) {
  for (int y = s.y0; y < s.y1; ++y) {
    const auto row = picture.y.begin() + static_cast<std::ptrdiff_t>(y) * picture.width;
    std::fill(row + s.x0, row + s.x1, luma);
  }
  for (int y = s.y0 / 2; y < (s.y1 + 1) / 2; ++y) {
    const auto at = static_cast<std::ptrdiff_t>(y) * picture.chroma_width();
    const auto from = at + s.x0 / 2, to = at + (s.x1 + 1) / 2;
    std::fill(picture.u.begin() + from, picture.u.begin() + to, uint8_t{128});
    std::fill(picture.v.begin() + from, picture.v.begin() + to, uint8_t{128});
  }
}

/// Of the middle half: the edges are what coding and scaling spoil.
int mean_luma(const vision::Picture& picture, const Square& s) {
  const int inset = (s.x1 - s.x0) / 4;
  int sum = 0, count = 0;
  for (int y = s.y0 + inset; y < s.y1 - inset; ++y) {
    for (int x = s.x0 + inset; x < s.x1 - inset; ++x) {
      sum += picture.y[static_cast<size_t>(y) * static_cast<size_t>(picture.width) +
                       static_cast<size_t>(x)];
      ++count;
    }
  }
  return sum / std::max(1, count);
}

}  // namespace

void draw_stamp(vision::Picture& picture, const Stamp& stamp) {
  VEDETTE_ASSERT(fits(picture));
  const uint32_t three_bytes = uint32_t{stamp.ms} << 8 | stamp.mark;
  const uint32_t code = three_bytes << 8 | crc8(three_bytes);
  for (int i = 0; i < kColumns * kRows; ++i) {
    const bool one = (code >> (kColumns * kRows - 1 - i) & 1) != 0;
    fill(picture, square(picture.width, i), one ? kWhite : kBlack);
  }
}

std::optional<Stamp> read_stamp(const vision::Picture& picture) {
  if (!fits(picture)) return std::nullopt;
  uint32_t code = 0;
  for (int i = 0; i < kColumns * kRows; ++i) {
    const bool one = mean_luma(picture, square(picture.width, i)) > kThreshold;
    code = code << 1 | (one ? 1u : 0u);
  }
  if (crc8(code >> 8) != (code & 0xff)) return std::nullopt;
  return Stamp{static_cast<uint16_t>(code >> 16), static_cast<uint8_t>(code >> 8)};
}

}  // namespace vedette::sim
