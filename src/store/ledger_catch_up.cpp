// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_catch_up.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>

#include "evidence/box_walk.h"
#include "store/ledger.h"
#include "store/ledger_files.h"

namespace vedette::store {
namespace {

// A file that was given up soon may hold a few entries: the newest two, or more that are small.
constexpr size_t kNewestFiles = 2;
constexpr size_t kMostFiles = 64;
// Entries about files among which are those that a catalog may not know yet: minutes of a large
// site.
constexpr size_t kMostEnded = 512;
// Processes that ended without a word, one after the other, of which none could put in order what
// the one before had left.
constexpr size_t kMostCutShort = 8;
// An entry waits at most this long for a disk that works; clocks are set by less, most of the time.
constexpr Duration kMargin = std::chrono::minutes(10);

bool is_start(const evidence::LedgerEntry& entry) {
  const auto* service = std::get_if<evidence::ServiceEntry>(&entry.what);
  return service != nullptr && service->event == evidence::ServiceEntry::Event::kStarted;
}

/// The time of each entry goes to `word`.
void read_file(ByteSpan bytes, RecentLedger& out, std::optional<WallTime>& word) {
  for (auto at = evidence::find_box(bytes, 0); at;) {
    const auto box = evidence::box_at(bytes, *at);
    auto entry = box ? evidence::decode_entry(*box) : Result<evidence::LedgerEntry>(Error{});
    at = evidence::find_box(bytes, entry ? *at + box->size() : *at + 1);
    if (!entry) continue;
    out.earliest = std::min(out.earliest, entry->written);
    // Its own time where nothing is before it: it may be the start of the process before, while
    // that of this one waits for the disk.
    if (is_start(*entry)) out.last_word = word.value_or(entry->written);
    word = entry->written;
    const bool of_interest = is_start(*entry) ||
                             std::holds_alternative<evidence::GapEntry>(entry->what) ||
                             std::holds_alternative<evidence::HoldEntry>(entry->what);
    if (of_interest) out.entries.push_back(std::move(*entry));
  }
}

/// The newest entry of each, by their order in the ledger.
class FileEntries {
 public:
  void read(ByteSpan bytes) {
    for (auto at = evidence::find_box(bytes, 0); at;) {
      const auto box = evidence::box_at(bytes, *at);
      auto entry = box ? evidence::decode_entry(*box) : Result<evidence::LedgerEntry>(Error{});
      at = evidence::find_box(bytes, entry ? *at + box->size() : *at + 1);
      if (!entry) continue;
      note_service(*entry);
      if (const auto* gone = std::get_if<evidence::DeletionEntry>(&entry->what)) {
        named_.insert({gone->file.run, gone->file.number});
        newest_.erase({gone->file.run, gone->file.number});
        if (deleted_.size() == kMostEnded) deleted_.pop_front();
        deleted_.push_back(std::move(*entry));
        continue;
      }
      const auto* file = std::get_if<evidence::FileEntry>(&entry->what);
      if (file == nullptr) continue;
      const FileNumber number{file->file.run, file->file.number};
      named_.insert(number);
      newest_.insert_or_assign(number, std::pair(count_++, std::move(*entry)));
    }
  }
  [[nodiscard]] RecentFiles take() {
    using Event = evidence::FileEntry::Event;
    RecentFiles out;
    std::map<size_t, evidence::LedgerEntry> ended;
    std::map<size_t, evidence::LedgerEntry> lost;
    for (auto& [number, at] : newest_) {
      const Event event = std::get<evidence::FileEntry>(at.second.what).event;
      if (event == Event::kOpened)
        out.left_open.push_back(std::move(at.second));
      else if (at.first + kMostEnded >= count_)
        (event == Event::kLost ? lost : ended).emplace(at.first, std::move(at.second));
    }
    for (auto& [at, entry] : ended) out.ended.push_back(std::move(entry));
    for (auto& [at, entry] : lost) out.lost.push_back(std::move(entry));
    out.deleted.assign(std::make_move_iterator(deleted_.begin()),
                       std::make_move_iterator(deleted_.end()));
    out.named = std::move(named_);
    out.cut_short = std::move(cut_short_);
    return out;
  }

 private:
  void note_service(const evidence::LedgerEntry& entry) {
    if (is_start(entry) && word_ && !stopped_) {
      if (cut_short_.size() == kMostCutShort) cut_short_.erase(cut_short_.begin());
      cut_short_.push_back({*word_, entry.written});
    }
    if (const auto* service = std::get_if<evidence::ServiceEntry>(&entry.what))
      stopped_ = service->event == evidence::ServiceEntry::Event::kStopped;
    word_ = entry.written;
  }

  using FileNumber = std::pair<std::string, uint32_t>;  // run, number of the file in it
  std::map<FileNumber, std::pair<size_t, evidence::LedgerEntry>> newest_;
  std::set<FileNumber> named_;
  std::deque<evidence::LedgerEntry> deleted_;
  std::vector<RecentFiles::CutShort> cut_short_;
  std::optional<WallTime> word_;
  bool stopped_ = false;
  size_t count_ = 0;
};

uint64_t hold_id(const Hold& hold) {
  const evidence::LedgerEntry entry = hold_entry(evidence::HoldEntry::Event::kPlaced, hold);
  return std::get<evidence::HoldEntry>(entry.what).id;
}

}  // namespace

namespace {

struct Newest {
  std::vector<Bytes> contents;  // oldest first
  bool all = true;              // of the ledger
};

Result<Newest> read_newest(fs::FileSystem& files, const std::string& folder) {
  VEDETTE_ASSIGN(const auto paths, ledger_files(files, folder));
  Newest newest;
  size_t bytes = 0;
  for (auto path = paths.rbegin(); path != paths.rend(); ++path) {
    const size_t count = newest.contents.size();
    if (count >= kNewestFiles && (bytes >= kLedgerFileBytes || count >= kMostFiles)) break;
    VEDETTE_ASSIGN(Bytes content, fs::read_all(files, *path, kMaxLedgerFileBytes));
    bytes += content.size();
    newest.contents.push_back(std::move(content));
  }
  newest.all = newest.contents.size() == paths.size();
  std::reverse(newest.contents.begin(), newest.contents.end());
  return newest;
}

}  // namespace

Result<RecentLedger> read_recent_ledger(fs::FileSystem& files, const std::string& folder) {
  VEDETTE_ASSIGN(const Newest newest, read_newest(files, folder));
  RecentLedger out;
  std::optional<WallTime> word;
  for (const Bytes& content : newest.contents) read_file(content, out, word);
  if (!newest.all && word) out.from = out.earliest;
  return out;
}

Result<RecentFiles> recent_files(fs::FileSystem& files, const std::string& folder) {
  VEDETTE_ASSIGN(const Newest newest, read_newest(files, folder));
  FileEntries entries;
  for (const Bytes& content : newest.contents) entries.read(content);
  return entries.take();
}

Result<std::vector<Gap>> gaps_no_ledger_knows(const Catalog& catalog,
                                              const std::vector<RecentLedger>& ledgers) {
  std::vector<Gap> missing;
  std::set<uint64_t> ended;
  std::optional<WallTime> since;
  for (const RecentLedger& ledger : ledgers) {
    if (ledger.last_word) since = std::min(since.value_or(*ledger.last_word), *ledger.last_word);
    for (const evidence::LedgerEntry& entry : ledger.entries) {
      const auto* gap = std::get_if<evidence::GapEntry>(&entry.what);
      if (gap != nullptr && gap->event == evidence::GapEntry::Event::kClosed) ended.insert(gap->id);
    }
  }
  if (!since) return missing;  // nobody was here before
  for (const RecentLedger& ledger : ledgers) since = std::min(*since, ledger.earliest);
  WallTime from = *since - kMargin;
  for (const RecentLedger& ledger : ledgers) from = std::max(from, ledger.from);
  VEDETTE_ASSIGN(std::vector<Gap> gaps, catalog.gaps("", from, {INT64_MAX / 2}));
  for (Gap& gap : gaps) {
    if (gap.end && ended.count(static_cast<uint64_t>(gap.id)) == 0)
      missing.push_back(std::move(gap));
  }
  return missing;
}

std::vector<evidence::LedgerEntry> holds_unknown_to(const RecentLedger& ledger,
                                                    const std::vector<Hold>& holds) {
  using Event = evidence::HoldEntry::Event;
  std::map<uint64_t, evidence::LedgerEntry> last;
  for (const evidence::LedgerEntry& entry : ledger.entries)
    if (const auto* hold = std::get_if<evidence::HoldEntry>(&entry.what)) last[hold->id] = entry;
  std::vector<evidence::LedgerEntry> missing;
  std::set<uint64_t> held;
  for (const Hold& hold : holds) {
    held.insert(hold_id(hold));
    const auto known = last.find(hold_id(hold));
    const bool placed = known != last.end() &&
                        std::get<evidence::HoldEntry>(known->second.what).event == Event::kPlaced;
    // What was placed before the entries that were read is in those that were not.
    const bool older = known == last.end() && hold.created_us < ledger.from.us;
    if (!placed && !older) missing.push_back(hold_entry(Event::kPlaced, hold));
  }
  for (auto& [id, entry] : last) {
    auto& hold = std::get<evidence::HoldEntry>(entry.what);
    if (hold.event == Event::kLifted || held.count(id) > 0) continue;
    hold.event = Event::kLifted;
    missing.push_back(std::move(entry));
  }
  return missing;
}

}  // namespace vedette::store
