// SPDX-License-Identifier: Apache-2.0
// For tests of playback and api: recordings in memory, written as the recorder writes them.
#pragma once

#include <algorithm>
#include <string_view>
#include <tuple>

#include "fs/fake_file_system.h"
#include "mp4/fragment.h"
#include "mp4/init_segment.h"
#include "playback/archive.h"

namespace vedette::playback {

class FakeArchive final : public Archive {
 public:
  Result<std::vector<store::Span>> spans(const std::string&, WallTime, WallTime) override {
    return span_list;
  }
  Result<std::vector<store::Gap>> gaps(const std::string& camera, WallTime from,
                                       WallTime to) override {
    std::vector<store::Gap> out;
    for (const store::Gap& gap : gap_list) {
      const bool within = gap.start < to && (!gap.end || *gap.end > from);
      if (within && (camera.empty() || gap.camera == camera)) out.push_back(gap);
    }
    return out;
  }
  Result<std::vector<store::CameraTimeline>> timeline(const store::TimelineQuery& query) override {
    std::vector<store::CameraTimeline> out;
    for (const std::string& camera : query.cameras) {
      store::CameraTimeline& line = out.emplace_back();
      line.camera = camera;
      line.spans = span_list;
      for (const store::Gap& gap : gap_list)
        if (gap.camera == camera) line.gaps.push_back({gap, 1, 0});
      line.activity = activity;
      line.activity.resize(query.buckets);
      line.usual = usual;
    }
    return out;
  }
  Result<std::vector<store::FragmentRef>> fragments(const FragmentRange& range) override {
    std::vector<store::FragmentRef> out;
    for (const store::FragmentRef& ref : refs) {
      if (ref.file->camera == range.camera && ref.file->kind == range.kind &&
          ref.entry.start_us < range.to.us && ref.end_us() > range.from.us) {
        out.push_back(ref);
      }
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return std::tie(a.entry.start_us, a.file->run, a.entry.sequence) <
             std::tie(b.entry.start_us, b.file->run, b.entry.sequence);
    });
    return out;
  }
  Result<std::unique_ptr<fs::File>> open(const store::FileRef& file) override {
    ++opened;
    return files.open_read(file.path());
  }

  fs::FakeFileSystem files;
  std::vector<store::FragmentRef> refs;
  std::vector<store::Span> span_list;
  std::vector<store::Gap> gap_list;
  Bytes activity;  ///< of the first buckets of every view
  Bytes usual;     ///< of every view
  int opened = 0;
};

/// Writes one recording file of one run into a FakeArchive.
class FileMaker {
 public:
  /// `part`: tells the files of one run apart.
  FileMaker(FakeArchive& archive, std::string run, std::vector<media::TrackInfoPtr> tracks,
            const std::string& part = "")
      : archive_(archive) {
    content_ = mp4::make_init_segment(tracks, 64).value();
    auto file = std::make_shared<store::FileRef>();
    file->camera = "door";
    file->run = std::move(run);
    file->root = "/video";
    file->relative = file->run + part + ".mp4";
    file->timescale = tracks.front()->timescale;
    file->init_size = static_cast<uint32_t>(content_.size() - 64);
    file_ = std::move(file);
  }

  struct Piece {
    int64_t start_us = 0;
    int64_t media_time = 0;  ///< ticks
    std::vector<mp4::Sample> video;
    std::vector<mp4::Sample> audio;
    int64_t audio_time = 0;  ///< ticks of the audio track
    Bytes data;              ///< of all samples; made up when empty
  };
  FileMaker& add(const Piece& piece) {
    std::vector<mp4::TrackRun> runs = {{1, piece.media_time, piece.video}};
    if (!piece.audio.empty()) runs.push_back({2, piece.audio_time, piece.audio});
    store::FragmentEntry entry;
    Bytes moof = mp4::make_fragment_head(77, runs);
    entry.offset = content_.size();
    entry.moof_size = static_cast<uint32_t>(moof.size() - 8);
    entry.sequence = sequence_++;
    entry.start_us = piece.start_us;
    entry.media_time = piece.media_time;
    entry.random_access = piece.video.front().sync;
    size_t size = 0;
    for (const mp4::Sample& sample : piece.video) {
      entry.duration += sample.duration;
      size += sample.size;
    }
    for (const mp4::Sample& sample : piece.audio) size += sample.size;
    Bytes data = piece.data;
    if (data.empty()) {
      for (size_t i = 0; i < size; ++i) data.push_back(static_cast<uint8_t>(i * 7 + sequence_));
    }
    entry.size = static_cast<uint32_t>(moof.size() + data.size());
    content_.insert(content_.end(), moof.begin(), moof.end());
    content_.insert(content_.end(), data.begin(), data.end());
    archive_.refs.push_back({file_, entry});
    return *this;
  }
  /// Puts what was added on the disk.
  void write() {
    (void)archive_.files.make_dirs("/video");
    auto file = archive_.files.create(file_->path());
    const ByteSpan part = content_;
    (void)file.value()->write_at(0, {&part, 1});
  }
  [[nodiscard]] std::string path() const { return file_->path(); }

 private:
  FakeArchive& archive_;
  store::FileRefPtr file_;
  Bytes content_;
  uint32_t sequence_ = 0;
};

}  // namespace vedette::playback
