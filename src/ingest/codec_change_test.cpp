// SPDX-License-Identifier: Apache-2.0
// A person changes the codec of a camera while it is recorded: fault 14 of docs/trust.md.
#include <gtest/gtest.h>

#include "ingest/fake_camera.h"
#include "ingest/ingest.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Seen final : stream::Sink {
  std::vector<media::AccessUnitPtr> units;
  std::vector<stream::Break> breaks;
  void on_access_unit(const media::AccessUnitPtr& au) override { units.push_back(au); }
  void on_break(const stream::Break& why) override { breaks.push_back(why); }
  void on_tick(MonoTime) override {}
};

class Fault14 : public testing::Test {
 protected:
  Fault14() {
    hub_->set_sink(&seen_);
    connector_.cameras["door"] = &camera_;
    EXPECT_TRUE(ingest_.add({"door", stream::StreamKind::kMain, "rtsp://door/live", {}}, hub_));
    run(seconds(5));
    EXPECT_FALSE(seen_.units.empty());
    EXPECT_TRUE(seen_.breaks.empty());
  }
  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      camera_.tick();
      ingest_.tick();
    }
  }
  [[nodiscard]] media::Codec codec() const { return seen_.units.back()->track->codec; }
  // Until the first picture of the codec; at most `limit`.
  Duration run_until(media::Codec wanted, Duration limit) {
    Duration passed{0};
    for (; passed < limit && codec() != wanted; passed += milliseconds(20)) run(milliseconds(20));
    return passed;
  }
  void become_h265() {
    camera_.h265 = true;
    camera_.sdp = FakeCamera::h265_sdp();
  }
  void become_h264() {
    camera_.h265 = false;
    camera_.payload_type = 96;
    camera_.sdp = FakeCamera::default_sdp();
  }

  FakeClock clock_;
  FakeCamera camera_{clock_};
  Seen seen_;
  std::shared_ptr<stream::Hub> hub_ = std::make_shared<stream::Hub>(clock_.wall());
  FakeConnector connector_;
  Ingest ingest_{clock_, connector_, 0};
};

// At its next key frame, at most a second later, and the connection is made anew at once.
TEST_F(Fault14, a_codec_that_changes_under_the_same_payload_type_is_asked_for_at_once) {
  camera_.sdp = FakeCamera::h265_sdp();
  const size_t before = seen_.units.size();
  camera_.h265 = true;
  camera_.on_play = [](FakeCamera& camera) { camera.payload_type = 97; };
  EXPECT_LE(run_until(media::Codec::kH265, seconds(20)), milliseconds(1500));
  ASSERT_EQ(seen_.breaks.size(), 1U);
  EXPECT_NE(seen_.breaks[0].detail.find("the camera described h264"), std::string::npos)
      << seen_.breaks[0].detail;
  EXPECT_EQ(camera_.connections, 2);
  EXPECT_LE(seen_.units.size(), before + 30) << "what is no H.264 is no picture of it";
  run(seconds(10));
  EXPECT_EQ(camera_.connections, 2);
}

TEST_F(Fault14, a_codec_that_changes_with_the_payload_type_is_asked_for) {
  become_h265();
  camera_.payload_type = 97;
  EXPECT_LE(run_until(media::Codec::kH265, seconds(20)), seconds(2));
  EXPECT_EQ(seen_.breaks.size(), 1U);
  EXPECT_EQ(camera_.connections, 2);
}

TEST_F(Fault14, a_camera_that_hangs_up_and_comes_back_with_another_codec_is_recorded) {
  camera_.hang_up();
  become_h265();
  camera_.payload_type = 97;
  EXPECT_LE(run_until(media::Codec::kH265, seconds(20)), seconds(4));
  for (size_t i = 1; i < seen_.units.size(); ++i) {
    if (seen_.units[i]->track->codec == seen_.units[i - 1]->track->codec) continue;
    EXPECT_TRUE(seen_.units[i]->random_access) << "the new one begins where it can be decoded";
  }
}

// Nothing in its packets says so: that no picture can be made of them does.
TEST_F(Fault14, a_codec_that_changes_without_a_word_is_asked_for_when_no_picture_comes) {
  camera_.sdp = FakeCamera::h265_sdp_with_sets();
  camera_.h265 = true;
  camera_.sends_sets = false;
  camera_.on_play = [](FakeCamera& camera) { camera.payload_type = 97; };
  EXPECT_LE(run_until(media::Codec::kH265, seconds(60)), seconds(18));
  ASSERT_EQ(seen_.breaks.size(), 1U);
  EXPECT_EQ(seen_.breaks[0].cause, stream::BreakCause::kBadStream);
  EXPECT_NE(seen_.breaks[0].detail.find("no picture could be made of them"), std::string::npos)
      << seen_.breaks[0].detail;
  EXPECT_EQ(camera_.connections, 2);
  run(seconds(60));
  EXPECT_EQ(camera_.connections, 2);
}

TEST_F(Fault14, and_back_again) {
  camera_.sdp = FakeCamera::h265_sdp_with_sets();
  camera_.h265 = true;
  camera_.sends_sets = false;
  camera_.on_play = [](FakeCamera& camera) { camera.payload_type = 97; };
  camera_.hang_up();
  ASSERT_LE(run_until(media::Codec::kH265, seconds(20)), seconds(5));
  camera_.sdp = FakeCamera::default_sdp();
  camera_.h265 = false;
  camera_.on_play = [](FakeCamera& camera) { camera.payload_type = 96; };
  EXPECT_LE(run_until(media::Codec::kH264, seconds(60)), seconds(18));
}

// Sets that come with a key frame each minute must be lived to see.
TEST_F(Fault14, one_of_which_no_picture_can_be_made_is_given_more_time_at_each_try) {
  camera_.sdp = FakeCamera::h265_sdp();
  camera_.h265 = true;
  camera_.sends_sets = false;
  camera_.on_play = [](FakeCamera& camera) { camera.payload_type = 97; };
  const int before = camera_.connections;
  run(seconds(15 + 15 + 30 + 60 + 20));
  EXPECT_EQ(camera_.connections, before + 4);
  EXPECT_LE(seen_.breaks.size(), 2U) << "one gap, not one for each try";
  run(seconds(60));
  EXPECT_EQ(camera_.connections, before + 4);
  camera_.sends_sets = true;
  EXPECT_LE(run_until(media::Codec::kH265, seconds(10)), seconds(2));
}

TEST_F(Fault14, one_that_describes_the_wrong_codec_for_good_is_not_hammered) {
  camera_.h265 = true;
  run(seconds(60));
  EXPECT_LE(camera_.connections, 60);
  EXPECT_GE(camera_.connections, 5);
  become_h264();
  const size_t before = seen_.units.size();
  run(seconds(10));
  EXPECT_GT(seen_.units.size(), before + 100);
}

}  // namespace
}  // namespace vedette::ingest
