// SPDX-License-Identifier: Apache-2.0
// Points, colours and outlines of the simulator's drawings, in stage units: every scene is laid
// out on a stage of 1280 x 720, whatever the size of the picture. Values and pure functions.
#pragma once

#include <cstdint>
#include <vector>

namespace vedette::sim {

constexpr double kStageWidth = 1280;
constexpr double kStageHeight = 720;

struct Point {
  double x = 0;
  double y = 0;
};
[[nodiscard]] inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
[[nodiscard]] inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
[[nodiscard]] inline Point operator*(Point a, double k) { return {a.x * k, a.y * k}; }

struct Box {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;
};

/// 0xRRGGBB, gamma-coded.
struct Color {
  uint32_t rgb = 0;

  [[nodiscard]] double r() const { return rgb >> 16 & 0xff; }
  [[nodiscard]] double g() const { return rgb >> 8 & 0xff; }
  [[nodiscard]] double b() const { return rgb & 0xff; }
};
/// `a` at 0, `b` at 1.
[[nodiscard]] Color mix(Color a, Color b, double share);

/// What falls on a surface: its colour is multiplied by this, channel by channel.
struct Light {
  double r = 1;
  double g = 1;
  double b = 1;
};
[[nodiscard]] Color lit(Color color, Light light);

/// A closed outline that does not cross itself.
using Outline = std::vector<Point>;
[[nodiscard]] Outline rectangle(Box box);
[[nodiscard]] Outline rounded(Box box, double radius);
[[nodiscard]] Outline ellipse(Point center, double rx, double ry);
[[nodiscard]] Outline circle(Point center, double radius);
/// A thick line with round ends: limbs, posts, wires.
[[nodiscard]] Outline capsule(Point from, Point to, double radius);

/// The same numbers for the same seed on every machine (splitmix64).
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next();
  /// 0 <= result < count. REQUIRES: count > 0.
  int below(int count);
  /// Even between `low` and `high`.
  double between(double low, double high);

 private:
  uint64_t state_;
};

}  // namespace vedette::sim
