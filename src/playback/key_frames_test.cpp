// SPDX-License-Identifier: Apache-2.0
#include "playback/key_frames.h"

#include <gtest/gtest.h>

#include "mp4/test_tracks.h"
#include "playback/fake_archive.h"

namespace vedette::playback {
namespace {

using mp4::samples_of;

constexpr int64_t kStart = 1'795'356'207'000'000;
constexpr int64_t kSecond = 1'000'000;

class KeyFramesTest : public testing::Test {
 protected:
  /// One fragment per letter string, a second each, at 10 pictures per second.
  void record(const std::string& run, int64_t from_s, const std::vector<std::string>& fragments,
              const media::TrackInfoPtr& track = mp4::h264_track()) {
    FileMaker file(archive_, run, {track});
    for (size_t i = 0; i < fragments.size(); ++i) {
      const auto second = static_cast<int64_t>(i);
      auto samples = samples_of(fragments[i].c_str(), 100);
      for (mp4::Sample& sample : samples) sample.cts = 0;
      file.add({kStart + (from_s + second) * kSecond, second * 90'000, samples, {}, 0, {}});
    }
    file.write();
  }
  void record_seconds(const std::string& run, int64_t from_s, size_t count) {
    record(run, from_s, std::vector<std::string>(count, "IPPPPPPPPP"));
  }
  Result<std::unique_ptr<KeyFrameMp4>> plan(double from_s, double to_s, int64_t every_s = 0) {
    const auto at = [](double s) { return WallTime{kStart + static_cast<int64_t>(s * kSecond)}; };
    return KeyFrameMp4::plan(archive_, {{"door", media::StreamKind::kMain, at(from_s), at(to_s)},
                                        Duration(every_s * kSecond)});
  }

  struct Picture {
    int64_t at_s = 0;  ///< since kStart
    double lasts_s = 0;
    uint32_t entry = 1;
    Bytes data;
  };
  /// What a player makes of it; the whole file must be sound.
  static std::vector<Picture> pictures_of(KeyFrameMp4& media) {
    Bytes all(media.size());
    EXPECT_EQ(media.read_at(0, all).value(), all.size());
    const mp4::MemorySource source(all);
    const mp4::Movie movie = mp4::read_movie(source).value();
    const mp4::Scan scan = mp4::scan_fragments(source, movie.init_end);
    EXPECT_EQ(scan.good_end, all.size()) << scan.why;
    std::vector<Picture> pictures;
    for (const mp4::ScannedFragment& found : scan.fragments) {
      const ByteSpan moof = ByteSpan(all).subspan(found.moof_offset(), found.moof_size);
      const auto fragment = mp4::parse_moof(moof, found.moof_offset(), movie).value();
      const mp4::Run& run = fragment.runs.at(0);
      EXPECT_EQ(run.samples.size(), 1u);
      EXPECT_TRUE(run.samples.at(0).sync);
      const auto data = all.begin() + static_cast<ptrdiff_t>(run.data_offset);
      pictures.push_back({(media.start().us - kStart + run.base_decode_time) / kSecond,
                          static_cast<double>(run.samples[0].duration) / kSecond,
                          run.sample_description_index, Bytes(data, data + run.samples[0].size)});
    }
    return pictures;
  }
  static std::vector<int64_t> times_of(KeyFrameMp4& media) {
    std::vector<int64_t> times;
    for (const Picture& picture : pictures_of(media)) times.push_back(picture.at_s);
    return times;
  }
  FakeArchive archive_;
};

TEST_F(KeyFramesTest, holds_the_first_picture_of_each_gop_and_nothing_else) {
  record_seconds("aa", 0, 5);
  const auto media = plan(1.5, 4).value();
  ASSERT_TRUE(media);
  EXPECT_EQ(media->start().us, kStart + 1 * kSecond);
  EXPECT_EQ(media->end().us, kStart + 4 * kSecond);
  const auto pictures = pictures_of(*media);
  ASSERT_EQ(pictures.size(), 3u);
  const store::FragmentRef& second = archive_.refs[1];
  Bytes stored(100);
  auto file = archive_.open(*second.file).value();
  const size_t data = second.entry.offset + second.entry.moof_size + 8;
  ASSERT_TRUE(file->read_at(data, stored));
  EXPECT_TRUE(std::equal(stored.begin(), stored.begin() + 50, pictures[0].data.begin()));
  for (const Picture& picture : pictures) EXPECT_EQ(picture.lasts_s, 1);
}

TEST_F(KeyFramesTest, agrees_between_requests_on_which_pictures_are_left_out) {
  record_seconds("aa", 0, 20);
  ASSERT_EQ(kStart % (4 * kSecond), 3 * kSecond) << "the grid counts from 1970, not from the start";
  EXPECT_EQ(times_of(*plan(0, 20, 4).value()), (std::vector<int64_t>{0, 1, 5, 9, 13, 17}));
  EXPECT_EQ(times_of(*plan(5, 13, 4).value()), (std::vector<int64_t>{5, 9}));
  EXPECT_EQ(pictures_of(*plan(5, 13, 4).value())[0].lasts_s, 4);
}

TEST_F(KeyFramesTest, leaves_no_recording_out_and_papers_over_no_gap) {
  record_seconds("aa", 0, 2);
  record_seconds("bb", 3, 1);
  record_seconds("cc", 6, 2);
  const auto pictures = pictures_of(*plan(0, 10, 60).value());
  ASSERT_EQ(pictures.size(), 3u) << "one for each stretch, however short";
  EXPECT_EQ(pictures[0].lasts_s, 2);
  EXPECT_EQ(pictures[1].at_s, 3);
  EXPECT_EQ(pictures[1].lasts_s, 1);
  EXPECT_EQ(pictures[2].lasts_s, 2);
}

TEST_F(KeyFramesTest, lasts_through_all_pieces_of_a_long_gop) {
  record("aa", 0, {"IPPPPPPPPP", "PPPPPPPPPP", "PPPPPPPPPP", "IPPPPPPPPP"});
  const auto pictures = pictures_of(*plan(1.5, 4).value());
  ASSERT_EQ(pictures.size(), 2u);
  EXPECT_EQ(pictures[0].at_s, 0);
  EXPECT_EQ(pictures[0].lasts_s, 3);
}

TEST_F(KeyFramesTest, keeps_the_parameters_of_each_run) {
  record("aa", 0, {"IPPPPPPPPP"});
  record("bb", 1, {"IPPPPPPPPP"}, mp4::h265_track());
  record("cc", 2, {"IPPPPPPPPP"});
  std::vector<uint32_t> entries;
  for (const Picture& picture : pictures_of(*plan(0, 9).value())) entries.push_back(picture.entry);
  EXPECT_EQ(entries, (std::vector<uint32_t>{1, 2, 1}));
}

TEST_F(KeyFramesTest, never_goes_back_when_the_wall_clock_did) {
  record_seconds("aa", 0, 3);
  record_seconds("bb", 1, 3);
  const auto times = times_of(*plan(0, 9).value());
  EXPECT_EQ(times, (std::vector<int64_t>{0, 1, 2, 3}));
}

TEST_F(KeyFramesTest, gives_any_part_as_the_whole_has_it) {
  record_seconds("aa", 0, 3);
  const auto whole = plan(0, 3).value();
  Bytes all(whole->size());
  ASSERT_TRUE(whole->read_at(0, all));
  EXPECT_EQ(plan(0, 3).value()->etag(), whole->etag());
  EXPECT_NE(plan(0, 2).value()->etag(), whole->etag());
  for (size_t at = 0; at < all.size(); at += 37) {
    Bytes part(std::min<size_t>(91, all.size() - at));
    ASSERT_EQ(whole->read_at(at, part).value(), part.size());
    ASSERT_TRUE(std::equal(part.begin(), part.end(), all.begin() + static_cast<long>(at))) << at;
  }
  EXPECT_EQ(whole->read_at(all.size(), all).value(), 0u);
}

TEST_F(KeyFramesTest, ends_early_after_many_pictures) {
  record_seconds("aa", 0, kMaxKeyFrames + 5);
  const auto media = plan(0, 2000).value();
  EXPECT_EQ(media->picture_count(), kMaxKeyFrames);
  EXPECT_EQ(media->end().us, kStart + static_cast<int64_t>(kMaxKeyFrames) * kSecond);
}

TEST_F(KeyFramesTest, is_null_where_nothing_is_recorded) {
  record_seconds("aa", 0, 2);
  EXPECT_FALSE(plan(10, 20).value());
}

TEST_F(KeyFramesTest, says_so_when_retention_was_faster) {
  record_seconds("aa", 0, 1);
  const auto media = plan(0, 9).value();
  ASSERT_TRUE(archive_.files.remove("/video/aa.mp4"));
  EXPECT_EQ(plan(0, 9).error().code, ErrorCode::kNotFound);
  Bytes all(media->size());
  (void)media->read_at(0, all);  // a file that is open may still be read, or be gone: never a crash
}

TEST_F(KeyFramesTest, does_not_trust_the_catalog) {
  record_seconds("aa", 0, 2);
  archive_.refs[0].entry.size = archive_.refs[0].entry.moof_size + 9;
  EXPECT_EQ(plan(0, 9).error().code, ErrorCode::kDataLoss) << "a picture past its fragment";
  archive_.refs[1].entry.offset += 1;
  EXPECT_EQ(plan(1, 2).error().code, ErrorCode::kDataLoss) << "no fragment there";
}

}  // namespace
}  // namespace vedette::playback
