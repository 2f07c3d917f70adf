// SPDX-License-Identifier: Apache-2.0
#include "store/retention.h"

#include <algorithm>
#include <map>

#include "base/log.h"

namespace vedette::store {
namespace {

constexpr size_t kBatch = 64;
constexpr int kMaxBatches = 32;
// Quotas are kept a little short of, so that what arrives until the next round still fits.
constexpr double kQuotaShare = 0.97;

}  // namespace

Cleaner::Cleaner(const ArchiveParts& parts, const ArchiveOptions& options,
                 std::vector<VolumeWriter*> volumes)
    : parts_(parts), options_(options), volumes_(std::move(volumes)) {}

void Cleaner::run() {
  finish_deletions();
  keep_ages_and_sizes();
  for (VolumeWriter* volume : volumes_) keep_room(*volume);
}

void Cleaner::keep_ages_and_sizes() {
  const auto cameras = parts_.config.cameras();
  const auto usage = parts_.catalog.usage();
  if (!cameras || !usage) return;
  std::map<std::string, int64_t> used;
  for (const Usage& part : *usage) used[part.camera] += part.bytes;
  for (const Camera& camera : *cameras) {
    keep_age(camera);
    keep_size(camera, used[camera.id]);
  }
}

void Cleaner::keep_age(const Camera& camera) {
  if (!camera.retention.max_age_us) return;
  const int64_t limit = parts_.clock.wall().us - *camera.retention.max_age_us;
  for (int batch = 0; batch < kMaxBatches; ++batch) {
    auto files = parts_.catalog.oldest_files("", camera.id, kBatch);
    if (!files) return;
    std::erase_if(*files, [&](const StoredFile& file) { return file.end.us >= limit; });
    if (files->empty() || remove(*files) == 0) return;
  }
}

void Cleaner::keep_size(const Camera& camera, int64_t used) {
  if (!camera.retention.max_bytes) return;
  int64_t excess = used - *camera.retention.max_bytes;
  for (int batch = 0; batch < kMaxBatches && excess > 0; ++batch) {
    auto files = parts_.catalog.oldest_files("", camera.id, kBatch);
    if (!files) return;
    int64_t taken = 0;
    const auto enough = std::find_if(files->begin(), files->end(), [&](const StoredFile& file) {
      const bool done = taken >= excess;
      taken += file.bytes;
      return done;
    });
    files->erase(enough, files->end());
    const int64_t freed = remove(*files);
    if (freed == 0) return;
    excess -= freed;
  }
}

void Cleaner::keep_room(VolumeWriter& writer) {
  if (!may_clean(writer)) return;
  const auto volume = writer.volume();
  const auto space = parts_.files.space(writer.spec().path);
  if (!space) return;
  const auto reserve = std::min(
      static_cast<int64_t>(static_cast<double>(space->total_bytes) * options_.reserve_share),
      options_.reserve_max_bytes);
  int64_t excess = reserve - static_cast<int64_t>(space->free_bytes);
  if (writer.spec().quota_bytes) {
    const auto quota =
        static_cast<int64_t>(static_cast<double>(*writer.spec().quota_bytes) * kQuotaShare);
    excess = std::max(excess, writer.used_bytes() - quota);
  }
  for (int batch = 0; batch < kMaxBatches && excess > 0; ++batch) {
    auto files = parts_.catalog.oldest_files(volume->id(), "", kBatch);
    if (!files) return;
    int64_t taken = 0;
    const auto enough = std::find_if(files->begin(), files->end(), [&](const StoredFile& file) {
      const bool done = taken >= excess;
      taken += file.bytes;
      return done;
    });
    files->erase(enough, files->end());
    const int64_t freed = remove(*files);
    if (freed == 0) return;
    excess -= freed;
  }
}

VolumeWriter* Cleaner::writer_of(const std::string& volume_id) const {
  for (VolumeWriter* writer : volumes_) {
    const auto volume = writer->volume();
    if (volume && volume->id() == volume_id) return writer;
  }
  return nullptr;
}

bool Cleaner::may_clean(const VolumeWriter& writer) const {
  const auto volume = writer.volume();
  return volume && volume->cleanable(parts_.catalog.generation()) &&
         volume->verify(parts_.files).has_value();
}

int64_t Cleaner::remove(const std::vector<StoredFile>& files) {
  std::vector<StoredFile> doomed;
  std::map<std::string, bool> cleanable;
  for (const StoredFile& file : files) {
    const std::string& id = file.file->volume;
    if (cleanable.count(id) == 0) {
      const VolumeWriter* writer = writer_of(id);
      cleanable[id] = writer != nullptr && may_clean(*writer);
    }
    if (cleanable[id]) doomed.push_back(file);
  }
  if (doomed.empty()) return 0;
  if (const auto marked = parts_.catalog.tombstone(doomed); !marked) {
    log::warn("retention", "nothing deleted: {}", marked.error().message());
    return 0;
  }
  int64_t freed = 0;
  for (const StoredFile& file : doomed) freed += file.bytes;
  finish_deletions();
  return freed;
}

// Carries out what the catalog has committed to, now or after a crash in between.
void Cleaner::finish_deletions() {
  const auto doomed = parts_.catalog.tombstones();
  if (!doomed) return;
  std::vector<int64_t> gone;
  for (const StoredFile& file : *doomed) {
    VolumeWriter* writer = writer_of(file.file->volume);
    if (writer == nullptr || !may_clean(*writer)) continue;
    const std::string path = fs::join(writer->spec().path, file.file->relative);
    const auto removed = parts_.files.remove(path);
    if (!removed && removed.error().code != ErrorCode::kNotFound) {
      log::warn("retention", "{}", removed.error().message());
      continue;
    }
    writer->add_used(-file.bytes);
    gone.push_back(file.file->id);
    ++deleted_;
    // Empty day, month, year folders go with their last file; the first that is not empty refuses.
    std::string folder = fs::parent_of(path);
    for (int level = 0; level < 3 && parts_.files.remove_dir(folder); ++level)
      folder = fs::parent_of(folder);
  }
  if (gone.empty()) return;
  if (const auto forgotten = parts_.catalog.forget(gone); !forgotten)
    log::warn("retention", "{}", forgotten.error().message());
}

}  // namespace vedette::store
