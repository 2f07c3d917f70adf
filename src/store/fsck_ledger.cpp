// SPDX-License-Identifier: Apache-2.0
// What the ledger of a volume remembers of a catalog that was lost: the gaps as they were seen.
#include <algorithm>
#include <map>
#include <set>

#include "evidence/box_walk.h"
#include "evidence/ledger_entry.h"
#include "store/fsck.h"
#include "store/ledger.h"
#include "store/ledger_files.h"

namespace vedette::store {
namespace {

/// Follows the gaps through a ledger, in its order.
class GapReader {
 public:
  explicit GapReader(const std::string& volume) : volume_(volume) {}

  void read(ByteSpan bytes) {
    for (size_t at = 0; at < bytes.size();) {
      const auto box = evidence::box_at(bytes, at);
      if (box) {
        if (const auto entry = evidence::decode_entry(*box); entry && entry->volume == volume_)
          take(*entry);
        at += box->size();
        continue;
      }
      const auto next = evidence::find_box(bytes, at + 1);
      if (!next) return;
      at = *next;
    }
  }
  /// Those that have ended. What is still open is the running server's, who knows it.
  [[nodiscard]] const std::map<int64_t, Gap>& gaps() const { return ended_; }

 private:
  void take(const evidence::LedgerEntry& entry) {
    if (const auto* service = std::get_if<evidence::ServiceEntry>(&entry.what)) {
      if (service->event == evidence::ServiceEntry::Event::kStarted) end_all(entry.written);
      return;
    }
    const auto* what = std::get_if<evidence::GapEntry>(&entry.what);
    if (what == nullptr) return;
    Gap gap;
    gap.id = static_cast<int64_t>(what->id);
    gap.camera = entry.camera;
    gap.kind = entry.stream;
    gap.start = what->start;
    gap.cause = entry.cause;
    gap.detail = entry.detail;
    gap.first_seen = what->first_seen;
    if (what->event == evidence::GapEntry::Event::kOpened) {
      open_[gap.id] = std::move(gap);
      return;
    }
    gap.end = what->end;
    open_.erase(gap.id);
    ended_[gap.id] = std::move(gap);
  }

  // A gap that the service did not live to close ended when it was started again: from then on it
  // says itself what is not recorded.
  void end_all(WallTime now) {
    for (auto& [id, gap] : open_) {
      gap.end = std::max(gap.start, now);
      ended_[id] = std::move(gap);
    }
    open_.clear();
  }

  const std::string& volume_;
  std::map<int64_t, Gap> open_;
  std::map<int64_t, Gap> ended_;
};

}  // namespace

void Fsck::restore_gaps(const FsckVolume& volume) {
  constexpr size_t kFlushGaps = 500;
  const auto paths = ledger_files(parts_.files, fs::join(volume.path, kLedgerFolder));
  if (!paths) return report_.add(FindingKind::kUnreadable, volume.path, paths.error().what);
  GapReader reader(volume.volume->id());
  for (const std::string& path : *paths) {
    if (stopped()) return;
    const auto bytes = fs::read_all(parts_.files, path, kMaxLedgerFileBytes);
    if (bytes)
      reader.read(*bytes);
    else
      report_.add(FindingKind::kUnreadable, path, bytes.error().what);
  }
  const auto known = parts_.catalog.gaps("", {INT64_MIN / 2}, {INT64_MAX / 2});
  if (!known) {
    report_.error = known.error().message();
    return;
  }
  std::set<int64_t> ids;
  for (const Gap& gap : *known) ids.insert(gap.id);
  for (const auto& [id, gap] : reader.gaps()) {
    if (ids.count(id) > 0) continue;
    parts_.catalog.put_gap(gap);
    ++report_.restored_gaps;
    if (++unflushed_ % kFlushGaps == 0 && !flush()) return;
  }
}

}  // namespace vedette::store
