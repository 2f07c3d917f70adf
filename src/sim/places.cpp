// SPDX-License-Identifier: Apache-2.0
// The hours, the street and the door. Coordinates are stage units, read off a sketch.
#include <cmath>

#include "base/assert.h"
#include "sim/stage.h"

namespace vedette::sim {

Mood mood_of(Hour hour) {
  switch (hour) {
    case Hour::kDay:
      return {{1, 1, 1}, {0x8fc1e8}, {0xe6f1f5}, 0, false, 3};
    case Hour::kDusk:
      return {{0.86, 0.74, 0.72}, {0x5f73a8}, {0xf7b98c}, 0.35, false, 4};
    case Hour::kNight:
      return {{0.32, 0.37, 0.52}, {0x0d1526}, {0x2a3550}, 0.45, true, 7};
    case Hour::kCycle:
      break;
  }
  VEDETTE_ASSERT(false);
}

namespace {

void draw_sky(Canvas& canvas, const Mood& mood, double bottom) {
  const Light before = canvas.light();
  canvas.set_light({});
  canvas.gradient({0, 0, kStageWidth, bottom}, mood.sky_top, mood.sky_bottom);
  if (mood.lamps) {
    Dice stars(5);
    for (int i = 0; i < 26; ++i)
      canvas.fill(circle({stars.between(0, kStageWidth), stars.between(8, bottom * 0.6)}, 1.3),
                  Color{0xd8def0}, 0.7);
  }
  canvas.set_light(before);
}

void draw_cloud(Canvas& canvas, Point at, double size) {
  const Color white{0xffffff};
  canvas.fill(circle({at.x - size * 0.5, at.y}, size * 0.32), white, 0.55);
  canvas.fill(circle({at.x, at.y - size * 0.14}, size * 0.44), white, 0.55);
  canvas.fill(circle({at.x + size * 0.5, at.y}, size * 0.34), white, 0.55);
  canvas.fill(
      rounded({at.x - size * 0.8, at.y, at.x + size * 0.82, at.y + size * 0.34}, size * 0.2), white,
      0.6);
}

Mover walk(Dice& dice, double start_s, std::vector<Waypoint> path) {
  return {start_s, std::move(path), roll_person(dice)};
}

/// A car that crosses at a steady pace along `y`.
Mover drive(Dice& dice, double start_s, double seconds, std::pair<Point, Point> line, bool lights) {
  return {start_s, {{0, line.first}, {seconds, line.second}}, roll_car(dice, lights)};
}

void draw_street_ground(Canvas& canvas) {
  canvas.fill(Box{0, 408, kStageWidth, 458}, Color{0xc3beb4});
  canvas.fill(Box{0, 452, kStageWidth, 460}, Color{0x9c988f});
  canvas.gradient({0, 460, kStageWidth, 604}, Color{0x62676e}, Color{0x555a61});
  for (double x = -40; x < kStageWidth; x += 150)
    canvas.fill(Outline{{x, 525}, {x + 74, 525}, {x + 76, 531}, {x, 531}}, Color{0xe8e4d6}, 0.9);
  canvas.fill(Box{0, 600, kStageWidth, 612}, Color{0xa29e95});
  canvas.gradient({0, 612, kStageWidth, 720}, Color{0xc6c1b7}, Color{0xb5b0a6});
  for (double x = -400; x < 1700; x += 110)
    canvas.fill(
        Outline{
            {x, 612}, {x + 2, 612}, {640 + (x - 637) * 1.32, 720}, {640 + (x - 640) * 1.32, 720}},
        Color{0x8d897f}, 0.5);
  canvas.fill(Box{0, 655, kStageWidth, 657}, Color{0x8d897f}, 0.5);
}

void add_street_traffic(Stage& stage, Dice& dice) {
  const bool lights = stage.mood.lamps || stage.mood.share_lit > 0;
  const std::pair<Point, Point> near{{-320, 585}, {1600, 585}};
  const std::pair<Point, Point> far{{1520, 502}, {-240, 502}};
  for (const double start : {1.5, 12.0, 20.5})
    stage.movers.push_back(drive(dice, start + dice.between(0, 1.5), 6.0, near, lights));
  for (const double start : {6.0, 16.0, 27.0})
    stage.movers.push_back(drive(dice, start + dice.between(0, 1.5), 6.6, far, lights));
  stage.movers.push_back(walk(dice, 3, {{0, {-60, 668}}, {11.5, {1340, 664}}}));
  stage.movers.push_back(walk(dice, 18, {{0, {1340, 690}}, {10.5, {-60, 694}}}));
  stage.movers.push_back(
      walk(dice, 9, {{0, {-40, 436}}, {9, {420, 438}}, {12, {420, 438}}, {20.5, {1320, 436}}}));
  stage.movers.push_back(walk(dice, 24, {{0, {1320, 444}}, {20, {-40, 446}}}));
}

}  // namespace

Stage make_street(Dice dice, const Mood& mood) {
  Stage stage;
  stage.place = "street";
  stage.horizon = 250;
  stage.person_scale = 0.36;
  stage.mood = mood;
  const uint64_t houses = dice.next();
  stage.backdrop = [mood, houses](Canvas& canvas) {
    Dice rolls(houses);
    draw_sky(canvas, mood, 330);
    if (!mood.lamps) draw_cloud(canvas, {230, 70}, 60), draw_cloud(canvas, {930, 52}, 74);
    canvas.fill(ellipse({330, 420}, 620, 150), Color{0x93ad9a});
    canvas.fill(ellipse({1050, 430}, 560, 130), Color{0x86a28f});
    double x = -60;
    while (x < kStageWidth) {
      HouseStyle style = roll_house(rolls, mood.share_lit);
      style.columns = 2 + rolls.below(2);
      const double width = style.columns == 3 ? rolls.between(205, 240) : rolls.between(150, 175);
      const double top = rolls.between(178, 212);
      draw_house(canvas, {x, top, x + width, 410}, style);
      x += width + (rolls.below(3) == 0 ? 46 : 4);
    }
    draw_street_ground(canvas);
  };
  for (const double x : {150.0, 560.0, 985.0})
    stage.props.push_back({{x, 450}, [x](Canvas& canvas, double sway) {
                             draw_tree(canvas, {x, 450}, 190, sway);
                           }});
  for (const double x : {355.0, 770.0, 1190.0}) {
    stage.props.push_back({{x, 454}, [x, on = mood.lamps](Canvas& canvas, double) {
                             draw_lamp_post(canvas, {x, 454}, 235, on);
                           }});
    if (mood.lamps) stage.pools.push_back({{x + 28, 490}, 210});
  }
  const CarStyle parked = roll_car(dice, false);
  stage.props.push_back({{250, 474}, [parked](Canvas& canvas, double) {
                           draw_car(canvas, {{250, 474}, 82, -1, 0, false}, parked);
                         }});
  add_street_traffic(stage, dice);
  return stage;
}

namespace {

void draw_garden(Canvas& canvas, const Mood& mood) {
  draw_sky(canvas, mood, 340);
  if (!mood.lamps) draw_cloud(canvas, {1150, 90}, 52);
  canvas.fill(ellipse({1220, 380}, 330, 110), Color{0x8fab93});
  canvas.fill(Box{1000, 350, kStageWidth, 600}, Color{0x97b877});
  draw_bush(canvas, {1010, 318, 1290, 396}, Color{0x5f8d58});
  canvas.fill(Outline{{1010, 470}, {1280, 430}, {1280, 480}, {1010, 560}}, Color{0xc9bfab});
}

void draw_front_door(Canvas& canvas, const HouseStyle& style, const Mood& mood) {
  canvas.fill(Box{498, 176, 762, 566}, mix(style.wall, Color{0x3c3f44}, 0.32));
  canvas.fill(Box{512, 190, 748, 566}, style.frame);
  canvas.fill(Box{528, 206, 732, 562}, style.door);
  const Color inset = mix(style.door, Color{0x000000}, 0.22);
  canvas.fill(rounded({552, 390, 622, 536}, 6), inset);
  canvas.fill(rounded({638, 390, 708, 536}, 6), inset);
  const Light before = canvas.light();
  const bool warm = mood.share_lit > 0;
  if (warm) canvas.set_light({});
  canvas.fill(rounded({552, 232, 708, 360}, 10), warm ? Color{0xf5cf8a} : Color{0x7d95a3});
  canvas.set_light(before);
  canvas.fill(Box{627, 232, 633, 360}, style.door);
  canvas.fill(Box{552, 293, 708, 299}, style.door);
  canvas.fill(circle({716, 382}, 9), Color{0xe3cf96});
  canvas.fill(Outline{{476, 176}, {500, 140}, {760, 140}, {784, 176}}, style.roof);
  canvas.fill(Box{476, 174, 784, 186}, mix(style.roof, Color{0x000000}, 0.25));
}

void draw_big_window(Canvas& canvas, const HouseStyle& style, const Mood& mood) {
  canvas.fill(Box{138, 208, 422, 448}, style.frame);
  const Light before = canvas.light();
  if (mood.share_lit > 0) canvas.set_light({});
  const bool warm = mood.share_lit > 0;
  canvas.fill(Box{152, 222, 408, 434}, warm ? Color{0xf8d99b} : Color{0x7992a2});
  if (!warm)
    canvas.fill(Outline{{152, 434}, {152, 330}, {300, 222}, {390, 222}}, Color{0x9fb6c2}, 0.5);
  const Color curtain = warm ? Color{0xe6b56c} : Color{0xd9d5cb};
  canvas.fill(Outline{{152, 222}, {216, 222}, {186, 434}, {152, 434}}, curtain);
  canvas.fill(Outline{{408, 222}, {344, 222}, {374, 434}, {408, 434}}, curtain);
  canvas.set_light(before);
  canvas.fill(Box{276, 222, 284, 434}, style.frame);
  canvas.fill(Box{126, 444, 434, 460}, mix(style.wall, Color{0xffffff}, 0.4));
  canvas.fill(rounded({150, 448, 410, 486}, 6), Color{0x8a5a44});
  for (int i = 0; i < 13; ++i) {
    const Color petal{i % 3 == 0 ? 0xe8c14fu : i % 3 == 1 ? 0xd96c6cu : 0xf0e3dau};
    canvas.fill(circle({160.0 + i * 20, 450.0 - 5 * (i % 2)}, 11), Color{0x5f8d58});
    canvas.fill(circle({160.0 + i * 20, 444.0 - 7 * (i % 2)}, 7), petal);
  }
}

void draw_door_ground(Canvas& canvas) {
  canvas.gradient({0, 562, kStageWidth, 720}, Color{0xbfb5a5}, Color{0xada391});
  for (const double y : {592.0, 638.0, 700.0})
    canvas.fill(Box{0, y, kStageWidth, y + 2.5}, Color{0x8f8676}, 0.6);
  for (double x = -1200; x < 2500; x += 150)
    canvas.fill(
        Outline{
            {x, 562}, {x + 2.5, 562}, {630 + (x - 627) * 1.5, 720}, {630 + (x - 630) * 1.5, 720}},
        Color{0x8f8676}, 0.45);
  canvas.fill(Outline{{486, 560}, {774, 560}, {800, 594}, {460, 594}}, Color{0xd8cfbf});
  canvas.fill(Box{460, 594, 800, 606}, Color{0x9d9484});
  canvas.fill(Outline{{560, 566}, {700, 566}, {712, 588}, {548, 588}}, Color{0x5a4b3d});
}

void draw_wall(Canvas& canvas, const HouseStyle& style) {
  canvas.fill(Box{0, 0, 1010, 566}, style.wall);
  const Color seam = mix(style.wall, Color{0x000000}, 0.09);
  for (int row = 0; row < 15; ++row)
    canvas.fill(Box{0, row * 38.0 + 30, 1010, row * 38.0 + 32}, seam);
  canvas.fill(Box{0, 530, 1010, 566}, mix(style.wall, Color{0x4a4c50}, 0.5));
  canvas.fill(Box{992, 0, 1010, 566}, mix(style.wall, Color{0xffffff}, 0.4));
  canvas.fill(rounded({842, 330, 934, 394}, 8), Color{0x3f4a54});
  canvas.fill(Box{856, 344, 920, 350}, Color{0x222a31});
}

void draw_wall_lamp(Canvas& canvas, bool on) {
  canvas.fill(rounded({808, 214, 832, 262}, 8), Color{0x30363c});
  const Light before = canvas.light();
  if (on) canvas.set_light({});
  canvas.fill(rounded({812, 226, 828, 256}, 6), on ? Color{0xfff2c8} : Color{0xd9d6cc});
  if (on) canvas.glow({820, 242}, 210, Color{0xffd58a}, 0.55);
  canvas.set_light(before);
}

void add_door_props(Stage& stage) {
  for (const double x : {468.0, 806.0})
    stage.props.push_back(
        {{x, 596}, [x](Canvas& canvas, double) {
           canvas.fill(Outline{{x - 34, 520}, {x + 34, 520}, {x + 26, 598}, {x - 26, 598}},
                       Color{0x6b737b});
           canvas.fill(circle({x, 470}, 50), Color{0x4f7d52});
           canvas.fill(circle({x - 20, 492}, 34), Color{0x5b8b5b});
           canvas.fill(circle({x + 18, 456}, 30), Color{0x6c9a62});
         }});
  stage.props.push_back({{640, 601},
                         [](Canvas& canvas, double) {
                           draw_parcel(canvas, {640, 602}, 78);
                         },
                         7.0,
                         22.0});
}

}  // namespace

Stage make_door(Dice dice, const Mood& mood) {
  Stage stage;
  stage.place = "door";
  stage.horizon = 120;
  stage.person_scale = 0.66;
  stage.mood = mood;
  const HouseStyle style = roll_house(dice, mood.share_lit);
  stage.backdrop = [style, mood](Canvas& canvas) {
    draw_garden(canvas, mood);
    draw_wall(canvas, style);
    draw_big_window(canvas, style, mood);
    draw_door_ground(canvas);
    draw_front_door(canvas, style, mood);
    draw_wall_lamp(canvas, mood.lamps || mood.share_lit > 0);
  };
  if (mood.lamps) stage.pools.push_back({{700, 600}, 420});
  add_door_props(stage);
  // Brings a parcel, which somebody else takes in later.
  stage.movers.push_back(
      walk(dice, 3, {{0, {1420, 660}}, {3.4, {690, 622}}, {6.5, {690, 622}}, {10.2, {1440, 668}}}));
  stage.movers.push_back(
      walk(dice, 17.5, {{0, {-110, 676}}, {3.6, {600, 630}}, {6, {600, 630}}, {9.4, {-120, 690}}}));
  stage.movers.push_back(walk(dice, 27.5, {{0, {-120, 704}}, {6.2, {1400, 700}}}));
  return stage;
}

}  // namespace vedette::sim
