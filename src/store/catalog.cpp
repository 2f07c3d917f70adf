// SPDX-License-Identifier: Apache-2.0
#include "store/catalog.h"

#include <cstdio>

#include <sys/stat.h>

#include "base/contain.h"
#include "base/log.h"
#include "store/catalog_db.h"
#include "store/catalog_readers.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(500);
constexpr Duration kRetry = std::chrono::seconds(10);

// "catalog.db" and what belongs to it get a name that says when.
std::string move_aside(const std::string& path, WallTime now) {
  std::string to = path + ".damaged-" + std::to_string(now.us / 1'000'000);
  for (const char* part : {"", "-wal", "-shm"})
    (void)std::rename((path + part).c_str(), (to + part).c_str());
  return to;
}

// 0 when there is none.
uint64_t inode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? uint64_t{info.st_ino} : 0;
}

}  // namespace

Catalog::Catalog(const Clock& clock, CatalogOptions options)
    : clock_(clock),
      options_(std::move(options)),
      live_(std::make_unique<LiveIndex>()),
      readers_(std::make_unique<Readers>(options_.path)) {}

std::unique_ptr<Catalog> Catalog::open(const Clock& clock, CatalogOptions options) {
  std::unique_ptr<Catalog> catalog(new Catalog(clock, std::move(options)));
  if (catalog->options_.read_only) return catalog;
  {
    MutexLock lock(catalog->writer_mutex_);
    catalog->reopen();
    // Ids begun without the database must not meet those in it when it can be opened at last.
    constexpr int64_t kFirst = int64_t{1} << 52;
    if (!catalog->db_) catalog->next_file_id_ = kFirst + (new_gap_id() & (kFirst - 1));
  }
  if (catalog->options_.threads)
    catalog->writer_ = std::jthread(
        [self = catalog.get()](const std::stop_token& stop) { self->run_writer(stop); });
  return catalog;
}

Catalog::~Catalog() {
  if (writer_.joinable()) {
    writer_.request_stop();
    writer_.join();
  }
  if (const auto written = flush(); !written)
    log::error("catalog", "not written at the end: {}", written.error().message());
}

void Catalog::reopen() {
  std::optional<Error> trouble;
  auto opened = CatalogDb::open(options_.path, options_.busy);
  if (!opened && opened.error().code == ErrorCode::kDataLoss) {
    const std::string aside = move_aside(options_.path, clock_.wall());
    trouble = make_error(ErrorCode::kDataLoss,
                         "the catalog was damaged and is now " + aside +
                             "; recording goes on, old recordings are not shown or cleaned until"
                             " `vedette fsck --rebuild`");
    log::error("catalog", "{}", trouble->what);
    opened = CatalogDb::open(options_.path, options_.busy);
  }
  if (!opened) {
    trouble = opened.error();
    trouble->what += "; recording goes on, the timeline shows only what is recorded from now on";
    log::error("catalog", "{}", trouble->message());
  } else {
    db_ = std::move(opened).value();
    inode_ = inode_of(options_.path);
    readers_->reset();
  }
  std::string generation;
  if (db_) {
    const auto read = guarded("catalog", [&]() -> Result<void> {
      generation = db_->generation();
      next_file_id_ = std::max(next_file_id_.load(), db_->max_file_id() + 1);
      return ok();
    });
    if (!read) trouble = read.error();
  }
  MutexLock lock(state_mutex_);
  problem_ = trouble;
  generation_ = generation;
}

void Catalog::run_writer(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::this_thread::sleep_for(kPoll);
    (void)contain("the catalog", [&] { write_due(); });
  }
}

void Catalog::step() { write_due(); }

void Catalog::write_due() {
  if (clock_.mono() < retry_at_) return;
  MutexLock lock(writer_mutex_);
  const auto written = write_pending(false);
  if (written) return;
  retry_at_ = clock_.mono() + kRetry;
  log::warn("catalog", "cannot write, trying again in 10 s: {}", written.error().message());
}

Result<void> Catalog::write_pending(bool all) {
  if (options_.read_only) return ok();
  // Somebody moved or deleted it: what is written there now nobody would ever read.
  if (db_ && inode_of(options_.path) != inode_) {
    log::error("catalog", "{} is gone; a new one is begun", options_.path);
    db_.reset();
    readers_->reset();
  }
  if (!db_) reopen();
  if (!db_) return make_error(ErrorCode::kUnavailable, "no database").with_context("catalog");
  const MonoTime now = clock_.mono();
  const LiveIndex::Changes changes = live_->changes(now, options_.progress, all);
  if (changes.empty() && !past_due_) return ok();
  auto written = db_->change([&](CatalogDb& db) {
    if (past_due_) write_past(db, changes.files);
    if (!changes.empty()) db.write(changes);
  });
  if (!written) {
    if (written.error().code == ErrorCode::kDataLoss) db_.reset();  // the next attempt moves it
    MutexLock lock(state_mutex_);
    problem_ = written.error();
    return written;
  }
  live_->written(changes, now);
  MutexLock lock(state_mutex_);
  if (problem_ && problem_->code != ErrorCode::kDataLoss) problem_.reset();
  return ok();
}

Result<void> Catalog::flush() {
  MutexLock lock(writer_mutex_);
  return write_pending(true);
}

void Catalog::put_gap(const Gap& gap) { live_->put_gap(gap); }

void Catalog::set_volume_root(const std::string& volume, const std::string& root) {
  MutexLock lock(state_mutex_);
  roots_[volume] = root;
}

std::string Catalog::root_of(const std::string& volume) const {
  MutexLock lock(state_mutex_);
  const auto it = roots_.find(volume);
  return it == roots_.end() ? std::string() : it->second;
}

std::optional<Error> Catalog::problem() const {
  MutexLock lock(state_mutex_);
  return problem_;
}

std::string Catalog::generation() const {
  MutexLock lock(state_mutex_);
  return generation_;
}

// What was recorded before comes first, since the gap `restart` begins at its end; what this
// process has said meanwhile comes after, for it is not over.
void Catalog::write_past(CatalogDb& db, const std::vector<LiveFile>& files) {
  LiveIndex::Changes past;
  past.urgent = true;
  for (const LiveFile& file : files)
    if (file.ref->start_us < past_due_->us) past.files.push_back(file);
  db.write(past);
  const std::vector<Gap> ended = db.close_past(*past_due_, options_.wanted);
  past_due_.reset();
  MutexLock lock(state_mutex_);
  past_gaps_.insert(past_gaps_.end(), ended.begin(), ended.end());
}

Result<void> Catalog::close_past(WallTime now) {
  MutexLock lock(writer_mutex_);
  const auto before = write_pending(true);
  past_due_ = now;
  return before ? write_pending(true) : before;
}

std::vector<Gap> Catalog::take_past_gaps() {
  MutexLock lock(state_mutex_);
  return std::exchange(past_gaps_, {});
}

}  // namespace vedette::store
