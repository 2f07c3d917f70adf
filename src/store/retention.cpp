// SPDX-License-Identifier: Apache-2.0
#include "store/retention.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

constexpr size_t kBatch = 64;
// What the ledger needs for a batch, at most.
constexpr int64_t kLedgerBytes = kBatch * evidence::kMaxEntryBytes;
// Of the reserve this much is for the worst: below it recording is about to stop.
constexpr int64_t kLastBytes = int64_t{64} << 20;
constexpr Duration kLeap = std::chrono::minutes(10);
constexpr Duration kDoubt = std::chrono::hours(24);
// Longer than the gap audit looks back, and far less than years of files would take.
constexpr Duration kDeletionsListed = std::chrono::hours(24 * 31);

}  // namespace

Cleaner::Cleaner(const ArchiveParts& parts, const VolumeSet& volumes)
    : parts_(parts), volumes_(volumes) {}

void Cleaner::run() {
  MutexLock lock(mutex_);
  agree();
  measure_rates();
  finish_deletions();
  stuck_ = false;
  clean();
}

void Cleaner::make_room() {
  const auto all = volumes_.all();
  const bool needed = std::any_of(all.begin(), all.end(), [](const VolumeWriter* writer) {
    return writer->excess_bytes() > 0;
  });
  if (!needed) return;
  MutexLock lock(mutex_);
  if (!stuck_) clean();
}

void Cleaner::begin_trust() {
  const WallTime now = parts_.clock.wall();
  trust_.begun = true;
  trust_.wall = now;
  trust_.mono = parts_.clock.mono();
  std::optional<WallTime> newest;
  const auto usage = parts_.catalog.usage();
  for (const Usage& part : usage ? *usage : std::vector<Usage>()) {
    const auto coverage = parts_.catalog.coverage(part.camera, StreamKind::kMain);
    if (coverage && *coverage)
      newest = std::max(newest.value_or((*coverage)->last), (*coverage)->last);
  }
  if (newest && (now - *newest > kDoubt || *newest - now > kLeap)) trust_.wall = *newest;
}

WallTime Cleaner::age_now() {
  if (!trust_.begun) begin_trust();
  const WallTime now = parts_.clock.wall();
  const MonoTime mono = parts_.clock.mono();
  const WallTime expected = trust_.wall + (mono - trust_.mono);
  const bool steady = std::chrono::abs(now - expected) <= kLeap;
  if (!steady && !trust_.doubted_until) {
    trust_.doubted_until = mono + kDoubt;
    log::warn("retention", "the clock leapt from {} to {}: ages are not believed for a day",
              to_rfc3339(expected), to_rfc3339(now));
  }
  if (!steady && mono < *trust_.doubted_until) return std::min(now, expected);
  trust_ = {true, now, mono, std::nullopt};
  return now;
}

void Cleaner::agree() {
  for (VolumeWriter* writer : volumes_.all())
    if (!writer->hung()) writer->agree();
}

void Cleaner::clean() {
  auto input = gather({});
  if (!input) {
    for (VolumeWriter* writer : volumes_.all()) writer->set_cleaning(input.error());
    return;
  }
  const auto plan = decide(*input, true);
  if (!plan) {
    log::warn("retention", "nothing deleted: {}", plan.error().message());
    return;
  }
  stuck_ = plan->deletions.empty() && !plan->short_bytes.empty();
  carry_out(plan->deletions);
}

// Twice at most: first without taking anybody below the minimum, and again where no volume is left
// to record to otherwise.
Result<RetentionPlan> Cleaner::decide(RetentionInput& input, bool tell) {
  const FileQueue files = [this](const std::string& volume, const std::string& camera,
                                 WallTime from, size_t limit) {
    return parts_.catalog.oldest_files(volume, camera, limit, from);
  };
  VEDETTE_ASSIGN(RetentionPlan plan, plan_retention(input, files));
  const auto is_open = [&](const VolumeWriter* writer) {
    const auto volume = writer->volume();
    if (!volume || writer->broken() || writer->hung() || writer->removed()) return false;
    // One that may not be cleaned is open as long as it has room by itself.
    return may_clean(*writer) ? plan.short_bytes.count(volume->id()) == 0
                              : writer->excess_bytes() <= 0;
  };
  const auto all = volumes_.all();
  const bool open = std::any_of(all.begin(), all.end(), is_open);
  if (!open && !plan.short_bytes.empty()) {
    for (VolumeNeed& need : input.volumes) need.may_break_minimum = true;
    VEDETTE_ASSIGN(plan, plan_retention(input, files));
  }
  if (tell) tell_volumes(input, plan, open);
  return plan;
}

void Cleaner::tell_volumes(const RetentionInput& input, const RetentionPlan& plan, bool open) {
  for (VolumeWriter* writer : volumes_.all()) {
    const auto volume = writer->volume();
    if (!volume) continue;
    const auto need = std::find_if(input.volumes.begin(), input.volumes.end(),
                                   [&](const VolumeNeed& one) { return one.id == volume->id(); });
    const bool cleanable = need != input.volumes.end();
    const bool is_short =
        cleanable ? plan.short_bytes.count(volume->id()) > 0 : writer->excess_bytes() > 0;
    // While another volume has room this one is left as it is: new runs go there.
    writer->set_full(is_short && open);
    writer->set_exhausted(cleanable && is_short && !open && need->reason == DeletionReason::kQuota);
    const bool below =
        std::any_of(plan.deletions.begin(), plan.deletions.end(), [&](const Deletion& deletion) {
          return deletion.below_minimum && deletion.file.file->volume == volume->id();
        });
    if (below) writer->note_below_minimum();
  }
}

// A deletion that cannot be carried out now must not make others go in its place.
Result<std::map<std::string, Cleaner::Pending>> Cleaner::pending() {
  VEDETTE_ASSIGN(const auto doomed, parts_.catalog.tombstones());
  std::map<std::string, Pending> all;
  for (const StoredFile& file : doomed) {
    Pending& pending = all[file.file->volume];
    pending.bytes += file.bytes;
    const auto progress = progress_.find(file.file->id);
    if (progress == progress_.end() || !progress->second.unlinked)
      pending.on_disk_bytes += file.bytes;
  }
  return all;
}

VolumeNeed Cleaner::need_of(const VolumeWriter& writer, const PlanQuestion& question,
                            const Pending& pending) const {
  VolumeNeed need;
  const bool other = question.instead && question.instead->path == writer.path();
  const VolumeSpec limits = other ? *question.instead : writer.spec();
  const auto volume = writer.volume();
  need.id = volume ? volume->id() : std::string();
  if (writer.removed()) return need;
  const auto more =
      static_cast<int64_t>(writer.bytes_per_us() * static_cast<double>(question.ahead.count()));
  const int64_t quota =
      limits.quota_bytes ? writer.quota_excess_bytes(limits) - pending.bytes + more : -1;
  int64_t reserve = -1;
  int64_t last = -1;
  if (const auto space = parts_.files.space(writer.path())) {
    reserve = writer.reserve_excess_bytes(*space, limits) - pending.on_disk_bytes + more;
    last = kLastBytes - pending.on_disk_bytes + more - static_cast<int64_t>(space->free_bytes);
  }
  need.excess_bytes = std::max(quota, reserve);
  need.must_bytes = std::max(quota, std::min(last, reserve));
  need.reason = quota >= reserve ? DeletionReason::kQuota : DeletionReason::kReserve;
  return need;
}

Result<RetentionInput> Cleaner::gather(const PlanQuestion& question) {
  RetentionInput input;
  input.now = age_now() + question.ahead;
  VEDETTE_ASSIGN(input.holds, parts_.config.holds());
  VEDETTE_ASSIGN(input.cameras, shares());
  VEDETTE_ASSIGN(auto undone, pending());
  for (VolumeWriter* writer : volumes_.all()) {
    const auto volume = writer->volume();
    if (!volume || writer->hung()) continue;  // asking one that does not answer would hang us too
    const auto may = volume->may_clean(parts_.files, parts_.catalog);
    writer->set_cleaning(may);
    if (may) input.volumes.push_back(need_of(*writer, question, undone[volume->id()]));
  }
  return input;
}

Result<std::vector<CameraShare>> Cleaner::shares() {
  VEDETTE_ASSIGN(const auto cameras, parts_.config.cameras());
  VEDETTE_ASSIGN(const auto usage, parts_.catalog.usage());
  std::map<std::string, CameraShare> shares;
  for (const Camera& camera : cameras) shares[camera.id].keep = camera.retention;
  for (const Usage& part : usage) {
    CameraShare& share = shares[part.camera];
    share.bytes += part.bytes;
    share.where.push_back(part.volume);
  }
  std::vector<CameraShare> all;
  for (auto& [id, share] : shares) {
    share.camera = id;
    const auto rate = rates_.by_camera.find(id);
    share.bytes_per_us = rate == rates_.by_camera.end() ? 0 : rate->second;
    all.push_back(std::move(share));
  }
  return all;
}

Result<PlanAnswer> Cleaner::plan(const PlanQuestion& question) {
  MutexLock lock(mutex_);
  agree();
  measure_rates();
  VEDETTE_ASSIGN(RetentionInput input, gather(question));
  VEDETTE_ASSIGN(RetentionPlan plan, decide(input, false));
  PlanAnswer answer{std::move(plan.deletions), plan.complete, std::nullopt};
  if (!question.instead) return answer;
  VEDETTE_ASSIGN(answer.forecast, forecast_with(*question.instead));
  return answer;
}

VolumeWriter* Cleaner::writer_of(const std::string& volume_id) const {
  for (VolumeWriter* writer : volumes_.all()) {
    const auto volume = writer->volume();
    if (volume && volume->id() == volume_id) return writer;
  }
  return nullptr;
}

bool Cleaner::may_clean(const VolumeWriter& writer) const {
  const auto volume = writer.volume();
  return volume && volume->may_clean(parts_.files, parts_.catalog).has_value();
}

void Cleaner::carry_out(const std::vector<Deletion>& deletions) {
  for (size_t at = 0; at < deletions.size(); at += kBatch) {
    const auto begin = deletions.begin() + static_cast<ptrdiff_t>(at);
    const auto end =
        deletions.begin() + static_cast<ptrdiff_t>(std::min(at + kBatch, deletions.size()));
    const auto marked = parts_.catalog.tombstone({begin, end}, parts_.clock.wall());
    if (!marked) {
      log::warn("retention", "nothing deleted: {}", marked.error().message());
      return;
    }
    for (auto it = begin; it != end; ++it) {
      progress_[it->file.file->id].reason = it->reason;
      if (!it->below_minimum) continue;
      log::warn("retention", "camera={} keeps less than asked, else recording had stopped: {} goes",
                it->file.file->camera, it->file.file->relative);
    }
    finish_deletions();
  }
}

// Carries out what the catalog has committed to, now or after a crash in between; what a hold has
// come to protect in the meantime, and is still there, is taken back.
void Cleaner::finish_deletions() {
  const auto doomed = parts_.catalog.tombstones();
  const auto holds = parts_.config.holds();
  if (!doomed || !holds) return;
  std::vector<int64_t> kept;
  std::map<VolumeWriter*, std::vector<const StoredFile*>> going;
  std::map<const VolumeWriter*, bool> cleanable;
  for (const StoredFile& file : *doomed) {
    VolumeWriter* writer = writer_of(file.file->volume);
    if (writer == nullptr) continue;
    if (cleanable.count(writer) == 0) cleanable[writer] = may_clean(*writer);
    if (!cleanable[writer]) continue;
    const bool held = is_held(*holds, file);
    if (held && parts_.files.exists(fs::join(writer->path(), file.file->relative))) {
      kept.push_back(file.file->id);
    } else {
      going[writer].push_back(&file);
      // A tombstone that was committed although the commit said otherwise.
      parts_.catalog.live().let_go(std::span(&file.file->id, 1));
    }
  }
  std::vector<Unlinked> gone;
  for (const auto& [writer, files] : going) unlink_all(*writer, files, gone);
  if (!kept.empty()) {
    if (const auto revived = parts_.catalog.revive(kept); !revived)
      log::warn("retention", "{}", revived.error().message());
    for (const int64_t id : kept) progress_.erase(id);
  }
  forget(gone);
}

// The ledger knows of a deletion before it is done. Only on a disk so full that not even the ledger
// can grow files go before their entries, in each round as much as these take. Their tombstones
// stay until the entries are on the medium: whatever happens in between, they are made again.
void Cleaner::unlink_all(VolumeWriter& writer, const std::vector<const StoredFile*>& files,
                         std::vector<Unlinked>& gone) {
  auto entered = enter_deletions(writer, files);
  std::vector<Unlinked> unlinked;
  int64_t freed = 0;
  for (const StoredFile* file : files) {
    const bool full = !entered && entered.error().code == ErrorCode::kResourceExhausted;
    if (!entered && (!full || freed > kLedgerBytes)) break;
    bool& is_unlinked = progress_[file->file->id].unlinked;
    const auto folder = unlink(writer, *file);
    if (!folder) continue;
    if (!std::exchange(is_unlinked, true)) freed += file->bytes;
    unlinked.push_back({&writer, file, *folder});
    if (!entered) entered = writer.ledger().commit();
  }
  if (entered) gone.insert(gone.end(), unlinked.begin(), unlinked.end());
}

// Only what is gone for good is forgotten: a name that a power cut brought back, and that nobody
// knows, would be kept for ever. One sync for each folder that files went from.
void Cleaner::forget(const std::vector<Unlinked>& gone) {
  std::map<std::string, bool> synced;
  std::vector<int64_t> ids;
  for (const auto& [writer, file, held] : gone) {
    std::string folder = held;  // it went with a later file, or before
    while (!parts_.files.exists(folder) && folder.size() > writer->path().size())
      folder = fs::parent_of(folder);
    const auto [known, is_new] = synced.try_emplace(folder, false);
    if (is_new) {
      const auto done = parts_.files.sync_dir(folder);
      known->second = done.has_value();
      if (!done) log::warn("retention", "{}", done.error().message());
    }
    if (!known->second) continue;  // the tombstone stays: the next round looks again
    writer->add_used(-file->bytes);
    ids.push_back(file->file->id);
    progress_.erase(file->file->id);
  }
  if (ids.empty()) return;
  if (const auto forgotten = parts_.catalog.forget(ids, age_now() - kDeletionsListed); !forgotten)
    log::warn("retention", "{}", forgotten.error().message());
}

// Each once, however many rounds the rest of the deletion takes.
Result<void> Cleaner::enter_deletions(VolumeWriter& writer,
                                      const std::vector<const StoredFile*>& files) {
  for (const StoredFile* file : files) {
    Progress& progress = progress_[file->file->id];
    if (std::exchange(progress.entered, true)) continue;
    const std::string path = fs::join(writer.path(), file->file->relative);
    writer.ledger().append(
        deletion_entry(*file->file, read_file_facts(parts_.files, *file->file, path),
                       progress.reason ? to_string(*progress.reason) : "retention"));
  }
  auto entered = writer.ledger().commit();
  if (!entered) log::warn("retention", "nothing deleted: {}", entered.error().message());
  return entered;
}

std::optional<std::string> Cleaner::unlink(const VolumeWriter& writer, const StoredFile& file) {
  const std::string path = fs::join(writer.path(), file.file->relative);
  const auto removed = parts_.files.remove(path);
  if (!removed && removed.error().code != ErrorCode::kNotFound) {
    log::warn("retention", "{}", removed.error().message());
    return std::nullopt;
  }
  // Empty day, month, year folders go with their last file; the first that is not empty refuses.
  std::string folder = fs::parent_of(path);
  for (int level = 0; level < 3 && parts_.files.remove_dir(folder); ++level)
    folder = fs::parent_of(folder);
  return folder;
}

Result<void> Cleaner::place_hold(const Hold& hold) {
  MutexLock lock(mutex_);
  VEDETTE_TRY(parts_.config.add_hold(hold));
  finish_deletions();
  enter_hold(evidence::HoldEntry::Event::kPlaced, hold);
  return ok();
}

Result<Hold> Cleaner::lift_hold(const std::string& id) {
  MutexLock lock(mutex_);
  VEDETTE_ASSIGN(Hold hold, parts_.config.remove_hold(id));
  enter_hold(evidence::HoldEntry::Event::kLifted, hold);
  return hold;
}

// Each disk's ledger says by itself what may not go from it. On one that cannot be written now the
// entry waits; what does not outlive a crash is entered again by the next start.
void Cleaner::enter_hold(evidence::HoldEntry::Event event, const Hold& hold) {
  for (VolumeWriter* writer : volumes_.all()) {
    if (!writer->volume()) continue;
    writer->ledger().append(hold_entry(event, hold));
    (void)writer->ledger().commit();
  }
}

}  // namespace vedette::store
