// SPDX-License-Identifier: Apache-2.0
// Makes an archive for bench/run timeline-click and scrub: one real recording file, with pictures
// in it, that stands behind the files of many cameras and days in the catalog. Every request reads
// real fragments from the disk; only that two cameras could share their bytes is made up. Each
// camera begins the file at another fragment, so that a picture tells whose it is.
// With END_US the days end there, not a minute ago: tests/e2e looks at a night of clocks set back.
// usage: bench_synthesize_timeline DATA VOLUME CLIP.mp4 CAMERAS DAYS [END_US]
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "sim/served_stream.h"
#include "store/data_folder.h"
#include "store/live_index.h"
#include "store/recording_file.h"
#include "store/synthetic.h"

namespace vedette::store {
namespace {

constexpr int kFilesPerRun = 100;
constexpr int kShift = 1;  // fragments between the begins of neighbouring cameras
constexpr int kShifts = 50;
constexpr int kFlushEvery = 500;
constexpr int64_t kDayUs = int64_t{86'400} * 1'000'000;

struct Content {
  FileRefPtr ref;
  std::vector<FragmentEntry> fragments;
};

Result<Content> record(const ArchiveParts& parts, const Volume& volume, const char* clip) {
  VEDETTE_ASSIGN(const auto tracks, sim::read_mp4(clip));
  const sim::TrackUnits& video = tracks.front();
  RunSpec run;
  run.camera = "content";
  run.video = video.aus.front()->track;
  FileRef ref;
  ref.camera = run.camera;
  ref.run = "00000000c0ffee00";
  ref.volume = volume.id();
  ref.root = volume.path();
  ref.relative = recording_path(ref.camera, ref.kind, ref.run, ref.seq, {ref.start_us});
  VEDETTE_TRY(parts.files.make_dirs(fs::parent_of(ref.path())));
  FileStart start{ref, parts.config.site_id(), 0, {}, 0};
  VEDETTE_ASSIGN(const auto file, RecordingFile::create(parts.files, run, std::move(start)));
  evidence::Chain chain(ref.run);
  FragmentBuilder builder;
  Content content;
  for (size_t i = 0; i < video.aus.size();) {
    FragmentInput input;
    do input.video.push_back(video.aus[i++]);
    while (i < video.aus.size() && !video.aus[i]->random_access);
    input.video_end = i < video.aus.size() ? video.aus[i]->dts : video.end_dts;
    VEDETTE_ASSIGN(const FragmentBuilder::Built built,
                   builder.build(run, parts.config.site_id(), input, chain));
    VEDETTE_ASSIGN(FragmentEntry entry, file->append(built));
    content.fragments.push_back(entry);
  }
  content.ref = file->ref();
  VEDETTE_TRY(file->finish());
  return content;
}

struct Spec {
  int cameras = 64;
  int days = 30;
  WallTime end;
};

// The entries of one file of the catalog: the content from fragment `skip` on, at another time.
std::vector<FragmentEntry> entries_at(const Content& content, size_t skip, int64_t start_us,
                                      uint32_t first_sequence, int camera) {
  const uint32_t timescale = content.ref->timescale;
  std::vector<FragmentEntry> entries(
      content.fragments.begin() + static_cast<ptrdiff_t>(skip),
      content.fragments.end() - kShift * kShifts + static_cast<ptrdiff_t>(skip));
  const int64_t origin = entries.front().media_time;
  for (FragmentEntry& entry : entries) {
    entry.start_us = start_us + ticks_to_us(entry.media_time - origin, timescale);
    entry.sequence = first_sequence++;
    entry.activity = synthetic_activity(camera, entry.start_us);
  }
  return entries;
}

Result<void> fill(Catalog& catalog, const Content& content, const Spec& spec) {
  const auto per_file = static_cast<int64_t>(content.fragments.size()) - kShift * kShifts;
  const FragmentEntry& first = content.fragments.front();
  const int64_t file_us = per_file * ticks_to_us(first.duration, content.ref->timescale);
  const int64_t files = spec.days * kDayUs / file_us;
  int pending = 0;
  for (int64_t index = 0; index < files; ++index) {
    for (int camera = 0; camera < spec.cameras; ++camera) {
      FileRef ref = *content.ref;
      ref.id = catalog.new_file_id();
      ref.camera = fmt::format("cam{}", camera);
      ref.run = fmt::format("{:08x}{:08x}", camera, index / kFilesPerRun);
      ref.seq = static_cast<uint32_t>(index % kFilesPerRun);
      ref.start_us = spec.end.us - (files - index) * file_us;
      const auto skip = static_cast<size_t>(camera % kShifts * kShift);
      const auto sequence = static_cast<uint32_t>(ref.seq * per_file);
      const auto entries = entries_at(content, skip, ref.start_us, sequence, camera);
      LiveIndex& live = catalog.live();
      const int64_t id = ref.id;
      live.open_file(std::make_shared<const FileRef>(std::move(ref)));
      live.commit(id, entries);
      live.close_file(id, static_cast<int64_t>(entries.back().offset + entries.back().size));
      if (++pending % kFlushEvery == 0) VEDETTE_TRY(catalog.flush());
    }
  }
  std::printf(
      "{\"file_us\": %lld, \"files\": %lld, \"begin_us\": %lld, \"shift\": %d, "
      "\"shifts\": %d, \"fragment_us\": %lld}\n",
      static_cast<long long>(file_us), static_cast<long long>(files),
      static_cast<long long>(spec.end.us - files * file_us), kShift, kShifts,
      static_cast<long long>(ticks_to_us(first.duration, content.ref->timescale)));
  return catalog.flush();
}

Result<void> synthesize(char** argv, const char* end_us) {
  fs::RealFileSystem files;
  const RealClock clock;
  const DataPaths paths(argv[1]);
  VEDETTE_TRY(files.make_dirs(argv[1]));
  VEDETTE_ASSIGN(const auto config, ConfigStore::open(paths.config));
  CatalogOptions options;
  options.path = paths.catalog;
  options.threads = false;
  const auto catalog = Catalog::open(clock, options);
  VEDETTE_ASSIGN(const Volume volume,
                 Volume::identify(files, *config, argv[2], catalog->generation()));
  VEDETTE_ASSIGN(const Content content, record({files, clock, *config, *catalog}, volume, argv[3]));
  if (content.fragments.size() <= size_t{kShift} * kShifts)
    return make_error(ErrorCode::kInvalidArgument, "the clip has too few GOPs");
  Spec spec;
  spec.cameras = std::atoi(argv[4]);
  spec.days = std::atoi(argv[5]);
  spec.end =
      end_us != nullptr ? WallTime{std::atoll(end_us)} : clock.wall() - std::chrono::minutes(1);
  return fill(*catalog, content, spec);
}

}  // namespace
}  // namespace vedette::store

int main(int argc, char** argv) {
  constexpr int kArguments = 6;
  if (argc != kArguments && argc != kArguments + 1) {
    std::fprintf(stderr,
                 "usage: bench_synthesize_timeline DATA VOLUME CLIP CAMERAS DAYS [END_US]\n");
    return 2;
  }
  const auto made =
      vedette::store::synthesize(argv, argc > kArguments ? argv[kArguments] : nullptr);
  if (!made)
    std::fprintf(stderr, "bench_synthesize_timeline: %s\n", made.error().message().c_str());
  return made ? 0 : 3;
}
