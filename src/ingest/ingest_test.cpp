// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include <gtest/gtest.h>

#include "ingest/backoff.h"
#include "ingest/fake_camera.h"
#include "ingest/loss_meter.h"
#include "ingest/rate_meter.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stream::BreakCause;

class Recorder final : public stream::Sink {
 public:
  size_t units = 0;
  std::vector<stream::Break> breaks;

  void on_access_unit(const media::AccessUnitPtr&) override { ++units; }
  void on_break(const stream::Break& why) override { breaks.push_back(why); }
  void on_tick(MonoTime) override {}
};

class IngestTest : public testing::Test {
 protected:
  struct Stream {
    std::unique_ptr<FakeCamera> camera;
    std::unique_ptr<Recorder> recorder;
    std::shared_ptr<stream::Hub> hub;
  };

  FakeCamera& add(const std::string& name, const std::string& url_user = "") {
    Stream& made = streams_[name];
    made.camera = std::make_unique<FakeCamera>(clock_);
    made.recorder = std::make_unique<Recorder>();
    made.hub = std::make_shared<stream::Hub>(clock_.wall());
    made.hub->set_sink(made.recorder.get());
    connector_.cameras[name] = made.camera.get();
    const auto added = ingest_.add(
        {name, stream::StreamKind::kMain, "rtsp://" + url_user + name + "/live", {}}, made.hub);
    EXPECT_TRUE(added.has_value());
    return *made.camera;
  }
  /// Another camera that is a channel of the recorder `host`.
  void add_channel(const std::string& host, const std::string& name, const std::string& user) {
    Stream& made = streams_[name];
    made.camera = std::make_unique<FakeCamera>(clock_);
    made.camera->password = streams_.at(host).camera->password;
    made.hub = std::make_shared<stream::Hub>(clock_.wall());
    connector_.channels[host].push_back(made.camera.get());
    const std::string url = "rtsp://" + user + host + "/" + name;
    EXPECT_TRUE(ingest_.add({name, stream::StreamKind::kMain, url, {}}, made.hub));
  }
  int refusals(const std::string& host) {
    int sum = streams_.at(host).camera->refusals;
    for (const FakeCamera* channel : connector_.channels[host]) sum += channel->refusals;
    return sum;
  }
  Recorder& recorder(const std::string& name) { return *streams_.at(name).recorder; }

  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      for (auto& [name, made] : streams_) made.camera->tick();
      ingest_.tick();
    }
  }
  /// Until the stream is live again; how long that took, at most `limit`.
  Duration run_until_live(const std::string& name, Duration limit) {
    Duration passed{0};
    for (; passed < limit && status(name).state != StreamState::kLive; passed += milliseconds(20))
      run(milliseconds(20));
    return passed;
  }
  StreamStatus status(const std::string& name) {
    for (auto& status : ingest_.status())
      if (status.camera == name) return status;
    ADD_FAILURE() << "no status of " << name;
    return {};
  }
  void expect_down(const std::string& name, BreakCause cause, std::string_view words) {
    const StreamStatus now = status(name);
    EXPECT_EQ(now.state, StreamState::kDown);
    ASSERT_TRUE(now.cause.has_value());
    EXPECT_EQ(to_string(*now.cause), to_string(cause)) << now.message;
    EXPECT_NE(now.message.find(words), std::string::npos) << now.message;
    ASSERT_FALSE(recorder(name).breaks.empty());
    EXPECT_EQ(to_string(recorder(name).breaks.back().cause), to_string(cause));
    EXPECT_EQ(recorder(name).breaks.back().detail, now.message);
  }

  FakeClock clock_;
  FakeConnector connector_;
  std::map<std::string, Stream> streams_;
  Ingest ingest_{clock_, connector_, 0};
};

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

TEST(Backoff, GrowsToItsCapWithJitterAndStartsAgain) {
  Backoff backoff(42);
  Duration total{0};
  for (int i = 0; i < 10; ++i) {
    const Duration wait = backoff.next(seconds(15));
    EXPECT_GE(wait, milliseconds(400));
    EXPECT_LE(wait, seconds(15));
    total += wait;
  }
  EXPECT_GE(total, seconds(60));
  EXPECT_LE(backoff.next(seconds(2)), seconds(2));
  backoff.reset();
  EXPECT_LE(backoff.next(seconds(15)), milliseconds(600));
}

TEST(RateMeter, ForgetsWhatIsOlderThanAFewSeconds) {
  RateMeter meter;
  meter.reset({0});
  for (int second = 1; second <= 20; ++second) {
    for (int i = 0; i < (second <= 10 ? 25 : 10); ++i) meter.add(1000);
    EXPECT_TRUE(meter.tick({second * 1'000'000}));
  }
  EXPECT_DOUBLE_EQ(meter.frames_per_second(), 10);
  EXPECT_DOUBLE_EQ(meter.bits_per_second(), 80'000);
}

TEST(LossMeter, TellsOfTheLastMinuteOnly) {
  LossMeter meter;
  EXPECT_FALSE(meter.share());
  uint64_t received = 0;
  uint64_t lost = 0;
  MonoTime now{0};
  const auto pass = [&](int a_second, int lost_a_second, int length) {
    for (int i = 0; i < length; ++i) {
      now = now + seconds(1);
      received += static_cast<uint64_t>(a_second);
      lost += static_cast<uint64_t>(lost_a_second);
      meter.count(now, received, lost);
    }
  };
  meter.count(now, 0, 0);
  EXPECT_FALSE(meter.share()) << "nothing was to be received";
  pass(90, 10, 60);
  EXPECT_NEAR(meter.share().value(), 0.1, 0.001);
  pass(100, 0, 30);
  EXPECT_NEAR(meter.share().value(), 0.05, 0.01);
  pass(100, 0, 40);
  EXPECT_EQ(meter.share(), 0.0) << "what was lost before is over";
  pass(0, 0, 70);
  EXPECT_FALSE(meter.share()) << "a camera that is down loses nothing";
}

}  // namespace
}  // namespace vedette::ingest
