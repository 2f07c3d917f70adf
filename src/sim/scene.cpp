// SPDX-License-Identifier: Apache-2.0
#include "sim/scene.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "sim/stage.h"
#include "vision/jpeg.h"

namespace vedette::sim {
namespace {

constexpr double kLoop = Scene::kLoopSeconds;
constexpr Light kLampLight{1.15, 0.98, 0.70};

Hour hour_of(uint64_t seed) {
  constexpr Hour kFirst[] = {Hour::kDay, Hour::kDay, Hour::kDusk, Hour::kNight};
  constexpr Hour kLater[] = {Hour::kDusk, Hour::kNight, Hour::kDay};
  return seed < 4 ? kFirst[seed] : kLater[(seed + seed / 4) % 3];
}

Stage make_stage(uint64_t seed, Hour hour) {
  const Dice dice(seed * 7919 + 17);
  const Mood mood = mood_of(hour);
  switch (seed % 4) {
    case 0:
      return make_door(dice, mood);
    case 1:
      return make_street(dice, mood);
    case 2:
      return make_yard(dice, mood);
    default:
      return make_car_park(dice, mood);
  }
}

/// Seconds since the mover's start, within the loop; nullopt when it is not there.
std::optional<double> time_on_stage(const Mover& mover, double t) {
  double local = std::fmod(t - mover.start_s, kLoop);
  if (local < 0) local += kLoop;
  if (local > mover.path.back().at_s) return std::nullopt;
  return local;
}

Pose pose_at(const Stage& stage, const Mover& mover, double local) {
  Pose pose;
  double walked = 0;
  for (size_t i = 0; i + 1 < mover.path.size(); ++i) {
    const Waypoint& a = mover.path[i];
    const Waypoint& b = mover.path[i + 1];
    const double share = std::clamp((local - a.at_s) / (b.at_s - a.at_s), 0.0, 1.0);
    const Point step = (b.foot - a.foot) * share;
    const Point foot = a.foot + step;
    // Strides are counted in body heights, so that feet do not slide as perspective changes size.
    walked += std::hypot(step.x, step.y) / stage.person_height(a.foot + step * 0.5);
    const Point whole = b.foot - a.foot;
    pose.foot = foot;
    pose.moving = std::hypot(whole.x, whole.y) > 1;
    if (pose.moving)
      pose.direction = std::abs(whole.x) < std::abs(whole.y) * 0.7 ? 0 : whole.x > 0 ? 1 : -1;
    else
      pose.direction = 0;
    if (local <= b.at_s) break;
  }
  pose.height = stage.person_height(pose.foot);
  const bool person = std::holds_alternative<PersonStyle>(mover.style);
  pose.phase = walked * (person ? 2 * std::numbers::pi / 0.82 : 1 / 0.165);
  if (!person && pose.direction == 0) {
    const double dx = mover.path.back().foot.x - mover.path.front().foot.x;
    pose.direction = dx > 0 ? 1 : -1;
  }
  return pose;
}

Box box_of(const Mover& mover, const Pose& pose) {
  if (const auto* car = std::get_if<CarStyle>(&mover.style)) return car_box(pose, car->shape);
  return person_box(pose);
}

Box in_picture(Box box) {
  return {std::clamp(box.x0, 0.0, kStageWidth), std::clamp(box.y0, 0.0, kStageHeight),
          std::clamp(box.x1, 0.0, kStageWidth), std::clamp(box.y1, 0.0, kStageHeight)};
}

double area(Box box) { return (box.x1 - box.x0) * (box.y1 - box.y0); }

Light light_at(const Stage& stage, Point foot) {
  Light light = stage.mood.ambient;
  for (const Pool& pool : stage.pools) {
    const double d = std::hypot(foot.x - pool.center.x, 2.2 * (foot.y - pool.center.y));
    const double near = std::max(0.0, 1 - d / pool.radius);
    light.r += near * 0.6 * kLampLight.r;
    light.g += near * 0.6 * kLampLight.g;
    light.b += near * 0.6 * kLampLight.b;
  }
  return {std::min(light.r, 1.1), std::min(light.g, 1.05), std::min(light.b, 1.0)};
}

Light between(Light a, Light b, double share) {
  return {a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share, a.b + (b.b - a.b) * share};
}

void draw_backdrop(const Stage& stage, vision::Picture& picture) {
  Canvas canvas(picture);
  canvas.set_light(stage.mood.ambient);
  // Where two shapes meet within a pixel some of what is below shows: never an empty picture, whose
  // zeros are a bright green.
  canvas.fill(Box{0, 0, kStageWidth, kStageHeight}, Color{0x808080});
  stage.backdrop(canvas);
  canvas.set_light({});
  for (const Pool& pool : stage.pools)
    canvas.glow({pool.center, pool.radius, pool.radius / 2.4}, Color{0xffd98f}, 0.3);
}

void mix_planes(std::vector<uint8_t>& into, const std::vector<uint8_t>& other, int weight) {
  for (size_t i = 0; i < into.size(); ++i)
    into[i] = static_cast<uint8_t>((into[i] * (256 - weight) + other[i] * weight + 128) >> 8);
}

/// Enough different rows of noise that no pattern shows.
constexpr size_t kNoiseSize = 1 << 16;

std::vector<int8_t> make_noise(uint64_t seed) {
  Dice dice(seed ^ 0x5eed);
  // A row may begin anywhere, so the widest one still fits behind the last beginning.
  std::vector<int8_t> noise(kNoiseSize + size_t{vision::kMaxPictureSide});
  // The sum of four even rolls is near enough to a bell.
  for (int8_t& n : noise) {
    const double sum =
        dice.between(-1, 1) + dice.between(-1, 1) + dice.between(-1, 1) + dice.between(-1, 1);
    n = static_cast<int8_t>(std::lround(sum * 4));
  }
  return noise;
}

}  // namespace

struct Scene::Impl {
  Impl(const SceneOptions& scene_options, Hour hour)
      : options(scene_options),
        stage(make_stage(options.seed, hour == Hour::kCycle ? Hour::kDay : hour)),
        backdrop(options.width, options.height),
        noise(make_noise(options.seed)) {
    draw_backdrop(stage, backdrop);
    if (hour != Hour::kCycle) return;
    night = make_stage(options.seed, Hour::kNight);
    night_backdrop = vision::Picture(options.width, options.height);
    draw_backdrop(*night, night_backdrop);
  }

  /// 0 by day, 1 at night, for scenes that go through both.
  double darkness(double t) const {
    if (!night) return 0;
    const double wave = (1 - std::cos(2 * std::numbers::pi * t / kLoop)) / 2;
    return std::clamp(wave * 1.6 - 0.3, 0.0, 1.0);
  }

  void draw_objects(Canvas& canvas, double t, double dark) const;
  void add_noise(int64_t frame, double dark, std::vector<uint8_t>& luma) const;

  SceneOptions options;
  Stage stage;
  std::optional<Stage> night;
  vision::Picture backdrop;
  vision::Picture night_backdrop;
  std::vector<int8_t> noise;
};

void Scene::Impl::draw_objects(Canvas& canvas, double t, double dark) const {
  struct Item {
    Point foot;
    std::function<void()> draw;
  };
  std::vector<Item> items;
  const Stage& props_from = dark > 0.5 ? *night : stage;
  const double sway = 3 * std::sin(2 * std::numbers::pi * t * 6 / kLoop) +
                      2 * std::sin(2 * std::numbers::pi * t * 11 / kLoop);
  for (const Prop& prop : props_from.props) {
    if (t < prop.from_s || t >= prop.to_s) continue;
    items.push_back({prop.foot, [&] { prop.draw(canvas, sway); }});
  }
  for (const Mover& mover : props_from.movers) {
    const std::optional<double> local = time_on_stage(mover, t);
    if (!local) continue;
    const Pose pose = pose_at(props_from, mover, *local);
    items.push_back({pose.foot, [&canvas, &mover, pose] {
                       if (const auto* car = std::get_if<CarStyle>(&mover.style))
                         draw_car(canvas, pose, *car);
                       else
                         draw_person(canvas, pose, std::get<PersonStyle>(mover.style));
                     }});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.foot.y < b.foot.y; });
  for (const Item& item : items) {
    const Light day = light_at(stage, item.foot);
    canvas.set_light(night ? between(day, light_at(*night, item.foot), dark) : day);
    item.draw();
  }
}

void Scene::Impl::add_noise(int64_t frame, double dark, std::vector<uint8_t>& luma) const {
  const int amount = night && dark > 0.5 ? night->mood.noise : stage.mood.noise;
  Dice dice(options.seed * 1'000'003 + static_cast<uint64_t>(frame));
  const auto width = static_cast<size_t>(options.width);
  for (size_t row = 0; row < static_cast<size_t>(options.height); ++row) {
    const int8_t* grain = noise.data() + dice.next() % kNoiseSize;
    uint8_t* pixels = luma.data() + row * width;
    for (size_t x = 0; x < width; ++x) {
      const int value = pixels[x] + (grain[x] * amount >> 3);
      pixels[x] = static_cast<uint8_t>(std::clamp(value, 16, 235));
    }
  }
}

Scene::Scene(const SceneOptions& options) : Scene(options, hour_of(options.seed)) {}
Scene::Scene(const SceneOptions& options, Hour hour)
    : impl_(std::make_unique<Impl>(options, hour)) {}
Scene::~Scene() = default;
Scene::Scene(Scene&&) noexcept = default;

const std::string& Scene::place() const { return impl_->stage.place; }

int Scene::frames_per_loop() const {
  return static_cast<int>(std::lround(kLoop * impl_->options.fps));
}

void Scene::render(int64_t index, vision::Picture& out) const {
  const Impl& impl = *impl_;
  const int64_t frame = index % frames_per_loop();
  const double t = static_cast<double>(frame) / impl.options.fps;
  const double dark = impl.darkness(t);
  out = impl.backdrop;
  if (dark > 0) {
    const int weight = static_cast<int>(std::lround(dark * 256));
    mix_planes(out.y, impl.night_backdrop.y, weight);
    mix_planes(out.u, impl.night_backdrop.u, weight);
    mix_planes(out.v, impl.night_backdrop.v, weight);
  }
  Canvas canvas(out);
  impl.draw_objects(canvas, t, dark);
  draw_clock(canvas, impl.stage.clock, static_cast<int64_t>(t * 10 + 1e-6));
  impl.add_noise(frame, dark, out.y);
}

namespace {

struct Sighting {
  double at_s;
  Box box;
};

TruthObject to_truth(const Mover& mover, const std::vector<Sighting>& seen) {
  TruthObject object;
  object.object_class = std::holds_alternative<CarStyle>(mover.style) ? "vehicle" : "person";
  object.in_s = seen.front().at_s;
  object.out_s = seen.back().at_s;
  const double dx = seen.back().box.x0 - seen.front().box.x0;
  object.direction = dx >= 0 ? "right" : "left";
  for (size_t i = 0; i < seen.size(); ++i) {
    const bool half_second = std::fmod(seen[i].at_s + 1e-9, 0.5) < 1e-6;
    if (!half_second && i != 0 && i + 1 != seen.size()) continue;
    const Box& b = seen[i].box;
    object.path.push_back({seen[i].at_s, b.x0 / kStageWidth, b.y0 / kStageHeight,
                           b.x1 / kStageWidth, b.y1 / kStageHeight});
  }
  return object;
}

}  // namespace

std::vector<TruthObject> Scene::truth() const {
  constexpr double kStep = 0.05;
  std::vector<TruthObject> objects;
  const Stage& stage = impl_->stage;
  for (const Mover& mover : stage.movers) {
    std::vector<Sighting> seen;
    const auto flush = [&] {
      if (seen.size() > 1) objects.push_back(to_truth(mover, seen));
      seen.clear();
    };
    for (int i = 0; i <= static_cast<int>(kLoop / kStep); ++i) {
      // The last instant of the loop is the first of the next: step back a hair.
      const double t = std::min(i * kStep, kLoop - 1e-6);
      const std::optional<double> local = time_on_stage(mover, t);
      if (!local) {
        flush();
        continue;
      }
      const Box box = box_of(mover, pose_at(stage, mover, *local));
      const Box visible = in_picture(box);
      if (area(visible) >= area(box) / 2)
        seen.push_back({i * kStep, visible});
      else
        flush();
    }
    flush();
  }
  std::stable_sort(objects.begin(), objects.end(),
                   [](const TruthObject& a, const TruthObject& b) { return a.in_s < b.in_s; });
  return objects;
}

}  // namespace vedette::sim
