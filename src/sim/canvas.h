// SPDX-License-Identifier: Apache-2.0
// Draws filled, anti-aliased outlines straight into the planes of a YUV picture. Confined to one
// thread; the picture must outlive it. The same calls give the same bytes.
#pragma once

#include "sim/shapes.h"
#include "vision/picture.h"

namespace vedette::sim {

class Canvas {
 public:
  explicit Canvas(vision::Picture& picture) : picture_(picture) {}

  /// The light that every colour given to fill() and gradient() is seen in.
  void set_light(Light light) { light_ = light; }
  [[nodiscard]] Light light() const { return light_; }

  /// `alpha`: 0 leaves the picture as it is, 1 covers it.
  void fill(const Outline& outline, Color color, double alpha = 1);
  void fill(Box box, Color color, double alpha = 1) { fill(rectangle(box), color, alpha); }
  /// From `top` at box.y0 to `bottom` at box.y1. REQUIRES: box.y0 >= 0.
  void gradient(Box box, Color top, Color bottom);
  /// A lamp's halo, or the pool it throws on the ground.
  struct Halo {
    Point center;
    double rx = 0;
    double ry = 0;
  };
  /// The colour at `strength` in the middle, nothing at the rim; not under light().
  void glow(Halo halo, Color color, double strength);
  void glow(Point center, double radius, Color color, double strength) {
    glow({center, radius, radius}, color, strength);
  }

 private:
  /// One plane, with the factors from stage units to its pixels.
  struct Plane {
    uint8_t* pixels;
    int width;
    int height;
    double sx;
    double sy;
  };
  struct Planes {
    Plane y, u, v;
  };
  [[nodiscard]] Planes planes() const;
  static void fill_plane(const Plane& plane, const Outline& outline, uint8_t value, double alpha);

  vision::Picture& picture_;
  Light light_;
};

}  // namespace vedette::sim
