// SPDX-License-Identifier: Apache-2.0
// The part of a volume's writer that begins and ends files: when one is full, where the next one
// lies, what is signed at its end.
#include <algorithm>

#include "base/log.h"
#include "store/live_index.h"
#include "store/lost_identity.h"
#include "store/volume_writer.h"

namespace vedette::store {
namespace {

// A file stays well below kMaxFileUs in UTC even with one long fragment at its end.
constexpr int64_t kFileUsLimit = kMaxFileUs - int64_t{60} * 1'000'000;

// Files of cameras that start together must not all rotate together: the first file of a run is
// shortened to between half and all of the target, always the same for a camera.
Duration first_target(const std::string& camera, Duration target) {
  const auto share = static_cast<int64_t>(std::hash<std::string>{}(camera) % 1000);
  return Duration(target.count() / 2 + target.count() * share / 2000);
}

}  // namespace

bool VolumeWriter::must_rotate(const RunImpl& run, const FragmentBuilder::Built& next) const {
  const RecordingFile& file = *run.file;
  const int64_t utc = next.entry.start_us - file.ref()->start_us;
  const int64_t length =
      ticks_to_us(next.entry.media_time - file.media_start(), file.ref()->timescale);
  // A wall clock that steps would break the bound that queries rely on: this one may not wait for a
  // random access unit.
  if (utc < 0 || utc > kFileUsLimit) return true;
  if (!next.entry.random_access) return file.fragments() >= kIndexEntries * 4;
  return length >= run.file_target.count() || file.fragments() >= kIndexEntries ||
         static_cast<int64_t>(file.end() + next.size_bytes) > file_bytes_limit();
}

Result<void> VolumeWriter::open_file(RunImpl& run, const FragmentBuilder::Built& first) {
  if (broken()) return *problem();
  const auto volume = this->volume();
  if (!volume) return make_error(ErrorCode::kNotFound, "the volume is missing");
  if (auto there = verify_or_put_back(parts_.files, *volume, parts_.catalog); !there)
    return make_error(ErrorCode::kNotFound, there.error().what);
  const RunSpec& spec = run.spec();
  FileRef ref;
  ref.id = parts_.catalog.new_file_id();
  ref.camera = spec.camera;
  ref.kind = spec.kind;
  ref.run = run.id();
  ref.seq = run.next_file;
  ref.volume = volume->id();
  ref.root = volume->path();
  ref.start_us = first.entry.start_us;
  ref.relative = recording_path(spec.camera, spec.kind, ref.run, ref.seq, {ref.start_us});
  VEDETTE_TRY(make_day_folder(ref.relative));
  run.file_target = run.next_file == 0 ? first_target(spec.camera, options_.file_duration)
                                       : options_.file_duration;
  double& rate = bytes_per_us_[{spec.camera, spec.kind}];
  if (rate <= 0 && first.entry.duration > 0)
    rate = static_cast<double>(first.size_bytes) /
           static_cast<double>(
               std::max<int64_t>(1, ticks_to_us(first.entry.duration, spec.video->timescale)));
  const auto expected =
      static_cast<int64_t>(rate * static_cast<double>(run.file_target.count()) * 1.05);
  FileStart start{std::move(ref), parts_.config.site_id(), first.entry.sequence, first.previous, 0};
  start.expect_bytes = to_allocate(expected, first.size_bytes);
  VEDETTE_ASSIGN(run.file, RecordingFile::create(parts_.files, spec, std::move(start)));
  ++run.next_file;
  run.closing = false;
  parts_.catalog.live().open_file(run.file->ref());
  // Else it would be published before the ledger knows it, and belong to nobody if the process and
  // the catalog went now.
  ledger_.try_soon();
  ledger_.append(
      file_entry(evidence::FileEntry::Event::kOpened, *run.file->ref(), run.file->opened()));
  used_bytes_ += static_cast<int64_t>(run.file->end());
  reserved_bytes_ += static_cast<int64_t>(run.file->reserved());
  return ok();
}

Result<void> VolumeWriter::make_day_folder(const std::string& relative) {
  const std::string day = fs::parent_of(fs::join(path_, relative));
  dirty_folders_.insert(day);
  // Retention removes folders that it emptied.
  if (known_folders_.count(day) > 0 && parts_.files.exists(day)) return ok();
  VEDETTE_TRY(parts_.files.make_dirs(day));
  std::string folder = day;
  for (int level = 0; level < 4; ++level) {
    folder = fs::parent_of(folder);
    dirty_folders_.insert(folder);
  }
  if (known_folders_.size() > 4096) known_folders_.clear();  // a year of days is not worth keeping
  known_folders_.insert(day);
  return ok();
}

// Without the key the records wait for a later checkpoint of this file; without one at its end the
// ledger alone vouches for them.
RecordingFile::Checkpoint VolumeWriter::sign(const RecordingFile& file,
                                             evidence::Checkpointer::State state) {
  if (parts_.signer == nullptr) return std::nullopt;
  state.now = parts_.clock.wall();
  state.ledger = ledger_.head();
  auto made = file.checkpointer().make(*parts_.signer, state);
  if (!made && !sign_failed_) log::error("store", "not signed: {}", made.error().message());
  sign_failed_ = !made;
  if (!made) return std::nullopt;
  return std::move(made).value();
}

void VolumeWriter::close_file(RunImpl& run, After after) {
  if (!run.file) return;
  if (run.file->fragments() == 0) {
    std::erase_if(dirty_, [&](const Dirty& dirty) { return dirty.file == run.file; });
    ledger_.append(
        file_entry(evidence::FileEntry::Event::kLost, *run.file->ref(), run.file->facts()));
    parts_.catalog.live().discard_file(run.file->ref()->id);
    (void)parts_.files.remove(run.file->ref()->path());
    used_bytes_ -= static_cast<int64_t>(run.file->end());
    run.file.reset();
    return;
  }
  Dirty& dirty = dirty_of(run);
  // Without the index the file is still whole, only slower to open elsewhere.
  evidence::Checkpointer::State state;
  state.closing = true;
  state.final = after == After::kNothing;
  const auto before = static_cast<int64_t>(run.file->end());
  // Once only: what threw may have written half of it.
  const auto finished =
      std::exchange(run.closing, true)
          ? Result<void>(make_error(ErrorCode::kInternal, "it was left half done"))
          : run.file->finish(sign(*run.file, state));
  dirty.closing = true;
  dirty.finished = finished.has_value();
  if (!finished) {
    log::warn("store", "camera={}: {}", run.spec().camera, finished.error().message());
    // What failed may have reached the disk in part.
    dirty.cut = run.file->file().truncate(run.file->end()).has_value();
  }
  used_bytes_ += static_cast<int64_t>(run.file->end()) - before;
  run.file.reset();
}

}  // namespace vedette::store
