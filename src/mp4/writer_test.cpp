// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "mp4/activity_box.h"
#include "mp4/fragment.h"
#include "mp4/init_segment.h"
#include "mp4/limits.h"
#include "mp4/reader.h"
#include "mp4/sidx.h"
#include "mp4/test_tracks.h"

namespace vedette::mp4 {
namespace {

using media::TrackInfoPtr;

Bytes init_of(const std::vector<TrackInfoPtr>& tracks, size_t reserve = 0) {
  auto init = make_init_segment(std::span<const TrackInfoPtr>(tracks), reserve);
  EXPECT_TRUE(init.has_value()) << init.error().message();
  return *init;
}

Movie movie_of(const Bytes& init) {
  auto movie = read_movie(MemorySource(init));
  EXPECT_TRUE(movie.has_value()) << movie.error().message();
  return *movie;
}

TEST(InitSegment, EveryCodecReadsBackAsTheTrackItWasMadeFrom) {
  for (const auto& tracks : std::vector<std::vector<TrackInfoPtr>>{{h264_track()},
                                                                   {h265_track()},
                                                                   {h264_track(), aac_track()},
                                                                   {h265_track(), opus_track()},
                                                                   {aac_track()}}) {
    const Movie movie = movie_of(init_of(tracks));
    EXPECT_TRUE(movie.fragmented);
    ASSERT_EQ(movie.tracks.size(), tracks.size());
    for (size_t i = 0; i < tracks.size(); ++i) {
      EXPECT_EQ(movie.tracks[i].id, i + 1);
      ASSERT_NE(movie.tracks[i].entry(1), nullptr);
      EXPECT_EQ(*movie.tracks[i].entry(1), *tracks[i]) << to_string(tracks[i]->codec);
    }
  }
}

TEST(InitSegment, OneTrackHoldsTheConfigurationsOfSeveralRuns) {
  const std::vector<InitTrack> tracks = {{{h264_track(), small_h264_track(), h265_track()}},
                                         {{aac_track()}}};
  const auto init = make_init_segment(std::span<const InitTrack>(tracks), 0);
  ASSERT_TRUE(init.has_value());
  const Movie movie = movie_of(*init);
  ASSERT_EQ(movie.tracks[0].entries.size(), 3U);
  EXPECT_EQ(*movie.tracks[0].entry(2), *small_h264_track());
  EXPECT_EQ(*movie.tracks[0].entry(3), *h265_track());
  EXPECT_EQ(movie.tracks[0].entry(0), nullptr);
  EXPECT_EQ(movie.tracks[0].entry(4), nullptr);
}

TEST(InitSegment, TheReserveIsAFreeBoxOfExactlyThatSizeBehindMoov) {
  const Bytes init = init_of({h264_track()}, 500);
  const auto reserve = read_box_header(ByteSpan(init), movie_of(init).init_end);
  ASSERT_TRUE(reserve.has_value());
  EXPECT_EQ(reserve->type, fourcc("free"));
  EXPECT_EQ(reserve->size, 500U);
  EXPECT_EQ(reserve->end(), init.size());
}

TEST(InitSegment, WhatCannotBeWrittenIsRefusedWithAReason) {
  auto pcmu = std::make_shared<media::TrackInfo>();
  pcmu->codec = media::Codec::kPcmu;
  auto empty = std::make_shared<media::TrackInfo>();
  const struct {
    const char* name;
    std::vector<InitTrack> tracks;
    ErrorCode code;
  } rows[] = {
      {"no tracks", {}, ErrorCode::kInvalidArgument},
      {"no configuration", {{{}}}, ErrorCode::kInvalidArgument},
      {"null", {{{nullptr}}}, ErrorCode::kInvalidArgument},
      {"G.711", {{{pcmu}}}, ErrorCode::kUnsupported},
      {"no avcC", {{{empty}}}, ErrorCode::kInvalidArgument},
      {"mixed", {{{h264_track(), aac_track()}}}, ErrorCode::kInvalidArgument},
  };
  for (const auto& row : rows) {
    const auto init = make_init_segment(std::span<const InitTrack>(row.tracks), 0);
    ASSERT_FALSE(init.has_value()) << row.name;
    EXPECT_EQ(init.error().code, row.code) << row.name;
  }
}

TEST(InitSegment, TheMimeTypeNamesAllCodecs) {
  const std::vector<TrackInfoPtr> tracks = {h264_track(), aac_track()};
  EXPECT_EQ(mime_type(tracks), "video/mp4; codecs=\"avc1.64000a,mp4a.40.2\"");
}

TEST(Fragment, RunsOfEveryShapeReadBackAsTheyWereWritten) {
  const Movie movie = movie_of(init_of({h264_track(), aac_track()}));
  for (const char* frames : {"I", "IP", "IPP", "PPP", "IIII", "IPIP", "PIII", "IPBBPBB", "PPI"}) {
    auto video = samples_of(frames, 70000);
    const std::vector<Sample> audio = {{100, 1024, 0, true}, {100, 1024, 0, true}};
    const TrackRun runs[] = {{1, 123456789012, video, 3}, {2, 7, audio}};
    const Bytes head = make_fragment_head(42, runs);
    const auto box = read_box_header(ByteSpan(head), 0);
    ASSERT_TRUE(box.has_value());
    const auto fragment =
        parse_moof(ByteSpan(head).first(static_cast<size_t>(box->size)), 1000, movie);
    ASSERT_TRUE(fragment.has_value()) << fragment.error().message();
    EXPECT_EQ(fragment->sequence, 42U);
    ASSERT_EQ(fragment->runs.size(), 2U);
    EXPECT_EQ(fragment->runs[0].samples, video) << frames;
    EXPECT_EQ(fragment->runs[1].samples, audio);
    EXPECT_EQ(fragment->runs[0].base_decode_time, 123456789012);
    EXPECT_EQ(fragment->runs[0].sample_description_index, 3U);
    EXPECT_EQ(fragment->runs[0].data_offset, 1000 + head.size());
    uint64_t video_bytes = 0;
    for (const Sample& sample : video) video_bytes += sample.size;
    EXPECT_EQ(fragment->runs[1].data_offset, 1000 + head.size() + video_bytes);
    ByteReader mdat(ByteSpan(head).subspan(head.size() - 8));
    EXPECT_EQ(mdat.u32(), 8 + video_bytes + 200);
  }
}

TEST(Fragment, ATrackWithoutSamplesIsLeftOut) {
  const auto video = samples_of("IP");
  const TrackRun runs[] = {{1, 0, video}, {2, 0, {}}};
  const TrackRun alone[] = {{1, 0, video}};
  EXPECT_EQ(make_fragment_head(1, runs), make_fragment_head(1, alone));
}

TEST(Fragment, CarriesItsActivityWhereAnIndexerLooksFirst) {
  const Movie movie = movie_of(init_of({h264_track()}));
  const auto video = samples_of("IPP");
  const TrackRun run{1, 7000, video};
  const Bytes plain = make_fragment_head(3, {&run, 1});
  const Bytes head = make_fragment_head(3, {&run, 1}, 200);
  EXPECT_EQ(head.size(), plain.size() + kActivityBoxBytes);
  EXPECT_EQ(read_activity(plain), 0);
  EXPECT_EQ(read_activity(head), 200);
  EXPECT_EQ(read_activity(ByteSpan(head).first(kActivityReach)), 200);
  for (size_t size = 0; size < kActivityReach; ++size)
    EXPECT_EQ(read_activity(ByteSpan(head).first(size)), 0) << size;
  const auto read = parse_moof(ByteSpan(head).first(head.size() - 8), 0, movie);
  ASSERT_TRUE(read.has_value()) << read.error().message();
  EXPECT_EQ(read->runs[0].samples, video);
  EXPECT_EQ(read->runs[0].data_offset, head.size());
  Bytes newer = head;
  newer[kActivityReach - 2] = 2;
  EXPECT_EQ(read_activity(newer), 0) << "of a version that is not known";
}

TEST(Fragment, TheUsualGopCostsEightBytesPerFrame) {
  auto gop = samples_of("IPPPPPPPPPPPPPPPPPPPPPPPPPPPPP");
  for (Sample& sample : gop) sample.cts = 0;
  for (size_t i = 0; i < gop.size(); ++i) gop[i].duration = 6000 + static_cast<uint32_t>(i % 2);
  const TrackRun run{1, 0, gop};
  EXPECT_EQ(make_fragment_head(1, {&run, 1}).size(), 108U + 30 * 8);
}

TEST(PatchMoof, MovesTimeAndSelectsAConfigurationInPlace) {
  const Movie movie = movie_of(init_of({h264_track(), aac_track()}));
  const auto video = samples_of("IPP");
  const std::vector<Sample> audio = {{50, 1024, 0, true}};
  const TrackRun runs[] = {{1, 90000, video}, {2, 16000, audio}};
  Bytes head = make_fragment_head(1, runs);
  const TrackPatch tracks[] = {{1, -90000, 2}};
  ASSERT_TRUE(patch_moof(head, {77, tracks}).has_value());

  const TrackRun expected[] = {{1, 0, video, 2}, {2, 16000, audio}};
  EXPECT_EQ(head, make_fragment_head(77, expected));
}

TEST(PatchMoof, AnythingItCannotPatchStaysUntouched) {
  const auto video = samples_of("IPP");
  const TrackRun run{1, 1000, video};
  const Bytes good = make_fragment_head(1, {&run, 1});
  const TrackPatch tracks[] = {{1, 5, 1}};
  const auto refuses = [&](Bytes moof, const MoofPatch& patch, ErrorCode code) {
    const Bytes before = moof;
    const auto result = patch_moof(moof, patch);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code);
    EXPECT_EQ(moof, before);
  };
  const TrackPatch before_zero[] = {{1, -1001, 1}};
  refuses(good, {2, before_zero}, ErrorCode::kInvalidArgument);
  const TrackPatch past_the_end[] = {{1, std::numeric_limits<int64_t>::max(), 1}};
  refuses(good, {2, past_the_end}, ErrorCode::kInvalidArgument);
  refuses(Bytes(good.begin(), good.begin() + 40), {2, tracks}, ErrorCode::kDataLoss);
  refuses(Bytes(good.end() - 8, good.end()), {2, tracks}, ErrorCode::kDataLoss);
  Bytes old_tfdt = good;
  old_tfdt[8 + 16 + 8 + 28 + 8] = 0;  // tfdt version
  refuses(old_tfdt, {2, tracks}, ErrorCode::kFailedPrecondition);
}

TEST(GrowFirstSample, GivesTheFragmentThatWouldHaveBeenWrittenWithALongerSample) {
  auto video = samples_of("IPP");
  const std::vector<Sample> audio = {{50, 1024, 0, true}};
  for (const auto& [id, samples] : {std::pair{1, video}, std::pair{2, audio}}) {
    const TrackRun runs[] = {{1, 90000, samples}, {2, 16000, audio}};
    Bytes head = make_fragment_head(1, runs);
    ASSERT_TRUE(grow_first_sample(head, 40).has_value());
    auto longer = samples;
    longer[0].size += 40;
    const TrackRun expected[] = {{1, 90000, longer}, {2, 16000, audio}};
    EXPECT_EQ(head, make_fragment_head(1, expected)) << id;
  }
}

TEST(GrowFirstSample, RefusesWhatItDidNotWrite) {
  const auto video = samples_of("IPP");
  const TrackRun run{1, 1000, video};
  Bytes head = make_fragment_head(1, {&run, 1});
  EXPECT_FALSE(grow_first_sample(std::span(head).first(head.size() - 1), 8).has_value());
  EXPECT_FALSE(grow_first_sample(std::span(head).first(20), 8).has_value());
  EXPECT_FALSE(grow_first_sample(std::span(head).last(8), 8).has_value());
}

Sidx index_of(size_t entries) {
  Sidx sidx;
  sidx.earliest_pts = 900;
  for (uint32_t i = 0; i < entries; ++i) sidx.entries.push_back({1000 + i, 90000, true});
  return sidx;
}

TEST(Sidx, FillsExactlyTheReserveAndCoversTheWholeFile) {
  for (const size_t entries : {0U, 1U, 2U, 7U, 150U}) {
    for (size_t reserve = 8; reserve < 700; ++reserve) {
      const Sidx sidx = index_of(entries);
      const Bytes bytes = make_sidx(sidx, reserve);
      ASSERT_EQ(bytes.size(), reserve);
      const auto box = read_box_header(ByteSpan(bytes), 0);
      ASSERT_TRUE(box.has_value());
      if (box->type == fourcc("free")) {
        EXPECT_EQ(box->size, reserve);
        EXPECT_TRUE(entries == 0 || reserve < sidx_reserve_bytes(1)) << reserve;
        continue;
      }
      const auto read = parse_sidx(ByteSpan(bytes).first(static_cast<size_t>(box->size)), 5000);
      ASSERT_TRUE(read.has_value()) << read.error().message();
      EXPECT_EQ(read->first_entry, 5000 + reserve);
      uint64_t want = 0;
      uint64_t got = 0;
      for (const SidxEntry& entry : sidx.entries) want += entry.size;
      for (const SidxEntry& entry : read->entries) got += entry.size;
      EXPECT_EQ(got, want);
    }
  }
}

TEST(Sidx, KeepsEveryEntryWhenTheReserveWasMadeForThem) {
  const Sidx sidx = index_of(150);
  const auto read = parse_sidx(
      ByteSpan(make_sidx(sidx, sidx_reserve_bytes(150))).first(sidx_reserve_bytes(150) - 8), 0);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->entries, sidx.entries);
  EXPECT_EQ(read->earliest_pts, 900);
}

TEST(Sidx, AnIndexTooLargeForItsFieldsBecomesFreeSpace) {
  Sidx sidx;
  for (int i = 0; i < 4; ++i) sidx.entries.push_back({0x7FFFFFFF, 1, true});
  const Bytes bytes = make_sidx(sidx, sidx_reserve_bytes(1));
  EXPECT_EQ(read_box_header(ByteSpan(bytes), 0)->type, fourcc("free"));
}

}  // namespace
}  // namespace vedette::mp4
