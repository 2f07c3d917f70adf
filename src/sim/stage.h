// SPDX-License-Identifier: Apache-2.0
// What a place consists of: a backdrop drawn once, props that stand in it, and movers with their
// timetable. Values made by the place functions below; scene.h plays them.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "sim/figures.h"
#include "sim/scene.h"

namespace vedette::sim {

/// How an hour of the day looks.
struct Mood {
  Light ambient;
  Color sky_top;
  Color sky_bottom;
  double share_lit = 0;  ///< of the windows
  bool lamps = false;
  int noise = 1;  ///< of the sensor, steps of luma
};
/// REQUIRES: hour is not kCycle.
[[nodiscard]] Mood mood_of(Hour hour);

struct Waypoint {
  double at_s = 0;  ///< after the mover's start
  Point foot;
};

/// Is in the scene from start_s to the last waypoint, and again in every loop.
struct Mover {
  double start_s = 0;
  std::vector<Waypoint> path;
  std::variant<PersonStyle, CarStyle> style;
};

/// Stands still; drawn in its place among the movers, so that they pass before or behind it.
struct Prop {
  Point foot;
  std::function<void(Canvas&, double sway)> draw;
  double from_s = 0;
  double to_s = 1e9;
};

/// A light on the ground around a lamp.
struct Pool {
  Point center;
  double radius = 0;
};

struct Stage {
  std::string place;
  double horizon = 250;  ///< a person's height is person_scale * (foot.y - horizon)
  double person_scale = 0.38;
  Mood mood;
  std::function<void(Canvas&)> backdrop;
  std::vector<Prop> props;
  std::vector<Mover> movers;
  std::vector<Pool> pools;
  Box clock{1120, 664, 1260, 704};

  [[nodiscard]] double person_height(Point foot) const { return person_scale * (foot.y - horizon); }
};

[[nodiscard]] Stage make_door(Dice dice, const Mood& mood);
[[nodiscard]] Stage make_street(Dice dice, const Mood& mood);
[[nodiscard]] Stage make_yard(Dice dice, const Mood& mood);
[[nodiscard]] Stage make_car_park(Dice dice, const Mood& mood);

}  // namespace vedette::sim
