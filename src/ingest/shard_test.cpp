// SPDX-License-Identifier: Apache-2.0
#include "ingest/shard.h"

#include <gtest/gtest.h>

#include "ingest/fake_camera.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TickCounter final : public stream::Sink {
 public:
  int ticks = 0;
  void on_access_unit(const media::AccessUnitPtr& /*unit*/) override {}
  void on_break(const stream::Break& /*why*/) override {}
  void on_tick(MonoTime /*now*/) override { ++ticks; }
};

class ShardTest : public testing::Test {
 protected:
  struct Watched {
    explicit Watched(const Clock& clock)
        : camera(clock), hub(std::make_shared<stream::Hub>(clock.wall())) {
      hub->set_sink(&counter);
    }
    FakeCamera camera;
    TickCounter counter;
    std::shared_ptr<stream::Hub> hub;
  };

  ShardTest() {
    clock_.advance(seconds(1000));
    add(good_, "good");
  }
  ~ShardTest() override {
    shard_.remove("good", std::nullopt);
    shard_.remove("dead", std::nullopt);
  }
  void add(Watched& watched, const std::string& name) {
    connector_.cameras[name] = &watched.camera;
    CameraSession::Parts parts{watched.hub, nullptr, clock_, connector_};
    StreamConfig config;
    config.camera = name;
    config.url = "rtsp://" + name + "/live";
    shard_.add(std::make_shared<CameraSession>(std::move(config), std::move(parts)));
  }
  /// As the shard's own thread does it, looking every 10 ms.
  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += milliseconds(10)) {
      clock_.advance(milliseconds(10));
      good_.camera.tick();
      dead_.camera.tick();
      next_ = shard_.tick_due(clock_.mono());
    }
  }
  int ticks_of_good_in_two_seconds() {
    good_.counter.ticks = 0;
    run(seconds(2));
    return good_.counter.ticks;
  }
  StreamState state_of_good() { return shard_.status().front().state; }

  FakeClock clock_;
  FakeConnector connector_;
  Shard shard_{false};
  Watched good_{clock_};
  Watched dead_{clock_};
  MonoTime next_;
};

TEST_F(ShardTest, what_nobody_watches_is_read_five_times_a_second) {
  run(seconds(2));
  ASSERT_EQ(state_of_good(), StreamState::kLive);
  EXPECT_EQ(ticks_of_good_in_two_seconds(), 10);
  EXPECT_LE(next_ - clock_.mono(), CameraSession::kLazyTick);
}

TEST_F(ShardTest, a_camera_that_is_tried_does_not_hurry_the_others) {
  dead_.camera.ignores = true;
  add(dead_, "dead");
  run(seconds(2));
  ASSERT_EQ(state_of_good(), StreamState::kLive);
  dead_.counter.ticks = 0;
  EXPECT_EQ(ticks_of_good_in_two_seconds(), 10);
  EXPECT_GT(dead_.counter.ticks, 50) << "it is tried without delay itself";
}

TEST_F(ShardTest, what_somebody_watches_is_read_at_once) {
  run(seconds(2));
  const auto reader = good_.hub->subscribe([] {});
  run(CameraSession::kLazyTick);
  EXPECT_GE(ticks_of_good_in_two_seconds(), 195);
}

TEST_F(ShardTest, a_camera_that_sends_much_is_read_twice_as_often) {
  run(seconds(2));
  // As RTP on a channel that was not set up: read, and dropped.
  const std::string frame = std::string("$\x20\xff\xff", 4) + std::string(65535, 'x');
  good_.counter.ticks = 0;
  for (int i = 0; i < 20; ++i) {
    for (int n = 0; n < 3; ++n) good_.camera.garbage += frame;
    run(milliseconds(100));
  }
  EXPECT_GE(good_.counter.ticks, 18);
  EXPECT_EQ(state_of_good(), StreamState::kLive);
}

TEST_F(ShardTest, a_saved_camera_is_tried_at_once) {
  good_.camera.refuses = true;
  good_.camera.hang_up();
  run(seconds(30));
  ASSERT_EQ(state_of_good(), StreamState::kDown);
  good_.camera.refuses = false;
  run(milliseconds(10));
  const size_t tries = connector_.targets.size();
  shard_.try_again("good");
  run(milliseconds(10));
  EXPECT_EQ(connector_.targets.size(), tries + 1);
}

}  // namespace
}  // namespace vedette::ingest
