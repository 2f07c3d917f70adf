// SPDX-License-Identifier: Apache-2.0
// For the tests of the recorder: one over a whole archive on a disk in memory.
#pragma once

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "evidence/chain.h"
#include "fs/fake_file_system.h"
#include "mp4/reader.h"
#include "record/recorder.h"

namespace vedette::record {

inline constexpr int64_t kTick = 6000;  // 15 pictures a second at 90 kHz
inline constexpr const char* kVolume = "/video";

inline media::TrackInfoPtr video_track(uint16_t width = 640) {
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  // avcC of a baseline 640x480 stream with one SPS and one PPS.
  track.decoder_config = {1,    0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1e, 0xd9,
                          0x01, 0x40, 0x7b, 0x20, 0x08, 1,    0, 4,  0x68, 0xcb, 0x83, 0xcb};
  track.rfc6381 = "avc1.42c01e";
  track.width = width;
  track.height = 480;
  track.fps = 15;
  return std::make_shared<const media::TrackInfo>(track);
}

inline media::TrackInfoPtr audio_track() {
  media::TrackInfo track;
  track.codec = media::Codec::kAac;
  track.timescale = 16000;
  track.sample_rate = 16000;
  track.channels = 1;
  track.decoder_config = {0x14, 0x08};
  track.rfc6381 = "mp4a.40.2";
  return std::make_shared<const media::TrackInfo>(track);
}

// Feeds a recorder over a whole archive on a disk in memory. Pictures are written as letters:
// I random access, P the rest, x a damaged P, X a damaged I, . a picture that never comes.
class Recording : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-record-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = store::ConfigStore::open(dir_ + "/config.db").value();
    start();
  }
  void TearDown() override {
    recorder_.reset();
    archive_.reset();
    catalog_.reset();
    dead_recorders_.clear();
    dead_archives_.clear();
    dead_catalogs_.clear();
    std::filesystem::remove_all(dir_);
  }
  void start() {
    catalog_ = store::Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    store::ArchiveOptions options = options_;
    options.volumes = {{kVolume, std::nullopt}};
    options.threads = false;
    archive_ = store::Archive::open({*files_, clock_, *config_, *catalog_}, options).value();
    recorder_ = std::make_unique<Recorder>(*archive_, clock_, recorder_options_);
  }
  // The process is gone: nothing is closed or flushed. What it held is only let go after the test.
  void kill() {
    dead_recorders_.push_back(std::move(recorder_));
    dead_archives_.push_back(std::move(archive_));
    dead_catalogs_.push_back(std::move(catalog_));
    files_->process_death();
  }
  void frame(char letter) {
    if (letter != '.') {
      auto au = std::make_shared<media::AccessUnit>();
      au->track = video_;
      au->dts = au->pts = dts_;
      au->utc = clock_.wall();
      au->arrival = clock_.mono();
      au->random_access = letter == 'I' || letter == 'X';
      au->damaged = letter == 'x' || letter == 'X';
      au->data = Bytes(letter == 'I' ? 500 : 100, static_cast<uint8_t>(letter));
      recorder_->on_access_unit(au);
    }
    dts_ += kTick;
    clock_.advance(Duration(kTick * 1'000'000 / 90'000));
  }
  void feed(const std::string& letters) {
    for (const char letter : letters) {
      frame(letter);
      recorder_->on_tick(clock_.mono());
    }
    archive_->step();
  }
  // `count` GOPs of one second.
  void feed_seconds(int count) {
    for (int i = 0; i < count; ++i) feed("IPPPPPPPPPPPPPP");
  }
  void settle() {
    clock_.advance(std::chrono::seconds(2));
    archive_->step();
    if (recorder_) recorder_->on_tick(clock_.mono());
  }
  [[nodiscard]] std::vector<store::FragmentRef> fragments() const {
    return catalog_->fragments({"door", stream::StreamKind::kMain, {0}, {INT64_MAX}}).value();
  }
  [[nodiscard]] std::vector<store::Gap> gaps() const {
    return catalog_->gaps("door", {0}, {INT64_MAX}).value();
  }
  [[nodiscard]] std::vector<std::string> causes() const {
    std::vector<std::string> all;
    for (const store::Gap& gap : gaps()) all.push_back(gap.cause + (gap.end ? "" : "…"));
    return all;
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> all;
    for (const std::string& path : files_->all_files())
      if (path.size() > 4 && path.substr(path.size() - 4) == ".mp4") all.push_back(path);
    return all;
  }
  static void expect_whole(const Bytes& file) {
    const mp4::MemorySource source(file);
    const auto movie = mp4::read_movie(source);
    ASSERT_TRUE(movie) << movie.error().message();
    const mp4::Scan scan = mp4::scan_fragments(source, movie->init_end);
    EXPECT_EQ(scan.stop, mp4::ScanStop::kEndOfFile) << scan.why;
    std::vector<evidence::FragmentRecord> records;
    for (const mp4::ScannedFragment& at : scan.fragments) {
      const ByteSpan bytes(file);
      const auto record = evidence::decode(bytes.subspan(at.offset, at.record_size));
      ASSERT_TRUE(record) << record.error().message();
      EXPECT_TRUE(evidence::check_fragment(
          *record, bytes.subspan(at.moof_offset(), at.moof_size + at.mdat_size)));
      records.push_back(*record);
    }
    EXPECT_TRUE(evidence::check_chain(records, evidence::ChainBegin::kAnywhere).empty());
  }

  std::string dir_;
  FakeClock clock_;
  std::unique_ptr<fs::FakeFileSystem> files_ = std::make_unique<fs::FakeFileSystem>();
  store::ArchiveOptions options_;
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::Archive> archive_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<std::unique_ptr<store::Catalog>> dead_catalogs_;
  std::vector<std::unique_ptr<store::Archive>> dead_archives_;
  std::vector<std::unique_ptr<Recorder>> dead_recorders_;
  RecorderOptions recorder_options_{.camera = "door"};
  media::TrackInfoPtr video_ = video_track();
  int64_t dts_ = 90'000;
};

}  // namespace vedette::record
