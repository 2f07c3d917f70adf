// SPDX-License-Identifier: Apache-2.0
#include "sim/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vedette::sim {
namespace {

template <size_t N>
Color pick(Dice& dice, const std::array<uint32_t, N>& colors) {
  return {colors[static_cast<size_t>(dice.below(N))]};
}

constexpr std::array<uint32_t, 5> kSkins = {0xf2c9a5, 0xd9a47a, 0xa8744f, 0x7a5038, 0xe8b48f};
constexpr std::array<uint32_t, 5> kHair = {0x2b2320, 0x5a3d2b, 0x8a6a45, 0x3a3a3e, 0xb9b3a8};
constexpr std::array<uint32_t, 8> kTops = {0xc8553d, 0x2f5d8a, 0xe0a83e, 0x3e7c6b,
                                           0xd8d3c8, 0x6b4a7d, 0x34495e, 0xb5657a};
constexpr std::array<uint32_t, 4> kTrousers = {0x2c3547, 0x4a4f57, 0x6b5b4a, 0x23303a};
constexpr std::array<uint32_t, 8> kPaints = {0xb8413a, 0x3b6ea0, 0xdfe3e6, 0x2f3a45,
                                             0x7d8a94, 0xd79a3b, 0x4f7f6a, 0x8fb0c4};
constexpr Color kGlass{0x3d5263};
constexpr Color kTyre{0x25282c};
constexpr Color kShadow{0x101418};

/// From the figure's own units (1 = the height of a person, y upwards) to the stage.
struct Frame {
  Pose pose;
  double facing = pose.direction < 0 ? -1 : 1;

  Point at(double x, double y) const {
    return {pose.foot.x + facing * x * pose.height, pose.foot.y - y * pose.height};
  }
  Box box(double x0, double y0, double x1, double y1) const {
    const Point a = at(x0, y1);
    const Point b = at(x1, y0);
    return {std::min(a.x, b.x), a.y, std::max(a.x, b.x), b.y};
  }
  Outline outline(std::initializer_list<Point> points) const {
    Outline out;
    for (const Point p : points) out.push_back(at(p.x, p.y));
    return out;
  }
  double size(double v) const { return v * pose.height; }
};

void draw_leg(Canvas& canvas, const Frame& f, double phase, Color trousers) {
  const double swing = f.pose.moving ? std::sin(phase) : 0.25 * std::sin(phase);
  const double lift = f.pose.moving ? 0.06 * std::max(0.0, std::cos(phase)) : 0;
  const double reach = f.pose.direction == 0 ? 0.05 * (std::sin(phase) > 0 ? 1 : -1) : 0.16 * swing;
  const Point hip{f.pose.direction == 0 ? reach * 0.8 : 0, 0.48};
  const Point knee{reach * 0.5 + (f.pose.moving ? 0.035 : 0.0), 0.26 + lift * 0.7};
  const Point foot{reach, 0.035 + lift};
  const double width = f.size(0.042);
  canvas.fill(capsule(f.at(hip.x, hip.y), f.at(knee.x, knee.y), width * 1.15), trousers);
  canvas.fill(capsule(f.at(knee.x, knee.y), f.at(foot.x, foot.y), width * 0.9), trousers);
  canvas.fill(
      capsule(f.at(foot.x, foot.y - 0.012), f.at(foot.x + 0.055, foot.y - 0.012), width * 0.62),
      Color{0x1f2226});
}

void draw_arm(Canvas& canvas, const Frame& f, double phase, const PersonStyle& style) {
  const double swing = f.pose.moving ? 0.13 * std::sin(phase) : 0.02;
  const double side = f.pose.direction == 0 ? (std::sin(phase) > 0 ? 0.105 : -0.105) : 0;
  const Point shoulder{side, 0.755};
  const Point elbow{side * 1.15 + swing * 0.4 - 0.015, 0.615};
  const Point hand{side * 1.1 + swing, 0.48};
  const Color sleeve = mix(style.top, Color{0x000000}, 0.16);
  canvas.fill(capsule(f.at(shoulder.x, shoulder.y), f.at(elbow.x, elbow.y), f.size(0.034)), sleeve);
  canvas.fill(capsule(f.at(elbow.x, elbow.y), f.at(hand.x, hand.y), f.size(0.029)), sleeve);
  canvas.fill(circle(f.at(hand.x, hand.y), f.size(0.028)), style.skin);
}

/// Outline points of a car's body and its panes, in units of its own length and height.
struct CarPlan {
  double length;  ///< in heights of a person
  double height;
  Outline body;
  Outline glass;
};

CarPlan plan(CarShape shape) {
  switch (shape) {
    case CarShape::kHatchback:
      return {2.3,
              0.86,
              {{-0.48, 0.20},
               {-0.49, 0.55},
               {-0.44, 0.64},
               {-0.36, 0.95},
               {-0.30, 1.0},
               {0.06, 1.0},
               {0.12, 0.96},
               {0.27, 0.64},
               {0.44, 0.56},
               {0.49, 0.45},
               {0.49, 0.20}},
              {{-0.38, 0.66}, {-0.32, 0.91}, {0.06, 0.91}, {0.20, 0.66}}};
    case CarShape::kSaloon:
      return {2.6,
              0.82,
              {{-0.49, 0.20},
               {-0.50, 0.56},
               {-0.47, 0.62},
               {-0.36, 0.66},
               {-0.24, 0.97},
               {-0.18, 1.0},
               {0.06, 1.0},
               {0.11, 0.97},
               {0.24, 0.66},
               {0.45, 0.57},
               {0.50, 0.46},
               {0.50, 0.20}},
              {{-0.30, 0.67}, {-0.21, 0.91}, {0.06, 0.91}, {0.17, 0.67}}};
    case CarShape::kVan:
      return {2.9,
              1.25,
              {{-0.49, 0.15},
               {-0.50, 0.95},
               {-0.48, 1.0},
               {0.24, 1.0},
               {0.29, 0.97},
               {0.40, 0.58},
               {0.48, 0.50},
               {0.50, 0.40},
               {0.50, 0.15}},
              {{0.12, 0.60}, {0.12, 0.90}, {0.26, 0.90}, {0.36, 0.60}}};
  }
  return {};
}

Outline placed(const Frame& f, const CarPlan& plan, const Outline& outline) {
  Outline out;
  for (const Point p : outline) out.push_back(f.at(p.x * plan.length, p.y * plan.height));
  return out;
}

void draw_wheel(Canvas& canvas, Point hub, double radius, double phase) {
  canvas.fill(circle(hub, radius), kTyre);
  canvas.fill(circle(hub, radius * 0.58), Color{0xb6bcc2});
  for (int spoke = 0; spoke < 3; ++spoke) {
    const double angle = phase + spoke * 2.0943951;
    const Point rim{hub.x + radius * 0.5 * std::cos(angle), hub.y + radius * 0.5 * std::sin(angle)};
    canvas.fill(capsule(hub, rim, radius * 0.1), Color{0x6d747b});
  }
}

void draw_beam(Canvas& canvas, const Frame& f, const CarPlan& plan) {
  const Light before = canvas.light();
  canvas.set_light({});
  const Point lamp = f.at(plan.length * 0.49, plan.height * 0.42);
  const Point ground{lamp.x + f.facing * f.size(1.25), f.pose.foot.y - f.size(0.02)};
  canvas.glow({ground, f.size(1.35), f.size(0.22)}, Color{0xffe9b0}, 0.42);
  canvas.fill(circle(lamp, f.size(0.055)), Color{0xfff4d0});
  canvas.fill(circle(f.at(-plan.length * 0.485, plan.height * 0.5), f.size(0.045)),
              Color{0xff4b3a});
  canvas.glow(lamp, f.size(0.45), Color{0xfff0c0}, 0.6);
  canvas.set_light(before);
}

}  // namespace

PersonStyle roll_person(Dice& dice) {
  PersonStyle style;
  style.skin = pick(dice, kSkins);
  style.hair = pick(dice, kHair);
  style.top = pick(dice, kTops);
  style.trousers = pick(dice, kTrousers);
  style.bag = dice.below(3) == 0;
  return style;
}

void draw_person(Canvas& canvas, const Pose& pose, const PersonStyle& style) {
  const Frame f{pose};
  constexpr double kHalfTurn = 3.14159265358979;
  canvas.fill(ellipse(pose.foot, f.size(0.2), f.size(0.035)), kShadow, 0.22);
  draw_arm(canvas, f, pose.phase, style);
  draw_leg(canvas, f, pose.phase + kHalfTurn, mix(style.trousers, Color{0x000000}, 0.2));
  draw_leg(canvas, f, pose.phase, style.trousers);
  const double half = pose.direction == 0 ? 0.115 : 0.092;
  canvas.fill(rounded(f.box(-half, 0.45, half, 0.81), f.size(0.07)), style.top);
  canvas.fill(capsule(f.at(0.005, 0.80), f.at(0.01, 0.86), f.size(0.035)), style.skin);
  canvas.fill(circle(f.at(0.012, 0.915), f.size(0.072)), style.skin);
  Outline hair;
  for (const Point p : circle({0, 0}, 0.078))
    if (p.y <= 0.018) hair.push_back(f.at(0.004 + p.x, 0.925 - p.y));
  canvas.fill(hair, style.hair);
  if (style.bag) {
    canvas.fill(rounded(f.box(-half - 0.09, 0.52, -half + 0.02, 0.77), f.size(0.04)),
                mix(style.top, Color{0x202020}, 0.55));
  }
  draw_arm(canvas, f, pose.phase + kHalfTurn, style);
}

Box person_box(const Pose& pose) {
  return {pose.foot.x - 0.2 * pose.height, pose.foot.y - pose.height,
          pose.foot.x + 0.2 * pose.height, pose.foot.y};
}

CarStyle roll_car(Dice& dice, bool lights) {
  CarStyle style;
  style.shape = static_cast<CarShape>(dice.below(3));
  style.paint = pick(dice, kPaints);
  style.lights = lights;
  return style;
}

void draw_car(Canvas& canvas, const Pose& pose, const CarStyle& style) {
  const Frame f{pose};
  const CarPlan p = plan(style.shape);
  canvas.fill(ellipse(pose.foot, f.size(p.length * 0.52), f.size(0.09)), kShadow, 0.3);
  if (style.lights) draw_beam(canvas, f, p);
  canvas.fill(placed(f, p, p.body), style.paint);
  canvas.fill(f.box(-p.length * 0.49, p.height * 0.16, p.length * 0.49, p.height * 0.26),
              mix(style.paint, Color{0x000000}, 0.35));
  canvas.fill(placed(f, p, p.glass), kGlass);
  if (style.shape != CarShape::kVan)
    canvas.fill(f.box(-p.length * 0.08, p.height * 0.63, -p.length * 0.06, p.height * 0.93),
                style.paint);
  canvas.fill(f.box(-p.length * 0.10, p.height * 0.54, -p.length * 0.04, p.height * 0.57),
              mix(style.paint, Color{0x000000}, 0.4));
  canvas.fill(f.box(p.length * 0.455, p.height * 0.40, p.length * 0.49, p.height * 0.50),
              Color{0xf6efd8});
  canvas.fill(f.box(-p.length * 0.49, p.height * 0.44, -p.length * 0.47, p.height * 0.56),
              Color{0xc93f35});
  const double turn = f.facing * pose.phase;
  draw_wheel(canvas, f.at(-p.length * 0.30, 0.165), f.size(0.165), turn);
  draw_wheel(canvas, f.at(p.length * 0.31, 0.165), f.size(0.165), turn);
}

Box car_box(const Pose& pose, CarShape shape) {
  const CarPlan p = plan(shape);
  const double half = p.length * pose.height / 2;
  return {pose.foot.x - half, pose.foot.y - p.height * pose.height, pose.foot.x + half,
          pose.foot.y};
}

void draw_parked_car(Canvas& canvas, const Pose& pose, const CarStyle& style) {
  const Frame f{pose};
  const double top = style.shape == CarShape::kVan ? 1.2 : 0.84;
  const Color dark = mix(style.paint, Color{0x000000}, 0.3);
  canvas.fill(ellipse(pose.foot, f.size(0.56), f.size(0.1)), kShadow, 0.32);
  canvas.fill(rounded(f.box(-0.46, 0.0, -0.28, 0.3), f.size(0.05)), kTyre);
  canvas.fill(rounded(f.box(0.28, 0.0, 0.46, 0.3), f.size(0.05)), kTyre);
  canvas.fill(f.outline({{-0.46, 0.5},
                         {-0.36, top - 0.04},
                         {-0.30, top},
                         {0.30, top},
                         {0.36, top - 0.04},
                         {0.46, 0.5}}),
              dark);
  canvas.fill(f.outline({{-0.39, 0.5}, {-0.31, top - 0.06}, {0.31, top - 0.06}, {0.39, 0.5}}),
              kGlass);
  canvas.fill(rounded(f.box(-0.5, 0.12, 0.5, 0.54), f.size(0.09)), style.paint);
  canvas.fill(rounded(f.box(-0.46, 0.36, -0.30, 0.46), f.size(0.04)), Color{0xf1ead2});
  canvas.fill(rounded(f.box(0.30, 0.36, 0.46, 0.46), f.size(0.04)), Color{0xf1ead2});
  canvas.fill(rounded(f.box(-0.24, 0.30, 0.24, 0.42), f.size(0.03)), Color{0x2a2e33});
  canvas.fill(rounded(f.box(-0.15, 0.17, 0.15, 0.25), f.size(0.015)), Color{0xe9e9e4});
}

void draw_clock(Canvas& canvas, Box box, int64_t tenths) {
  // Segments a..g of each digit, lowest bit first.
  constexpr std::array<uint8_t, 10> kDigits = {0x3f, 0x06, 0x5b, 0x4f, 0x66,
                                               0x6d, 0x7d, 0x07, 0x7f, 0x6f};
  const Light before = canvas.light();
  canvas.set_light({});
  canvas.fill(rounded(box, 6), Color{0x14181c}, 0.78);
  const int64_t seconds = tenths / 10;
  const std::array<int64_t, 5> digits = {seconds / 600 % 6, seconds / 60 % 10, seconds / 10 % 6,
                                         seconds % 10, tenths % 10};
  constexpr std::array<double, 5> kPlaces = {0.07, 0.24, 0.46, 0.63, 0.84};
  const double w = (box.x1 - box.x0) * 0.09;
  const double h = (box.y1 - box.y0) * 0.30;
  const double thick = h * 0.13;
  const Color on{0xf3f1e6};
  for (size_t i = 0; i < digits.size(); ++i) {
    const double x = box.x0 + kPlaces[i] * (box.x1 - box.x0);
    const double y = box.y0 + (box.y1 - box.y0) * 0.2;
    const std::array<std::pair<Point, Point>, 7> segments = {{{{x, y}, {x + w, y}},
                                                              {{x + w, y}, {x + w, y + h}},
                                                              {{x + w, y + h}, {x + w, y + 2 * h}},
                                                              {{x, y + 2 * h}, {x + w, y + 2 * h}},
                                                              {{x, y + h}, {x, y + 2 * h}},
                                                              {{x, y}, {x, y + h}},
                                                              {{x, y + h}, {x + w, y + h}}}};
    const uint8_t mask = kDigits[static_cast<size_t>(digits[i])];
    for (size_t s = 0; s < segments.size(); ++s)
      if ((mask >> s & 1) != 0)
        canvas.fill(capsule(segments[s].first, segments[s].second, thick), on);
  }
  const auto dot = [&](double x, double y) {
    canvas.fill(
        circle({box.x0 + x * (box.x1 - box.x0), box.y0 + y * (box.y1 - box.y0)}, thick * 1.2), on);
  };
  dot(0.395, 0.36), dot(0.395, 0.64), dot(0.785, 0.8);
  canvas.set_light(before);
}

}  // namespace vedette::sim
