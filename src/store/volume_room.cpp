// SPDX-License-Identifier: Apache-2.0
// The part of a volume's writer that counts: how much is used and set aside, how fast it fills, and
// whether there is room. What is set aside for a file that grows counts as used: it is on the disk.
#include <algorithm>

#include "base/log.h"
#include "store/volume_trouble.h"
#include "store/volume_writer.h"

namespace vedette::store {
namespace {

constexpr int64_t kMinFileBytes = int64_t{1} << 20;
// A disk that was full is written to again once this much is free, or its reserve if that is less.
constexpr int64_t kMinFree = int64_t{16} << 20;
constexpr Duration kRateEvery = std::chrono::seconds(2);
// What is recorded in this time must fit without a deletion: the cleaner looks four times a second,
// but may wait for the catalog.
constexpr Duration kHeadroom = std::chrono::seconds(4);
// A disk that spins up takes eight seconds; every camera has pictures of this time in memory.
constexpr Duration kHungAfter = std::chrono::seconds(10);
// Cameras connect and send their first GOP in this time: before, nothing written says nothing.
constexpr Duration kRateLeast = std::chrono::seconds(10);
constexpr double kNewer = 0.3;  // weight of the newest measurement

}  // namespace

std::optional<Error> VolumeWriter::problem() const {
  {
    MutexLock lock(state_mutex_);
    if (problem_) return problem_;
  }
  if (hung()) {
    Error error = hung_disk(path_);
    if (!hang_told_.exchange(true)) log::error("store", "{}", error.what);
    return error;
  }
  if (!exhausted_ || quota_excess_bytes() <= 0) return std::nullopt;
  return used_up_quota(path_);
}

bool VolumeWriter::hung() const {
  const int64_t asked = asked_us_;
  return asked != 0 && parts_.clock.mono() - MonoTime{asked} >= kHungAfter;
}

bool VolumeWriter::broken() const {
  MutexLock lock(state_mutex_);
  return problem_.has_value();
}

VolumeSpec VolumeWriter::spec() const {
  MutexLock lock(limits_mutex_);
  return limits_;
}

void VolumeWriter::set_limits(const VolumeSpec& limits) {
  MutexLock lock(limits_mutex_);
  limits_.quota_bytes = limits.quota_bytes;
  limits_.reserve_bytes = limits.reserve_bytes;
}

bool VolumeWriter::refuses(size_t bytes) const {
  if (!exhausted_) return false;
  const auto quota = spec().quota_bytes;
  return quota && used_bytes_ + static_cast<int64_t>(bytes) > *quota;
}

int64_t VolumeWriter::headroom_bytes(int64_t of) const {
  const auto soon =
      static_cast<int64_t>(bytes_per_us_now_ * static_cast<double>(kHeadroom.count()));
  return std::clamp(soon, of / 100, of / 4);
}

int64_t VolumeWriter::quota_excess_bytes(const VolumeSpec& limits) const {
  if (!limits.quota_bytes || removed_) return -1;
  const int64_t quota = *limits.quota_bytes;
  return used_bytes_ + reserved_bytes_ + headroom_bytes(quota) - quota;
}

int64_t VolumeWriter::reserve_of(const fs::Space& space, const VolumeSpec& limits) const {
  if (limits.reserve_bytes) return *limits.reserve_bytes;
  const auto share = static_cast<double>(space.total_bytes) * options_.reserve_share;
  return std::min(static_cast<int64_t>(share), options_.reserve_max_bytes);
}

int64_t VolumeWriter::reserve_excess_bytes(const fs::Space& space, const VolumeSpec& limits) const {
  if (removed_) return -1;
  const auto soon =
      static_cast<int64_t>(bytes_per_us_now_ * static_cast<double>(kHeadroom.count()));
  int64_t reserve = reserve_of(space, limits);
  // Nothing is written to it now, so nothing else would ask for room.
  if (ran_full()) reserve = std::max(reserve, enough_of(space, limits));
  return reserve + soon - static_cast<int64_t>(space.free_bytes);
}

// Retention keeps no more free than the reserve; but without any it would leave a full disk full.
int64_t VolumeWriter::enough_of(const fs::Space& space, const VolumeSpec& limits) const {
  const auto hundredth = static_cast<int64_t>(space.total_bytes / 100);
  return std::min(kMinFree, std::max(reserve_of(space, limits), hundredth));
}

bool VolumeWriter::ran_full() const {
  MutexLock lock(state_mutex_);
  return problem_ && problem_->code == ErrorCode::kResourceExhausted;
}

int64_t VolumeWriter::excess_bytes() const {
  fs::Space space;
  {
    MutexLock lock(state_mutex_);
    space = space_;
  }
  const VolumeSpec limits = spec();
  const int64_t quota = quota_excess_bytes(limits);
  return space.total_bytes == 0 ? quota : std::max(quota, reserve_excess_bytes(space, limits));
}

// With a small quota and many cameras the open files alone would fill it, and retention only
// removes closed ones: all open files together are kept to a quarter.
int64_t VolumeWriter::file_bytes_limit() const {
  const auto quota = spec().quota_bytes;
  MutexLock lock(state_mutex_);
  const int64_t room = quota.value_or(static_cast<int64_t>(space_.total_bytes));
  const int64_t share = room / (4 * std::max(1, active_runs_.load()));
  return std::clamp(share, kMinFileBytes, std::max(kMinFileBytes, options_.max_file_bytes));
}

// Setting space aside is an optimisation: it never takes the volume above its quota.
uint64_t VolumeWriter::to_allocate(int64_t expected, size_t first) const {
  int64_t bytes = std::clamp(expected, kMinFileBytes, file_bytes_limit());
  if (const auto quota = spec().quota_bytes)
    bytes = std::min(bytes, *quota - used_bytes_ - reserved_bytes_);
  return static_cast<uint64_t>(std::max(bytes, static_cast<int64_t>(first)));
}

void VolumeWriter::measure_rate() {
  const MonoTime now = parts_.clock.mono();
  const Duration length = now - rate_at_;
  if (length < kRateEvery) return;
  const uint64_t written = written_bytes_;
  const double newest =
      static_cast<double>(written - rate_bytes_) / static_cast<double>(length.count());
  const double before = bytes_per_us_now_;
  bytes_per_us_now_ = before <= 0 ? newest : before + kNewer * (newest - before);
  rate_at_ = now;
  rate_bytes_ = written;
  if (now - rate_from_ >= kRateLeast) rate_known_ = true;
}

void VolumeWriter::count_reserved() {
  uint64_t reserved = 0;
  for (const auto& run : runs_)
    if (run->file) reserved += run->file->reserved();
  reserved_bytes_ = static_cast<int64_t>(reserved);
}

void VolumeWriter::agree() {
  std::optional<Volume> volume;
  const std::string generation = parts_.catalog.generation();  // a lost catalog is begun anew
  {
    MutexLock lock(state_mutex_);
    if (!volume_ || (agreed_ && volume_->known_to(generation))) return;
    volume = volume_;
  }
  const auto agreed = volume->agree(parts_.files, parts_.catalog);
  MutexLock lock(state_mutex_);
  if (agreed) {
    volume_ = std::move(volume);
    agreed_ = true;
    cleaning_off_.reset();
    return;
  }
  if (!cleaning_off_ || cleaning_off_->what != agreed.error().what)
    log::error("retention", "volume={}: {}", path_, agreed.error().message());
  agreed_ = false;
  cleaning_off_ = agreed.error();
}

void VolumeWriter::set_cleaning(const Result<void>& may) {
  MutexLock lock(state_mutex_);
  if (!agreed_) return;  // agree() has said why
  if (!may && (!cleaning_off_ || cleaning_off_->what != may.error().what))
    log::error("retention", "volume={}: {}", path_, may.error().message());
  cleaning_off_ = may ? std::nullopt : std::optional<Error>(may.error());
}

Result<void> VolumeWriter::adopt_generation() {
  auto volume = this->volume();
  if (!volume) return problem().value_or(make_error(ErrorCode::kUnavailable, "no volume"));
  VEDETTE_TRY(volume->adopt(parts_.files, parts_.catalog));
  MutexLock lock(state_mutex_);
  volume_ = std::move(volume);
  agreed_ = true;
  cleaning_off_.reset();
  return ok();
}

void VolumeWriter::set_full(bool full) {
  if (full_.exchange(full) != full)
    log::info("retention", "volume={} {}", path_,
              full ? "is full; recording moves to another volume" : "has room again");
}

void VolumeWriter::set_exhausted(bool exhausted) {
  if (exhausted_.exchange(exhausted) != exhausted && exhausted)
    log::error("retention", "volume={}: nothing may be deleted, and the quota is used up", path_);
}

void VolumeWriter::note_below_minimum() {
  MutexLock lock(state_mutex_);
  below_minimum_ = parts_.clock.wall();
}

VolumeStatus VolumeWriter::status(const VolumeSpec& limits) const {
  VolumeStatus status;
  status.path = path_;
  status.removed = removed_;
  status.used_bytes = used_bytes_;
  status.reserved_bytes = reserved_bytes_;
  status.bytes_per_us = bytes_per_us_now_;
  status.rate_known = rate_known_;
  status.quota_bytes = limits.quota_bytes;
  status.reserve_set = limits.reserve_bytes.has_value();
  status.full = full_;
  status.dropped_fragments = dropped_;
  status.written_fragments = written_;
  status.written_bytes = written_bytes_;
  status.problem = problem();
  status.ledger_problem = ledger_.problem();
  {
    MutexLock lock(queue_mutex_);
    status.queued_bytes = queued_bytes_;
  }
  MutexLock lock(state_mutex_);
  if (volume_) status.id = volume_->id();
  status.cleaning_off = cleaning_off_;
  status.below_minimum = below_minimum_;
  status.total_bytes = static_cast<int64_t>(space_.total_bytes);
  status.free_bytes = static_cast<int64_t>(space_.free_bytes);
  status.reserve_bytes = reserve_of(space_, limits);
  return status;
}

}  // namespace vedette::store
