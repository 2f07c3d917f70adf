// SPDX-License-Identifier: Apache-2.0
#include "store/synthetic.h"

#include <fmt/format.h>

#include "store/live_index.h"

namespace vedette::store {
namespace {

constexpr int64_t kFragmentUs = 1'000'000;
constexpr uint32_t kTimescale = 90'000;
constexpr uint64_t kHead = 13'000;
constexpr uint32_t kRecord = 180;
constexpr int kFilesPerRun = 288;  // a day
constexpr int kBatch = 1000;

std::vector<FragmentEntry> fragments_of(int64_t start_us, int seq, int count) {
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
    offset = entry.offset + entry.size;
  }
  return fragments;
}

}  // namespace

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
        fragments_of(ref.start_us, index % kFilesPerRun, spec.fragments_per_file);
    LiveIndex& live = catalog.live();
    const int64_t id = ref.id;
    live.open_file(std::make_shared<const FileRef>(std::move(ref)));
    live.commit(id, fragments);
    live.close_file(id, static_cast<int64_t>(fragments.back().offset + fragments.back().size));
    if (++pending % kBatch == 0) VEDETTE_TRY(catalog.flush());
  }
  return catalog.flush();
}

}  // namespace vedette::store
