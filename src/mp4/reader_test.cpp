// SPDX-License-Identifier: Apache-2.0
#include "mp4/reader.h"

#include <gtest/gtest.h>

#include "mp4/box_io.h"
#include "mp4/fragment_boxes.h"
#include "mp4/init_segment.h"
#include "mp4/limits.h"
#include "mp4/sample_index.h"
#include "mp4/sample_table_boxes.h"
#include "mp4/test_tracks.h"

namespace vedette::mp4 {
namespace {

using media::TrackInfoPtr;

Bytes video_init(size_t reserve = 0) {
  const std::vector<TrackInfoPtr> tracks = {h264_track()};
  return *make_init_segment(std::span<const TrackInfoPtr>(tracks), reserve);
}

/// A closed recording file of three fragments.
struct RecordingFile {
  Bytes init = video_init(100);
  Bytes bytes = init;
  std::vector<size_t> starts;

  RecordingFile() {
    for (uint32_t i = 0; i < 3; ++i) {
      starts.push_back(bytes.size());
      const Bytes fragment = any_fragment(i, i * 27000, "IPP");
      bytes = joined({bytes, any_record(), fragment});
    }
  }
  [[nodiscard]] Scan scan() const {
    const MemorySource source(bytes);
    return scan_fragments(source, read_movie(source)->init_end);
  }
};

TEST(BoxHeader, ImpossibleSizesAreDataLossWithTheirOffset) {
  const struct {
    const char* name;
    const char* hex;
    const char* says;
  } rows[] = {
      {"cut off", "000000", "cut off at offset 0"},
      {"smaller than its header", "00000007 6d6f6f66", "smaller than its header"},
      {"past the end", "00000010 6d6f6f66 0000", "'moof' reaches past the end"},
      {"64-bit size cut off", "00000001 6d646174 00000000", "cut off"},
      {"64-bit size past the end", "00000001 6d646174 ffffffffffffffff", "past the end"},
      {"64-bit size below header", "00000001 6d646174 0000000000000008", "smaller than"},
      {"user type cut off", "00000010 75756964 0000000000000000", "cut off"},
  };
  for (const auto& row : rows) {
    const Bytes bytes = from_hex(row.hex);
    const auto box = read_box_header(ByteSpan(bytes), 0);
    ASSERT_FALSE(box.has_value()) << row.name;
    EXPECT_EQ(box.error().code, ErrorCode::kDataLoss);
    EXPECT_NE(box.error().what.find(row.says), std::string::npos) << box.error().what;
  }
}

TEST(ReadMovie, AFileThatIsNotMp4IsNotFound) {
  EXPECT_EQ(read_movie(MemorySource({})).error().code, ErrorCode::kNotFound);
  const Bytes free_box = from_hex("00000008 66726565");
  EXPECT_EQ(read_movie(MemorySource(free_box)).error().code, ErrorCode::kNotFound);
}

TEST(ReadMovie, EveryTruncationOfAnInitSegmentIsAnErrorAndNothingElse) {
  const Bytes init = video_init();
  for (size_t size = 0; size < init.size(); ++size)
    EXPECT_FALSE(read_movie(MemorySource(ByteSpan(init).first(size))).has_value()) << size;
}

TEST(Scan, FindsEveryFragmentOfAWholeFile) {
  const RecordingFile file;
  const Scan scan = file.scan();
  ASSERT_EQ(scan.fragments.size(), 3U);
  EXPECT_EQ(scan.stop, ScanStop::kEndOfFile) << scan.why;
  EXPECT_EQ(scan.good_end, file.bytes.size());
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(scan.fragments[i].offset, file.starts[i]);
    EXPECT_EQ(scan.fragments[i].record_size, any_record().size());
  }
}

TEST(Scan, AFileCutAtAnyByteKeepsTheFragmentsBeforeTheCut) {
  const RecordingFile file;
  for (size_t size = file.init.size(); size <= file.bytes.size(); ++size) {
    RecordingFile cut = file;
    cut.bytes.resize(size);
    const Scan scan = cut.scan();
    size_t whole = 0;
    for (size_t i = 0; i < 3; ++i)
      whole += size >= (i < 2 ? file.starts[i + 1] : file.bytes.size());
    EXPECT_EQ(scan.fragments.size(), whole) << size;
    const size_t boundary = whole < 3 ? file.starts[whole] : file.bytes.size();
    EXPECT_EQ(scan.good_end, boundary);
    // A size field whose first bytes are 0 looks unwritten when cut there: torn all the same.
    const bool torn = scan.stop == ScanStop::kTorn || scan.stop == ScanStop::kUnwritten;
    EXPECT_EQ(size == boundary, scan.stop == ScanStop::kEndOfFile) << size << scan.why;
    EXPECT_EQ(size != boundary, torn) << size << scan.why;
  }
}

TEST(Scan, PreallocatedSpaceIsUnwrittenNotDamage) {
  RecordingFile file;
  const size_t end = file.bytes.size();
  for (const size_t zeros : {1U, 7U, 8U, 5000U}) {
    file.bytes.resize(end);
    file.bytes.resize(end + zeros);
    const Scan scan = file.scan();
    EXPECT_EQ(scan.stop, ScanStop::kUnwritten) << scan.why;
    EXPECT_EQ(scan.fragments.size(), 3U);
    EXPECT_EQ(scan.good_end, end);
  }
}

TEST(Scan, SaysWhatItMetInsteadOfAFragment) {
  const RecordingFile file;
  const Bytes fragment = any_fragment(9, 0, "IP");
  const size_t moof_bytes = fragment.size() - 8 - 21;
  const struct {
    const char* name;
    Bytes tail;
    ScanStop stop;
    const char* says;
  } rows[] = {
      {"text", Bytes(64, 'x'), ScanStop::kGarbage, "not a box of a recording file"},
      {"record without fragment", any_record(), ScanStop::kTorn, "ends within a fragment"},
      {"record before zeros", joined({any_record(), Bytes(64, 0)}), ScanStop::kUnwritten, ""},
      {"checkpoint and record without fragment", joined({any_record(), any_record()}),
       ScanStop::kTorn, "ends within a fragment"},
      {"moof without mdat", joined({ByteSpan(fragment).first(moof_bytes), any_record()}),
       ScanStop::kGarbage, "'uuid' where 'mdat' belongs"},
      {"mdat alone",
       ByteWriter([] {
         ByteWriter out;
         out.u32(8);
         out.text("mdat");
         return out;
       }())
           .take(),
       ScanStop::kGarbage, "'mdat' where 'moof' belongs"},
      {"huge record", any_record(kMaxUuidBytes), ScanStop::kGarbage, "too large"},
  };
  for (const auto& row : rows) {
    RecordingFile bad = file;
    bad.bytes = joined({file.bytes, row.tail});
    const Scan scan = bad.scan();
    EXPECT_EQ(scan.fragments.size(), 3U) << row.name;
    EXPECT_EQ(scan.good_end, file.bytes.size()) << row.name;
    EXPECT_EQ(scan.stop, row.stop) << row.name << ": " << scan.why;
    EXPECT_NE(scan.why.find(row.says), std::string::npos) << row.name << ": " << scan.why;
  }
}

TEST(Scan, StepsOverCheckpointsAndNamesThoseAtTheEnd) {
  RecordingFile file;
  const uint64_t before = file.bytes.size();
  file.bytes = joined({file.bytes, any_record(), any_record(), any_fragment(9, 0, "IP"),
                       any_record(), any_record()});
  const Scan scan = file.scan();
  ASSERT_EQ(scan.fragments.size(), 4U);
  const ScannedFragment& last = scan.fragments.back();
  EXPECT_EQ(last.prefix_size, any_record().size());
  EXPECT_EQ(last.record_size, any_record().size());
  EXPECT_EQ(last.offset, before + last.prefix_size);
  EXPECT_EQ(scan.good_end, last.end());
  ASSERT_EQ(scan.tail.size(), 2U);
  EXPECT_EQ(scan.tail[0].offset, last.end());
  EXPECT_EQ(scan.tail[1].end(), file.bytes.size());
}

class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(ByteSpan bytes) : bytes_(bytes) {}
  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    if (offset > 300) return make_error(ErrorCode::kUnavailable, "medium error");
    return MemorySource(bytes_).read_at(offset, out);
  }
  uint64_t size() const override { return bytes_.size(); }

 private:
  ByteSpan bytes_;
};

TEST(Scan, AReadErrorIsNotTakenForTheEndOfTheFile) {
  const RecordingFile file;
  const Scan scan = scan_fragments(FailingSource(file.bytes), file.init.size());
  EXPECT_EQ(scan.stop, ScanStop::kReadError);
  EXPECT_NE(scan.why.find("medium error"), std::string::npos);
}

class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(ByteSpan bytes) : bytes_(bytes) {}
  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    ++reads;
    return MemorySource(bytes_).read_at(offset, out);
  }
  uint64_t size() const override { return bytes_.size(); }
  mutable int reads = 0;

 private:
  ByteSpan bytes_;
};

TEST(Scan, CostsOneReadPerFragment) {
  // Sample data longer than one read, as in life.
  const auto samples = std::vector<Sample>(3, Sample{50000, 3000, 0, true});
  const TrackRun run{1, 0, samples};
  const Bytes head = make_fragment_head(1, {&run, 1});
  Bytes bytes;
  for (int i = 0; i < 10; ++i) bytes = joined({bytes, any_record(), head, Bytes(150000)});
  const CountingSource source(bytes);
  EXPECT_EQ(scan_fragments(source, 0).fragments.size(), 10U);
  EXPECT_EQ(source.reads, 10);
}

TEST(ReadSidx, AnOpenFileHasNoneAndAClosedOneHas) {
  RecordingFile file;
  const Movie movie = *read_movie(MemorySource(file.bytes));
  EXPECT_FALSE(read_sidx(MemorySource(file.bytes), movie)->has_value());
  Sidx sidx;
  for (const ScannedFragment& fragment : file.scan().fragments)
    sidx.entries.push_back({static_cast<uint32_t>(fragment.size()), 27000, true});
  const Bytes index = make_sidx(sidx, 100);
  std::copy(index.begin(), index.end(),
            file.bytes.begin() + static_cast<ptrdiff_t>(movie.init_end));
  const auto read = read_sidx(MemorySource(file.bytes), movie);
  ASSERT_TRUE(read.has_value() && read->has_value());
  EXPECT_EQ((*read)->entries, sidx.entries);
  EXPECT_EQ((*read)->first_entry, file.starts[0]);
}

/// moof with one traf whose tfhd and trun say as little as possible.
Bytes sparse_moof(uint32_t tfhd_flags, bool with_tfdt = true) {
  BoxBuilder out;
  const size_t moof = out.begin(fourcc("moof"));
  const size_t traf = out.begin(fourcc("traf"));
  Tfhd tfhd;
  tfhd.flags = tfhd_flags;
  tfhd.track_id = 1;
  tfhd.base_data_offset = 5000;
  out.box(tfhd);
  if (with_tfdt) out.box(Tfdt{});
  Trun trun;
  trun.sample_count = 3;
  out.box(trun);
  out.box(trun);
  out.end(traf);
  out.end(moof);
  return out.take();
}

TEST(ParseMoof, WhatAFragmentDoesNotSayComesFromTrex) {
  Movie movie = *read_movie(MemorySource(video_init()));
  movie.tracks[0].defaults = {2, 3000, 77, 0x00010000};
  const auto fragment = parse_moof(sparse_moof(0), 400, movie);
  ASSERT_TRUE(fragment.has_value()) << fragment.error().message();
  ASSERT_EQ(fragment->runs.size(), 2U);
  EXPECT_EQ(fragment->runs[0].samples, std::vector<Sample>(3, Sample{77, 3000, 0, false}));
  EXPECT_EQ(fragment->runs[0].sample_description_index, 2U);
  EXPECT_EQ(fragment->runs[0].data_offset, 400U);
  EXPECT_EQ(fragment->runs[1].data_offset, 400U + 3 * 77);
  EXPECT_EQ(fragment->runs[1].base_decode_time, 9000);
  EXPECT_EQ(parse_moof(sparse_moof(1), 400, movie)->runs[0].data_offset, 5000U);
}

TEST(ParseMoof, AMillionSamplesInAFewBytesAreRefused) {
  const Movie movie = *read_movie(MemorySource(video_init()));
  BoxBuilder out;
  const size_t moof = out.begin(fourcc("moof"));
  const size_t traf = out.begin(fourcc("traf"));
  Tfhd tfhd;
  tfhd.track_id = 1;
  out.box(tfhd);
  out.box(Tfdt{});
  Trun trun;
  trun.sample_count = 0xFFFFFFFF;
  out.box(trun);
  out.end(traf);
  out.end(moof);
  const auto fragment = parse_moof(out.take(), 0, movie);
  ASSERT_FALSE(fragment.has_value());
  EXPECT_EQ(fragment.error().code, ErrorCode::kDataLoss);
}

TEST(ParseMoof, AFragmentWithoutDecodeTimeIsUnsupported) {
  const Movie movie = *read_movie(MemorySource(video_init()));
  EXPECT_EQ(parse_moof(sparse_moof(0, false), 0, movie).error().code, ErrorCode::kUnsupported);
}

TEST(SampleIndex, ListsTheSamplesOfARecordingFile) {
  const RecordingFile file;
  const auto index = SampleIndex::build(MemorySource(file.bytes));
  ASSERT_TRUE(index.has_value()) << index.error().message();
  ASSERT_NE(index->video(), nullptr);
  EXPECT_EQ(index->audio(), nullptr);
  const auto& samples = index->video()->samples;
  ASSERT_EQ(samples.size(), 9U);
  for (size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].dts, static_cast<int64_t>(i) * 9000);
    EXPECT_EQ(samples[i].sync, i % 3 == 0);
    EXPECT_EQ(file.bytes[samples[i].offset], i / 3);
    EXPECT_EQ(file.bytes[samples[i].offset + samples[i].size - 1], i / 3);
  }
}

TEST(SampleIndex, ATornFileGivesTheSamplesOfItsWholeFragments) {
  RecordingFile file;
  file.bytes.resize(file.bytes.size() - 1);
  EXPECT_EQ(SampleIndex::build(MemorySource(file.bytes))->video()->samples.size(), 6U);
}

/// The sample tables of an ordinary file, with knobs to break them.
struct OrdinaryFile {
  std::vector<uint64_t> sizes = {30, 20, 10, 20};
  std::vector<SttsEntry> times = {{4, 9000}};
  std::vector<CttsEntry> offsets = {{1, 0}, {1, 18000}, {2, -9000}};
  std::vector<uint64_t> sync = {1};
  std::vector<StscEntry> chunks = {{1, 3, 1}, {2, 1, 1}};
  std::vector<uint64_t> chunk_offsets = {8, 100};
  uint32_t claimed_count = 4;

  [[nodiscard]] Bytes bytes() const {
    BoxBuilder out;
    const size_t mdat = out.begin(fourcc("mdat"));
    out.zeros(200);
    out.end(mdat);
    const Bytes init = video_init();
    const auto ftyp = *read_box_header(ByteSpan(init), 0);
    // moov of the init segment with its four empty tables replaced and mvex cut off.
    const ByteSpan moov = ByteSpan(init).subspan(static_cast<size_t>(ftyp.end()));
    const size_t stsd_end = find_end(moov, "avcC");
    Bytes head(moov.begin(), moov.begin() + static_cast<ptrdiff_t>(stsd_end));
    BoxBuilder tables;
    Stts stts;
    stts.entries = times;
    tables.box(stts);
    Ctts ctts;
    ctts.version = 1;
    ctts.entries = offsets;
    tables.box(ctts);
    Stsc stsc;
    stsc.entries = chunks;
    tables.box(stsc);
    Stsz stsz;
    stsz.count = claimed_count;
    for (const uint64_t size : sizes) stsz.sizes.push_back({size});
    tables.box(stsz);
    Stss stss;
    for (const uint64_t number : sync) stss.entries.push_back({number});
    tables.box(stss);
    Co64 co64;
    for (const uint64_t offset : chunk_offsets) co64.entries.push_back({offset});
    tables.box(co64);
    Bytes table_bytes = tables.take();
    grow(head, table_bytes.size());
    return joined({out.take(), head, table_bytes});
  }

  static size_t find_end(ByteSpan bytes, std::string_view type) {
    const size_t at = as_text(bytes).find(type) - 4;
    return static_cast<size_t>(read_box_header(bytes, at)->end());
  }
  /// Sets the sizes of the boxes that enclose the tables so that they end with them.
  static void grow(Bytes& head, size_t table_bytes) {
    for (const std::string_view type : {"moov", "trak", "mdia", "minf", "stbl"}) {
      const size_t at = as_text(head).find(type) - 4;
      const auto size = static_cast<uint32_t>(head.size() + table_bytes - at);
      for (size_t i = 0; i < 4; ++i) head[at + i] = static_cast<uint8_t>(size >> (24 - 8 * i));
    }
  }
};

TEST(SampleIndex, ReadsTheTablesOfAnOrdinaryFileWithMoovAtItsEnd) {
  const Bytes bytes = OrdinaryFile().bytes();
  const auto index = SampleIndex::build(MemorySource(bytes));
  ASSERT_TRUE(index.has_value()) << index.error().message();
  const auto& samples = index->video()->samples;
  ASSERT_EQ(samples.size(), 4U);
  const uint64_t offsets[] = {8, 38, 58, 100};
  const int64_t pts[] = {0, 27000, 9000, 18000};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(samples[i].offset, offsets[i]);
    EXPECT_EQ(samples[i].pts, pts[i]);
    EXPECT_EQ(samples[i].dts, static_cast<int64_t>(i) * 9000);
    EXPECT_EQ(samples[i].sync, i == 0);
  }
}

TEST(SampleIndex, BrokenTablesAreDataLossThatNamesTheTrack) {
  const struct {
    const char* name;
    void (*broken)(OrdinaryFile&);
    const char* says;
  } rows[] = {
      {"no chunks", [](OrdinaryFile& f) { f.chunk_offsets.clear(); }, "cover fewer"},
      {"no stsc", [](OrdinaryFile& f) { f.chunks.clear(); }, "no stsc"},
      {"empty chunks",
       [](OrdinaryFile& f) {
         f.chunks = {{1, 0, 1}};
       },
       "cover fewer"},
      {"times end early",
       [](OrdinaryFile& f) {
         f.times = {{3, 9000}};
       },
       "stts covers fewer"},
      {"chunk past the end", [](OrdinaryFile& f) { f.chunk_offsets[1] = 1U << 30; }, "not in the"},
      {"sample past the end", [](OrdinaryFile& f) { f.sizes[3] = 1U << 20; }, "not in the file"},
      {"sizes cut off", [](OrdinaryFile& f) { f.claimed_count = 900'000; }, "stsz"},
      {"too many samples", [](OrdinaryFile& f) { f.claimed_count = 1'000'001; }, "stsz"},
  };
  for (const auto& row : rows) {
    OrdinaryFile file;
    row.broken(file);
    const Bytes bytes = file.bytes();
    const auto index = SampleIndex::build(MemorySource(bytes));
    ASSERT_FALSE(index.has_value()) << row.name;
    EXPECT_EQ(index.error().code, ErrorCode::kDataLoss) << row.name;
    EXPECT_NE(index.error().message().find(row.says), std::string::npos)
        << row.name << ": " << index.error().message();
  }
}

}  // namespace
}  // namespace vedette::mp4
