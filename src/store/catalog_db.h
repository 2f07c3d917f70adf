// SPDX-License-Identifier: Apache-2.0
// The writing side of catalog.db: schema, one connection, prepared statements. Confined to whoever
// holds the catalog's writer lock. Functions throw SQLite::Exception; callers run them in
// guarded().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "store/catalog.h"
#include "store/live_index.h"
#include "store/sqlite.h"

namespace vedette::store {

/// file.state
enum class FileState : int { kOpen = 0, kClosed = 1, kDeleted = 2 };

class CatalogDb {
 public:
  /// Opens or creates and migrates. kDataLoss when damaged, kUnsupported when newer than this
  /// program.
  [[nodiscard]] static Result<std::unique_ptr<CatalogDb>> open(const std::string& path,
                                                               Duration busy);

  /// The way to every change below: `work(*this)`, after what an earlier failure left in doubt is
  /// settled. When a sync of the log fails, the kernel may have dropped its pages and calls the
  /// next sync a success: a power cut would then take that transaction and all after it, deletions
  /// that were called durable among them. So the log is copied into the database and begun anew
  /// before anything else is written; likewise one that was there at the start, for a kill leaves
  /// the same.
  template <typename Work>
  [[nodiscard]] Result<void> change(Work&& work) {
    const auto guarded_work = [&] {
      const AtRest at_rest{*this};
      return guarded("catalog", [&]() -> Result<void> {
        if (!log_trusted_) settle_log();
        work(*this);
        return ok();
      });
    };
    const auto done = guarded_work();
    if (done) {
      shorten_log();
    } else if (done.error().code != ErrorCode::kTimeout) {
      log_trusted_ = false;
    }
    return done;
  }

  [[nodiscard]] std::string generation();
  [[nodiscard]] int64_t max_file_id();
  void write(const LiveIndex::Changes& changes);  ///< one transaction
  // These are on the medium when they return: catalog_deletions.cpp.
  /// Those that were marked: closed files that nobody had marked before.
  std::vector<int64_t> tombstone(const std::vector<Deletion>& deletions, WallTime now);
  void revive(const std::vector<int64_t>& file_ids);
  void forget(const std::vector<int64_t>& file_ids, WallTime deleted_before);
  [[nodiscard]] int64_t volume_epoch(const std::string& volume);
  void set_volume_epoch(const std::string& volume, int64_t epoch);

  /// Ends the gaps that the last process left open, and adds one for all that nobody recorded
  /// since. Returns both: catalog_past.cpp.
  [[nodiscard]] std::vector<Gap> close_past(WallTime now, const Wanted& wanted);
  // fsck: catalog_check.cpp.
  void drop_rows(const std::vector<StoredFile>& files);
  int explain_holes(WallTime now);
  [[nodiscard]] SQLite::Database& raw() { return db_; }

 private:
  CatalogDb(const std::string& path, Duration busy);
  [[nodiscard]] Result<void> migrate();
  void create_tables(int found);
  void settle_log();
  void shorten_log();
  /// A kept statement that failed, or has rows left, would lock the log against being settled.
  void rest();
  struct AtRest {  // whatever is thrown
    CatalogDb& db;
    ~AtRest() { db.rest(); }
  };
  void prune_deletions(WallTime deleted_before);
  /// By camera and kind: what was recorded before then may have been deleted without being listed.
  [[nodiscard]] std::map<std::pair<std::string, int>, int64_t> deletions_known_from();
  void mend_runs(const std::set<std::string>& runs);
  void write_file(const LiveFile& file);
  void write_gap(const Gap& gap);
  // catalog_activity.cpp; streams: camera and kind.
  void write_activity(const LiveFile& file);
  void prune_activity(const std::set<std::pair<std::string, int>>& streams);
  void explain_recent_holes(WallTime now, const Wanted& wanted, std::vector<Gap>& told);
  [[nodiscard]] std::map<std::pair<std::string, StreamKind>, std::vector<Span>> recent_runs();
  [[nodiscard]] std::vector<Span> gaps_since(const std::string& camera, const Span& range);
  SQLite::Statement& statement(const char* sql);
  /// Each with `id` in place of its one parameter.
  template <typename Id>
  void exec_each(std::initializer_list<const char*> statements, const Id& id) {
    for (const char* sql : statements) {
      SQLite::Statement& each = statement(sql);
      each.bind(1, id);
      each.exec();
    }
  }

  SQLite::Database db_;
  bool log_trusted_ = false;
  int log_pages_ = 0;  // after the last transaction
  // Keyed by the address of the literal: each is prepared once.
  std::map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
};

}  // namespace vedette::store
