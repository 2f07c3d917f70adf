// SPDX-License-Identifier: Apache-2.0
#include "transcode/pool.h"

#include <new>
#include <utility>

#include <gtest/gtest.h>

#include "vision/encoder.h"

namespace vedette::transcode {
namespace {

using stream::StreamKind;

/// Twenty pictures of 160x96, a key frame every ten.
const std::vector<media::AccessUnitPtr>& coded() {
  static const auto aus = [] {
    vision::EncoderOptions options;
    options.codec = media::Codec::kH265;
    options.width = 160;
    options.height = 96;
    options.fps = 10;
    options.gop = 10;
    auto encoder = vision::VideoEncoder::create(options).value();
    std::vector<media::AccessUnitPtr> out;
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(encoder->encode(vision::Picture(160, 96), out));
    EXPECT_TRUE(encoder->finish(out));
    return out;
  }();
  return aus;
}

class PoolTest : public testing::Test {
 protected:
  Options options(double cores) {
    Options options;
    options.budget_cores = cores;
    options.threaded = false;
    options.cpu_time = [this] { return cpu_ += cost_; };
    return options;
  }
  void publish(size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) source_->publish(coded()[i]);
    source_->tick(clock_.mono());
  }
  std::string read(stream::Reader& reader) {
    std::string out;
    while (const auto item = reader.next()) {
      EXPECT_EQ(item->au->track->codec, media::Codec::kH264);
      out += item->au->random_access ? 'I' : 'P';
    }
    return out;
  }

  FakeClock clock_;
  Duration cpu_{0};
  Duration cost_{0};  ///< of half a look at the clock: of one picture
  std::shared_ptr<stream::Hub> source_ = std::make_shared<stream::Hub>(clock_.wall());
};

TEST_F(PoolTest, converts_while_somebody_holds_a_lease_and_no_longer) {
  Pool pool(clock_, options(0.5));
  publish(0, 1);
  auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  EXPECT_TRUE(source_->has_readers());
  auto reader = lease->hub()->subscribe([] {});
  pool.run_once();
  publish(1, 12);
  pool.run_once();
  const std::string pictures = read(*reader);
  EXPECT_EQ(pictures.size(), 12u);
  EXPECT_EQ(pictures[0], 'I');
  EXPECT_EQ(pool.usage().streams.at(0).pictures, 12u);
  lease.reset();
  EXPECT_FALSE(source_->has_readers()) << "nobody watches";
  EXPECT_TRUE(pool.usage().streams.empty());
}

TEST_F(PoolTest, is_shared_by_all_who_watch_the_same_stream) {
  Pool pool(clock_, options(0.5));
  publish(0, 1);
  const auto one = pool.acquire("door", StreamKind::kMain, source_).value();
  const auto other = pool.acquire("door", StreamKind::kMain, source_).value();
  EXPECT_EQ(one->hub(), other->hub());
  EXPECT_EQ(pool.usage().streams.size(), 1u);
}

TEST_F(PoolTest, a_changed_camera_is_another_stream) {
  Pool pool(clock_, options(0.5));
  publish(0, 1);
  const auto one = pool.acquire("door", StreamKind::kMain, source_).value();
  source_ = std::make_shared<stream::Hub>(clock_.wall());
  publish(0, 1);
  const auto other = pool.acquire("door", StreamKind::kMain, source_).value();
  EXPECT_NE(one->hub(), other->hub());
}

TEST_F(PoolTest, refuses_what_the_budget_has_no_room_for_but_never_the_first) {
  Pool pool(clock_, options(0.0001));
  publish(0, 1);
  const auto first = pool.acquire("door", StreamKind::kMain, source_);
  ASSERT_TRUE(first) << "one stream may always be watched";
  const auto second = pool.acquire("yard", StreamKind::kMain, source_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kResourceExhausted);
  EXPECT_NE(second.error().message().find("--transcode-budget"), std::string::npos);
  EXPECT_EQ(pool.usage().refused, 1u);
  Pool off(clock_, options(0));
  EXPECT_FALSE(off.acquire("door", StreamKind::kMain, source_)) << "0 turns it off";
}

TEST_F(PoolTest, beyond_the_budget_pictures_are_left_out_up_to_the_next_key_frame) {
  Pool pool(clock_, options(0.5));
  publish(0, 1);
  const auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  auto reader = lease->hub()->subscribe([] {});
  cost_ = std::chrono::milliseconds(300);  // each takes 0.3 s: 1 s was saved up
  pool.run_once();
  publish(1, 20);
  pool.run_once();
  const std::string pictures = read(*reader);
  EXPECT_EQ(pool.usage().streams.at(0).skipped, 20 - pictures.size());
  EXPECT_LT(pictures.size(), 8u);
  EXPECT_GE(pictures.size(), 4u);
}

TEST_F(PoolTest, tells_its_viewers_why_the_camera_has_gone) {
  Pool pool(clock_, options(0.5));
  publish(0, 1);
  const auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  pool.run_once();
  EXPECT_TRUE(lease->hub()->state().live);
  source_->break_stream({stream::BreakCause::kUnreachable, "Check its power.", clock_.wall()});
  pool.run_once();
  const auto state = lease->hub()->state();
  EXPECT_FALSE(state.live);
  EXPECT_EQ(state.why->cause, stream::BreakCause::kUnreachable);
  publish(10, 12);
  pool.run_once();
  EXPECT_TRUE(lease->hub()->state().live);
}

TEST_F(PoolTest, says_so_when_a_stream_cannot_be_decoded_at_all) {
  Pool pool(clock_, options(0.5));
  auto track = std::make_shared<media::TrackInfo>(*coded()[0]->track);
  track->decoder_config.clear();
  auto au = std::make_shared<media::AccessUnit>(*coded()[0]);
  au->track = track;
  source_->publish(au);
  const auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  pool.run_once();
  EXPECT_EQ(lease->hub()->state().why->cause, stream::BreakCause::kUnsupported);
}

TEST_F(PoolTest, memory_that_runs_out_costs_the_pictures_up_to_the_next_key_frame) {
  bool throws = false;
  Options failing = options(0.5);
  failing.cpu_time = [&] {
    if (std::exchange(throws, false)) throw std::bad_alloc();
    return Duration(0);
  };
  Pool pool(clock_, failing);
  publish(0, 1);
  const auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  auto reader = lease->hub()->subscribe([] {});
  pool.run_once();
  EXPECT_EQ(read(*reader), "I");
  throws = true;
  publish(1, 20);
  pool.run_once();
  EXPECT_EQ(read(*reader), "IPPPPPPPPP") << "from picture 10 on";
  EXPECT_TRUE(lease->hub()->state().live);
}

TEST_F(PoolTest, works_on_a_thread_of_its_own) {
  Options threaded = options(0.5);
  threaded.threaded = true;
  threaded.cpu_time = nullptr;
  Pool pool(clock_, threaded);
  publish(0, 1);
  const auto lease = pool.acquire("door", StreamKind::kMain, source_).value();
  Mutex mutex;
  CondVar changed;
  bool woken = false;
  auto reader = lease->hub()->subscribe([&] {
    MutexLock lock(mutex);
    woken = true;
    changed.notify_one();
  });
  for (size_t i = 1; i < 20 && !woken; ++i) {
    publish(i, i + 1);
    MutexLock lock(mutex);
    if (!woken) changed.wait_for(mutex, std::chrono::seconds(1));
  }
  EXPECT_TRUE(woken);
}

}  // namespace
}  // namespace vedette::transcode
