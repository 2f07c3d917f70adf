// SPDX-License-Identifier: Apache-2.0
// Carries out what retention_plan.h decides, and knows how each volume stands: whether it may be
// cleaned, is full, or cannot make room. docs/design/recording.md §Retention.
//
// A file is deleted only on positive knowledge: the catalog lists it as closed, its volume is there
// with the id it was written under, catalog and volume belong together and neither is an older copy
// (Volume::agree), and no hold overlaps it. The intent is committed in the catalog before the
// unlink. Files the catalog does not know are never touched, so an empty or new catalog deletes
// nothing. Thread-safe; one round, plan or change of holds at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "store/archive.h"
#include "store/retention_plan.h"
#include "store/volume_set.h"

namespace vedette::store {

class Cleaner {
 public:
  Cleaner(const ArchiveParts& parts, const VolumeSet& volumes);

  /// One round over everything. Bounded: at most some thousand files.
  void run() VEDETTE_EXCLUDES(mutex_);
  /// Only what volumes need for what is recorded now; does nothing, cheaply, when they have room.
  void make_room() VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] Result<void> make_room_for(const CopyRoom& copy) VEDETTE_EXCLUDES(mutex_);
  /// What run() would delete.
  [[nodiscard]] Result<PlanAnswer> plan(const PlanQuestion& question) VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] Result<StorageReport> report() VEDETTE_EXCLUDES(mutex_);

  /// From its return on nothing that the hold overlaps is deleted; a deletion that was decided but
  /// not carried out is taken back.
  [[nodiscard]] Result<void> place_hold(const Hold& hold) VEDETTE_EXCLUDES(mutex_);
  [[nodiscard]] Result<Hold> lift_hold(const std::string& id) VEDETTE_EXCLUDES(mutex_);

 private:
  /// A wall clock that leaps must not make recordings old: until it has been steady for a day, ages
  /// are counted by the steadier of both clocks.
  struct Trust {
    bool begun = false;
    WallTime wall;
    MonoTime mono;
    std::optional<MonoTime> doubted_until;
  };
  struct Rates {
    MonoTime measured_at;
    bool known = false;
    std::map<std::string, double> by_camera;  ///< bytes per µs
  };

  /// How far a deletion has come that the catalog has committed to.
  struct Progress {
    std::optional<DeletionReason> reason;  ///< nullopt: a process before this one decided it
    bool entered = false;                  ///< its entry is in the ledger, or waits for it
    bool unlinked = false;
  };
  /// What was decided on a volume and is not done yet.
  struct Pending {
    int64_t bytes = 0;
    int64_t on_disk_bytes = 0;  ///< of these: not unlinked yet
  };

  [[nodiscard]] Result<RetentionInput> gather(const PlanQuestion& question)
      VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::map<std::string, Pending>> pending() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] VolumeNeed need_of(const VolumeWriter& writer, const PlanQuestion& question,
                                   const Pending& pending) const;
  [[nodiscard]] Result<RetentionPlan> decide(RetentionInput& input, bool tell)
      VEDETTE_REQUIRES(mutex_);
  void tell_volumes(const RetentionInput& input, const RetentionPlan& plan, bool open)
      VEDETTE_REQUIRES(mutex_);
  void clean() VEDETTE_REQUIRES(mutex_);
  void agree() VEDETTE_REQUIRES(mutex_);
  void carry_out(const std::vector<Deletion>& deletions) VEDETTE_REQUIRES(mutex_);
  void finish_deletions() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<void> enter_deletions(VolumeWriter& writer,
                                             const std::vector<const StoredFile*>& files)
      VEDETTE_REQUIRES(mutex_);
  /// A file that is gone, and the folder that no longer holds its name, or that of a folder which
  /// went with it.
  struct Unlinked {
    VolumeWriter* writer = nullptr;
    const StoredFile* file = nullptr;
    std::string folder;
  };
  /// `gone` grows by what may be forgotten.
  void unlink_all(VolumeWriter& writer, const std::vector<const StoredFile*>& files,
                  std::vector<Unlinked>& gone) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] std::optional<std::string> unlink(const VolumeWriter& writer,
                                                  const StoredFile& file) VEDETTE_REQUIRES(mutex_);
  void forget(const std::vector<Unlinked>& gone) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] WallTime age_now() VEDETTE_REQUIRES(mutex_);
  void begin_trust() VEDETTE_REQUIRES(mutex_);
  void enter_hold(evidence::HoldEntry::Event event, const Hold& hold) VEDETTE_REQUIRES(mutex_);
  void measure_rates() VEDETTE_REQUIRES(mutex_);
  /// With these limits in place of those that their volume has; null for things as they are.
  [[nodiscard]] Forecast look_ahead(const std::vector<CameraShare>& all,
                                    const std::vector<HeldStorage>& holds,
                                    const VolumeSpec* instead) const VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::optional<Forecast::Volume>> forecast_with(const VolumeSpec& instead)
      VEDETTE_REQUIRES(mutex_);
  /// A plan that takes this much more from a volume, and nothing for room elsewhere.
  [[nodiscard]] Result<RetentionPlan> plan_room(const CopyRoom& copy, const std::string& volume,
                                                int64_t bytes) VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::vector<HeldStorage>> held() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::vector<CameraShare>> shares() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] VolumeWriter* writer_of(const std::string& volume_id) const;
  [[nodiscard]] bool may_clean(const VolumeWriter& writer) const;

  const ArchiveParts parts_;
  const VolumeSet& volumes_;
  std::map<int64_t, Progress> progress_ VEDETTE_GUARDED_BY(mutex_);  // by file id

  mutable Mutex mutex_{LockOrder::kArchive};
  Rates rates_ VEDETTE_GUARDED_BY(mutex_);
  Trust trust_ VEDETTE_GUARDED_BY(mutex_);
  bool stuck_ VEDETTE_GUARDED_BY(mutex_) = false;  ///< nothing more can be freed at present
};

}  // namespace vedette::store
