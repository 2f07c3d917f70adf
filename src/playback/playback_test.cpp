// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mp4/test_tracks.h"
#include "playback/fake_archive.h"
#include "playback/snapshot.h"
#include "playback/virtual_mp4.h"
#include "vision/encoder.h"

namespace vedette::playback {
namespace {

using mp4::samples_of;

constexpr int64_t kStart = 1'795'356'207'200'000;
constexpr int64_t kSecond = 1'000'000;

/// "I" + 9 "P" at 10 frames per second: one second.
std::vector<mp4::Sample> second_of(const char* frames = "IPPPPPPPPP") {
  auto samples = samples_of(frames, 100);
  for (mp4::Sample& sample : samples) sample.cts = 0;
  return samples;
}

MediaRequest range(double from_s, double to_s) {
  return {"door",
          media::StreamKind::kMain,
          {kStart + static_cast<int64_t>(from_s * kSecond)},
          {kStart + static_cast<int64_t>(to_s * kSecond)}};
}

void record_seconds(FakeArchive& archive, const std::string& run, int64_t start_us, int count,
                    const media::TrackInfoPtr& track) {
  FileMaker file(archive, run, {track});
  for (int i = 0; i < count; ++i) {
    file.add({start_us + i * kSecond, 500'000 + i * 90'000, second_of(), {}, 0, {}});
  }
  file.write();
}

Bytes read_all(VirtualMp4& media) {
  Bytes all(media.size());
  EXPECT_EQ(media.read_at(0, all).value(), all.size());
  return all;
}

struct Played {
  mp4::Movie movie;
  std::vector<mp4::Fragment> fragments;

  [[nodiscard]] std::vector<int64_t> times(uint32_t track = 1) const {
    std::vector<int64_t> out;
    for (const mp4::Fragment& fragment : fragments) {
      for (const mp4::Run& run : fragment.runs) {
        if (run.track_id == track) out.push_back(run.base_decode_time);
      }
    }
    return out;
  }
};

/// What a player makes of it; the whole file must be sound.
Played play(const Bytes& bytes) {
  const mp4::MemorySource source(bytes);
  Played played;
  played.movie = mp4::read_movie(source).value();
  const mp4::Scan scan = mp4::scan_fragments(source, played.movie.init_end);
  EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile) << scan.why;
  EXPECT_EQ(scan.good_end, bytes.size());
  for (const mp4::ScannedFragment& found : scan.fragments) {
    const ByteSpan moof = ByteSpan(bytes).subspan(found.moof_offset(), found.moof_size);
    played.fragments.push_back(mp4::parse_moof(moof, found.moof_offset(), played.movie).value());
  }
  return played;
}

TEST(VirtualMp4, holds_exactly_the_gops_that_cover_the_range) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 10, mp4::h264_track());
  auto media = VirtualMp4::plan(archive, range(2.5, 4.5)).value();
  ASSERT_TRUE(media);
  EXPECT_EQ(media->start().us, kStart + 2 * kSecond);
  EXPECT_EQ(media->end().us, kStart + 5 * kSecond);
  const Played played = play(read_all(*media));
  EXPECT_EQ(played.times(), (std::vector<int64_t>{0, 90'000, 180'000}));
  EXPECT_EQ(played.fragments[0].sequence, 1u);
  EXPECT_EQ(played.fragments[2].sequence, 3u);
}

TEST(VirtualMp4, is_null_where_nothing_is_recorded) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 2, mp4::h264_track());
  EXPECT_FALSE(VirtualMp4::plan(archive, range(10, 20)).value());
}

TEST(VirtualMp4, gives_any_part_as_the_whole_has_it) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 3, mp4::h264_track());
  auto whole = VirtualMp4::plan(archive, range(0, 3)).value();
  const Bytes all = read_all(*whole);
  for (size_t step : {1, 7, 333}) {
    auto media = VirtualMp4::plan(archive, range(0, 3)).value();
    EXPECT_EQ(media->etag(), whole->etag());
    for (size_t at = 0; at < all.size(); at += step * 11) {
      Bytes part(std::min(step, all.size() - at));
      ASSERT_EQ(media->read_at(at, part).value(), part.size());
      ASSERT_TRUE(std::equal(part.begin(), part.end(), all.begin() + static_cast<long>(at))) << at;
    }
  }
  Bytes past(10);
  EXPECT_EQ(whole->read_at(all.size(), past).value(), 0u);
  EXPECT_NE(VirtualMp4::plan(archive, range(0, 2)).value()->etag(), whole->etag());
}

TEST(VirtualMp4, reads_only_what_a_byte_range_covers) {
  FakeArchive archive;
  for (int i = 0; i < 20; ++i) {
    const std::string run = "a" + std::to_string(10 + i);
    record_seconds(archive, run, kStart + i * kSecond, 1, mp4::h264_track());
  }
  auto media = VirtualMp4::plan(archive, range(0, 20)).value();
  const int before = archive.opened;
  Bytes middle(100);
  EXPECT_EQ(media->read_at(media->size() / 2, middle).value(), 100u);
  EXPECT_EQ(archive.opened - before, 1);
}

TEST(VirtualMp4, keeps_the_gap_between_two_runs_and_their_parameters) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 2, mp4::h264_track());
  record_seconds(archive, "bb", kStart + 5 * kSecond, 2, mp4::h265_track());
  auto media = VirtualMp4::plan(archive, range(0, 10)).value();
  const Played played = play(read_all(*media));
  EXPECT_EQ(played.times(), (std::vector<int64_t>{0, 90'000, 450'000, 540'000}));
  ASSERT_EQ(played.movie.tracks.size(), 1u);
  ASSERT_EQ(played.movie.tracks[0].entries.size(), 2u);
  EXPECT_EQ(played.movie.tracks[0].entries[1]->codec, media::Codec::kH265);
  EXPECT_EQ(played.fragments[1].runs[0].sample_description_index, 1u);
  EXPECT_EQ(played.fragments[2].runs[0].sample_description_index, 2u);
}

TEST(VirtualMp4, uses_one_entry_for_runs_with_the_same_parameters) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 1, mp4::h264_track());
  record_seconds(archive, "bb", kStart + 2 * kSecond, 1, mp4::h264_track());
  const Played played = play(read_all(*VirtualMp4::plan(archive, range(0, 10)).value()));
  EXPECT_EQ(played.movie.tracks[0].entries.size(), 1u);
}

TEST(VirtualMp4, never_goes_back_when_the_wall_clock_did) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 3, mp4::h264_track());
  record_seconds(archive, "bb", kStart + kSecond + 1, 2, mp4::h264_track());
  const Played played = play(read_all(*VirtualMp4::plan(archive, range(0, 10)).value()));
  const auto times = played.times();
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_EQ(std::adjacent_find(times.begin(), times.end()), times.end());
}

TEST(VirtualMp4, goes_on_where_the_media_time_of_a_run_begins_anew) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 3, mp4::h264_track());
  FileMaker file(archive, "aa", {mp4::h264_track()}, "-2");  // from media time 0 again
  for (int i = 0; i < 2; ++i) {
    file.add({kStart + (3 + i) * kSecond, int64_t{i} * 90'000, second_of(), {}, 0, {}});
  }
  file.write();
  const auto media = VirtualMp4::plan(archive, range(1, 5));
  ASSERT_TRUE(media) << media.error().message();
  EXPECT_EQ(play(read_all(**media)).times(), (std::vector<int64_t>{0, 90'000, 180'000, 270'000}));
  EXPECT_EQ((*media)->end().us, kStart + 5 * kSecond);
}

TEST(VirtualMp4, starts_early_enough_for_sound_that_leads) {
  FakeArchive archive;
  FileMaker file(archive, "aa", {mp4::h264_track(), mp4::opus_track()});
  const std::vector<mp4::Sample> sound(50, mp4::Sample{20, 960, 0, true});
  file.add({kStart, 90'000, second_of(), sound, 48'000 - 480, {}});  // 10 ms before the picture
  file.add({kStart + kSecond, 180'000, second_of(), sound, 96'000 - 480, {}});
  file.write();
  auto media = VirtualMp4::plan(archive, range(0, 10)).value();
  EXPECT_EQ(media->start().us, kStart - 10'000);
  const Played played = play(read_all(*media));
  EXPECT_EQ(played.times(1), (std::vector<int64_t>{900, 90'900}));
  EXPECT_EQ(played.times(2), (std::vector<int64_t>{0, 48'000}));
}

TEST(VirtualMp4, begins_at_the_key_frame_of_a_gop_in_pieces) {
  FakeArchive archive;
  FileMaker file(archive, "aa", {mp4::h264_track()});
  for (int i = 0; i < 6; ++i) {
    const char* frames = i % 3 == 0 ? "IPPPPPPPPP" : "PPPPPPPPPP";
    file.add({kStart + i * kSecond, i * 90'000, second_of(frames), {}, 0, {}});
  }
  file.write();
  auto media = VirtualMp4::plan(archive, range(5.2, 5.4)).value();
  EXPECT_EQ(media->start().us, kStart + 3 * kSecond);
  EXPECT_EQ(play(read_all(*media)).fragments.size(), 3u);

  archive.refs.erase(archive.refs.begin() + 4);  // the middle piece is gone
  EXPECT_FALSE(VirtualMp4::plan(archive, range(5.2, 5.4)).value()) << "undecodable is nothing";
}

TEST(VirtualMp4, ends_where_the_tracks_cannot_be_joined) {
  FakeArchive archive;
  FileMaker first(archive, "aa", {mp4::h264_track(), mp4::opus_track()});
  first.add({kStart, 0, second_of(), {}, 0, {}}).write();
  FileMaker second(archive, "bb", {mp4::h264_track(), mp4::aac_track()});
  second.add({kStart + 2 * kSecond, 0, second_of(), {}, 0, {}}).write();
  auto media = VirtualMp4::plan(archive, range(0, 10)).value();
  EXPECT_EQ(media->end().us, kStart + kSecond);
  EXPECT_EQ(play(read_all(*media)).fragments.size(), 1u);
}

TEST(VirtualMp4, says_so_when_retention_was_faster) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 1, mp4::h264_track());
  record_seconds(archive, "bb", kStart + kSecond, 1, mp4::h264_track());
  auto media = VirtualMp4::plan(archive, range(0, 10)).value();
  ASSERT_TRUE(archive.files.remove("/video/aa.mp4"));
  Bytes all(media->size());
  const auto read = media->read_at(0, all);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kNotFound);
}

TEST(VirtualMp4, does_not_trust_the_catalog) {
  FakeArchive archive;
  record_seconds(archive, "aa", kStart, 2, mp4::h264_track());
  archive.refs[0].entry.offset += 1;
  EXPECT_EQ(VirtualMp4::plan(archive, range(0, 10)).error().code, ErrorCode::kDataLoss);
  archive.refs[0].entry.offset -= 1;
  auto media = VirtualMp4::plan(archive, range(0, 10)).value();
  archive.refs[1].entry.size += 1000;
  auto longer = VirtualMp4::plan(archive, range(0, 10)).value();
  Bytes all(longer->size());
  EXPECT_EQ(longer->read_at(0, all).error().code, ErrorCode::kDataLoss);
}

/// Two seconds of real H.264 at 10 pictures per second, a GOP of ten each.
class SnapshotTest : public testing::Test {
 protected:
  /// `second`: when the first pictures of the second GOP are shown, after its first decode time.
  void record(const std::vector<int32_t>& second = {}) {
    vision::EncoderOptions options;
    options.width = 128;
    options.height = 96;
    options.fps = 10;
    options.gop = 10;
    auto encoder = vision::VideoEncoder::create(options).value();
    std::vector<media::AccessUnitPtr> aus;
    for (int i = 0; i < 20; ++i) {
      vision::Picture picture(128, 96);
      std::fill(picture.y.begin(), picture.y.end(), static_cast<uint8_t>(20 + 10 * i));
      ASSERT_TRUE(encoder->encode(picture, aus));
    }
    ASSERT_TRUE(encoder->finish(aus));
    FileMaker file(archive_, "aa", {encoder->track()});
    for (size_t gop = 0; gop < 2; ++gop) {
      FileMaker::Piece piece;
      piece.start_us = kStart + static_cast<int64_t>(gop) * kSecond;
      if (gop == 1 && !second.empty()) piece.start_us += ticks_to_us(second.front(), 90'000);
      piece.media_time = static_cast<int64_t>(gop) * 90'000;
      for (size_t i = gop * 10; i < gop * 10 + 10; ++i) {
        const media::AccessUnit& au = *aus.at(i);
        auto cts = static_cast<int32_t>(au.pts - au.dts);
        if (gop == 1 && i - 10 < second.size())
          cts = second[i - 10] - static_cast<int32_t>(i - 10) * 9000;
        piece.video.push_back({static_cast<uint32_t>(au.data.size()), 9000, cts, au.random_access});
        piece.data.insert(piece.data.end(), au.data.begin(), au.data.end());
      }
      file.add(piece);
    }
    file.write();
  }
  Result<std::optional<Snapshot>> at(int64_t us) {
    return take_snapshot(archive_, {"door", media::StreamKind::kMain, {kStart + us}, 0});
  }
  FakeArchive archive_;
};

TEST_F(SnapshotTest, shows_the_picture_at_or_before_the_moment) {
  record();
  const struct {
    const char* name;
    int64_t asked_us;
    int64_t shown_us;
  } rows[] = {{"the first", 0, 0},
              {"between two", 350'000, 300'000},
              {"the second GOP", 1'000'000, 1'000'000},
              {"the last of a GOP", 999'999, 900'000},
              {"a little after the end", 5'000'000, 1'900'000}};
  for (const auto& row : rows) {
    const auto picture = at(row.asked_us);
    ASSERT_TRUE(picture) << row.name << ": " << picture.error().message();
    ASSERT_TRUE(picture.value()) << row.name;
    EXPECT_EQ((*picture.value()).at.us - kStart, row.shown_us) << row.name;
    EXPECT_EQ((*picture.value()).jpeg[0], 0xff) << row.name;
  }
}

// Two pictures that follow the second GOP's first in decoding are shown before it.
TEST_F(SnapshotTest, shows_the_pictures_of_an_open_gop_that_come_before_its_first) {
  record({18'000, 0, 9'000});
  const std::pair<int64_t, int64_t> rows[] = {{999'999, 900'000},
                                              {1'000'000, 1'000'000},
                                              {1'199'999, 1'100'000},
                                              {1'200'000, 1'200'000},
                                              {1'399'999, 1'300'000}};
  for (const auto& [asked_us, shown_us] : rows) {
    const auto picture = at(asked_us);
    ASSERT_TRUE(picture) << asked_us << ": " << picture.error().message();
    ASSERT_TRUE(picture.value()) << asked_us;
    EXPECT_EQ((*picture.value()).at.us - kStart, shown_us) << asked_us;
  }
  EXPECT_FALSE(at(INT64_MAX - 1 - kStart).value());
}

TEST_F(SnapshotTest, shows_nothing_before_the_beginning_or_long_after_the_end) {
  record();
  EXPECT_FALSE(at(-1).value());
  EXPECT_FALSE(at(60 * kSecond).value());
}

}  // namespace
}  // namespace vedette::playback
