// SPDX-License-Identifier: Apache-2.0
// Sequences are written one letter per access unit: I random access, P not, A audio, | a break.
// Delivered units read the same; a capital after "!" had the discontinuity flag.
#include "stream/hub.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "stream/registry.h"

namespace vedette::stream {
namespace {

class HubTest : public ::testing::Test {
 protected:
  media::AccessUnitPtr unit(char type, size_t size) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = type == 'A' ? audio_ : video_;
    au->random_access = type != 'P';
    au->pts = au->dts = next_pts_++;
    au->data.assign(size, 0);
    return au;
  }
  void feed(const std::string& sequence, size_t size = 10) {
    for (const char type : sequence) {
      if (type == '|') {
        hub_->break_stream({BreakCause::kStalled, "nothing arrives", {5}});
      } else {
        hub_->publish(unit(type, size));
      }
    }
    hub_->tick({});
  }
  static std::string drain(Reader& reader) {
    std::string out;
    while (const auto item = reader.next()) {
      if (item->discontinuity) out += '!';
      const bool video = media::is_video(item->au->track->codec);
      out += !video ? 'A' : item->au->random_access ? 'I' : 'P';
    }
    return out;
  }
  std::unique_ptr<Reader> subscribe() {
    return hub_->subscribe([this] { ++wakes_; });
  }

  std::shared_ptr<Hub> hub_ = std::make_shared<Hub>(WallTime{1});
  media::TrackInfoPtr video_ = std::make_shared<media::TrackInfo>();
  media::TrackInfoPtr audio_ =
      std::make_shared<media::TrackInfo>(media::TrackInfo{.codec = media::Codec::kAac});
  int64_t next_pts_ = 0;
  int wakes_ = 0;
};

TEST_F(HubTest, a_new_reader_starts_at_the_newest_random_access_unit) {
  feed("IPPIPAP");
  const auto reader = subscribe();
  EXPECT_EQ(drain(*reader), "!IPAP");
  feed("PP");
  EXPECT_EQ(drain(*reader), "PP");
}

TEST_F(HubTest, the_first_units_of_a_new_reader_are_marked_as_catch_up_but_the_newest) {
  feed("IPP");
  const auto reader = subscribe();
  EXPECT_TRUE(reader->next()->catch_up);
  EXPECT_TRUE(reader->next()->catch_up);
  EXPECT_FALSE(reader->next()->catch_up);
}

TEST_F(HubTest, nothing_is_delivered_before_a_random_access_unit) {
  const auto reader = subscribe();
  feed("PPAP");
  EXPECT_EQ(drain(*reader), "");
  feed("IP");
  EXPECT_EQ(drain(*reader), "!IP");
}

TEST_F(HubTest, a_reader_in_step_loses_nothing_at_a_gop_boundary) {
  const auto reader = subscribe();
  feed("IPP");
  EXPECT_EQ(drain(*reader), "!IPP");
  feed("PPIP");
  EXPECT_EQ(drain(*reader), "PPIP");
}

TEST_F(HubTest, a_slow_reader_jumps_to_the_newest_random_access_unit) {
  const auto reader = subscribe();
  feed("IPP");
  EXPECT_TRUE(reader->next());
  feed("IPPIPPIP");
  EXPECT_EQ(drain(*reader), "!IP");
}

TEST_F(HubTest, skip_to_newest_gives_up_what_is_pending) {
  const auto reader = subscribe();
  feed("IPPP");
  EXPECT_TRUE(reader->next());
  feed("PPIP");
  reader->skip_to_newest();
  EXPECT_EQ(drain(*reader), "!IP");
  reader->skip_to_newest();
  EXPECT_EQ(drain(*reader), "") << "never the same unit twice";
  feed("PPIP");
  EXPECT_EQ(drain(*reader), "!IP");
}

TEST_F(HubTest, a_break_empties_the_ring_and_restarts_readers) {
  const auto reader = subscribe();
  feed("IPP");
  EXPECT_EQ(drain(*reader), "!IPP");
  feed("P|PIP");
  EXPECT_EQ(drain(*reader), "!IP");
  EXPECT_TRUE(hub_->state().live);
}

TEST_F(HubTest, state_says_since_when_and_why) {
  EXPECT_EQ(hub_->state().why->cause, BreakCause::kStarting);
  feed("I|");
  const HubState state = hub_->state();
  EXPECT_FALSE(state.live);
  EXPECT_EQ(state.since, WallTime{5});
  EXPECT_EQ(state.why->detail, "nothing arrives");
  EXPECT_EQ(state.video, video_) << "the size is kept for the tile";
}

TEST_F(HubTest, without_readers_only_one_gop_is_held) {
  feed("IPPPIP", 100);
  EXPECT_EQ(hub_->ring_bytes(), 200u);
  EXPECT_EQ(hub_->latest_gop().size(), 2u);
}

TEST_F(HubTest, an_endless_gop_is_bounded) {
  feed("I");
  feed(std::string(20, 'P'), 4 << 20);
  EXPECT_LE(hub_->ring_bytes(), kMaxRingBytes);
  const auto reader = subscribe();
  EXPECT_EQ(drain(*reader), "");
  feed("IP");
  EXPECT_EQ(drain(*reader), "!IP");
}

TEST_F(HubTest, readers_are_woken_once_per_tick_and_never_after_they_left) {
  auto reader = subscribe();
  feed("IPPP");
  EXPECT_EQ(wakes_, 1);
  hub_->tick({});
  EXPECT_EQ(wakes_, 1) << "nothing new";
  reader.reset();
  feed("IP");
  EXPECT_EQ(wakes_, 1);
  EXPECT_FALSE(hub_->has_readers());
}

TEST_F(HubTest, the_sink_sees_everything_in_order) {
  struct Log : Sink {
    void on_access_unit(const media::AccessUnitPtr& au) override {
      seen += au->random_access ? 'I' : 'P';
    }
    void on_break(const Break&) override { seen += '|'; }
    void on_tick(MonoTime) override { seen += '.'; }
    std::string seen;
  } log;
  hub_->set_sink(&log);
  feed("PIP|I");
  EXPECT_EQ(log.seen, "PIP|I.");
}

TEST_F(HubTest, readers_on_other_threads_see_units_in_order) {
  const auto reader = subscribe();
  std::thread publisher([this] {
    for (int i = 0; i < 2000; ++i) feed(i % 10 == 0 ? "I" : "P");
  });
  int64_t last = -1;
  while (last < 1999) {
    const auto item = reader->next();
    if (!item) continue;
    ASSERT_GT(item->au->pts, last);
    if (item->au->pts != last + 1) {
      ASSERT_TRUE(item->discontinuity);
    }
    last = item->au->pts;
  }
  publisher.join();
}

TEST(Registry, finds_what_was_added_until_it_is_removed) {
  Registry registry;
  const auto hub = std::make_shared<Hub>(WallTime{});
  registry.add("door", StreamKind::kSub, hub);
  EXPECT_EQ(registry.find("door", StreamKind::kSub), hub);
  EXPECT_EQ(registry.find("door", StreamKind::kMain), nullptr);
  registry.remove("door");
  EXPECT_EQ(registry.find("door", StreamKind::kSub), nullptr);
}

}  // namespace
}  // namespace vedette::stream
