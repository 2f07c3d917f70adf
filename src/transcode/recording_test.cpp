// SPDX-License-Identifier: Apache-2.0
// Recordings converted for who reads them: what comes out, in which order, at whose expense.
#include <numeric>

#include <gtest/gtest.h>

#include "mp4/fragment.h"
#include "mp4/init_segment.h"
#include "transcode/pool.h"
#include "vision/encoder.h"

namespace vedette::transcode {
namespace {

/// Bytes in memory, which it owns.
class Media final : public mp4::ByteSource {
 public:
  explicit Media(Bytes bytes) : bytes_(std::move(bytes)), view_(bytes_) {}
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    return view_.read_at(offset, out);
  }
  [[nodiscard]] uint64_t size() const override { return bytes_.size(); }

 private:
  Bytes bytes_;
  mp4::MemorySource view_;
};

std::vector<media::AccessUnitPtr> code(int frames, int b_frames) {
  vision::EncoderOptions options;
  options.codec = media::Codec::kH265;
  options.width = 160;
  options.height = 96;
  options.fps = 10;
  options.gop = 10;
  options.b_frames = b_frames;
  auto encoder = vision::VideoEncoder::create(options).value();
  std::vector<media::AccessUnitPtr> out;
  for (int i = 0; i < frames; ++i) EXPECT_TRUE(encoder->encode(vision::Picture(160, 96), out));
  EXPECT_TRUE(encoder->finish(out));
  return out;
}

/// Recorded as GOPs of ten, `hole` ticks missing before the second.
Bytes record(const std::vector<media::AccessUnitPtr>& aus, int64_t hole = 0) {
  Bytes out = mp4::make_init_segment(std::vector{aus[0]->track}, 0).value();
  for (size_t begin = 0; begin < aus.size(); begin += 10) {
    std::vector<mp4::Sample> samples;
    for (size_t i = begin; i < std::min(begin + 10, aus.size()); ++i)
      samples.push_back({static_cast<uint32_t>(aus[i]->data.size()), 9000,
                         static_cast<int32_t>(aus[i]->pts - aus[i]->dts), aus[i]->random_access});
    const mp4::TrackRun run{1, aus[begin]->dts + (begin > 0 ? hole : 0), samples};
    const Bytes head = mp4::make_fragment_head(1, {&run, 1});
    out.insert(out.end(), head.begin(), head.end());
    for (size_t i = begin; i < begin + samples.size(); ++i)
      out.insert(out.end(), aus[i]->data.begin(), aus[i]->data.end());
  }
  return out;
}

struct Shown {
  std::vector<int64_t> times;
  std::vector<int64_t> ends;
  std::string keys;  ///< "IPPI": which of them are key frames
};

/// What a player makes of it. REQUIRES: whole pieces.
Shown play(const Bytes& bytes) {
  Shown out;
  const mp4::MemorySource source(bytes);
  const mp4::Movie movie = mp4::read_movie(source).value();
  EXPECT_EQ(movie.tracks.at(0).entry(1)->codec, media::Codec::kH264);
  const mp4::Scan scan = mp4::scan_fragments(source, movie.init_end);
  EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile) << scan.why;
  for (const mp4::ScannedFragment& found : scan.fragments) {
    const Bytes moof = mp4::read_exactly(source, found.moof_offset(), found.moof_size).value();
    const mp4::Fragment fragment = mp4::parse_moof(moof, found.moof_offset(), movie).value();
    for (const mp4::Run& run : fragment.runs) {
      int64_t dts = run.base_decode_time;
      for (const mp4::Sample& sample : run.samples) {
        out.times.push_back(dts + sample.cts);
        dts += sample.duration;
        out.ends.push_back(dts);
        out.keys += sample.sync ? 'I' : 'P';
      }
    }
  }
  return out;
}

/// When the pictures of a recording are shown.
std::vector<int64_t> times_of(const std::vector<media::AccessUnitPtr>& aus, int64_t hole = 0) {
  std::vector<int64_t> out;
  for (size_t i = 0; i < aus.size(); ++i) out.push_back(aus[i]->pts + (i >= 10 ? hole : 0));
  std::sort(out.begin(), out.end());
  return out;
}

Result<Bytes> convert_all(Bytes recording, vision::KeyFrames keys) {
  RecordingConverter converter(std::make_unique<Media>(std::move(recording)), {1280, 15, keys});
  Bytes all;
  for (;;) {
    Bytes piece;
    VEDETTE_ASSIGN(const Progress progress, converter.step(piece));
    if (progress == Progress::kEnd) return all;
    all.insert(all.end(), piece.begin(), piece.end());
  }
}

TEST(RecordingConverter, gives_every_picture_at_its_own_time_and_keys_where_they_were) {
  const auto aus = code(20, 0);
  const Shown shown = play(convert_all(record(aus), vision::KeyFrames::kOfTrack).value());
  EXPECT_EQ(shown.times, times_of(aus));
  EXPECT_EQ(shown.keys, "IPPPPPPPPPIPPPPPPPPP");
  EXPECT_EQ(shown.ends.back(), 20 * 9000);
}

TEST(RecordingConverter, brings_what_the_camera_reordered_into_the_order_of_showing) {
  const auto aus = code(20, 2);
  const Shown shown = play(convert_all(record(aus), vision::KeyFrames::kOfTrack).value());
  EXPECT_EQ(shown.times, times_of(aus)) << "also those that the decoder holds back at the end";
}

TEST(RecordingConverter, keeps_a_hole_a_hole) {
  const auto aus = code(20, 2);
  const Shown shown = play(convert_all(record(aus, 90'000), vision::KeyFrames::kOfTrack).value());
  EXPECT_EQ(shown.times, times_of(aus, 90'000));
  EXPECT_LT(shown.ends[9], shown.times[10] - 45'000) << "no picture lasts over it";
}

TEST(RecordingConverter, makes_each_of_single_key_frames_a_picture_of_its_own) {
  const auto aus = code(20, 2);
  Bytes keys = mp4::make_init_segment(std::vector{aus[0]->track}, 0).value();
  for (const auto& au : aus) {
    if (!au->random_access) continue;
    const mp4::Sample sample{static_cast<uint32_t>(au->data.size()), 90'000, 0, true};
    const mp4::TrackRun run{1, au->dts, {&sample, 1}};
    const Bytes head = mp4::make_fragment_head(1, {&run, 1});
    keys.insert(keys.end(), head.begin(), head.end());
    keys.insert(keys.end(), au->data.begin(), au->data.end());
  }
  const Shown shown = play(convert_all(keys, vision::KeyFrames::kAll).value());
  EXPECT_EQ(shown.keys, "II");
  EXPECT_EQ(shown.times, (std::vector<int64_t>{0, 90'000}));
  EXPECT_EQ(shown.ends, (std::vector<int64_t>{90'000, 180'000}));
}

TEST(RecordingConverter, says_what_is_wrong_with_what_it_cannot_convert) {
  const auto aus = code(10, 0);
  Bytes torn = record(aus);
  torn.resize(torn.size() - 100);
  EXPECT_EQ(convert_all(torn, vision::KeyFrames::kOfTrack).error().code, ErrorCode::kDataLoss);
  EXPECT_FALSE(convert_all(Bytes(100, 7), vision::KeyFrames::kOfTrack));
  const Bytes init = mp4::make_init_segment(std::vector{aus[0]->track}, 0).value();
  EXPECT_EQ(convert_all(init, vision::KeyFrames::kOfTrack).error().code, ErrorCode::kDataLoss);
}

class RecordingsTest : public testing::Test {
 protected:
  Options options(double cores) {
    Options options;
    options.budget_cores = cores;
    options.threaded = false;
    options.cpu_time = [this] { return cpu_ += cost_; };
    return options;
  }
  RecordingRequest request(double cost_s = 0.1) {
    return {std::make_unique<Media>(record(code(20, 0))), false, cost_s};
  }
  /// Reads until the end, or until the budget is used up.
  void read(Pool& pool, Conversion& conversion) {
    for (;;) {
      answered_ = false;
      conversion.read([this](Result<Bytes> bytes) {
        answered_ = true;
        if (!bytes) error_ = bytes.error();
        last_ = bytes ? bytes->size() : 0;
        if (bytes) all_.insert(all_.end(), bytes->begin(), bytes->end());
      });
      pool.run_once();
      if (!answered_ || last_ == 0) return;
    }
  }

  FakeClock clock_;
  Duration cpu_{0};
  Duration cost_{0};  ///< of half a look at the clock: of one picture
  bool answered_ = false;
  size_t last_ = 0;
  std::optional<Error> error_;
  Bytes all_;
};

TEST_F(RecordingsTest, are_converted_as_far_as_they_are_read) {
  Pool pool(clock_, options(0.5));
  const auto conversion = pool.convert(request()).value();
  pool.run_once();
  EXPECT_EQ(pool.usage().recordings.pictures, 0u) << "nobody has asked for bytes";
  read(pool, *conversion);
  EXPECT_EQ(play(all_).times.size(), 20u);
  EXPECT_EQ(pool.usage().recordings.pictures, 20u);
  EXPECT_EQ(pool.usage().recordings.requests, 0u);
}

TEST_F(RecordingsTest, wait_for_the_budget_and_go_on) {
  Pool pool(clock_, options(0.5));
  const auto conversion = pool.convert(request()).value();
  cost_ = std::chrono::milliseconds(100);  // 1 s was saved up, a quarter of it stays for live
  read(pool, *conversion);
  EXPECT_FALSE(answered_);
  const uint64_t before = pool.usage().recordings.pictures;
  EXPECT_LT(before, 10u);
  clock_.advance(std::chrono::seconds(1));
  pool.run_once();
  EXPECT_GT(pool.usage().recordings.pictures, before);
}

TEST_F(RecordingsTest, say_so_when_live_pictures_leave_nothing_of_the_budget) {
  Pool pool(clock_, options(0.0001));
  const auto conversion = pool.convert(request()).value();
  cost_ = std::chrono::seconds(2);
  read(pool, *conversion);
  EXPECT_FALSE(answered_);
  clock_.advance(std::chrono::seconds(11));
  pool.run_once();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::kResourceExhausted);
}

TEST_F(RecordingsTest, end_when_their_reader_lets_go) {
  Pool pool(clock_, options(0.5));
  auto conversion = pool.convert(request()).value();
  conversion->read([this](const Result<Bytes>&) { answered_ = true; });
  conversion.reset();
  pool.run_once();
  EXPECT_FALSE(answered_);
  EXPECT_EQ(pool.usage().recordings.pictures, 0u);
  EXPECT_EQ(pool.usage().recordings.requests, 0u);
}

TEST_F(RecordingsTest, are_refused_when_too_much_waits_or_nothing_is_converted_at_all) {
  Pool pool(clock_, options(0.5));
  const auto first = pool.convert(request(1000));
  ASSERT_TRUE(first) << "the first is never refused for being long";
  const auto second = pool.convert(request(1000));
  ASSERT_TRUE(second) << "a long one counts for no more than five seconds";
  const auto third = pool.convert(request(0.1));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::kResourceExhausted);
  EXPECT_NE(third.error().message().find("--transcode-budget"), std::string::npos);
  EXPECT_EQ(pool.usage().refused, 1u);
  Pool off(clock_, options(0));
  EXPECT_FALSE(off.convert(request()));
}

TEST_F(RecordingsTest, tell_their_reader_that_the_recorder_stops) {
  auto pool = std::make_unique<Pool>(clock_, options(0.5));
  const auto conversion = pool->convert(request()).value();
  conversion->read([this](const Result<Bytes>& bytes) { error_ = bytes.error(); });
  pool.reset();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace vedette::transcode
