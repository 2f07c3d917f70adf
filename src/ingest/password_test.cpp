// SPDX-License-Identifier: Apache-2.0
// Cameras that ask for a password, refuse it, or ask for it in another way than before.
#include "ingest/ingest_fixture.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stream::BreakCause;

TEST_F(IngestTest, SaysThatThePasswordIsWrongAndTriesItAgainAfterMinutes) {
  FakeCamera& camera = add("door", "admin:wrong@");
  camera.password = "right";
  run(seconds(120));
  expect_down("door", BreakCause::kUnauthenticated, "refuses this user or password");
  expect_down("door", BreakCause::kUnauthenticated, "at once when the camera is saved");
  EXPECT_LE(camera.refusals, 2) << "wrong tries lock users out";
  camera.password = "wrong";
  EXPECT_GT(run_until_live("door", seconds(600)), seconds(60));
  EXPECT_EQ(status("door").state, StreamState::kLive);
}

TEST_F(IngestTest, TriesAPasswordAtOnceWhenTheCameraIsSaved) {
  FakeCamera& camera = add("door", "admin:wrong@");
  camera.password = "right";
  run(seconds(120));
  camera.password = "wrong";
  ingest_.try_again("door");
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(1));
}

TEST_F(IngestTest, ACameraComesBackSoonWhereAnotherDeviceHadItsAddressAndRefusedThePassword) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  run(seconds(2));
  ASSERT_EQ(status("door").state, StreamState::kLive);
  camera.password = "another";
  camera.realm = "IP Camera(C9999)";
  camera.server = "Hipcam RealServer/V1.0";
  camera.hang_up();
  run(seconds(120));
  expect_down("door", BreakCause::kUnauthenticated, "refuses this user or password");
  camera.password = "right";
  camera.realm = "camera";
  camera.server = "Vedette";
  EXPECT_LE(run_until_live("door", seconds(60)), seconds(16));
}

TEST_F(IngestTest, APasswordThatWasChangedOnTheCameraIsNotTriedUntilItLocksTheAccount) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  add_channel("door", "sub", "admin:right@");
  run(seconds(2));
  ASSERT_EQ(status("door").state, StreamState::kLive);
  ASSERT_EQ(status("sub").state, StreamState::kLive);
  camera.password = "another";
  connector_.channels["door"][0]->password = "another";
  camera.hang_up();
  connector_.channels["door"][0]->hang_up();
  run(seconds(30 * 60));
  EXPECT_LE(refusals("door"), 5) << "the two streams once each, and three more";
  EXPECT_GE(refusals("door"), 3) << "it may have refused because it had just started";
  for (const StreamStatus& status : ingest_.status())
    EXPECT_EQ(status.cause, BreakCause::kUnauthenticated) << status.camera << status.message;
}

TEST_F(IngestTest, AWrongPasswordIsNotTriedEndlesslyWhereTheCameraHangsUpAfterEachRefusal) {
  FakeCamera& camera = add("door", "admin:wrong@");
  camera.password = "right";
  camera.closes_after_401 = true;
  run(seconds(120));
  EXPECT_LE(camera.refusals, 3);
  expect_down("door", BreakCause::kUnauthenticated, "refuses this user or password");
}

TEST_F(IngestTest, NeverSendsAPasswordInClearBeforeTheConnectionAskedForIt) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  camera.scheme = rtsp::ServerScheme::kBasic;
  run(seconds(2));
  ASSERT_EQ(status("door").state, StreamState::kLive);
  EXPECT_TRUE(camera.in_clear);
  for (int i = 0; i < 3; ++i) {
    camera.hang_up();
    EXPECT_LE(run_until_live("door", seconds(10)), seconds(4));
    run(seconds(2));
  }
  EXPECT_EQ(camera.unasked, 0);
  camera.in_clear = false;
  camera.scheme = rtsp::ServerScheme::kDigestMd5;  // it was updated, or a person switched it on
  camera.hang_up();
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(4));
  EXPECT_FALSE(camera.in_clear);
}

TEST_F(IngestTest, GetsIntoACameraThatAsksForBasicAndHangsUpAgainAndAgain) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  camera.scheme = rtsp::ServerScheme::kBasic;
  camera.closes_after_401 = true;
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(run_until_live("door", seconds(10)), seconds(4));
    run(seconds(2));
    camera.hang_up();
    camera.refuses = true;
    run(seconds(20));
    camera.refuses = false;
  }
}

TEST_F(IngestTest, TheChannelsOfOneRecorderTryAWrongPasswordOnce) {
  FakeCamera& recorder_box = add("nvr", "admin:wrong@");
  recorder_box.password = "right";
  for (int i = 1; i < 8; ++i) add_channel("nvr", "ch" + std::to_string(i), "admin:wrong@");
  run(seconds(30));
  EXPECT_EQ(refusals("nvr"), 1);
  for (const StreamStatus& status : ingest_.status()) {
    EXPECT_EQ(status.state, StreamState::kDown) << status.camera;
    EXPECT_NE(status.message.find("refuses this user or password"), std::string::npos);
  }
}

TEST_F(IngestTest, TheChannelsOfOneRecorderAllGoInOnceOneIsInside) {
  add("nvr", "admin:right@").password = "right";
  for (int i = 1; i < 8; ++i) add_channel("nvr", "ch" + std::to_string(i), "admin:right@");
  run(seconds(2));
  for (const StreamStatus& status : ingest_.status())
    EXPECT_EQ(status.state, StreamState::kLive) << status.camera << status.message;
  EXPECT_EQ(refusals("nvr"), 0);
}

TEST_F(IngestTest, KeepsThePasswordFromWhoeverTookTheAddressOfACameraThatAskedForDigest) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  run(seconds(2));
  ASSERT_EQ(status("door").state, StreamState::kLive);
  camera.scheme = rtsp::ServerScheme::kBasic;
  camera.hang_up();
  run(seconds(60));
  expect_down("door", BreakCause::kWeakerLogin, "save the camera again");
  EXPECT_FALSE(camera.in_clear);
  ingest_.try_again("door");  // a person has looked at it
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(1));
  camera.hang_up();
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(4)) << "and it stays accepted";
}

TEST_F(IngestTest, AsksForAPasswordWhereNoneWasGiven) {
  add("door").password = "right";
  run(seconds(2));
  expect_down("door", BreakCause::kUnauthenticated, "rtsp://user:password@host/path");
}

TEST_F(IngestTest, GetsIntoACameraThatHangsUpAfterEachChallenge) {
  FakeCamera& camera = add("door", "admin:right@");
  camera.password = "right";
  camera.closes_after_401 = true;
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(3));
  EXPECT_LE(camera.connections, 3);
}

}  // namespace
}  // namespace vedette::ingest
