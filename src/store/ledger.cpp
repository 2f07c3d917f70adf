// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/contain.h"
#include "base/log.h"
#include "evidence/torn_end.h"
#include "store/ledger_catch_up.h"
#include "store/ledger_files.h"
#include "store/volume.h"

namespace vedette::store {
namespace {

constexpr size_t kMaxQueued = 20'000;
constexpr Duration kSignEvery = std::chrono::seconds(10);
constexpr Duration kRetry = std::chrono::seconds(5);

bool is_service(const evidence::LedgerEntry& entry) {
  return std::holds_alternative<evidence::ServiceEntry>(entry.what);
}

Error thrown() {
  return make_error(ErrorCode::kInternal, "writing failed inside; the log says how");
}

// A process that ended after a failed sync leaves what the page cache shows and the disk may not
// hold; the kernel would call a sync of these clean pages a success. Written again they are dirty.
Result<void> write_tail_again(fs::FileSystem& files, const LedgerTail& tail, fs::File& file) {
  const uint64_t begin =
      tail.good_end - std::min<uint64_t>(tail.good_end, evidence::kMaxTornLedgerBytes);
  VEDETTE_ASSIGN(const auto source, files.open_read(tail.last_path));
  Bytes bytes(static_cast<size_t>(tail.good_end - begin));
  VEDETTE_ASSIGN(const size_t got, source->read_at(begin, bytes));
  if (got != bytes.size()) return make_error(ErrorCode::kDataLoss, "the ledger became shorter");
  const ByteSpan part = bytes;
  return file.write_at(begin, std::span(&part, 1));
}

}  // namespace

Ledger::Ledger(fs::FileSystem& files, const Clock& clock, const evidence::Signer* signer)
    : files_(files), clock_(clock), signer_(signer) {}

void Ledger::attach(Place place) {
  MutexLock lock(file_mutex_);
  if (place_.volume == place.volume && place_.root == place.root) return;
  place_ = std::move(place);
  end_.reset();
  file_.reset();
  given_up_.reset();
  MutexLock queue_lock(queue_mutex_);
  left_open_.clear();
  recently_ended_.clear();
  recently_lost_.clear();
  recently_deleted_.clear();
  left_open_known_ = false;
}

void Ledger::append(evidence::LedgerEntry entry) {
  entry.written = clock_.wall();
  const auto* gap = std::get_if<evidence::GapEntry>(&entry.what);
  bool let_go = false;
  {
    MutexLock lock(queue_mutex_);
    const auto id = gap == nullptr ? std::nullopt : std::optional(gap->id);
    const bool opens = id && gap->event == evidence::GapEntry::Event::kOpened;
    if (opens && open_gaps_.count(*id) > 0) return;
    // First, for it may throw: nothing is noted of what is not entered.
    queue_.push_back(std::move(entry));
    note_end(queue_.back());
    if (opens)
      open_gaps_.insert(*id);
    else if (id)
      open_gaps_.erase(*id);
    let_go = queue_.size() > kMaxQueued;
    // Not the start of the service: files that were open before would seem to be so still.
    const auto waiting = queue_.begin() + static_cast<ptrdiff_t>(writing_);
    if (let_go) queue_.erase(std::find_if_not(waiting, std::prev(queue_.end()), is_service));
  }
  if (let_go) log::error("ledger", "too many entries wait for the volume; the oldest is let go");
}

Result<void> Ledger::commit() {
  MutexLock lock(file_mutex_);
  return commit_locked(false, {});
}

void Ledger::try_soon() {
  MutexLock lock(file_mutex_);
  retry_at_ = clock_.mono();
}

Result<void> Ledger::commit_signed() {
  MutexLock lock(file_mutex_);
  return commit_locked(true, {});
}

Result<void> Ledger::commit_with(const GroupSync& sync) {
  bool called = false;
  const GroupSync once = [&] {
    called = true;
    return sync();
  };
  MutexLock lock(file_mutex_);
  auto done = commit_locked(false, once);
  if (!called) (void)sync();
  return done;
}

bool Ledger::due() const {
  MutexLock lock(queue_mutex_);
  if (!queue_.empty()) return true;
  return signer_ != nullptr && unsigned_since_ && clock_.mono() - *unsigned_since_ >= kSignEvery;
}

bool Ledger::left_open_known() const {
  MutexLock lock(queue_mutex_);
  return left_open_known_;
}

std::vector<evidence::LedgerEntry> Ledger::left_open() const {
  MutexLock lock(queue_mutex_);
  std::vector<evidence::LedgerEntry> files;
  for (const auto& [number, entry] : left_open_) files.push_back(entry);
  return files;
}

void Ledger::leave_open(evidence::LedgerEntry end) {
  const auto& file = std::get<evidence::FileEntry>(end.what).file;
  const FileNumber number{file.run, file.number};
  MutexLock lock(queue_mutex_);
  left_open_.insert_or_assign(number, std::move(end));
}

std::vector<evidence::LedgerEntry> Ledger::recently_ended() const {
  MutexLock lock(queue_mutex_);
  return recently_ended_;
}

std::vector<evidence::LedgerEntry> Ledger::recently_lost() const {
  MutexLock lock(queue_mutex_);
  return recently_lost_;
}

std::vector<evidence::LedgerEntry> Ledger::recently_deleted() const {
  MutexLock lock(queue_mutex_);
  return recently_deleted_;
}

bool Ledger::may_have_opened(const evidence::FileFacts& file) const {
  MutexLock lock(queue_mutex_);
  return std::none_of(queue_.begin(), queue_.end(), [&](const evidence::LedgerEntry& entry) {
    const auto* waits = std::get_if<evidence::FileEntry>(&entry.what);
    return waits != nullptr && waits->event == evidence::FileEntry::Event::kOpened &&
           waits->file.run == file.run && waits->file.number == file.number;
  });
}

void Ledger::set_recent_files(RecentFiles recent) {
  MutexLock lock(queue_mutex_);
  recently_ended_ = std::move(recent.ended);
  recently_lost_ = std::move(recent.lost);
  recently_deleted_ = std::move(recent.deleted);
  for (evidence::LedgerEntry& entry : recent.left_open) {
    const auto& file = std::get<evidence::FileEntry>(entry.what).file;
    const FileNumber number{file.run, file.number};
    left_open_.try_emplace(number, std::move(entry));
  }
  for (const evidence::LedgerEntry& entry : queue_) note_end(entry);
  left_open_known_ = true;
}

void Ledger::note_end(const evidence::LedgerEntry& entry) {
  const auto* file = std::get_if<evidence::FileEntry>(&entry.what);
  if (file != nullptr && file->event != evidence::FileEntry::Event::kOpened)
    left_open_.erase({file->file.run, file->file.number});
  if (const auto* gone = std::get_if<evidence::DeletionEntry>(&entry.what))
    left_open_.erase({gone->file.run, gone->file.number});
}

evidence::LedgerHead Ledger::head() const {
  MutexLock lock(queue_mutex_);
  return head_;
}

std::optional<Error> Ledger::problem() const {
  MutexLock lock(queue_mutex_);
  return problem_;
}

// They stay in the queue until they are on the medium, whatever throws in between.
std::vector<evidence::LedgerEntry> Ledger::begin_writing() {
  MutexLock lock(queue_mutex_);
  std::vector<evidence::LedgerEntry> entries(queue_.begin(), queue_.end());
  writing_ = entries.size();
  return entries;
}

void Ledger::end_writing(const Result<void>& done) {
  MutexLock lock(queue_mutex_);
  const auto end = queue_.begin() + static_cast<ptrdiff_t>(writing_);
  if (done) queue_.erase(queue_.begin(), end);
  writing_ = 0;
}

// What throws may have written a part.
Result<void> Ledger::write_or_give_up(Batch& batch, const GroupSync& sync) {
  Result<void> done;
  if (contain(place_.root, [&] { done = write(batch, sync); })) return done;
  give_up_file();
  return thrown();
}

Result<void> Ledger::commit_locked(bool sign, const GroupSync& sync) {
  if (place_.volume.empty())
    return make_error(ErrorCode::kUnavailable, "the volume of the ledger is missing");
  // A full disk may have room again at any moment, a broken one hardly.
  const auto trouble = problem();
  if (trouble && trouble->code != ErrorCode::kResourceExhausted && clock_.mono() < retry_at_)
    return *trouble;
  Result<void> done;
  const auto work = [&] {
    done = end_ ? ok() : open();
    if (!done) return;
    Batch batch = make_batch(begin_writing(), sign);
    if (!batch.bytes.empty()) done = write_or_give_up(batch, sync);
  };
  if (!contain(place_.root, work)) done = thrown();
  end_writing(done);
  if (!done) {
    retry_at_ = clock_.mono() + kRetry;
    if (!trouble)
      log::error("ledger", "volume={}: {}; nothing is deleted until it can be written", place_.root,
                 done.error().message());
  }
  MutexLock lock(queue_mutex_);
  problem_.reset();
  if (!done) {
    problem_ = make_error(done.error().code, "the ledger of " + place_.root +
                                                 " cannot be written: " + done.error().what);
    return *problem_;
  }
  head_ = {end_->sequence, end_->head};
  if (end_->checkpointer.pending() == 0) unsigned_since_.reset();
  if (end_->checkpointer.pending() > 0 && !unsigned_since_) unsigned_since_ = clock_.mono();
  return ok();
}

// An unplugged disk leaves an empty folder behind: nothing is written there.
Result<void> Ledger::check_volume() {
  VEDETTE_ASSIGN(const Bytes content,
                 fs::read_all(files_, fs::join(place_.root, kIdentityFile), 4096));
  VEDETTE_ASSIGN(const VolumeIdentity identity, parse_identity(as_text(content)));
  if (identity.id == place_.volume) return ok();
  return make_error(ErrorCode::kFailedPrecondition, place_.root + " is another volume now");
}

Result<void> Ledger::open() {
  VEDETTE_TRY(check_volume());
  const std::string folder = fs::join(place_.root, kLedgerFolder);
  VEDETTE_ASSIGN(LedgerTail tail, read_ledger_tail(files_, folder, place_.volume));
  if (!left_open_known()) {
    VEDETTE_ASSIGN(RecentFiles recent, recent_files(files_, folder));
    set_recent_files(std::move(recent));
  }
  VEDETTE_TRY(check_volume());  // pulled out meanwhile it would seem to have none
  evidence::Checkpoint about;
  about.site = place_.site;
  about.run = place_.volume;
  about.of_ledger = true;
  about.first_sequence = tail.unsigned_from;
  about.number = tail.checkpoints;
  about.previous = tail.last_checkpoint;
  End end{tail.next_sequence, tail.head, evidence::Checkpointer(about)};
  for (const evidence::Hash& hash : tail.unsigned_entries) end.checkpointer.add(hash);
  if (tail.damaged)
    log::error("ledger", "{} is damaged; it is continued in a new file", tail.last_path);
  const bool full = tail.good_end >= kLedgerFileBytes;
  if (!tail.last_path.empty() && !tail.damaged && (tail.torn || !full)) {
    VEDETTE_ASSIGN(auto file, files_.open_write(tail.last_path));
    if (tail.torn) VEDETTE_TRY(file->truncate(tail.good_end));
    VEDETTE_TRY(write_tail_again(files_, tail, *file));
    VEDETTE_TRY(file->sync_data());
    if (full) file.reset();
    file_ = std::move(file);
    path_ = tail.last_path;
    file_end_ = tail.good_end;
  }
  end_ = std::move(end);
  return ok();
}

Result<void> Ledger::new_file() {
  VEDETTE_TRY(check_volume());
  const std::string folder = fs::join(place_.root, kLedgerFolder);
  VEDETTE_TRY(files_.make_dirs(folder));
  path_ = fs::join(folder, ledger_file_name(end_->sequence));
  file_end_ = 0;
  VEDETTE_ASSIGN(file_, files_.create(path_));
  // So that a full disk can still be told what is deleted from it.
  (void)file_->allocate(0, kLedgerFileBytes + (kLedgerFileBytes >> 3));
  VEDETTE_TRY(files_.sync_dir(folder));
  return files_.sync_dir(place_.root);
}

Ledger::Batch Ledger::make_batch(const std::vector<evidence::LedgerEntry>& entries, bool sign) {
  Batch batch{{}, *end_};
  for (evidence::LedgerEntry entry : entries) {
    entry.site = place_.site;
    entry.volume = place_.volume;
    entry.sequence = batch.end.sequence;
    entry.previous = batch.end.head;
    const auto box = evidence::encode(entry);
    if (!box) {
      log::error("ledger", "an entry is left out: {}", box.error().message());
      continue;
    }
    batch.bytes.insert(batch.bytes.end(), box->begin(), box->end());
    batch.end.head = evidence::record_hash(*box);
    batch.end.checkpointer.add(batch.end.head);
    ++batch.end.sequence;
  }
  bool waited = false;
  {
    MutexLock lock(queue_mutex_);
    waited = unsigned_since_ && clock_.mono() - *unsigned_since_ >= kSignEvery;
  }
  const bool full = file_ != nullptr && file_end_ + batch.bytes.size() >= kLedgerFileBytes;
  if (sign || waited || full) add_checkpoint(batch);
  return batch;
}

void Ledger::add_checkpoint(Batch& batch) {
  if (signer_ == nullptr || batch.end.checkpointer.pending() == 0) return;
  evidence::Checkpointer::State state;
  state.now = clock_.wall();
  state.ledger = {batch.end.sequence, batch.end.head};
  const auto made = batch.end.checkpointer.make(*signer_, state);
  if (!made) return log::warn("ledger", "not signed now: {}", made.error().message());
  batch.bytes.insert(batch.bytes.end(), made->box.begin(), made->box.end());
  batch.end.checkpointer.written(*made);
}

Result<void> Ledger::write(Batch& batch, const GroupSync& sync) {
  if (!file_) {
    VEDETTE_TRY(cut_back());
    if (auto created = new_file(); !created) {
      give_up_file();
      return created;
    }
  }
  const ByteSpan part = batch.bytes;
  auto written = file_->write_at(file_end_, std::span(&part, 1));
  if (written) written = sync ? sync() : file_->sync_data();
  if (!written) {
    give_up_file();
    return written;
  }
  end_ = std::move(batch.end);
  file_end_ += batch.bytes.size();
  if (file_end_ >= kLedgerFileBytes) file_.reset();
  return ok();
}

// What was not synced is written again to a new file: the kernel may have dropped these pages and
// would call the next sync a success.
void Ledger::give_up_file() {
  if (!file_) return;
  given_up_ = GivenUp{std::move(path_), file_end_};
  file_.reset();
  (void)cut_back();
}

// Some of it may be on the medium all the same, and the next file begins with the same entries. A
// disk that refuses even this has no ledger until it does not: then nothing is deleted from it.
Result<void> Ledger::cut_back() {
  if (!given_up_) return ok();
  VEDETTE_TRY(check_volume());
  if (given_up_->good_end == 0) {
    const auto removed = files_.remove(given_up_->path);
    if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
    VEDETTE_TRY(files_.sync_dir(fs::parent_of(given_up_->path)));
  } else {
    VEDETTE_ASSIGN(const auto file, files_.open_write(given_up_->path));
    VEDETTE_TRY(file->truncate(given_up_->good_end));
    VEDETTE_TRY(file->sync_data());
  }
  given_up_.reset();
  return ok();
}

}  // namespace vedette::store
