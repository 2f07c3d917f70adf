// SPDX-License-Identifier: Apache-2.0
#include "playback/export_file.h"

#include <fmt/format.h>

#include "base/id.h"

namespace vedette::playback {
namespace {

/// Dirty pages an export may leave to the kernel: recording shares the disk, and its syncs must not
/// wait for gigabytes of ours.
constexpr uint64_t kSyncEvery = uint64_t{32} << 20;
constexpr uint64_t kSpareBytes = uint64_t{16} << 20;

Error exists_already(const std::string& path) {
  return make_error(ErrorCode::kFailedPrecondition,
                    path + " is there already; choose another name or remove it first");
}

std::string megabytes(uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

ExportFile::ExportFile(fs::FileSystem& files, std::string path, ExportControl& control)
    : files_(&files),
      control_(&control),
      path_(std::move(path)),
      part_(path_ + "." + random_id(4) + ".part") {}

Result<ExportFile> ExportFile::create(fs::FileSystem& files, std::string path,
                                      ExportControl& control) {
  if (files.exists(path)) return exists_already(path);
  ExportFile out(files, std::move(path), control);
  const std::string folder = fs::parent_of(out.path_);
  if (!files.exists(folder)) {
    return make_error(ErrorCode::kNotFound, "there is no folder " + folder + "; make it first");
  }
  const uint64_t needed = control.total_bytes() + kSpareBytes;
  VEDETTE_TRY(control.ask_room(folder, needed));
  const auto space = files.space(folder);
  if (space && space->free_bytes < needed) {
    return make_error(ErrorCode::kResourceExhausted,
                      fmt::format("{} has {} free and the export needs {}; free some, choose "
                                  "another disk or a shorter range",
                                  folder, megabytes(space->free_bytes), megabytes(needed)));
  }
  auto file = files.create(out.part_);
  if (!file) return std::move(file).error().with_context("export");
  out.file_ = std::move(file).value();
  return out;
}

ExportFile::~ExportFile() {
  if (!file_) return;
  file_.reset();
  (void)files_->remove(part_);
}

Error ExportFile::explain(Error error) const {
  if (error.code == ErrorCode::kResourceExhausted) {
    error.what = fmt::format(
        "the disk of {} is full after {}; free some space or choose another "
        "disk",
        path_, megabytes(size_));
  }
  return std::move(error).with_context("export");
}

Result<void> ExportFile::append(ByteSpan bytes) {
  if (control_->cancelled()) return make_error(ErrorCode::kCancelled, "the export was cancelled");
  if (auto written = file_->write_at(size_, {&bytes, 1}); !written) {
    return explain(std::move(written).error());
  }
  size_ += bytes.size();
  control_->add(bytes.size());
  if (size_ - synced_ < kSyncEvery) return ok();
  if (auto synced = file_->sync_data(); !synced) return explain(std::move(synced).error());
  file_->drop_cache(synced_, size_ - synced_);
  synced_ = size_;
  return ok();
}

Result<void> ExportFile::overwrite(uint64_t offset, ByteSpan bytes) {
  if (auto written = file_->write_at(offset, {&bytes, 1}); !written) {
    return explain(std::move(written).error());
  }
  return ok();
}

Result<void> ExportFile::finish() {
  if (control_->cancelled()) return make_error(ErrorCode::kCancelled, "the export was cancelled");
  if (auto synced = file_->sync_data(); !synced) return explain(std::move(synced).error());
  if (files_->exists(path_)) return exists_already(path_);
  VEDETTE_TRY(files_->rename(part_, path_));
  file_.reset();
  return files_->sync_dir(fs::parent_of(path_));
}

}  // namespace vedette::playback
