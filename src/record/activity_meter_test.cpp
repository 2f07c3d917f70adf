// SPDX-License-Identifier: Apache-2.0
#include "record/activity_meter.h"

#include <random>

#include <gtest/gtest.h>

namespace vedette::record {
namespace {

constexpr int64_t kTick = 6000;  // 15 pictures a second at 90 kHz
constexpr size_t kGop = 30;

media::TrackInfoPtr track() {
  static const auto made = [] {
    media::TrackInfo info;
    info.codec = media::Codec::kH264;
    return std::make_shared<const media::TrackInfo>(info);
  }();
  return made;
}

// A camera whose pictures are as large, and coded as coarsely, as a test says.
class Camera {
 public:
  struct Look {
    double bytes = 2000;  // of a P picture
    double qp = 30;
    size_t moving_from = 0;  // this much larger and coarser from that picture of the GOP on
    size_t moving_to = 0;
    double factor = 1;
    double coarser = 0;
  };

  uint8_t gop(const Look& look, const char* letters = nullptr) {
    std::vector<media::AccessUnitPtr> units;
    std::normal_distribution<double> noise(0, 1);
    const size_t count = letters != nullptr ? std::string(letters).size() : kGop;
    for (size_t i = 0; i < count; ++i) {
      const bool key = letters != nullptr ? letters[i] == 'I' : i == 0;
      const bool moving = i >= look.moving_from && i < look.moving_to;
      const double phase = 1 + 0.3 * static_cast<double>(i) / kGop;  // GOPs drift as they go on
      double bytes = look.bytes * phase * (1 + 0.05 * noise(random_));
      double qp = look.qp + 0.4 * noise(random_);
      if (moving) bytes *= look.factor;
      if (moving) qp += look.coarser;
      units.push_back(unit(key, static_cast<size_t>(key ? bytes * 12 : bytes), qp));
    }
    return meter_.measure(units);
  }
  void quiet(int gops, const Look& look) {
    for (int i = 0; i < gops; ++i) last_ = gop(look);
  }
  void quiet(int gops) { quiet(gops, Look()); }
  [[nodiscard]] uint8_t last() const { return last_; }
  ActivityMeter& meter() { return meter_; }

  media::AccessUnitPtr unit(bool key, size_t bytes, double qp) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = track();
    au->dts = au->pts = dts_ += kTick;
    au->random_access = key;
    au->qp = static_cast<int8_t>(std::lround(qp));
    au->data.assign(4 + bytes, 0x55);
    for (size_t i = 0; i < 4; ++i) au->data[i] = static_cast<uint8_t>(bytes >> (24 - 8 * i));
    au->data[4] = key ? 0x65 : 0x41;
    return au;
  }

 private:
  ActivityMeter meter_;
  int64_t dts_ = 0;
  uint8_t last_ = 0;
  std::mt19937 random_{11};  // NOLINT: the same each time
};

TEST(ActivityMeter, says_nothing_before_it_knows_what_quiet_is) {
  Camera camera;
  camera.quiet(15);
  EXPECT_EQ(camera.last(), 0);
  camera.quiet(1);
  EXPECT_GT(camera.last(), 0);
}

TEST(ActivityMeter, finds_movement_however_the_camera_is_coded_and_hardly_any_in_noise) {
  struct Row {
    const char* name;
    Camera::Look moving;
  };
  const Row rows[] = {
      {"constant QP: a movement costs bits", {2000, 30, 5, 25, 4.0, 0}},
      {"constant bitrate: a movement costs QP", {2000, 30, 5, 25, 1.0, 6}},
      {"capped: some of both", {2000, 30, 5, 25, 1.8, 3}},
      {"half a second of it", {2000, 30, 20, 28, 4.0, 0}},
  };
  for (const Row& row : rows) {
    Camera camera;
    camera.quiet(120);
    int loud = 0;
    for (int i = 0; i < 300; ++i) loud += camera.gop({}) > 20 ? 1 : 0;
    EXPECT_LE(loud, 3) << row.name;
    EXPECT_GT(camera.gop(row.moving), 80) << row.name;
    EXPECT_LT(camera.gop({}), 40) << row.name << ", afterwards";
  }
}

TEST(ActivityMeter, more_movement_is_more) {
  Camera camera;
  camera.quiet(200);
  const uint8_t some = camera.gop({2000, 30, 5, 25, 1.6, 0});
  const uint8_t more = camera.gop({2000, 30, 5, 25, 3.0, 0});
  const uint8_t most = camera.gop({2000, 30, 0, 30, 12.0, 4});
  EXPECT_LT(some, more);
  EXPECT_LT(more, most);
}

TEST(ActivityMeter, another_level_becomes_the_quiet_one_within_minutes) {
  Camera camera;
  camera.quiet(300);
  const Camera::Look night{6000, 36, 0, 0, 1, 0};
  EXPECT_GT(camera.gop(night), 100);
  camera.quiet(200, night);  // 400 s
  EXPECT_LT(camera.last(), 30);
}

TEST(ActivityMeter, a_busy_half_of_the_time_does_not_become_quiet) {
  Camera camera;
  camera.quiet(20);
  uint8_t least = 255;
  for (int i = 0; i < 300; ++i) {
    const uint8_t now =
        camera.gop(i % 2 == 0 ? Camera::Look{2000, 30, 0, 30, 4.0, 0} : Camera::Look());
    if (i % 2 == 0) least = std::min(least, now);
  }
  EXPECT_GT(least, 80);
}

TEST(ActivityMeter, unusual_streams_are_measured_or_left_but_never_break_it) {
  Camera intra;
  for (int i = 0; i < 40; ++i) (void)intra.gop({}, "IIIIIIIIIIIIIIIIIIIIIIIIIIIIII");
  EXPECT_GT(intra.gop({8000, 30, 0, 0, 1, 0}, "IIIIIIIIIIIIIIIIIIIIIIIIIIIIII"), 80);

  Camera pieces;  // a long GOP in two fragments, the second without a random access unit
  uint8_t rest = 0;
  for (int i = 0; i < 60; ++i) {
    (void)pieces.gop({}, "IPPPPPPPPPPPPPPPPPPPPPPPPPPPPP");
    rest = pieces.gop({}, "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPP");
  }
  EXPECT_GT(rest, 0);
  EXPECT_LT(rest, 40);

  Camera camera;
  EXPECT_EQ(camera.meter().measure({}), 0);
  std::vector<media::AccessUnitPtr> broken = {camera.unit(true, 100, -1)};
  auto torn = std::make_shared<media::AccessUnit>(*camera.unit(false, 100, -1));
  torn->data.resize(20);  // a length that runs past the end
  auto empty = std::make_shared<media::AccessUnit>(*torn);
  empty->data.clear();
  broken.push_back(torn);
  broken.push_back(empty);
  for (int i = 0; i < 40; ++i) (void)camera.meter().measure(broken);
}

TEST(ActivityMeter, sei_and_filler_count_for_nothing) {
  Camera camera;
  camera.quiet(100);
  std::vector<media::AccessUnitPtr> units = {camera.unit(true, 24'000, 30)};
  for (size_t i = 1; i < kGop; ++i) {
    auto au = std::make_shared<media::AccessUnit>(*camera.unit(false, 2300, 30));
    Bytes filler(4 + 9000, 0xFF);
    filler[0] = filler[1] = 0;
    filler[2] = 9000 >> 8;
    filler[3] = 9000 & 0xFF;
    filler[4] = i % 2 == 0 ? 0x0C : 0x06;
    au->data.insert(au->data.begin(), filler.begin(), filler.end());
    units.push_back(au);
  }
  EXPECT_LT(camera.meter().measure(units), 40);
}

}  // namespace
}  // namespace vedette::record
