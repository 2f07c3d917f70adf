// SPDX-License-Identifier: Apache-2.0
#include "sim/stamp.h"

#include <gtest/gtest.h>

namespace vedette::sim {
namespace {

vision::Picture grey(int width, int height) {
  vision::Picture picture(width, height);
  std::fill(picture.y.begin(), picture.y.end(), uint8_t{90});
  return picture;
}

TEST(Stamp, is_read_back_at_every_moment_of_a_loop) {
  vision::Picture picture = grey(320, 180);
  for (uint16_t ms = 0; ms < 30'000; ms = static_cast<uint16_t>(ms + 7)) {
    const Stamp stamp{ms, static_cast<uint8_t>(ms % 5)};
    draw_stamp(picture, stamp);
    ASSERT_EQ(read_stamp(picture), stamp);
  }
}

TEST(Stamp, a_picture_without_one_has_none) {
  for (const int luma : {0, 90, 126, 127, 255}) {
    vision::Picture picture = grey(640, 360);
    std::fill(picture.y.begin(), picture.y.end(), static_cast<uint8_t>(luma));
    EXPECT_EQ(read_stamp(picture), std::nullopt) << luma;
  }
  EXPECT_EQ(read_stamp(vision::Picture(8, 8)), std::nullopt) << "too small for one";
}

TEST(Stamp, one_wrong_square_is_noticed) {
  for (int column = 0; column < 16; ++column) {
    vision::Picture picture = grey(640, 360);
    draw_stamp(picture, {12'345, 3});
    // Squares are 16 wide and begin at 32, 32.
    for (int y = 32; y < 48; ++y) {
      for (int x = 32 + 16 * column; x < 48 + 16 * column; ++x) {
        uint8_t& luma = picture.y[static_cast<size_t>(y * 640 + x)];
        luma = static_cast<uint8_t>(252 - luma);
      }
    }
    EXPECT_EQ(read_stamp(picture), std::nullopt) << column;
  }
}

}  // namespace
}  // namespace vedette::sim
