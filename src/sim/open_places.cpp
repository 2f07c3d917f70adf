// SPDX-License-Identifier: Apache-2.0
// The yard and the car park. Coordinates are stage units, read off a sketch.
#include <array>
#include <utility>

#include "sim/stage.h"

namespace vedette::sim {
namespace {

void draw_wide_sky(Canvas& canvas, const Mood& mood) {
  const Light before = canvas.light();
  canvas.set_light({});
  canvas.gradient({0, 0, kStageWidth, 360}, mood.sky_top, mood.sky_bottom);
  if (mood.lamps) {
    canvas.glow({860, 78}, 120, Color{0xc9d3ea}, 0.28);
    canvas.fill(circle({860, 78}, 22), Color{0xe9edf5});
  } else {
    canvas.glow({930, 250}, 260, Color{0xffe9b8}, 0.5);
    canvas.fill(circle({930, 250}, 34), Color{0xfff0cd});
  }
  canvas.set_light(before);
}

void draw_barn(Canvas& canvas, Color wall, bool lit_inside) {
  const Color trim{0xefe8da};
  canvas.fill(Box{120, 246, 470, 432}, wall);
  for (double x = 138; x < 470; x += 24)
    canvas.fill(Box{x, 246, x + 2, 432}, mix(wall, Color{0x000000}, 0.18));
  canvas.fill(Outline{{100, 250}, {160, 166}, {430, 166}, {490, 250}}, Color{0x5d5250});
  canvas.fill(Box{100, 246, 490, 258}, mix(Color{0x5d5250}, Color{0x000000}, 0.25));
  canvas.fill(Box{236, 312, 364, 432}, trim);
  const Light before = canvas.light();
  if (lit_inside) canvas.set_light({});
  canvas.fill(Box{244, 320, 356, 432}, lit_inside ? Color{0xe9b765} : Color{0x3a2f2b});
  canvas.set_light(before);
  canvas.fill(Box{198, 318, 240, 432}, mix(wall, Color{0xffffff}, 0.12));
  canvas.fill(Outline{{198, 318}, {204, 318}, {240, 432}, {234, 432}}, trim);
  canvas.fill(Outline{{234, 318}, {240, 318}, {204, 432}, {198, 432}}, trim);
  canvas.fill(rounded({276, 206, 324, 240}, 4), trim);
  canvas.fill(Box{282, 212, 318, 240}, Color{0x3a2f2b});
}

void draw_fence(Canvas& canvas, double from, double to) {
  const Color wood{0xb08f68};
  for (double x = from; x <= to; x += 46) {
    canvas.fill(Box{x - 4, 366, x + 4, 424}, wood);
    canvas.fill(circle({x, 366}, 4), wood);
  }
  canvas.fill(Box{from, 378, to, 386}, mix(wood, Color{0xffffff}, 0.12));
  canvas.fill(Box{from, 400, to, 408}, mix(wood, Color{0xffffff}, 0.12));
}

void draw_yard_ground(Canvas& canvas) {
  canvas.gradient({0, 410, kStageWidth, 720}, Color{0x9dbb76}, Color{0x7f9f5e});
  canvas.fill(Outline{{244, 430},
                      {366, 430},
                      {520, 500},
                      {1280, 506},
                      {1280, 600},
                      {760, 640},
                      {900, 720},
                      {240, 720},
                      {300, 600},
                      {0, 590},
                      {0, 500},
                      {230, 490}},
              Color{0xc8ab80});
  canvas.fill(Outline{{0, 520}, {1280, 524}, {1280, 536}, {0, 532}}, Color{0xb6976c}, 0.6);
  canvas.fill(Outline{{0, 562}, {1280, 572}, {1280, 586}, {0, 576}}, Color{0xb6976c}, 0.6);
  Dice tufts(11);
  for (int i = 0; i < 46; ++i) {
    const Point at{tufts.between(0, kStageWidth), tufts.between(620, 715)};
    if (at.x > 220 && at.x < 930) continue;
    canvas.fill(Outline{{at.x - 7, at.y},
                        {at.x - 5, at.y - 12},
                        {at.x, at.y - 3},
                        {at.x + 5, at.y - 14},
                        {at.x + 8, at.y}},
                Color{0x6a8d4d});
  }
}

void draw_shed(Canvas& canvas) {
  const Color wall{0x8b9aa0};
  canvas.fill(Box{860, 318, 1040, 430}, wall);
  canvas.fill(Outline{{846, 322}, {950, 264}, {1054, 322}}, Color{0x6b5148});
  canvas.fill(Box{920, 350, 980, 430}, Color{0x5b676d});
  canvas.fill(Box{880, 348, 906, 378}, Color{0x55707f});
  canvas.fill(Box{994, 348, 1020, 378}, Color{0x55707f});
}

void draw_bale(Canvas& canvas, Point foot, double radius) {
  canvas.fill(ellipse(foot, radius * 1.1, radius * 0.16), Color{0x101418}, 0.25);
  canvas.fill(circle({foot.x, foot.y - radius}, radius), Color{0xd9b866});
  canvas.fill(circle({foot.x, foot.y - radius}, radius * 0.72), Color{0xcaa653});
  canvas.fill(circle({foot.x, foot.y - radius}, radius * 0.40), Color{0xdcbc6d});
}

void add_yard_movers(Stage& stage, Dice& dice) {
  CarStyle van{CarShape::kVan, {0xe6e8e6}, stage.mood.share_lit > 0};
  van.paint = dice.below(2) == 0 ? Color{0xe6e8e6} : Color{0x4a7a8c};
  // Comes, is unloaded, goes on.
  stage.movers.push_back(
      {2, {{0, {-330, 566}}, {3.6, {560, 566}}, {12.5, {560, 566}}, {17.5, {1600, 572}}}, van});
  const auto walk = [&](double start_s, std::vector<Waypoint> path) {
    stage.movers.push_back({start_s, std::move(path), roll_person(dice)});
  };
  walk(5, {{0, {300, 432}}, {3, {352, 500}}, {4.5, {400, 534}}, {8, {400, 534}}, {13, {300, 436}}});
  walk(19, {{0, {1330, 640}}, {6, {700, 650}}, {8.5, {700, 650}}, {15, {-60, 600}}});
  walk(13, {{0, {950, 434}}, {5, {760, 470}}, {11, {310, 446}}});
}

}  // namespace

Stage make_yard(Dice dice, const Mood& mood) {
  Stage stage;
  stage.place = "yard";
  stage.horizon = 225;
  stage.person_scale = 0.37;
  stage.mood = mood;
  constexpr std::array<uint32_t, 3> kBarns = {0xa5483e, 0x7d6a52, 0x5f7f78};
  const Color barn{kBarns[static_cast<size_t>(dice.below(3))]};
  stage.backdrop = [mood, barn](Canvas& canvas) {
    draw_wide_sky(canvas, mood);
    canvas.fill(ellipse({240, 440}, 620, 160), Color{0x8da58b});
    canvas.fill(ellipse({1060, 450}, 640, 140), Color{0x7d997f});
    draw_yard_ground(canvas);
    draw_fence(canvas, 500, 850);
    draw_fence(canvas, 1060, 1290);
    draw_fence(canvas, -10, 110);
    draw_barn(canvas, barn, mood.share_lit > 0);
    draw_shed(canvas);
  };
  stage.props.push_back({{1150, 620}, [](Canvas& canvas, double sway) {
                           draw_tree(canvas, {1150, 620}, 430, sway);
                         }});
  stage.props.push_back({{640, 436}, [](Canvas& canvas, double sway) {
                           draw_tree(canvas, {700, 426}, 210, sway);
                         }});
  for (const Point at : {Point{92, 474}, Point{148, 486}, Point{118, 500}})
    stage.props.push_back({at, [at](Canvas& canvas, double) { draw_bale(canvas, at, 30); }});
  if (mood.lamps) stage.pools = {{{310, 470}, 260}, {{950, 450}, 190}};
  add_yard_movers(stage, dice);
  return stage;
}

namespace {

void draw_shop(Canvas& canvas, const Mood& mood) {
  canvas.fill(Box{150, 176, 1130, 372}, Color{0xb9bfc4});
  canvas.fill(Box{130, 160, 1150, 192}, Color{0x4d6b7a});
  canvas.fill(Box{130, 188, 1150, 194}, Color{0x36505d});
  const bool open = mood.share_lit > 0;
  const Light before = canvas.light();
  if (open) canvas.set_light({});
  for (double x = 190; x < 1090; x += 152) {
    const Box pane{x, 222, x + 132, 362};
    canvas.fill(pane, open ? Color{0xf3d9a0} : Color{0x7f98a6});
    canvas.fill(Box{x, 300, x + 132, 308}, open ? Color{0xcfa868} : Color{0x6b8492});
    for (int shelf = 0; shelf < 6; ++shelf)
      canvas.fill(Box{x + 8 + shelf * 20, 312, x + 22 + shelf * 20, 340},
                  open ? Color{0xd9a86a} : Color{0x728b98});
  }
  canvas.set_light(before);
  canvas.fill(Box{560, 214, 720, 372}, Color{0x3f5662});
  if (open) canvas.set_light({});
  canvas.fill(Box{570, 224, 637, 372}, open ? Color{0xfbe6b6} : Color{0x93abb7});
  canvas.fill(Box{643, 224, 710, 372}, open ? Color{0xfbe6b6} : Color{0x93abb7});
  canvas.set_light(before);
  canvas.fill(Box{540, 200, 740, 214}, Color{0xc96f4f});
}

void draw_bays(Canvas& canvas) {
  canvas.gradient({0, 372, kStageWidth, 720}, Color{0x73787e}, Color{0x5a5f66});
  canvas.fill(Box{0, 372, kStageWidth, 396}, Color{0xb4b1aa});
  canvas.fill(Box{0, 394, kStageWidth, 399}, Color{0x8f8c85});
  const Color paint{0xe4e2d8};
  for (double x = -640; x <= 1920; x += 116) {
    const double lower = 640 + (x - 640) * 1.10;
    canvas.fill(Outline{{x - 2, 408}, {x + 2, 408}, {lower + 2.5, 462}, {lower - 2.5, 462}}, paint,
                0.8);
  }
  for (double x = -640; x <= 1920; x += 236) {
    const double lower = 640 + (x - 640) * 1.28;
    canvas.fill(Outline{{x - 3, 604}, {x + 3, 604}, {lower + 4, 720}, {lower - 4, 720}}, paint,
                0.8);
  }
  canvas.fill(
      Outline{{250, 528}, {330, 528}, {330, 518}, {366, 534}, {330, 550}, {330, 540}, {250, 540}},
      paint, 0.7);
}

void add_parked_cars(Stage& stage, Dice& dice) {
  for (int bay = 0; bay < 11; ++bay) {
    const double x = 640 + (-640 + 116 * (bay + 5.5) - 640) * 1.04 + 0;
    const CarStyle car = roll_car(dice, false);
    if (dice.below(10) < 4 || bay == 5) continue;
    stage.props.push_back({{x, 448}, [x, car](Canvas& canvas, double) {
                             draw_parked_car(canvas, {{x, 448}, 84, 0, 0, false}, car);
                           }});
  }
  for (const double bay : {0.0, 4.0}) {
    const double x = 640 + (-640 + 236 * (bay + 3.5) - 640) * 1.2;
    const CarStyle car = roll_car(dice, false);
    stage.props.push_back({{x, 700}, [x, car](Canvas& canvas, double) {
                             draw_parked_car(canvas, {{x, 700}, 186, 0, 0, false}, car);
                           }});
  }
}

}  // namespace

Stage make_car_park(Dice dice, const Mood& mood) {
  Stage stage;
  stage.place = "car park";
  stage.horizon = 200;
  stage.person_scale = 0.34;
  stage.mood = mood;
  stage.backdrop = [mood](Canvas& canvas) {
    draw_wide_sky(canvas, mood);
    canvas.fill(ellipse({180, 400}, 420, 130), Color{0x7d9484});
    canvas.fill(ellipse({1180, 400}, 420, 120), Color{0x7d9484});
    draw_shop(canvas, mood);
    draw_bays(canvas);
  };
  for (const double x : {210.0, 1010.0}) {
    stage.props.push_back({{x, 500}, [x, on = mood.lamps](Canvas& canvas, double) {
                             draw_lamp_post(canvas, {x, 470}, 330, on);
                           }});
    if (mood.lamps) stage.pools.push_back({{x + 40, 520}, 330});
  }
  if (mood.lamps) stage.pools.push_back({{640, 410}, 260});
  add_parked_cars(stage, dice);
  const bool lights = mood.lamps || mood.share_lit > 0;
  const auto drive = [&](double start_s, std::vector<Waypoint> path) {
    stage.movers.push_back({start_s, std::move(path), roll_car(dice, lights)});
  };
  drive(1.5, {{0, {-300, 556}}, {5, {520, 556}}, {8, {520, 556}}, {13.5, {1580, 556}}});
  drive(17, {{0, {1560, 520}}, {7.5, {-280, 520}}});
  const auto walk = [&](double start_s, std::vector<Waypoint> path) {
    stage.movers.push_back({start_s, std::move(path), roll_person(dice)});
  };
  walk(0.5, {{0, {640, 388}}, {5, {640, 470}}, {9, {420, 500}}, {15, {-40, 520}}});
  walk(10, {{0, {1330, 640}}, {7, {820, 600}}, {13, {650, 470}}, {17, {640, 388}}});
  walk(21, {{0, {-60, 680}}, {10.5, {1340, 660}}});
  return stage;
}

}  // namespace vedette::sim
