// SPDX-License-Identifier: Apache-2.0
#include "ingest/login.h"

#include <array>

#include <gtest/gtest.h>

namespace vedette::ingest {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const DeviceSigns kCamera{"00:40:8c:12:34:56", "camera", "Vedette", ""};
const DeviceSigns kOther{"00:40:8c:99:99:99", "camera", "Vedette", ""};

class LoginTest : public testing::Test {
 protected:
  bool may(int stream) { return login_.may_try(&streams_.at(static_cast<size_t>(stream)), now_); }
  Login::Stream of(int stream) { return &streams_.at(static_cast<size_t>(stream)); }

  std::array<char, 32> streams_{};
  Login login_;
  MonoTime now_{1'000'000};
};

TEST_F(LoginTest, one_of_many_tries_a_password_that_nobody_knows_to_be_right) {
  EXPECT_TRUE(may(0));
  EXPECT_TRUE(may(0)) << "it asks again while it tries";
  for (int other = 1; other < 32; ++other) EXPECT_FALSE(may(other));
  login_.on_refused(of(0), {"wrong", kCamera}, now_);
  for (int other = 0; other < 32; ++other) EXPECT_FALSE(may(other));
  EXPECT_EQ(login_.refused(now_), "wrong");
}

TEST_F(LoginTest, all_go_in_once_one_is_inside) {
  EXPECT_TRUE(may(0));
  login_.on_accepted(of(0), kCamera);
  for (int other = 1; other < 32; ++other) EXPECT_TRUE(may(other));
}

TEST_F(LoginTest, a_recorder_that_comes_back_with_another_password_is_not_asked_by_all_channels) {
  for (int stream = 0; stream < 32; ++stream) {
    EXPECT_TRUE(may(stream));
    login_.on_accepted(of(stream), kCamera);
  }
  for (int stream = 0; stream < 32; ++stream) login_.on_left(of(stream));
  int tries = 0;
  for (int stream = 0; stream < 32; ++stream) tries += may(stream) ? 1 : 0;
  EXPECT_EQ(tries, 2);
}

TEST_F(LoginTest, one_that_hangs_keeps_the_others_back_for_its_turn_only) {
  EXPECT_TRUE(may(0));
  now_ = now_ + Login::kTurn;
  EXPECT_TRUE(may(1));
  EXPECT_FALSE(may(2));
  login_.on_left(of(1));
  EXPECT_TRUE(may(2)) << "what went wrong for 1 says nothing of the password";
}

TEST_F(LoginTest, fewer_tries_in_half_an_hour_than_lock_an_account) {
  int tries = 0;
  for (const MonoTime end = now_ + minutes(30); now_ < end; now_ = now_ + seconds(1)) {
    for (int stream = 0; stream < 32; ++stream) {
      if (!may(stream)) continue;
      ++tries;
      login_.on_refused(of(stream), {"wrong", kCamera}, now_);
    }
  }
  EXPECT_GE(tries, 3);
  EXPECT_LE(tries, 4);
}

TEST_F(LoginTest, at_another_device_a_password_that_was_right_is_tried_again_soon_by_one_stream) {
  EXPECT_TRUE(may(0));
  login_.on_accepted(of(0), kCamera);
  for (int i = 0; i < 5; ++i) {
    login_.on_refused(of(0), {"wrong", kOther}, now_);
    EXPECT_FALSE(may(0));
    now_ = now_ + seconds(15);
    EXPECT_TRUE(may(0)) << "the camera may be back at its address";
    EXPECT_FALSE(may(1));
  }
}

TEST_F(LoginTest, a_password_that_was_changed_is_not_tried_until_the_account_is_locked) {
  EXPECT_TRUE(may(0));
  login_.on_accepted(of(0), kCamera);
  int tries = 0;
  for (const MonoTime end = now_ + minutes(30); now_ < end; now_ = now_ + seconds(1)) {
    for (int stream = 0; stream < 4; ++stream) {
      if (!may(stream)) continue;
      ++tries;
      login_.on_refused(of(stream), {"wrong", kCamera}, now_);
    }
    if (now_.us == 1'000'000 + 20'000'000) {
      EXPECT_EQ(tries, 2) << "it may just have started, and have refused everybody";
    }
  }
  EXPECT_LE(tries, 4);
}

TEST_F(LoginTest, what_is_refused_to_two_streams_at_once_is_one_refusal) {
  EXPECT_TRUE(may(0));
  login_.on_accepted(of(0), kCamera);
  login_.on_left(of(0));
  ASSERT_TRUE(may(0));
  ASSERT_TRUE(may(1));
  login_.on_refused(of(0), {"wrong", kCamera}, now_);
  login_.on_refused(of(1), {"wrong", kCamera}, now_);
  now_ = now_ + seconds(15);
  EXPECT_TRUE(may(0));
}

TEST_F(LoginTest, a_person_who_saves_the_camera_does_not_wait) {
  EXPECT_TRUE(may(0));
  login_.on_digest();
  login_.on_refused(of(0), {"wrong", kCamera}, now_);
  login_.begin_anew();
  EXPECT_FALSE(login_.refused(now_));
  EXPECT_FALSE(login_.digest_only());
  EXPECT_TRUE(may(1));
}

}  // namespace
}  // namespace vedette::ingest
