// SPDX-License-Identifier: Apache-2.0
// The things that stand and move in a scene, as flat drawings: people, cars, trees, lamps, houses,
// a digital clock. Pure functions onto a Canvas; sizes in stage units.
#pragma once

#include "sim/canvas.h"

namespace vedette::sim {

/// Where a figure stands and what it is doing.
struct Pose {
  Point foot;            ///< middle of where it touches the ground
  double height = 100;   ///< of a grown person at this distance; everything else is scaled by it
  double direction = 1;  ///< 1: to the right, -1: to the left, 0: towards or away from us
  double phase = 0;      ///< of the gait or the wheels, in radians
  bool moving = false;
};

struct PersonStyle {
  Color skin, hair, top, trousers;
  bool bag = false;
};
[[nodiscard]] PersonStyle roll_person(Dice& dice);
void draw_person(Canvas& canvas, const Pose& pose, const PersonStyle& style);
/// What draw_person covers at most, without the shadow.
[[nodiscard]] Box person_box(const Pose& pose);

enum class CarShape { kHatchback, kSaloon, kVan };
struct CarStyle {
  CarShape shape = CarShape::kHatchback;
  Color paint;
  bool lights = false;
};
[[nodiscard]] CarStyle roll_car(Dice& dice, bool lights);
/// From the side; direction is where it looks.
void draw_car(Canvas& canvas, const Pose& pose, const CarStyle& style);
[[nodiscard]] Box car_box(const Pose& pose, CarShape shape);
/// Parked, its front to us.
void draw_parked_car(Canvas& canvas, const Pose& pose, const CarStyle& style);

/// `sway` moves the crown sideways.
void draw_tree(Canvas& canvas, Point foot, double height, double sway);
void draw_bush(Canvas& canvas, Box box, Color leaves);
void draw_lamp_post(Canvas& canvas, Point foot, double height, bool on);
void draw_parcel(Canvas& canvas, Point foot, double size);

struct HouseStyle {
  Color wall, roof, door, frame;
  int floors = 2;
  int columns = 3;
  uint32_t lit_windows = 0;  ///< one bit per window, row by row
  bool gable = true;
};
[[nodiscard]] HouseStyle roll_house(Dice& dice, double share_lit);
void draw_house(Canvas& canvas, Box box, const HouseStyle& style);

/// Minutes, seconds and tenths in seven segments on a dark plate; `box` is the plate.
void draw_clock(Canvas& canvas, Box box, int64_t tenths);

}  // namespace vedette::sim
