// SPDX-License-Identifier: Apache-2.0
#include "sim/scene.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

namespace vedette::sim {
namespace {

SceneOptions small(uint64_t seed) {
  SceneOptions options;
  options.seed = seed;
  options.width = 320;
  options.height = 180;
  options.fps = 10;
  return options;
}

vision::Picture frame(const Scene& scene, int64_t index) {
  vision::Picture picture;
  scene.render(index, picture);
  return picture;
}

double mean(const std::vector<uint8_t>& plane) {
  double sum = 0;
  for (const uint8_t v : plane) sum += v;
  return sum / static_cast<double>(plane.size());
}

double difference(const vision::Picture& a, const vision::Picture& b) {
  double sum = 0;
  for (size_t i = 0; i < a.y.size(); ++i) sum += std::abs(a.y[i] - b.y[i]);
  return sum / static_cast<double>(a.y.size());
}

TEST(Scene, the_same_seed_gives_the_same_bytes) {
  for (const uint64_t seed : {0u, 1u, 2u, 3u}) {
    const Scene one(small(seed));
    const Scene other(small(seed));
    for (const int64_t index : {0, 77, 299}) EXPECT_EQ(frame(one, index), frame(other, index));
  }
}

TEST(Scene, frames_may_be_drawn_in_any_order) {
  const Scene scene(small(1));
  const vision::Picture first = frame(scene, 40);
  (void)frame(scene, 200);
  EXPECT_EQ(frame(scene, 40), first);
}

TEST(Scene, seeds_are_different_places_and_people) {
  std::set<std::string> places;
  for (uint64_t seed = 0; seed < 4; ++seed) places.insert(Scene(small(seed)).place());
  EXPECT_EQ(places.size(), 4u);
  EXPECT_NE(frame(Scene(small(1)), 40), frame(Scene(small(5)), 40));
}

struct Means {
  double y, u, v;
};

/// Mean of the cell (column, row) of a grid of 32 x 18 over the plane.
double cell_mean(const std::vector<uint8_t>& plane, int width, int column, int row) {
  const int height = static_cast<int>(plane.size()) / width;
  const int x0 = column * width / 32, x1 = (column + 1) * width / 32;
  const int y0 = row * height / 18, y1 = (row + 1) * height / 18;
  double sum = 0;
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) sum += plane[static_cast<size_t>(y * width + x)];
  return sum / ((x1 - x0) * (y1 - y0));
}

Means cell_means(const vision::Picture& picture, int column, int row) {
  return {cell_mean(picture.y, picture.width, column, row),
          cell_mean(picture.u, picture.chroma_width(), column, row),
          cell_mean(picture.v, picture.chroma_width(), column, row)};
}

TEST(Scene, every_region_has_the_same_colours_at_every_size) {
  constexpr Hour kHours[] = {Hour::kDay, Hour::kDusk, Hour::kNight};
  for (uint64_t seed = 0; seed < 4; ++seed) {
    const Hour hour = kHours[seed % 3];
    const vision::Picture large = frame(Scene({seed, 1280, 720, 10}, hour), 40);
    for (const int height : {360, 540}) {
      const vision::Picture other = frame(Scene({seed, height * 16 / 9, height, 10}, hour), 40);
      for (int cell = 0; cell < 32 * 18; ++cell) {
        const Means a = cell_means(large, cell % 32, cell / 32);
        const Means b = cell_means(other, cell % 32, cell / 32);
        const auto where = [&] {
          return testing::Message() << "seed " << seed << ", " << height << " rows, cell "
                                    << cell % 32 << ", " << cell / 32;
        };
        EXPECT_NEAR(a.y, b.y, 3) << where();
        EXPECT_NEAR(a.u, b.u, 1.5) << where();
        EXPECT_NEAR(a.v, b.v, 1.5) << where();
      }
    }
  }
}

TEST(Scene, loops_without_a_jump) {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    const Scene scene(small(seed));
    const int n = scene.frames_per_loop();
    EXPECT_EQ(n, 300);
    EXPECT_EQ(frame(scene, n), frame(scene, 0));
    // From the last frame to the first no more changes than within the loop.
    double most = 0;
    for (const int64_t i : {30, 80, 120, 200, 260})
      most = std::max(most, difference(frame(scene, i), frame(scene, i + 1)));
    EXPECT_LT(difference(frame(scene, n - 1), frame(scene, n)), most * 1.5 + 1) << seed;
  }
}

TEST(Scene, night_is_darker_than_day_and_the_cycle_goes_through_both) {
  const Scene day(small(1), Hour::kDay);
  const Scene night(small(1), Hour::kNight);
  EXPECT_GT(mean(frame(day, 0).y), mean(frame(night, 0).y) + 50);
  const Scene cycle(small(1), Hour::kCycle);
  EXPECT_NEAR(mean(frame(cycle, 0).y), mean(frame(day, 0).y), 2);
  EXPECT_NEAR(mean(frame(cycle, 150).y), mean(frame(night, 150).y), 2);
}

TEST(Scene, truth_stays_within_the_loop_and_the_picture) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const auto truth = Scene(small(seed)).truth();
    ASSERT_GE(truth.size(), 3u);
    for (const TruthObject& object : truth) {
      EXPECT_LT(object.in_s, object.out_s);
      EXPECT_GE(object.in_s, 0);
      EXPECT_LE(object.out_s, Scene::kLoopSeconds);
      ASSERT_GE(object.path.size(), 2u);
      for (const TruthPoint& p : object.path) {
        EXPECT_TRUE(0 <= p.x0 && p.x0 < p.x1 && p.x1 <= 1) << p.x0 << " " << p.x1;
        EXPECT_TRUE(0 <= p.y0 && p.y0 < p.y1 && p.y1 <= 1) << p.y0 << " " << p.y1;
      }
    }
  }
}

/// Where a box says that something is, the picture differs from the one without it.
TEST(Scene, truth_boxes_are_where_the_picture_changes) {
  const Scene scene(small(0), Hour::kDay);
  const vision::Picture empty = frame(scene, 272);  // nobody is at the door then
  const std::vector<TruthObject> truth = scene.truth();
  const auto comes_in = [](const TruthObject& object) { return object.in_s > 0; };
  const TruthObject first = *std::find_if(truth.begin(), truth.end(), comes_in);
  const TruthPoint& p = first.path[first.path.size() / 2];
  const vision::Picture now = frame(scene, static_cast<int64_t>(p.at_s * 10 + 0.5));
  double inside = 0, inside_count = 0;
  double outside = 0, outside_count = 0;
  for (int y = 0; y < 160; ++y) {  // above the clock
    for (int x = 0; x < 320; ++x) {
      const size_t i = static_cast<size_t>(y) * 320 + static_cast<size_t>(x);
      const int d = std::abs(empty.y[i] - now.y[i]);
      const bool in = x >= p.x0 * 320 && x < p.x1 * 320 && y >= p.y0 * 180 && y < p.y1 * 180;
      (in ? inside : outside) += d;
      (in ? inside_count : outside_count) += 1;
    }
  }
  EXPECT_GT(inside / inside_count, 4 * outside / outside_count);
}

TEST(Scene, truth_is_written_as_json) {
  const std::string json = Scene(small(3)).truth_json();
  EXPECT_NE(json.find("\"scene\": \"car park\""), std::string::npos);
  EXPECT_NE(json.find("\"class\": \"vehicle\""), std::string::npos);
  EXPECT_NE(json.find("\"class\": \"person\""), std::string::npos);
  EXPECT_NE(json.find("\"box\": ["), std::string::npos);
}

}  // namespace
}  // namespace vedette::sim
