// SPDX-License-Identifier: Apache-2.0
// A drawn place with people and cars on a timetable, for demos and tests that may not need a
// download. It loops without a jump, and the same options give the same bytes. Confined to one
// thread. It knows what happens in it: see truth_json().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vision/picture.h"

namespace vedette::sim {

enum class Hour : uint8_t {
  kDay,
  kDusk,
  kNight,
  kCycle,  ///< through day and night once per loop
};

struct SceneOptions {
  /// Chooses place, hour and people. 0: a door by day, 1: a street by day, 2: a yard at dusk,
  /// 3: a car park at night; further seeds go round the same places with other houses and people.
  uint64_t seed = 0;
  int width = 1280;
  int height = 720;
  int fps = 15;
};

/// One moment of one object; the box in fractions of width and height, cut at the picture's edge.
struct TruthPoint {
  double at_s = 0;
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

/// An object is in the picture from the moment half of its box is, until less is.
struct TruthObject {
  std::string_view object_class;  ///< "person" or "vehicle"
  double in_s = 0;
  double out_s = 0;
  std::string_view direction;    ///< "right", "left": from where it comes in to where it goes out
  std::vector<TruthPoint> path;  ///< every half second, and at in_s and out_s
};

class Scene {
 public:
  explicit Scene(const SceneOptions& options);
  /// The same with another hour than the seed's.
  Scene(const SceneOptions& options, Hour hour);
  ~Scene();
  Scene(Scene&&) noexcept;

  [[nodiscard]] const std::string& place() const;  ///< "door", "street", "yard", "car park"
  [[nodiscard]] int frames_per_loop() const;
  static constexpr double kLoopSeconds = 30;

  /// Draws frame `index` (any number from 0; it goes round).
  void render(int64_t index, vision::Picture& out) const;

  /// In the order of in_s. An object that is in the picture while the loop turns is two objects.
  [[nodiscard]] std::vector<TruthObject> truth() const;
  /// {"scene", "loop_s", "objects": [{"class", "in_s", "out_s", "direction", "path": [{"at_s",
  /// "box": [x0, y0, x1, y1]}]}], "tolerance_s"}
  [[nodiscard]] std::string truth_json() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette::sim
