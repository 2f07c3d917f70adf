// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "api/fake_cameras.h"
#include "api/live_socket.h"
#include "mp4/reader.h"
#include "mp4/test_tracks.h"
#include "vision/encoder.h"

namespace vedette::api {
namespace {

using live::decode;
using live::Header;
using stream::StreamKind;

/// Small pictures in one GOP.
std::vector<media::AccessUnitPtr> coded_h265(int frames) {
  vision::EncoderOptions options;
  options.codec = media::Codec::kH265;
  options.width = 160;
  options.height = 96;
  options.fps = 10;
  auto encoder = vision::VideoEncoder::create(options).value();
  std::vector<media::AccessUnitPtr> aus;
  for (int i = 0; i < frames; ++i) EXPECT_TRUE(encoder->encode(vision::Picture(160, 96), aus));
  EXPECT_TRUE(encoder->finish(aus));
  return aus;
}

/// One viewer of one camera; frames are letters: I random access, P other, A sound.
class LiveTest : public testing::Test {
 protected:
  void SetUp() override {
    add_camera("door", StreamKind::kMain);
    socket_ = make_socket();
    socket_->on_open(session_);
  }

  std::unique_ptr<LiveSocket> make_socket() {
    return std::make_unique<LiveSocket>(LiveSocket::Sources{clock_, cameras_, &transcoder_},
                                        viewers_,
                                        auth::Principal{auth::PrincipalKind::kLocalOwner});
  }
  std::shared_ptr<stream::Hub> add_camera(const std::string& id, StreamKind kind) {
    auto hub = std::make_shared<stream::Hub>(clock_.wall());
    cameras_.hubs[{id, kind}] = hub;
    return hub;
  }
  stream::Hub& door() { return *cameras_.hub("door", StreamKind::kMain); }

  void publish(stream::Hub& hub, std::string_view frames, size_t bytes = 100) {
    for (const char frame : frames) {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = frame == 'A' ? sound_ : video_;
      au->dts = au->pts = frame == 'A' ? (dts_ - 9000) * 48 / 90 : dts_;
      au->utc = clock_.wall() + Duration(ticks_to_us(dts_, 90'000));
      au->random_access = frame != 'P';
      au->data = Bytes(bytes, static_cast<uint8_t>(frame));
      if (frame != 'A') dts_ += 9000;
      hub.publish(std::move(au));
    }
    hub.tick(clock_.mono());
    socket_->on_wake();
  }
  void say(const std::string& text) { socket_->on_text(text); }
  void subscribe(const std::string& more = "") {
    say(R"({"op":"subscribe","sub":1,"camera":"door")" + more + "}");
  }
  /// "I!P P^": the frames sent since the last call; ! discontinuity, ^ catch-up.
  std::string sent() {
    std::string out;
    for (const Bytes& message : session_->binaries) {
      const auto header = decode(message);
      EXPECT_TRUE(header);
      out += static_cast<char>(message.back());
      if ((header->flags & live::kDiscontinuity) != 0) out += '!';
      if ((header->flags & live::kCatchUp) != 0) out += '^';
    }
    session_->binaries.clear();
    return out;
  }
  std::string last_text() { return session_->texts.empty() ? "" : session_->texts.back(); }
  bool was_said(const std::string& part) {
    return std::any_of(session_->texts.begin(), session_->texts.end(),
                       [&](const auto& text) { return text.find(part) != std::string::npos; });
  }

  static transcode::Options transcode_options() {
    transcode::Options options;
    options.threaded = false;
    options.cpu_time = [] { return Duration(0); };
    return options;
  }

  FakeClock clock_;
  FakeCameras cameras_{clock_};
  transcode::Pool transcoder_{clock_, transcode_options()};
  std::shared_ptr<LiveViewers> viewers_ = std::make_shared<LiveViewers>();
  std::shared_ptr<FakeSocket> session_ = std::make_shared<FakeSocket>();
  std::unique_ptr<LiveSocket> socket_;
  media::TrackInfoPtr video_ = mp4::h264_track();
  media::TrackInfoPtr sound_ = mp4::opus_track();
  int64_t dts_ = 90'000;
};

TEST_F(LiveTest, starts_at_once_with_the_newest_gop) {
  publish(door(), "IPPIPP");
  subscribe();
  ASSERT_GE(session_->texts.size(), 2u);
  EXPECT_NE(session_->texts[0].find(R"("op":"state")"), std::string::npos);
  EXPECT_NE(session_->texts[0].find(R"("state":"live")"), std::string::npos);
  EXPECT_NE(session_->texts[1].find(R"("op":"config")"), std::string::npos);
  EXPECT_NE(session_->texts[1].find(R"("codec":")" + video_->rfc6381), std::string::npos);
  EXPECT_EQ(sent(), "I!^P^P");
  publish(door(), "PI");
  EXPECT_EQ(sent(), "PI");
  EXPECT_EQ(session_->texts.size(), 2u) << "nothing to say while nothing changes";
}

TEST_F(LiveTest, tells_connecting_then_live_then_down_with_a_reason) {
  subscribe();
  EXPECT_NE(last_text().find(R"("state":"connecting")"), std::string::npos);
  publish(door(), "I");
  EXPECT_TRUE(was_said(R"("state":"live")"));
  door().break_stream({stream::BreakCause::kUnreachable, "Check its power.", clock_.wall()});
  door().tick(clock_.mono());
  socket_->on_wake();
  EXPECT_NE(last_text().find(R"("state":"down")"), std::string::npos);
  EXPECT_NE(last_text().find(R"("cause":"unreachable")"), std::string::npos);
  EXPECT_NE(last_text().find("Check its power."), std::string::npos);
  sent();
  publish(door(), "PIP");
  EXPECT_EQ(sent().substr(0, 2), "I!") << "restart the decoder at the next key frame";
}

TEST_F(LiveTest, sends_the_configuration_again_when_it_changes) {
  publish(door(), "IP");
  subscribe();
  session_->texts.clear();
  video_ = mp4::small_h264_track();
  publish(door(), "IP");
  ASSERT_EQ(session_->texts.size(), 1u);
  EXPECT_NE(last_text().find(R"("width":64)"), std::string::npos);
}

TEST_F(LiveTest, sends_sound_only_when_asked) {
  publish(door(), "IAPA");
  subscribe();
  EXPECT_EQ(sent().find('A'), std::string::npos);
  say(R"({"op":"subscribe","sub":2,"camera":"door","audio":true})");
  EXPECT_NE(sent().find('A'), std::string::npos);
  EXPECT_TRUE(was_said(R"("kind":"audio")"));
}

TEST_F(LiveTest, sends_sound_alone_to_who_only_listens) {
  publish(door(), "IAPA");
  subscribe(R"(,"video":false,"audio":true)");
  EXPECT_EQ(sent(), "A^A");
  publish(door(), "PAI");
  EXPECT_EQ(sent(), "A");
  EXPECT_FALSE(was_said(R"("kind":"video")"));
}

TEST_F(LiveTest, converts_what_a_page_does_not_decode_for_all_who_watch) {
  const auto source = coded_h265(6);
  for (const auto& au : source) door().publish(au);
  subscribe(R"(,"codecs":["h264"])");
  say(R"({"op":"subscribe","sub":2,"camera":"door","codecs":["h264"]})");
  say(R"({"op":"subscribe","sub":3,"camera":"door"})");
  EXPECT_EQ(transcoder_.usage().streams.size(), 1u) << "one conversion serves both";
  transcoder_.run_once();
  socket_->on_wake();
  EXPECT_TRUE(was_said(R"("sub":1,"track":0,"kind":"video","codec":"avc1)"));
  EXPECT_TRUE(was_said(R"("transcoded_from":")" + source[0]->track->rfc6381));
  EXPECT_TRUE(was_said(R"("sub":3,"track":0,"kind":"video","codec":"hvc1)"));
  say(R"({"op":"unsubscribe","sub":1})");
  say(R"({"op":"unsubscribe","sub":2})");
  EXPECT_TRUE(transcoder_.usage().streams.empty()) << "nobody watches it any more";
}

TEST_F(LiveTest, begins_to_convert_when_the_codec_is_known_only_later) {
  subscribe(R"(,"codecs":["h264"])");
  for (const auto& au : coded_h265(3)) door().publish(au);
  door().tick(clock_.mono());
  socket_->on_wake();
  EXPECT_EQ(session_->binaries.size(), 0u) << "this page cannot show it";
  socket_->on_tick();
  transcoder_.run_once();
  socket_->on_wake();
  EXPECT_EQ(session_->binaries.size(), 1u) << "of the past the last picture";
}

TEST_F(LiveTest, says_what_to_do_when_no_more_may_be_converted) {
  for (const auto& au : coded_h265(1)) door().publish(au);
  media::TrackInfo huge = *coded_h265(1)[0]->track;
  huge.width = 3840;
  huge.height = 2160;
  huge.fps = 25;
  auto yard = add_camera("yard", StreamKind::kMain);
  auto au = std::make_shared<media::AccessUnit>();
  au->track = std::make_shared<media::TrackInfo>(huge);
  au->random_access = true;
  yard->publish(std::move(au));
  subscribe(R"(,"codecs":["h264"])");
  say(R"({"op":"subscribe","sub":2,"camera":"yard","codecs":["h264"]})");
  EXPECT_NE(last_text().find(R"("state":"waiting")"), std::string::npos);
  EXPECT_NE(last_text().find(R"("cause":"transcode_budget")"), std::string::npos);
  EXPECT_NE(last_text().find("--transcode-budget"), std::string::npos);
  for (int i = 0; i < 100; ++i) socket_->on_tick();
  EXPECT_EQ(transcoder_.usage().refused, 1u) << "one viewer, however long it waits";
  say(R"({"op":"unsubscribe","sub":1})");
  for (int i = 0; i < 10; ++i) socket_->on_tick();
  EXPECT_NE(last_text().find("connecting"), std::string::npos) << "there is room now";
}

TEST_F(LiveTest, moves_a_slow_viewer_to_the_newest_key_frame) {
  publish(door(), "IPPPIPPP", 100'000);
  subscribe();
  publish(door(), "I", 100'000);
  sent();
  session_->queued = 9U << 20;
  publish(door(), "PPP", 100'000);
  publish(door(), "IPPPIPP", 100'000);
  EXPECT_EQ(sent(), "") << "nothing is queued on top of a full socket";
  session_->queued = 0;
  socket_->on_drained();
  EXPECT_EQ(sent(), "I!^P^P");
  EXPECT_EQ(viewers_->jumps, 1u);
}

TEST_F(LiveTest, goes_on_where_it_was_when_no_newer_key_frame_came) {
  publish(door(), "IPPPIPPPI", 100'000);
  subscribe();
  sent();
  session_->queued = 9U << 20;
  publish(door(), "PPP", 100'000);
  session_->queued = 0;
  socket_->on_drained();
  EXPECT_EQ(sent(), "PPP");
  EXPECT_EQ(viewers_->jumps, 0u);
}

TEST_F(LiveTest, queues_at_most_two_gops_or_8_mib) {
  publish(door(), "I", 1U << 20);
  subscribe();
  for (int i = 0; i < 20; ++i) publish(door(), "PPP", 1U << 20);
  EXPECT_LE(session_->queued, (8U << 20) + 24 * 8) << "before a whole GOP is known";
  session_->queued = 0;
  session_->binaries.clear();
  socket_->on_drained();
  session_->queued = 0;
  publish(door(), "IPIP", 500'000);
  session_->queued = 0;
  for (int i = 0; i < 20; ++i) publish(door(), "IP", 500'000);
  EXPECT_LE(session_->queued, 2'100'000u) << "two GOPs of 1 MB";
}

TEST_F(LiveTest, one_frame_larger_than_the_bound_still_goes_out) {
  subscribe();
  publish(door(), "I", 9U << 20);
  EXPECT_EQ(sent(), "I!");
}

TEST_F(LiveTest, auto_takes_the_sub_stream_where_there_is_one) {
  subscribe(R"(,"stream":"auto")");
  publish(door(), "I");
  EXPECT_EQ(sent(), "I!");
  auto sub = add_camera("yard", StreamKind::kSub);
  add_camera("yard", StreamKind::kMain);
  say(R"({"op":"subscribe","sub":2,"camera":"yard","stream":"auto"})");
  publish(*sub, "I");
  EXPECT_EQ(sent(), "I!");
}

TEST_F(LiveTest, follows_a_camera_that_was_changed_or_removed_and_came_back) {
  publish(door(), "IP");
  subscribe();
  sent();
  auto fresh = add_camera("door", StreamKind::kMain);
  for (int i = 0; i < 10; ++i) socket_->on_tick();
  EXPECT_NE(last_text().find("connecting"), std::string::npos);
  publish(*fresh, "IP");
  EXPECT_EQ(sent().substr(0, 2), "I!");
  cameras_.hubs.clear();
  for (int i = 0; i < 10; ++i) socket_->on_tick();
  EXPECT_EQ(last_text().find("removed"), std::string::npos) << "it may be about to be changed";
  for (int i = 0; i < 10; ++i) socket_->on_tick();
  EXPECT_NE(last_text().find(R"("state":"down")"), std::string::npos);
  EXPECT_NE(last_text().find(R"("cause":"removed")"), std::string::npos);
  fresh = add_camera("door", StreamKind::kMain);
  for (int i = 0; i < 10; ++i) socket_->on_tick();
  publish(*fresh, "IP");
  EXPECT_EQ(sent().substr(0, 2), "I!");
  EXPECT_EQ(viewers_->subscriptions, 1);
}

TEST_F(LiveTest, answers_each_wrong_message_and_stays_open) {
  const struct {
    const char* message;
    const char* code;
  } rows[] = {
      {"nonsense", R"("sub":0,"code":"bad_message")"},
      {R"({"op":"subscribe","sub":3,"camera":"gate"})", R"("sub":3,"code":"not_found")"},
      {R"({"op":"subscribe","sub":4,"camera":"door","stream":"sub"})",
       R"("sub":4,"code":"not_found")"},
      {R"({"op":"subscribe","sub":5,"camera":"door","rendition":"redacted"})",
       R"("sub":5,"code":"unsupported")"},
      {R"({"op":"subscribe","sub":6,"camera":"door","rendition":"x"})",
       R"("sub":6,"code":"bad_message")"},
      {R"({"op":"subscribe","sub":1,"camera":"door"})", R"("sub":1,"code":"already_subscribed")"},
      {R"({"op":"unsubscribe","sub":77})", R"("sub":77,"code":"not_found")"},
  };
  subscribe();
  for (const auto& row : rows) {
    say(row.message);
    EXPECT_NE(last_text().find(row.code), std::string::npos) << row.message << last_text();
  }
  publish(door(), "I");
  EXPECT_EQ(sent(), "I!");
}

TEST_F(LiveTest, shuts_out_a_page_that_asks_for_ever_and_reads_nothing) {
  session_->counts_texts = true;
  for (int i = 0; i < 1'000'000 && session_->closed == 0; ++i) say(R"({"op":"ping","t":1})");
  EXPECT_EQ(session_->closed, 1008);
  EXPECT_LT(session_->queued, 1U << 20);
}

TEST_F(LiveTest, a_page_that_reads_may_ask_as_often_as_it_likes) {
  session_->counts_texts = true;
  for (int i = 0; i < 20'000; ++i) {
    say(R"({"op":"ping","t":1})");
    if (i % 500 != 0) continue;
    session_->queued = 0;
    socket_->on_drained();
  }
  EXPECT_EQ(session_->closed, 0);
}

TEST_F(LiveTest, says_back_no_more_than_a_line_of_what_it_was_told) {
  say(R"({"op":"subscribe","sub":3,"camera":")" + std::string(16'000, 'x') + "\"}");
  EXPECT_LT(last_text().size(), 300u);
}

TEST_F(LiveTest, lets_nobody_watch) {
  LiveSocket stranger({clock_, cameras_}, viewers_, auth::Principal{});
  stranger.on_open(session_);
  stranger.on_text(R"({"op":"subscribe","sub":1,"camera":"door"})");
  EXPECT_NE(last_text().find("unauthenticated"), std::string::npos);
}

TEST_F(LiveTest, carries_64_streams_and_not_one_more) {
  for (int i = 1; i <= 65; ++i) {
    say(R"({"op":"subscribe","camera":"door","sub":)" + std::to_string(i) + "}");
  }
  EXPECT_NE(last_text().find("too_many"), std::string::npos);
  EXPECT_EQ(viewers_->subscriptions, 64);
  say(R"({"op":"unsubscribe","sub":1})");
  say(R"({"op":"subscribe","sub":65,"camera":"door"})");
  EXPECT_NE(last_text().find(R"("op":"state")"), std::string::npos);
}

TEST_F(LiveTest, sends_nothing_after_unsubscribing) {
  subscribe();
  publish(door(), "I");
  sent();
  say(R"({"op":"unsubscribe","sub":1})");
  publish(door(), "PPI");
  EXPECT_EQ(sent(), "");
  EXPECT_FALSE(door().has_readers());
}

TEST_F(LiveTest, lets_go_of_everything_when_the_page_closes) {
  subscribe();
  socket_->on_closed();
  EXPECT_FALSE(door().has_readers());
  EXPECT_EQ(viewers_->subscriptions, 0);
  socket_->on_wake();
  socket_.reset();
  EXPECT_EQ(viewers_->sockets, 0);
}

TEST_F(LiveTest, answers_a_ping_with_the_servers_clock) {
  say(R"({"op":"ping","t":42})");
  EXPECT_EQ(last_text(),
            R"({"op":"pong","t":42,"server_us":)" + std::to_string(clock_.wall().us) + "}");
}

TEST_F(LiveTest, wakes_the_socket_once_until_it_has_read) {
  subscribe();
  const int before = session_->wakes;
  for (int i = 0; i < 3; ++i) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = video_;
    au->random_access = true;
    au->dts = au->pts = dts_ += 9000;
    door().publish(std::move(au));
    door().tick(clock_.mono());
  }
  EXPECT_EQ(session_->wakes - before, 1);
}

TEST_F(LiveTest, makes_segments_that_a_player_can_join) {
  publish(door(), "IPPIAP");
  subscribe(R"(,"format":"fmp4","audio":true)");
  publish(door(), "PAI");
  EXPECT_TRUE(was_said(R"("mime":"video/mp4; codecs=)"));
  Bytes file;
  int64_t last = -1;
  for (const Bytes& message : session_->binaries) {
    const Header header = decode(message).value();
    EXPECT_EQ(header.type, file.empty() ? live::Type::kInitSegment : live::Type::kMediaSegment);
    file.insert(file.end(), message.begin() + live::kHeaderBytes, message.end());
  }
  const mp4::MemorySource source(file);
  const auto movie = mp4::read_movie(source);
  ASSERT_TRUE(movie) << movie.error().message();
  EXPECT_EQ(movie->tracks.size(), 2u);
  const mp4::Scan scan = mp4::scan_fragments(source, movie->init_end);
  EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile) << scan.why;
  for (const mp4::ScannedFragment& found : scan.fragments) {
    const auto moof = ByteSpan(file).subspan(found.moof_offset(), found.moof_size);
    const auto fragment = mp4::parse_moof(moof, found.moof_offset(), *movie).value();
    ASSERT_EQ(fragment.runs.size(), 1u);
    if (fragment.runs[0].track_id != 1) continue;
    EXPECT_GT(fragment.runs[0].base_decode_time, last);
    last = fragment.runs[0].base_decode_time;
  }
  EXPECT_EQ(last, 3 * 9000) << "I P P I: three frames after the first";
}

}  // namespace
}  // namespace vedette::api
