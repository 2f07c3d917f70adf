// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_list.h"

#include <algorithm>

#include "evidence/box_walk.h"

namespace vedette::store {
namespace {

using evidence::LedgerEntry;

/// Holds the first entry of any file.
constexpr size_t kHeadBytes = 4096;

bool is_listed(const LedgerEntry& entry) {
  return std::holds_alternative<evidence::HoldEntry>(entry.what) ||
         std::holds_alternative<evidence::ExportEntry>(entry.what);
}

bool is_asked_for(const LedgerEntry& entry, const LedgerQuery& query) {
  const bool topic = query.topic == LedgerTopic::kHolds
                         ? std::holds_alternative<evidence::HoldEntry>(entry.what)
                         : std::holds_alternative<evidence::ExportEntry>(entry.what);
  const bool camera = query.camera.empty() || entry.camera.empty() || entry.camera == query.camera;
  return topic && camera && entry.written >= query.from && entry.written < query.to;
}

std::vector<LedgerEntry> listed_entries(ByteSpan bytes) {
  std::vector<LedgerEntry> found;
  for (auto at = evidence::find_box(bytes, 0); at;) {
    const auto box = evidence::box_at(bytes, *at);
    auto entry = box ? evidence::decode_entry(*box) : Result<LedgerEntry>(Error{});
    at = evidence::find_box(bytes, entry ? *at + box->size() : *at + 1);
    if (entry && is_listed(*entry)) found.push_back(std::move(*entry));
  }
  return found;
}

}  // namespace

/// When its first entry was written; none when that cannot be read.
std::optional<WallTime> LedgerLists::begun(const std::string& path) {
  const auto known = begun_.find(path);
  if (known != begun_.end()) return known->second;
  const auto file = files_.open_read(path);
  if (!file) return std::nullopt;
  Bytes head(kHeadBytes);
  const auto got = (*file)->read_at(0, head);
  if (!got) return std::nullopt;
  head.resize(*got);
  const auto at = evidence::find_box(head, 0);
  const auto box = at ? evidence::box_at(head, *at) : std::nullopt;
  const auto entry = box ? evidence::decode_entry(*box) : Result<LedgerEntry>(Error{});
  if (!entry) return std::nullopt;
  begun_[path] = entry->written;
  return entry->written;
}

Result<const LedgerLists::Entries*> LedgerLists::read(const std::string& path) {
  VEDETTE_ASSIGN(const std::unique_ptr<fs::File> file, files_.open_read(path));
  VEDETTE_ASSIGN(const uint64_t size, file->size());
  Known& known = known_[path];
  if (known.size == size && size > 0) return &known.entries;
  kept_ -= known.entries.size();
  known = {};
  VEDETTE_ASSIGN(const Bytes content, fs::read_all(files_, path, kMaxLedgerFileBytes));
  ++files_read_;
  known = {size, listed_entries(content)};
  kept_ += known.entries.size();
  return &known.entries;
}

LedgerList LedgerLists::list(const std::string& folder, const LedgerQuery& query) {
  LedgerList out;
  MutexLock lock(mutex_);
  const auto paths = ledger_files(files_, folder);
  if (!paths) {
    out.unread.push_back({folder, paths.error().message()});
    return out;
  }
  if (kept_ > kMaxListedEntries) {
    known_.clear();
    kept_ = 0;
  }
  size_t after = 0;   // entries later than query.from
  WallTime page_end;  // the latest of the first query.limit of them
  uint64_t next_sequence = 0;
  for (size_t i = 0; i < paths->size(); ++i) {
    const auto from = begun((*paths)[i]);
    const bool full = query.limit > 0 && after >= query.limit;
    if (full && from && *from - kClockSlack > page_end) break;
    if (from && *from - kClockSlack >= query.to) continue;
    const auto to = i + 1 < paths->size() ? begun((*paths)[i + 1]) : std::nullopt;
    if (to && *to + kClockSlack < query.from) continue;
    const auto entries = read((*paths)[i]);
    if (!entries) {
      out.unread.push_back({(*paths)[i], entries.error().message()});
      continue;
    }
    for (const LedgerEntry& entry : **entries) {
      // Written again to a new file after a failed sync.
      if (entry.sequence < next_sequence) continue;
      next_sequence = entry.sequence + 1;
      if (!is_asked_for(entry, query)) continue;
      if (entry.written > query.from && after++ < query.limit)
        page_end = std::max(page_end, entry.written);
      out.entries.push_back(entry);
    }
  }
  if (out.entries.size() > kMaxListedEntries)
    out.entries.erase(out.entries.begin(),
                      out.entries.end() - static_cast<ptrdiff_t>(kMaxListedEntries));
  return out;
}

uint64_t LedgerLists::files_read() const {
  MutexLock lock(mutex_);
  return files_read_;
}

}  // namespace vedette::store
