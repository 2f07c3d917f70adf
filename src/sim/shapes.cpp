// SPDX-License-Identifier: Apache-2.0
#include "sim/shapes.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/assert.h"

namespace vedette::sim {
namespace {

constexpr double kPi = std::numbers::pi;

Color pack(double r, double g, double b) {
  const auto channel = [](double v) {
    return static_cast<uint32_t>(std::lround(std::clamp(v, 0.0, 255.0)));
  };
  return {channel(r) << 16 | channel(g) << 8 | channel(b)};
}

/// Appends the points of a circle's arc, both ends included.
void arc(Outline& out, Point center, double radius, double from, double to) {
  const int steps = std::clamp(static_cast<int>(radius * std::abs(to - from) / 4), 4, 24);
  for (int i = 0; i <= steps; ++i) {
    const double angle = from + (to - from) * i / steps;
    out.push_back({center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)});
  }
}

}  // namespace

Color mix(Color a, Color b, double share) {
  const double keep = 1 - share;
  return pack(a.r() * keep + b.r() * share, a.g() * keep + b.g() * share,
              a.b() * keep + b.b() * share);
}

Color lit(Color color, Light light) {
  return pack(color.r() * light.r, color.g() * light.g, color.b() * light.b);
}

Outline rectangle(Box box) {
  return {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
}

Outline rounded(Box box, double radius) {
  const double r = std::min({radius, (box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2});
  Outline out;
  arc(out, {box.x1 - r, box.y0 + r}, r, -kPi / 2, 0);
  arc(out, {box.x1 - r, box.y1 - r}, r, 0, kPi / 2);
  arc(out, {box.x0 + r, box.y1 - r}, r, kPi / 2, kPi);
  arc(out, {box.x0 + r, box.y0 + r}, r, kPi, 3 * kPi / 2);
  return out;
}

Outline ellipse(Point center, double rx, double ry) {
  const int steps = std::clamp(static_cast<int>(std::max(rx, ry) * 1.5), 12, 72);
  Outline out;
  for (int i = 0; i < steps; ++i) {
    const double angle = 2 * kPi * i / steps;
    out.push_back({center.x + rx * std::cos(angle), center.y + ry * std::sin(angle)});
  }
  return out;
}

Outline circle(Point center, double radius) { return ellipse(center, radius, radius); }

Outline capsule(Point from, Point to, double radius) {
  const double angle = std::atan2(to.y - from.y, to.x - from.x);
  Outline out;
  arc(out, to, radius, angle - kPi / 2, angle + kPi / 2);
  arc(out, from, radius, angle + kPi / 2, angle + 3 * kPi / 2);
  return out;
}

uint64_t Dice::next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int Dice::below(int count) {
  VEDETTE_ASSERT(count > 0);
  return static_cast<int>(next() % static_cast<uint64_t>(count));
}

double Dice::between(double low, double high) {
  return low + (high - low) * static_cast<double>(next() >> 11) / 9007199254740992.0;
}

}  // namespace vedette::sim
