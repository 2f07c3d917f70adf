// SPDX-License-Identifier: Apache-2.0
// The part of a volume's writer that brings in what a crash left: at the start, or when a disk or a
// catalog that was not there is found. Until then nothing on it would be listed that the catalog
// had not written down.
#include <algorithm>

#include "base/log.h"
#include "store/recovery.h"
#include "store/volume_writer.h"

namespace vedette::store {
namespace {

// A disk or a catalog that is back is wanted soon; a file that nobody can read costs little.
constexpr Duration kWait = std::chrono::seconds(10);
constexpr Duration kLongWait = std::chrono::minutes(10);
constexpr int kSoonTries = 12;

}  // namespace

void VolumeWriter::recover(When when) {
  const auto volume = this->volume();
  if (!volume) return;
  // Before anything throws: it is tried again then, while recording goes on.
  recovered_ = false;
  ++recover_tries_;
  recover_at_ = parts_.clock.mono() + (recover_tries_ < kSoonTries ? kWait : kLongWait);
  // What a try that threw had listed already is looked at again once the database has it.
  if (recovery_threw_ && !parts_.catalog.flush()) return;
  recovery_threw_ = true;
  const auto unreadable = recover_tries_ <= kSoonTries ? Recovery::Unreadable::kWaits
                                                       : Recovery::Unreadable::kIsListedInPart;
  Recovery recovery(parts_, {*volume}, {{volume->id(), &ledger_}}, unreadable);
  const RecoveryReport report = when == When::kLate ? recovery.run_late(begun_) : recovery.run();
  if (report.open_files + report.found_files > 0)
    log::info("store", "recovered volume={} open_files={} found_files={} fragments={} torn={}",
              path_, report.open_files, report.found_files, report.fragments, report.torn);
  count_used();
  recovered_ = !report.again;
  recovery_threw_ = false;
  if (report.away) {  // looking whether it is back costs nothing
    --recover_tries_;
    recover_at_ = parts_.clock.mono() + (recover_tries_ < kSoonTries ? kWait : kLongWait);
  }
  if (report.notes == recovery_notes()) return;
  for (const std::string& note : report.notes) log::warn("store", "not recovered: {}", note);
  MutexLock lock(state_mutex_);
  notes_ = report.notes;
}

// What was written since the start is counted as it is written. What is about to be deleted counts
// until it is.
void VolumeWriter::count_used() {
  const auto volume = this->volume();
  const auto usage = parts_.catalog.usage();
  const auto doomed = parts_.catalog.tombstones();
  if (counted_ || !volume || !usage || !doomed) return;
  std::vector<Usage> ours;
  if (written_ > 0) {
    auto since = parts_.catalog.written_since(begun_);
    if (!since) return;
    ours = std::move(since).value();
  }
  for (const Usage& part : *usage)
    if (part.volume == volume->id()) used_bytes_ += part.bytes;
  for (const Usage& part : ours)
    if (part.volume == volume->id()) used_bytes_ -= part.bytes;
  for (const StoredFile& file : *doomed)
    if (file.file->volume == volume->id() && file.file->start_us < begun_.us)
      used_bytes_ += file.bytes;
  counted_ = true;
}

std::vector<std::string> VolumeWriter::recovery_notes() const {
  MutexLock lock(state_mutex_);
  if (volume_) return notes_;
  return {"what a crash left on " + path_ + " is brought in when the volume is there"};
}

}  // namespace vedette::store
