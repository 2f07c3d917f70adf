// SPDX-License-Identifier: Apache-2.0
#include "store/retention_plan.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <set>

namespace vedette::store {
namespace {

constexpr size_t kPage = 64;
constexpr double kEndless = std::numeric_limits<double>::infinity();

// The files of one camera on one volume that may go, oldest first, fetched a page at a time.
class Oldest {
 public:
  Oldest(const RetentionInput& input, const FileQueue& files, std::string volume,
         std::string camera)
      : input_(input), files_(files), volume_(std::move(volume)), camera_(std::move(camera)) {}

  /// nullptr at the end. Valid until pop(). `taken` are ids that are planned already.
  [[nodiscard]] Result<const StoredFile*> front(const std::set<int64_t>& taken) {
    while (true) {
      while (!page_.empty() && skip(page_.front(), taken)) page_.pop_front();
      if (!page_.empty()) return &page_.front();
      if (ended_) return static_cast<const StoredFile*>(nullptr);
      VEDETTE_TRY(fetch());
    }
  }
  void pop() { page_.pop_front(); }

 private:
  [[nodiscard]] bool skip(const StoredFile& file, const std::set<int64_t>& taken) const {
    const auto& volumes = input_.volumes;
    const bool cleanable = std::any_of(volumes.begin(), volumes.end(), [&](const VolumeNeed& need) {
      return need.id == file.file->volume;
    });
    return !cleanable || taken.count(file.file->id) > 0 || is_held(input_.holds, file);
  }
  Result<void> fetch() {
    VEDETTE_ASSIGN(const auto next, files_(volume_, camera_, from_, kPage));
    ended_ = next.size() < kPage;
    for (const StoredFile& file : next)
      if (seen_.insert(file.file->id).second) page_.push_back(file);
    if (page_.empty()) ended_ = true;  // a page of the same start: there is no way on
    if (!next.empty()) from_ = {next.back().file->start_us};
    return ok();
  }

  const RetentionInput& input_;
  const FileQueue& files_;
  const std::string volume_;
  const std::string camera_;
  std::deque<StoredFile> page_;
  std::set<int64_t> seen_;
  WallTime from_{std::numeric_limits<int64_t>::min()};
  bool ended_ = false;
};

class Planner {
 public:
  Planner(const RetentionInput& input, const FileQueue& files) : input_(input), files_(files) {
    for (const CameraShare& share : input_.cameras) left_[share.camera] = share.bytes;
  }

  Result<RetentionPlan> make() {
    for (const CameraShare& share : input_.cameras) VEDETTE_TRY(keep_at_most(share));
    for (const VolumeNeed& need : input_.volumes) VEDETTE_TRY(make_room(need));
    return std::move(plan_);
  }

 private:
  struct Candidate {
    const CameraShare* share = nullptr;
    std::unique_ptr<Oldest> files;
  };

  [[nodiscard]] bool full() {
    if (plan_.deletions.size() < input_.most) return false;
    plan_.complete = false;
    return true;
  }

  void take(const StoredFile& file, DeletionReason reason, bool below_minimum) {
    taken_.insert(file.file->id);
    left_[file.file->camera] -= file.bytes;
    freed_[file.file->volume] += file.bytes;
    plan_.deletions.push_back({file, reason, below_minimum});
  }

  [[nodiscard]] static bool has_minimum(const CameraShare& share) {
    return share.keep.min_age_us || share.keep.min_bytes;
  }

  // How long the camera's record would still be above its minimum if this file, the oldest, went:
  // in microseconds, negative below it. A minimum in bytes counts as the time they take to record.
  [[nodiscard]] double surplus(const CameraShare& share, const StoredFile& file) const {
    const auto age = static_cast<double>(input_.now.us - file.end.us);
    double least = age - static_cast<double>(share.keep.min_age_us.value_or(0));
    if (share.keep.min_bytes) {
      const auto over =
          static_cast<double>(left_.at(share.camera) - file.bytes - *share.keep.min_bytes);
      const double rate = share.bytes_per_us > 0 ? share.bytes_per_us : 1e-6;
      least = std::min(least, over / rate);
    }
    return least;
  }

  Result<void> keep_at_most(const CameraShare& share) {
    if (!share.keep.max_age_us && !share.keep.max_bytes) return ok();
    Oldest oldest(input_, files_, "", share.camera);
    while (!full()) {
      VEDETTE_ASSIGN(const StoredFile* const file, oldest.front(taken_));
      if (file == nullptr) return ok();
      const bool old =
          share.keep.max_age_us && file->end.us < input_.now.us - *share.keep.max_age_us;
      const bool much = share.keep.max_bytes && left_[share.camera] > *share.keep.max_bytes &&
                        (!has_minimum(share) || surplus(share, *file) >= 0);
      if (!old && !much) return ok();
      take(*file, old ? DeletionReason::kMaxAge : DeletionReason::kMaxBytes, false);
      oldest.pop();
    }
    return ok();
  }

  // Without any minimum the fair order is simply the oldest first: one queue for the volume.
  [[nodiscard]] std::vector<Candidate> candidates(const VolumeNeed& need) const {
    std::vector<Candidate> all;
    bool minimum = false;
    for (const CameraShare& share : input_.cameras) {
      const auto& where = share.where;
      if (std::find(where.begin(), where.end(), need.id) == where.end()) continue;
      minimum = minimum || has_minimum(share);
      all.push_back({&share, std::make_unique<Oldest>(input_, files_, need.id, share.camera)});
    }
    if (minimum) return all;
    all.clear();
    all.push_back({nullptr, std::make_unique<Oldest>(input_, files_, need.id, "")});
    return all;
  }

  // The camera that is furthest above its minimum, and its oldest file.
  struct Choice {
    const Candidate* from = nullptr;
    const StoredFile* file = nullptr;
    double surplus = -kEndless;
    bool below = false;  ///< taking it breaks the minimum
  };

  Result<Choice> choose(const std::vector<Candidate>& all) {
    Choice best;
    for (const Candidate& candidate : all) {
      VEDETTE_ASSIGN(const StoredFile* const file, candidate.files->front(taken_));
      if (file == nullptr) continue;
      const CameraShare* share = candidate.share;
      const double over = share == nullptr ? 0 : surplus(*share, *file);
      if (best.file != nullptr && over <= best.surplus) continue;
      best = {&candidate, file, over, share != nullptr && has_minimum(*share) && over < 0};
    }
    return best;
  }

  Result<void> make_room(const VolumeNeed& need) {
    int64_t excess = need.excess_bytes - freed_[need.id];
    if (excess <= 0) return ok();
    // Below this nothing stops: the minimum is kept.
    const int64_t bearable = need.excess_bytes - need.must_bytes;
    const std::vector<Candidate> all = candidates(need);
    while (excess > 0 && !full()) {
      VEDETTE_ASSIGN(const Choice best, choose(all));
      if (best.file == nullptr) break;
      if (best.below && (!need.may_break_minimum || excess <= bearable)) break;
      excess -= best.file->bytes;
      take(*best.file, need.reason, best.below);
      best.from->files->pop();
    }
    if (excess > 0 && plan_.complete) plan_.short_bytes[need.id] = excess;
    return ok();
  }

  const RetentionInput& input_;
  const FileQueue& files_;
  RetentionPlan plan_;
  std::set<int64_t> taken_;
  std::map<std::string, int64_t> left_;
  std::map<std::string, int64_t> freed_;
};

}  // namespace

bool is_held(const std::vector<Hold>& holds, const StoredFile& file) {
  return std::any_of(holds.begin(), holds.end(), [&](const Hold& hold) {
    return hold.camera == file.file->camera && file.file->start_us < hold.to.us &&
           hold.from < file.end;
  });
}

Result<RetentionPlan> plan_retention(const RetentionInput& input, const FileQueue& files) {
  return Planner(input, files).make();
}

}  // namespace vedette::store
