// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include "ingest/ingest_fixture.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stream::BreakCause;

TEST_F(IngestTest, PublishesWhatTheCameraSendsAndMeasuresIt) {
  FakeCamera& camera = add("door");
  EXPECT_EQ(status("door").state, StreamState::kConnecting);
  run(seconds(10));
  const StreamStatus now = status("door");
  EXPECT_EQ(now.state, StreamState::kLive);
  EXPECT_EQ(now.message, "");
  EXPECT_FALSE(now.cause.has_value());
  EXPECT_GE(recorder("door").units, 240u);
  EXPECT_NEAR(now.fps, 25, 2);
  EXPECT_NEAR(now.bitrate, 25 * 204 * 8, 4000);
  EXPECT_EQ(now.counters.lost, 0u);
  EXPECT_EQ(now.counters.sessions, 1u);
  EXPECT_EQ(camera.connections, 1);
  EXPECT_GE(camera.reports, 1u) << "receiver reports go to the camera";
  EXPECT_TRUE(recorder("door").breaks.empty());
}

TEST_F(IngestTest, ComesBackWithinFiveSecondsOfACameraThatWasAway) {
  FakeCamera& camera = add("door");
  for (const auto away : {seconds(0), seconds(1), seconds(7), seconds(61), seconds(600)}) {
    ASSERT_LE(run_until_live("door", seconds(10)), seconds(5));
    run(seconds(2));
    camera.hang_up();
    camera.refuses = true;
    run(away + milliseconds(100));
    camera.refuses = false;
    EXPECT_LE(run_until_live("door", seconds(10)), seconds(4)) << away.count();
  }
}

TEST_F(IngestTest, ComesBackWithinFiveSecondsOfACameraThatDidNotEvenRefuse) {
  FakeCamera& camera = add("door");
  camera.ignores = true;
  run(seconds(30));
  expect_down("door", BreakCause::kUnreachable, "door:554 does not answer");
  camera.ignores = false;
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(5));
}

TEST_F(IngestTest, TellsOneBreakForAnyNumberOfFailedTries) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  camera.hang_up();
  camera.refuses = true;
  run(seconds(60));
  expect_down("door", BreakCause::kUnreachable, "refused");
  ASSERT_EQ(recorder("door").breaks.size(), 2u);
  EXPECT_EQ(recorder("door").breaks[0].cause, BreakCause::kClosedByCamera);
  EXPECT_GE(status("door").counters.attempts, 20u);
}

TEST_F(IngestTest, KeepsSinceWhileTheCauseIsTriedAgain) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  camera.refuses = true;
  camera.hang_up();
  run(milliseconds(100));
  const WallTime since = status("door").since;
  run(seconds(60));
  EXPECT_EQ(status("door").since.us, since.us);
}

TEST_F(IngestTest, NoticesWithinTenSecondsThatACameraHasStalled) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  camera.silent = true;
  run(seconds(10));
  ASSERT_FALSE(recorder("door").breaks.empty());
  EXPECT_EQ(recorder("door").breaks[0].cause, BreakCause::kStalled);
  EXPECT_GE(camera.connections, 2) << "it is connected to anew";
  camera.silent = false;
  EXPECT_LE(run_until_live("door", seconds(20)), seconds(5));
}

TEST_F(IngestTest, AnExceptionEndsOneConnectionAndTouchesNoOtherCamera) {
  add("door");
  add("yard");
  run(seconds(2));
  connector_.throws_for = "yard";
  streams_.at("yard").camera->hang_up();
  run(seconds(10));
  expect_down("yard", BreakCause::kBadStream, "see its log");
  EXPECT_EQ(status("door").state, StreamState::kLive);
  EXPECT_TRUE(recorder("door").breaks.empty());
  connector_.throws_for.clear();
  EXPECT_LE(run_until_live("yard", seconds(10)), seconds(4));
}

TEST_F(IngestTest, TellsAWebServerFromACamera) {
  add("door").raw_answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  run(seconds(1));
  expect_down("door", BreakCause::kNotACamera, "a web server answers there");
}

TEST_F(IngestTest, TellsAnSshServerFromACamera) {
  FakeCamera& camera = add("door");
  camera.raw_answer = "SSH-2.0-OpenSSH_9.2p1\r\n";
  run(seconds(2));
  camera.hang_up();
  run(seconds(1));
  expect_down("door", BreakCause::kNotACamera, "does not speak RTSP");
}

TEST_F(IngestTest, NamesTheCodecThatItCannotRecord) {
  add("door").sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\na=control:video\r\n";
  run(seconds(1));
  expect_down("door", BreakCause::kUnsupported, "JPEG only; set it to H.264 or H.265");
}

TEST_F(IngestTest, EndsASessionAtByeAndStartsAnother) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  camera.say_bye();
  run(milliseconds(100));
  ASSERT_EQ(recorder("door").breaks.size(), 1u);
  EXPECT_EQ(recorder("door").breaks[0].cause, BreakCause::kClosedByCamera);
  EXPECT_LE(run_until_live("door", seconds(10)), seconds(3));
}

TEST_F(IngestTest, SearchesThroughGarbageBetweenPackets) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  camera.garbage = std::string(500, 'x') + "$$R" + std::string(3, '\0');
  run(seconds(2));
  EXPECT_EQ(status("door").state, StreamState::kLive);
  EXPECT_EQ(status("door").counters.garbage_bytes, 506u);
  EXPECT_EQ(camera.connections, 1);
}

TEST_F(IngestTest, LetsOneHostileCameraTouchNoOther) {
  add("door");
  FakeCamera& hostile = add("yard");
  hostile.raw_answer.assign(5'000'000, '\x90');
  FakeCamera& liar = add("gate");
  liar.raw_answer = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4000000000\r\n\r\n";
  run(seconds(20));
  expect_down("yard", BreakCause::kNotACamera, "does not speak RTSP");
  EXPECT_EQ(status("gate").state, StreamState::kDown);
  EXPECT_EQ(status("door").state, StreamState::kLive);
  EXPECT_GE(recorder("door").units, 450u);
  EXPECT_TRUE(recorder("door").breaks.empty());
}

TEST_F(IngestTest, TellsTheHubWhenAStreamIsRemoved) {
  FakeCamera& camera = add("door");
  run(seconds(2));
  ingest_.remove("door");
  ASSERT_EQ(recorder("door").breaks.size(), 1u);
  EXPECT_EQ(recorder("door").breaks[0].cause, BreakCause::kStopped);
  EXPECT_TRUE(ingest_.status().empty());
  EXPECT_FALSE(camera.playing()) << "TEARDOWN was sent";
  const size_t units = recorder("door").units;
  run(seconds(2));
  EXPECT_EQ(recorder("door").units, units);
  ingest_.remove("door");
}

TEST_F(IngestTest, ReplacesAStreamOfTheSameName) {
  add("door");
  run(seconds(2));
  const auto added = ingest_.add({"door", stream::StreamKind::kMain, "rtsp://nobody/", {}},
                                 std::make_shared<stream::Hub>(clock_.wall()));
  ASSERT_TRUE(added);
  run(seconds(2));
  EXPECT_EQ(ingest_.status().size(), 1u);
  EXPECT_EQ(status("door").state, StreamState::kDown);
}

TEST_F(IngestTest, RefusesWhatIsNoAddress) {
  const auto added = ingest_.add({"door", stream::StreamKind::kMain, "http://door/", {}},
                                 std::make_shared<stream::Hub>(clock_.wall()));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(IngestTest, RunsOnThreadsOfItsOwn) {
  RealClock clock;
  {
    Ingest threaded(clock, connector_, 2);
    for (int i = 0; i < 8; ++i) {
      const auto hub = std::make_shared<stream::Hub>(clock.wall());
      ASSERT_TRUE(threaded.add({"c" + std::to_string(i), {}, "rtsp://nobody/", {}}, hub));
    }
    EXPECT_EQ(threaded.status().size(), 8u);
    threaded.remove("c3");
    EXPECT_EQ(threaded.status().size(), 7u);
  }
}

}  // namespace
}  // namespace vedette::ingest
