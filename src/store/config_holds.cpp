// SPDX-License-Identifier: Apache-2.0
// Holds and limits of retention: the part of config.db that says what may be deleted.
#include "base/id.h"
#include "base/utf8.h"
#include "store/config_store.h"
#include "store/sqlite.h"

namespace vedette::store {
namespace {

constexpr size_t kMaxReason = 500;
constexpr size_t kMaxWho = 100;

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

Hold hold_of(SQLite::Statement& row) {
  Hold hold;
  hold.id = row.getColumn(0).getString();
  hold.camera = row.getColumn(1).getString();
  hold.from = {row.getColumn(2).getInt64()};
  hold.to = {row.getColumn(3).getInt64()};
  hold.reason = row.getColumn(4).getString();
  hold.who = row.getColumn(5).getString();
  hold.created_us = row.getColumn(6).getInt64();
  return hold;
}

constexpr const char* kHoldColumns = "id, camera, from_us, to_us, reason, who, created_us";

}  // namespace

Result<void> check_retention(const Retention& retention) {
  const auto positive = [](const std::optional<int64_t>& limit) { return limit.value_or(1) > 0; };
  if (!positive(retention.max_age_us) || !positive(retention.max_bytes) ||
      !positive(retention.min_age_us) || !positive(retention.min_bytes))
    return bad("retention: a limit must be more than 0");
  const auto above = [](const std::optional<int64_t>& least, const std::optional<int64_t>& most) {
    return least && most && *least > *most;
  };
  if (above(retention.min_age_us, retention.max_age_us))
    return bad("retention: keep at least (min_age_us) must not be longer than keep at most");
  if (above(retention.min_bytes, retention.max_bytes))
    return bad("retention: keep at least (min_bytes) must not be more than keep at most");
  return ok();
}

Result<void> check_hold(const Hold& hold) {
  VEDETTE_TRY(check_id(hold.camera));
  if (hold.from.us < 0 || hold.from >= hold.to) return bad("a hold must end later than it begins");
  if (hold.reason.empty() || utf8_length(hold.reason) > kMaxReason)
    return bad("say why in the hold's reason, in 1 to 500 letters");
  if (hold.who.empty() || utf8_length(hold.who) > kMaxWho)
    return bad("say who places the hold, in 1 to 100 letters");
  return ok();
}

Result<std::vector<Hold>> ConfigStore::holds() const {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<std::vector<Hold>> {
    std::vector<Hold> all;
    SQLite::Statement query(
        *db_, std::string("SELECT ") + kHoldColumns + " FROM hold ORDER BY created_us, id");
    while (query.executeStep()) all.push_back(hold_of(query));
    return all;
  });
}

Result<void> ConfigStore::add_hold(const Hold& hold) {
  VEDETTE_TRY(check_hold(hold));
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<void> {
    SQLite::Statement insert(
        *db_, std::string("INSERT INTO hold(") + kHoldColumns + ") VALUES(?,?,?,?,?,?,?)");
    insert.bind(1, hold.id);
    insert.bind(2, hold.camera);
    insert.bind(3, hold.from.us);
    insert.bind(4, hold.to.us);
    insert.bind(5, hold.reason);
    insert.bind(6, hold.who);
    insert.bind(7, hold.created_us);
    insert.exec();
    return ok();
  });
}

Result<Hold> ConfigStore::remove_hold(const std::string& id) {
  MutexLock lock(mutex_);
  return guarded("config", [&]() -> Result<Hold> {
    SQLite::Statement query(*db_, std::string("SELECT ") + kHoldColumns + " FROM hold WHERE id=?");
    query.bind(1, id);
    if (!query.executeStep())
      return make_error(ErrorCode::kNotFound,
                        "there is no hold " + id + "; list them with: vedette hold list");
    Hold hold = hold_of(query);
    query.reset();
    SQLite::Statement remove(*db_, "DELETE FROM hold WHERE id=?");
    remove.bind(1, id);
    remove.exec();
    return hold;
  });
}

}  // namespace vedette::store
