// SPDX-License-Identifier: Apache-2.0
#include "store/synthetic.h"

#include <fmt/format.h>

#include "store/live_index.h"
#include "store/recording_file.h"

namespace vedette::store {
namespace {

constexpr int64_t kFragmentUs = 1'000'000;
constexpr uint32_t kTimescale = 90'000;
constexpr uint64_t kHead = 13'000;
constexpr uint32_t kRecord = 180;
constexpr int kFilesPerRun = 288;  // a day
constexpr int kBatch = 1000;

std::vector<FragmentEntry> fragments_of(int camera, int64_t start_us, int seq, int count) {
  std::vector<FragmentEntry> fragments(static_cast<size_t>(count));
  uint64_t offset = kHead;
  for (int i = 0; i < count; ++i) {
    FragmentEntry& entry = fragments[static_cast<size_t>(i)];
    const int number = seq * count + i;
    entry.record_size = kRecord;
    entry.offset = offset + kRecord;
    entry.size = 240'000 + static_cast<uint32_t>((number * 7919) % 20'000);  // sizes vary
    entry.moof_size = 600;
    entry.sequence = static_cast<uint32_t>(number);
    entry.start_us = start_us + i * kFragmentUs;
    entry.media_time = int64_t{number} * kTimescale;
    entry.duration = kTimescale;
    entry.activity = synthetic_activity(camera, entry.start_us);
    offset = entry.offset + entry.size;
  }
  return fragments;
}

}  // namespace

uint8_t synthetic_activity(int camera, int64_t start_us) {
  constexpr int64_t kMinuteUs = 60'000'000;
  const int64_t minute = start_us / kMinuteUs;
  const auto seed =
      static_cast<uint64_t>(minute) * 2654435761U + static_cast<uint64_t>(camera) * 97;
  const uint64_t dice = (seed ^ seed >> 17) * 0x9E3779B97F4A7C15U >> 40;
  const int64_t hour = minute / 60 % 24;
  const uint64_t chance = hour >= 7 && hour < 19 ? 15 : 3;  // of 100 minutes
  if (dice % 100 >= chance) return 1;
  const int64_t into = start_us % kMinuteUs / 1'000'000;
  const auto from = static_cast<int64_t>(dice / 100 % 40);
  if (into < from || into > from + 18) return 1;
  return static_cast<uint8_t>(60 + dice / 7 % 190);
}

Result<void> fill_synthetic(Catalog& catalog, const SyntheticSpec& spec) {
  const int per_camera = spec.files / spec.cameras;
  const int64_t file_us = spec.fragments_per_file * kFragmentUs;
  int pending = 0;
  for (int number = 0; number < per_camera * spec.cameras; ++number) {
    const int camera = number % spec.cameras;
    const int index = number / spec.cameras;  // of the file within its camera, oldest first
    FileRef ref;
    ref.id = catalog.new_file_id();
    ref.camera = fmt::format("cam{}", camera);
    ref.run = fmt::format("{:08x}{:08x}", camera, index / kFilesPerRun);
    ref.seq = static_cast<uint32_t>(index % kFilesPerRun);
    ref.volume = spec.volume;
    ref.start_us = spec.end.us - (per_camera - index) * file_us;
    ref.relative = fmt::format("{}/synthetic/{}-{}.mp4", ref.camera, ref.run, ref.seq);
    ref.init_size = 900;
    ref.timescale = kTimescale;
    const auto fragments =
        fragments_of(camera, ref.start_us, index % kFilesPerRun, spec.fragments_per_file);
    LiveIndex& live = catalog.live();
    const int64_t id = ref.id;
    live.open_file(std::make_shared<const FileRef>(std::move(ref)));
    live.commit(id, fragments);
    live.close_file(id, static_cast<int64_t>(fragments.back().offset + fragments.back().size));
    if (++pending % kBatch == 0) VEDETTE_TRY(catalog.flush());
  }
  return catalog.flush();
}

namespace {

media::TrackInfoPtr synthetic_track() {
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  // avcC of a baseline 640x480 stream with one SPS and one PPS.
  track.decoder_config = {1,    0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 10, 0x67, 0x42, 0xc0, 0x1e, 0xd9,
                          0x01, 0x40, 0x7b, 0x20, 0x08, 1,    0, 4,  0x68, 0xcb, 0x83, 0xcb};
  track.rfc6381 = "avc1.42c01e";
  track.width = 640;
  track.height = 480;
  track.fps = 15;
  return std::make_shared<const media::TrackInfo>(track);
}

/// Writes the files of one camera, oldest first.
class SyntheticCamera {
 public:
  SyntheticCamera(const ArchiveParts& parts, const Volume& volume, const ArchiveSpec& spec,
                  int number)
      : parts_(parts), volume_(volume), spec_(spec), number_(number) {
    run_.camera = fmt::format("cam{}", number);
    run_.video = synthetic_track();
  }

  Result<void> write(int index, int of) {
    if (index % spec_.files_per_run == 0) {
      run_id_ = fmt::format("a{:07x}{:08x}", number_, index / spec_.files_per_run);
      chain_ = std::make_unique<evidence::Chain>(run_id_);
      sequence_ = 0;
    }
    const int64_t file_us = spec_.fragments_per_file * spec_.fragment_us;
    FileRef ref;
    ref.id = parts_.catalog.new_file_id();
    ref.camera = run_.camera;
    ref.run = run_id_;
    ref.seq = static_cast<uint32_t>(index % spec_.files_per_run);
    ref.volume = volume_.id();
    ref.root = volume_.path();
    ref.start_us = spec_.end.us - (of - index) * file_us;
    ref.relative = recording_path(ref.camera, ref.kind, ref.run, ref.seq, {ref.start_us});
    VEDETTE_TRY(parts_.files.make_dirs(fs::parent_of(ref.path())));
    FileStart start{ref, parts_.config.site_id(), chain_->next_sequence(), chain_->head(), 0};
    VEDETTE_ASSIGN(const auto file, RecordingFile::create(parts_.files, run_, std::move(start)));
    std::vector<FragmentEntry> entries;
    for (int i = 0; i < spec_.fragments_per_file; ++i) {
      VEDETTE_ASSIGN(const FragmentEntry entry,
                     append(*file, ref.start_us + i * spec_.fragment_us));
      entries.push_back(entry);
    }
    LiveIndex& live = parts_.catalog.live();
    live.open_file(file->ref());
    live.commit(ref.id, entries);
    if (!spec_.close && index + 1 == of) return ok();
    VEDETTE_TRY(file->finish());
    live.close_file(ref.id, static_cast<int64_t>(file->end()));
    return ok();
  }

 private:
  Result<FragmentEntry> append(RecordingFile& file, int64_t start_us) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = run_.video;
    au->dts = au->pts = sequence_ * us_to_ticks(spec_.fragment_us, kTimescale);
    au->utc = {start_us};
    au->random_access = true;
    au->data = Bytes(spec_.picture_bytes, static_cast<uint8_t>(++sequence_));
    FragmentInput input;
    input.video_end = au->dts + us_to_ticks(spec_.fragment_us, kTimescale);
    input.video.push_back(std::move(au));
    input.activity = synthetic_activity(number_, start_us);
    VEDETTE_ASSIGN(const FragmentBuilder::Built built,
                   builder_.build(run_, parts_.config.site_id(), input, *chain_));
    return file.append(built);
  }

  const ArchiveParts& parts_;
  const Volume& volume_;
  const ArchiveSpec& spec_;
  const int number_;
  RunSpec run_;
  std::string run_id_;
  std::unique_ptr<evidence::Chain> chain_;
  FragmentBuilder builder_;
  int64_t sequence_ = 0;
};

}  // namespace

Result<void> fill_archive(const ArchiveParts& parts, const Volume& volume,
                          const ArchiveSpec& spec) {
  constexpr int kFlushEvery = 500;
  const int per_camera = spec.files / spec.cameras;
  int pending = 0;
  for (int number = 0; number < spec.cameras; ++number) {
    SyntheticCamera camera(parts, volume, spec, number);
    for (int index = 0; index < per_camera; ++index) {
      VEDETTE_TRY(camera.write(index, per_camera));
      if (++pending % kFlushEvery == 0) VEDETTE_TRY(parts.catalog.flush());
    }
  }
  return parts.catalog.flush();
}

}  // namespace vedette::store
