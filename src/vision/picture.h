// SPDX-License-Identifier: Apache-2.0
// A decoded or drawn picture: planar YUV 4:2:0, 8 bit, BT.709 limited range. A value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vedette::vision {

/// Planes without padding: luma width x height, each chroma half of that, rounded up.
struct Picture {
  Picture() = default;
  Picture(int picture_width, int picture_height)
      : width(picture_width),
        height(picture_height),
        y(plane_size(width, height)),
        u(plane_size(chroma_width(), chroma_height())),
        v(u.size()) {}

  [[nodiscard]] int chroma_width() const { return (width + 1) / 2; }
  [[nodiscard]] int chroma_height() const { return (height + 1) / 2; }
  friend bool operator==(const Picture&, const Picture&) = default;

  int width = 0;
  int height = 0;
  std::vector<uint8_t> y;
  std::vector<uint8_t> u;
  std::vector<uint8_t> v;

 private:
  static size_t plane_size(int w, int h) { return static_cast<size_t>(w) * static_cast<size_t>(h); }
};

}  // namespace vedette::vision
