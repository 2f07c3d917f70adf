// SPDX-License-Identifier: Apache-2.0
#include "store/live_index.h"

#include <algorithm>

namespace vedette::store {

void LiveIndex::open_file(FileRefPtr ref) {
  MutexLock lock(mutex_);
  Entry& entry = files_[ref->id];
  entry.file.end_us = ref->start_us;
  entry.file.ref = std::move(ref);
}

void LiveIndex::commit(int64_t file, std::span<const FragmentEntry> fragments) {
  MutexLock lock(mutex_);
  const auto it = files_.find(file);
  if (it == files_.end()) return;
  LiveFile& live = it->second.file;
  // All of them or none, if memory runs out.
  const size_t after = live.fragments.size() + fragments.size();
  if (after > live.fragments.capacity())
    live.fragments.reserve(std::max(after, 2 * live.fragments.capacity()));
  for (const FragmentEntry& entry : fragments) {
    live.fragments.push_back(entry);
    const int64_t end = entry.start_us + ticks_to_us(entry.duration, live.ref->timescale);
    live.end_us = std::max(live.end_us, end);
    live.bytes = static_cast<int64_t>(entry.offset + entry.size);
  }
}

void LiveIndex::close_file(int64_t file, int64_t bytes) {
  MutexLock lock(mutex_);
  const auto it = files_.find(file);
  if (it == files_.end() || it->second.file.closed) return;
  it->second.file.bytes = bytes;
  it->second.file.closed = true;
  end(it->second);
  limit();
}

void LiveIndex::leave_file(int64_t file) {
  MutexLock lock(mutex_);
  const auto it = files_.find(file);
  if (it == files_.end() || it->second.file.closed) return;
  end(it->second);
  it->second.file.left = true;
  limit();
}

void LiveIndex::end(Entry& entry) {
  if (!entry.ended) ++ended_;
  entry.ended = true;
}

void LiveIndex::limit() {
  for (auto it = files_.begin(); ended_ > kMaxEnded && it != files_.end();) {
    if (!it->second.ended) {
      ++it;
      continue;
    }
    it = files_.erase(it);
    --ended_;
    ++dropped_;
  }
}

void LiveIndex::discard_file(int64_t file) {
  MutexLock lock(mutex_);
  const auto it = files_.find(file);
  if (it == files_.end()) return;
  if (!it->second.row_written) {
    files_.erase(it);
    return;
  }
  // The row must become a closed file of no length; recovery and retention cope with its absence.
  it->second.file.closed = true;
  it->second.file.bytes = 0;
  end(it->second);
}

void LiveIndex::let_go(std::span<const int64_t> files) {
  MutexLock lock(mutex_);
  for (const int64_t id : files) {
    const auto it = files_.find(id);
    if (it == files_.end()) continue;
    if (it->second.ended) --ended_;
    files_.erase(it);
  }
}

void LiveIndex::put_gap(const Gap& gap) {
  MutexLock lock(mutex_);
  const auto same = std::find_if(gaps_.begin(), gaps_.end(),
                                 [&](const Gap& known) { return known.id == gap.id; });
  if (same != gaps_.end()) {
    *same = gap;
  } else if (gaps_.size() < kMaxGaps) {
    gaps_.push_back(gap);
  } else {
    ++dropped_;
  }
}

std::vector<FragmentRef> LiveIndex::fragments(const std::string& camera, StreamKind kind,
                                              int64_t from_us, int64_t to_us) const {
  MutexLock lock(mutex_);
  std::vector<FragmentRef> found;
  for (const auto& [id, entry] : files_) {
    const LiveFile& file = entry.file;
    if (file.ref->kind != kind || file.ref->camera != camera) continue;
    if (file.ref->start_us >= to_us || file.end_us <= from_us) continue;
    for (const FragmentEntry& fragment : file.fragments) {
      const FragmentRef ref{file.ref, fragment};
      if (fragment.start_us < to_us && ref.end_us() > from_us) found.push_back(ref);
    }
  }
  return found;
}

std::vector<int64_t> LiveIndex::file_ids() const {
  MutexLock lock(mutex_);
  std::vector<int64_t> ids;
  ids.reserve(files_.size());
  for (const auto& [id, entry] : files_) ids.push_back(id);
  return ids;
}

FileRefPtr LiveIndex::find(const std::string& run, uint32_t seq) const {
  MutexLock lock(mutex_);
  for (const auto& [id, entry] : files_)
    if (entry.file.ref->seq == seq && entry.file.ref->run == run) return entry.file.ref;
  return nullptr;
}

std::vector<Span> LiveIndex::spans(const std::string& camera) const {
  MutexLock lock(mutex_);
  std::vector<Span> found;
  for (const auto& [id, entry] : files_) {
    const LiveFile& file = entry.file;
    if (file.ref->camera != camera || file.fragments.empty()) continue;
    found.push_back({{file.fragments.front().start_us}, {file.end_us}, file.ref->kind});
  }
  return found;
}

std::vector<Gap> LiveIndex::gaps() const {
  MutexLock lock(mutex_);
  return gaps_;
}

LiveIndex::Changes LiveIndex::changes(MonoTime now, Duration progress, bool all) const {
  MutexLock lock(mutex_);
  Changes changes;
  const auto grown_for = [&](const Entry& entry, Duration age) {
    return entry.file.fragments.size() > entry.written_fragments &&
           (all || now - entry.written_at >= age);
  };
  // What soon would be due goes with what is: one transaction for all files costs fewer pages.
  const bool any_due = std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
    return grown_for(file.second, progress);
  });
  const Duration age = any_due ? progress / 2 : progress;
  for (const auto& [id, entry] : files_) {
    const bool urgent = !entry.row_written || entry.ended;
    changes.urgent = changes.urgent || urgent;
    if (urgent || grown_for(entry, age)) changes.files.push_back(entry.file);
  }
  changes.gaps = gaps_;
  changes.urgent = changes.urgent || !gaps_.empty();
  return changes;
}

void LiveIndex::written(const Changes& changes, MonoTime now) {
  MutexLock lock(mutex_);
  for (const LiveFile& file : changes.files) {
    const auto it = files_.find(file.ref->id);
    if (it == files_.end()) continue;
    if (file.closed || (file.left && !it->second.file.closed)) {
      files_.erase(it);
      --ended_;
      continue;
    }
    it->second.row_written = true;
    it->second.written_fragments = file.fragments.size();
    it->second.written_at = now;
  }
  std::erase_if(gaps_, [&](const Gap& gap) {
    return std::find(changes.gaps.begin(), changes.gaps.end(), gap) != changes.gaps.end();
  });
}

bool LiveIndex::urgent() const {
  MutexLock lock(mutex_);
  if (!gaps_.empty() || ended_ > 0) return true;
  return std::any_of(files_.begin(), files_.end(),
                     [](const auto& file) { return !file.second.row_written; });
}

uint64_t LiveIndex::dropped() const {
  MutexLock lock(mutex_);
  return dropped_;
}

}  // namespace vedette::store
