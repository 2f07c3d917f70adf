// SPDX-License-Identifier: Apache-2.0
// Of figures.h, what does not move by itself: trees, lamps, parcels, houses.
#include <array>
#include <cmath>

#include "sim/figures.h"

namespace vedette::sim {
namespace {

constexpr Color kLamplight{0xffd890};

/// Draws what shines by itself, whatever the hour.
template <typename Draw>
void shining(Canvas& canvas, Draw draw) {
  const Light before = canvas.light();
  canvas.set_light({});
  draw();
  canvas.set_light(before);
}

void draw_window(Canvas& canvas, Box box, const HouseStyle& style, bool lit_inside) {
  const double w = box.x1 - box.x0;
  const double rim = w * 0.1;
  canvas.fill(Box{box.x0 - rim, box.y0 - rim, box.x1 + rim, box.y1 + rim}, style.frame);
  if (lit_inside) {
    shining(canvas, [&] {
      canvas.fill(box, kLamplight);
      canvas.fill(Box{box.x0, box.y0, box.x0 + w * 0.22, box.y1}, Color{0xf0bd6e});
      canvas.fill(Box{box.x1 - w * 0.22, box.y0, box.x1, box.y1}, Color{0xf0bd6e});
    });
  } else {
    canvas.fill(box, Color{0x6f8797});
    canvas.fill(Outline{{box.x0, box.y1},
                        {box.x0, box.y0 + w * 0.5},
                        {box.x0 + w * 0.8, box.y0},
                        {box.x1, box.y0}},
                Color{0x88a0ae}, 0.6);
  }
  const double x = (box.x0 + box.x1) / 2;
  const double y = box.y0 + (box.y1 - box.y0) * 0.4;
  canvas.fill(Box{x - rim * 0.3, box.y0, x + rim * 0.3, box.y1}, style.frame);
  canvas.fill(Box{box.x0, y - rim * 0.3, box.x1, y + rim * 0.3}, style.frame);
  canvas.fill(Box{box.x0 - rim * 1.6, box.y1 + rim, box.x1 + rim * 1.6, box.y1 + rim * 2.1},
              mix(style.wall, Color{0xffffff}, 0.35));
}

void draw_roof(Canvas& canvas, Box box, const HouseStyle& style) {
  const double w = box.x1 - box.x0;
  const double rise = style.gable ? w * 0.3 : w * 0.14;
  const double eave = w * 0.04;
  const double inset = style.gable ? w * 0.5 : w * 0.1;
  canvas.fill(Box{box.x0 + w * 0.72, box.y0 - rise * 0.95, box.x0 + w * 0.80, box.y0},
              mix(style.roof, Color{0x000000}, 0.25));
  canvas.fill(Outline{{box.x0 - eave, box.y0},
                      {box.x0 + inset, box.y0 - rise},
                      {box.x1 - inset, box.y0 - rise},
                      {box.x1 + eave, box.y0}},
              style.roof);
  canvas.fill(Box{box.x0 - eave, box.y0 - w * 0.012, box.x1 + eave, box.y0 + w * 0.02},
              mix(style.roof, Color{0x000000}, 0.2));
}

}  // namespace

void draw_tree(Canvas& canvas, Point foot, double height, double sway) {
  const double h = height;
  canvas.fill(ellipse(foot, h * 0.26, h * 0.035), Color{0x101418}, 0.22);
  canvas.fill(Outline{{foot.x - h * 0.035, foot.y},
                      {foot.x - h * 0.02, foot.y - h * 0.5},
                      {foot.x + h * 0.02, foot.y - h * 0.5},
                      {foot.x + h * 0.035, foot.y}},
              Color{0x6a4f3a});
  struct Leaf {
    double x, y, r, shade;
  };
  constexpr std::array<Leaf, 7> kCrown = {{{-0.13, 0.50, 0.15, 0.16},
                                           {0.14, 0.52, 0.15, 0.22},
                                           {0.0, 0.56, 0.19, 0.08},
                                           {-0.15, 0.68, 0.15, 0.0},
                                           {0.13, 0.70, 0.15, 0.12},
                                           {-0.01, 0.82, 0.16, -0.08},
                                           {-0.06, 0.70, 0.12, -0.14}}};
  for (const Leaf& leaf : kCrown) {
    const Color base{0x5d8a55};
    const Color color = leaf.shade >= 0 ? mix(base, Color{0x1d3a2c}, leaf.shade * 1.6)
                                        : mix(base, Color{0xc9d98a}, -leaf.shade * 1.6);
    const double bend = sway * leaf.y;
    canvas.fill(circle({foot.x + leaf.x * h + bend, foot.y - leaf.y * h}, leaf.r * h), color);
  }
}

void draw_bush(Canvas& canvas, Box box, Color leaves) {
  const double h = box.y1 - box.y0;
  canvas.fill(Box{box.x0, box.y0 + h * 0.5, box.x1, box.y1}, mix(leaves, Color{0x16281e}, 0.3));
  int i = 0;
  for (double x = box.x0; x <= box.x1 + 1; x += h * 0.55, ++i) {
    const double shade = 0.12 + 0.12 * (i % 3);
    canvas.fill(circle({x, box.y0 + h * (0.5 + 0.06 * (i % 2))}, h * 0.46),
                mix(leaves, Color{0x16281e}, shade));
  }
}

void draw_lamp_post(Canvas& canvas, Point foot, double height, bool on) {
  const double h = height;
  const Point head{foot.x + h * 0.12, foot.y - h * 0.97};
  const Color metal{0x4b545c};
  canvas.fill(ellipse(foot, h * 0.035, h * 0.012), Color{0x101418}, 0.3);
  canvas.fill(capsule(foot, {foot.x, foot.y - h * 0.96}, h * 0.011), metal);
  canvas.fill(capsule({foot.x, foot.y - h * 0.96}, head, h * 0.009), metal);
  canvas.fill(
      rounded({head.x - h * 0.05, head.y - h * 0.012, head.x + h * 0.05, head.y + h * 0.018},
              h * 0.01),
      metal);
  if (!on) return;
  shining(canvas, [&] {
    canvas.glow({head.x, head.y + h * 0.02}, h * 0.34, kLamplight, 0.55);
    canvas.fill(ellipse({head.x, head.y + h * 0.016}, h * 0.042, h * 0.012), Color{0xfff3cf});
  });
}

void draw_parcel(Canvas& canvas, Point foot, double size) {
  const Box box{foot.x - size / 2, foot.y - size * 0.62, foot.x + size / 2, foot.y};
  canvas.fill(ellipse(foot, size * 0.6, size * 0.08), Color{0x101418}, 0.25);
  canvas.fill(box, Color{0xbd8f5c});
  canvas.fill(Box{box.x0, box.y0, box.x1, box.y0 + size * 0.1}, Color{0xd2a872});
  canvas.fill(Box{foot.x - size * 0.06, box.y0, foot.x + size * 0.06, box.y1}, Color{0xe2cda3});
}

HouseStyle roll_house(Dice& dice, double share_lit) {
  constexpr std::array<uint32_t, 7> kWalls = {0xe3c9a1, 0xc4735a, 0x92a9b5, 0xe9dfcd,
                                              0xaab79b, 0xd8a868, 0xcbb0a6};
  constexpr std::array<uint32_t, 4> kRoofs = {0x70504a, 0x555c6c, 0x85594a, 0x4a4f55};
  constexpr std::array<uint32_t, 4> kDoors = {0x2f5561, 0x7b3f38, 0x42624a, 0x3a3f58};
  HouseStyle style;
  style.wall = {kWalls[static_cast<size_t>(dice.below(kWalls.size()))]};
  style.roof = {kRoofs[static_cast<size_t>(dice.below(kRoofs.size()))]};
  style.door = {kDoors[static_cast<size_t>(dice.below(kDoors.size()))]};
  style.frame = {0xf1ede4};
  style.gable = dice.below(2) == 0;
  for (int bit = 0; bit < 16; ++bit)
    if (dice.between(0, 1) < share_lit) style.lit_windows |= 1u << bit;
  return style;
}

void draw_house(Canvas& canvas, Box box, const HouseStyle& style) {
  const double w = box.x1 - box.x0;
  const double floor = (box.y1 - box.y0) / style.floors;
  draw_roof(canvas, box, style);
  canvas.fill(box, style.wall);
  canvas.fill(Box{box.x0, box.y1 - floor * 0.12, box.x1, box.y1},
              mix(style.wall, Color{0x40444a}, 0.45));
  canvas.fill(Box{box.x1 - w * 0.03, box.y0, box.x1, box.y1}, Color{0x000000}, 0.12);
  const double pitch = w / style.columns;
  const double pane_width = pitch * 0.42;
  const int door_column = style.columns / 2;
  for (int row = 0; row < style.floors; ++row) {
    for (int column = 0; column < style.columns; ++column) {
      const double x = box.x0 + pitch * (column + 0.5);
      const double y = box.y0 + floor * row;
      if (row == style.floors - 1 && column == door_column) {
        canvas.fill(Box{x - pane_width * 0.62, y + floor * 0.16, x + pane_width * 0.62, box.y1},
                    style.frame);
        canvas.fill(Box{x - pane_width * 0.5, y + floor * 0.22, x + pane_width * 0.5, box.y1},
                    style.door);
        canvas.fill(circle({x + pane_width * 0.34, y + floor * 0.62}, pane_width * 0.06),
                    Color{0xe8d9a8});
        continue;
      }
      const Box pane{x - pane_width / 2, y + floor * 0.24, x + pane_width / 2, y + floor * 0.72};
      const bool inside = (style.lit_windows >> (row * style.columns + column) & 1) != 0;
      draw_window(canvas, pane, style, inside);
    }
  }
}

}  // namespace vedette::sim
