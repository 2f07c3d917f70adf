// SPDX-License-Identifier: Apache-2.0
#include "retention_watch.h"

#include <algorithm>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "store/retention_plan.h"

namespace vedette::trial {
namespace {

using store::DeletionReason;

// The ledger and the catalog grow while a round is at work.
constexpr int64_t kSlackBytes = 64 << 10;
constexpr double kHeadroomUs = 4e6;  // what is recorded in this time must fit
constexpr size_t kAllFiles = 100'000;

/// One look, with what several questions need.
class Look {
 public:
  explicit Look(const RetentionView& view) : view_(view) {
    if (const auto cameras = view.config.cameras())
      for (const store::Camera& camera : *cameras) keep_[camera.id] = camera.retention;
    if (auto holds = view.config.holds()) holds_ = *std::move(holds);
    if (const auto usage = view.catalog.usage())
      for (const store::Usage& part : *usage) listed_[part.camera] += part.bytes;
    if (const auto doomed = view.catalog.tombstones())
      for (const store::StoredFile& file : *doomed)
        doomed_.insert(fs::join(folder_of(file.file->volume), file.file->relative));
  }

  [[nodiscard]] const RetentionView& view() const { return view_; }
  [[nodiscard]] const std::vector<store::Hold>& holds() const { return holds_; }
  [[nodiscard]] const std::set<std::string>& doomed() const { return doomed_; }
  [[nodiscard]] store::Retention keep(const std::string& camera) const {
    const auto found = keep_.find(camera);
    return found == keep_.end() ? store::Retention() : found->second;
  }
  [[nodiscard]] int64_t listed(const std::string& camera) const {
    const auto found = listed_.find(camera);
    return found == listed_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::string folder_of(const std::string& volume_id) const {
    for (const store::VolumeStatus& volume : view_.volumes)
      if (volume.id == volume_id) return volume.path;
    return {};
  }
  /// Of the recordings on a volume, once everything is carried out that was decided.
  [[nodiscard]] int64_t kept_bytes(const store::VolumeStatus& volume) const {
    return sum(volume, [&](const std::string& path) { return doomed_.count(path) == 0; }) +
           volume.reserved_bytes;
  }
  [[nodiscard]] int64_t doomed_bytes(const store::VolumeStatus& volume) const {
    return sum(volume, [&](const std::string& path) { return doomed_.count(path) > 0; });
  }
  [[nodiscard]] bool is_away(const store::VolumeStatus& volume) const {
    return volume.id.empty() || view_.away.count(volume.path) > 0;
  }

 private:
  int64_t sum(const store::VolumeStatus& volume,
              const std::function<bool(const std::string&)>& counts) const {
    int64_t bytes = 0;
    for (const std::string& path : view_.disk.all_files())
      if (path.starts_with(volume.path + "/") && path.ends_with(".mp4") &&
          view_.unknown.count(path) == 0 && counts(path))
        bytes += static_cast<int64_t>(view_.disk.content(path).size());
    return bytes;
  }

  const RetentionView& view_;
  std::map<std::string, store::Retention> keep_;
  std::map<std::string, int64_t> listed_;
  std::vector<store::Hold> holds_;
  std::set<std::string> doomed_;
};

bool overlaps(const store::Hold& hold, const store::DeletedFile& file) {
  return hold.camera == file.camera && file.start < hold.to && hold.from < file.end;
}

bool is_for_room(const store::DeletedFile& file) {
  return file.reason == DeletionReason::kQuota || file.reason == DeletionReason::kReserve;
}

/// What each deletion says of itself.
class DeletionJudge {
 public:
  DeletionJudge(const Look& look, std::vector<store::DeletedFile> deleted)
      : look_(look), deleted_(std::move(deleted)) {}

  std::vector<std::string> run() {
    for (const store::DeletedFile& file : deleted_) judge(file);
    for (const store::VolumeStatus& volume : look_.view().volumes)
      if (!look_.is_away(volume)) judge_volume(volume);
    return std::move(findings_);
  }

 private:
  void add(const store::DeletedFile& file, const std::string& why) {
    findings_.push_back(fmt::format("deleted by {} though {}: {}", to_string(file.reason), why,
                                    fs::join(look_.folder_of(file.volume), file.path)));
  }
  [[nodiscard]] int64_t largest(const std::function<bool(const store::DeletedFile&)>& of) const {
    int64_t bytes = -1;
    for (const store::DeletedFile& file : deleted_)
      if (of(file)) bytes = std::max(bytes, file.bytes);
    return bytes;
  }

  void judge(const store::DeletedFile& file) {
    for (const store::Hold& hold : look_.holds())
      if (overlaps(hold, file)) add(file, "a hold keeps it");
    const store::Retention keep = look_.keep(file.camera);
    const int64_t age = look_.view().now.us - file.end.us;
    if (file.below_minimum && !is_for_room(file))
      add(file, "only for room a minimum may be broken");
    if (!file.below_minimum && keep.min_age_us && age < *keep.min_age_us)
      add(file, "its camera keeps it at least, and nothing says that it had to go");
    // What is too old goes, however little is left.
    if (file.reason != DeletionReason::kMaxAge && keep.min_bytes &&
        look_.listed(file.camera) < *keep.min_bytes && !any_below(file.camera))
      add(file, "its camera has less than it keeps at least");
    if (file.reason == DeletionReason::kMaxAge && (!keep.max_age_us || age < *keep.max_age_us))
      add(file, fmt::format("it is only {} s old", age / 1'000'000));
    if (file.reason == DeletionReason::kMaxBytes && !is_too_much(file.camera, keep))
      add(file, "its camera has not so much");
  }
  [[nodiscard]] bool any_below(const std::string& camera) const {
    return std::any_of(deleted_.begin(), deleted_.end(), [&](const store::DeletedFile& file) {
      return file.camera == camera && file.below_minimum;
    });
  }
  // Before the last one went there was too much; what a volume needed went after that.
  [[nodiscard]] bool is_too_much(const std::string& camera, const store::Retention& keep) const {
    const int64_t last = largest([&](const store::DeletedFile& file) {
      return file.camera == camera && file.reason == DeletionReason::kMaxBytes;
    });
    int64_t for_room = 0;
    for (const store::DeletedFile& file : deleted_)
      if (file.camera == camera && is_for_room(file)) for_room += file.bytes;
    return keep.max_bytes && look_.listed(camera) + for_room + last > *keep.max_bytes;
  }

  // Before the last one went there was too little room still.
  void judge_volume(const store::VolumeStatus& volume) {
    const auto for_reason = [&](DeletionReason reason) {
      return largest([&, reason](const store::DeletedFile& file) {
        return file.volume == volume.id && file.reason == reason;
      });
    };
    const int64_t by_quota = for_reason(DeletionReason::kQuota);
    const int64_t kept = look_.kept_bytes(volume);
    if (by_quota >= 0 && volume.quota_bytes &&
        kept + by_quota < *volume.quota_bytes * 3 / 4 - kSlackBytes)
      findings_.push_back(
          fmt::format("more was deleted from {} than its quota asks for: {} of {}"
                      " bytes are used",
                      volume.path, kept, *volume.quota_bytes));
    const int64_t by_reserve = for_reason(DeletionReason::kReserve);
    if (by_reserve < 0) return;
    const auto soon = static_cast<int64_t>(volume.bytes_per_us * kHeadroomUs);
    const int64_t free = look_.view().free_bytes(volume.path) + look_.doomed_bytes(volume);
    if (free - by_reserve > volume.reserve_bytes + soon + kSlackBytes)
      findings_.push_back(
          fmt::format("more was deleted from {} than its reserve asks for: {} bytes are free of {}",
                      volume.path, free, volume.reserve_bytes));
  }

  const Look& look_;
  const std::vector<store::DeletedFile> deleted_;
  std::vector<std::string> findings_;
};

/// What is kept though a limit asks for it.
class LimitJudge {
 public:
  LimitJudge(const Look& look, bool utc_steady) : look_(look), utc_steady_(utc_steady) {}

  std::vector<std::string> run() {
    for (const std::string& path : look_.doomed())
      findings_.push_back("its deletion was decided and is not carried out: " + path);
    for (const store::VolumeStatus& volume : look_.view().volumes) judge_volume(volume);
    if (const auto cameras = look_.view().config.cameras())
      for (const store::Camera& camera : *cameras) judge_camera(camera);
    return std::move(findings_);
  }

 private:
  [[nodiscard]] std::vector<store::StoredFile> may_go(const std::string& volume,
                                                      const std::string& camera) const {
    auto files = look_.view().catalog.oldest_files(volume, camera, kAllFiles);
    if (!files) return {};
    std::erase_if(
        *files, [&](const store::StoredFile& file) { return store::is_held(look_.holds(), file); });
    return *std::move(files);
  }
  [[nodiscard]] bool is_kept_at_least(const store::StoredFile& file) const {
    const store::Retention keep = look_.keep(file.file->camera);
    // A clock that leapt makes nothing old.
    const bool young =
        !utc_steady_ || look_.view().now.us - file.end.us < keep.min_age_us.value_or(0);
    return (keep.min_age_us && young) ||
           (keep.min_bytes && look_.listed(file.file->camera) - file.bytes < *keep.min_bytes);
  }
  /// Where runs may go instead, before a minimum is broken here.
  [[nodiscard]] bool another_is_open(const store::VolumeStatus& than) const {
    const auto& all = look_.view().volumes;
    return std::any_of(all.begin(), all.end(), [&](const store::VolumeStatus& volume) {
      return volume.path != than.path && !volume.problem && !volume.full;
    });
  }

  void judge_volume(const store::VolumeStatus& volume) {
    // Where nothing may be deleted, the status says why.
    if (look_.is_away(volume) || volume.cleaning_off || volume.ledger_problem) return;
    const int64_t kept = look_.kept_bytes(volume);
    const int64_t free = look_.view().free_bytes(volume.path);
    std::string why;
    if (volume.quota_bytes && kept > *volume.quota_bytes)
      why = fmt::format("{} bytes of a quota of {}", kept, *volume.quota_bytes);
    else if (free < volume.reserve_bytes)
      why = fmt::format("{} bytes are free of a reserve of {}", free, volume.reserve_bytes);
    if (why.empty()) return;
    for (const store::StoredFile& file : may_go(volume.id, "")) {
      if (is_kept_at_least(file) && another_is_open(volume)) continue;
      findings_.push_back(
          fmt::format("{}: {}, and {} may go", volume.path, why, file.file->relative));
      return;
    }
  }

  void judge_camera(const store::Camera& camera) {
    const store::Retention& keep = camera.retention;
    for (const store::StoredFile& file : may_go("", camera.id)) {
      const bool old =
          utc_steady_ && keep.max_age_us && look_.view().now.us - file.end.us > *keep.max_age_us;
      const bool much =
          keep.max_bytes && look_.listed(camera.id) > *keep.max_bytes && !is_kept_at_least(file);
      if (!old && !much) continue;
      findings_.push_back(fmt::format("{} has more than it keeps at most, and {} may go", camera.id,
                                      file.file->relative));
      return;
    }
  }

  const Look& look_;
  const bool utc_steady_;
  std::vector<std::string> findings_;
};

}  // namespace

std::vector<std::string> RetentionWatch::judge_deletions(const RetentionView& view) {
  auto deleted = view.catalog.deletions("", {INT64_MIN / 2}, {INT64_MAX / 2});
  if (!deleted) return {};
  std::set<std::string> known;
  for (const store::DeletedFile& file : *deleted) known.insert(file.volume + "/" + file.path);
  std::erase_if(*deleted, [&](const store::DeletedFile& file) {
    return seen_.count(file.volume + "/" + file.path) > 0;
  });
  seen_ = std::move(known);
  if (deleted->empty()) return {};
  const Look look(view);
  return DeletionJudge(look, *std::move(deleted)).run();
}

std::vector<std::string> RetentionWatch::judge_limits(const RetentionView& view, bool utc_steady) {
  const Look look(view);
  return LimitJudge(look, utc_steady).run();
}

}  // namespace vedette::trial
