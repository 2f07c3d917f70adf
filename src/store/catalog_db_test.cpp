// SPDX-License-Identifier: Apache-2.0
// What the database does with years of rows: work is counted in steps of SQLite's machine, so that
// no clock has a say.
#include "store/catalog_db.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/id.h"
#include "store/catalog_rows.h"

namespace vedette::store {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDay = 86'400 * kSecond;
constexpr int64_t kNow = 1'700'000'000 * kSecond;

class CatalogDbTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-catalog-db-" + random_id();
    std::filesystem::create_directory(dir_);
    db_ = CatalogDb::open(dir_ + "/catalog.db", std::chrono::seconds(1)).value();
  }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(dir_);
  }
  // Thousands of steps that `work` takes.
  template <typename Work>
  int64_t thousands(Work&& work) {
    int64_t count = 0;
    sqlite3_progress_handler(
        db_->raw().getHandle(), 1000,
        [](void* counter) {
          ++*static_cast<int64_t*>(counter);
          return 0;
        },
        &count);
    work();
    sqlite3_progress_handler(db_->raw().getHandle(), 0, nullptr, nullptr);
    return count;
  }
  // `count` runs of a minute, each after a gap of ten seconds.
  void add_flapping(const std::string& camera, int count) {
    SQLite::Transaction transaction(db_->raw());
    SQLite::Statement run(db_->raw(), "INSERT INTO run VALUES(?,?,0,?,?)");
    SQLite::Statement gap(db_->raw(),
                          "INSERT INTO gap VALUES(NULL,?,0,?,?,'unreachable','',0,NULL)");
    for (int i = 0; i < count; ++i) {
      const int64_t start = kNow - (count - i) * 70 * kSecond;
      run.bind(1, camera + std::to_string(i));
      run.bind(2, camera);
      run.bind(3, start);
      run.bind(4, start + 60 * kSecond);
      run.exec();
      run.reset();
      gap.bind(1, camera);
      gap.bind(2, start + 60 * kSecond);
      gap.bind(3, start + 70 * kSecond);
      gap.exec();
      gap.reset();
    }
    transaction.commit();
  }
  void add_deletion(int64_t file, const std::string& camera, int64_t start, int64_t at) {
    SQLite::Statement row(
        db_->raw(), "INSERT INTO deletion VALUES(?,?,0,?,?,100,'disk','x.mp4','max_age',0,?)");
    row.bind(1, file);
    row.bind(2, camera);
    row.bind(3, start);
    row.bind(4, start + 300 * kSecond);
    row.bind(5, at);
    row.exec();
  }
  [[nodiscard]] std::string plan_of(const std::string& sql) {
    SQLite::Statement rows(db_->raw(), "EXPLAIN QUERY PLAN " + sql);
    std::string plan;
    while (rows.executeStep()) plan += rows.getColumn(3).getString() + "\n";
    return plan;
  }
  [[nodiscard]] int64_t count(const std::string& what) {
    return db_->raw().execAndGet("SELECT count(*) FROM " + what).getInt64();
  }

  std::string dir_;
  std::unique_ptr<CatalogDb> db_;
};

// Before the cameras are started: a month of reconnects must not take minutes.
TEST_F(CatalogDbTest, the_past_is_closed_in_steps_that_grow_with_the_runs_and_not_their_square) {
  add_flapping("door", 2000);
  add_flapping("yard", 2000);
  std::vector<Gap> ended;
  const int64_t steps = thousands([&] { ended = db_->close_past({kNow + 5 * kSecond}, {}); });
  EXPECT_LT(steps, 500);
  ASSERT_EQ(ended.size(), 2U);  // each stream's end to now
  EXPECT_EQ(ended[0].cause, "restart");
}

TEST_F(CatalogDbTest, of_a_camera_that_was_removed_nothing_is_missing) {
  add_flapping("door", 2);
  add_flapping("gone", 2);
  Wanted wanted;
  wanted.at_all = [](const std::string& camera, StreamKind /*kind*/) { return camera == "door"; };
  const std::vector<Gap> ended = db_->close_past({kNow + 5 * kSecond}, wanted);
  for (const Gap& gap : ended) EXPECT_EQ(gap.camera, "door") << gap.cause << gap.start.us - kNow;
  EXPECT_EQ(ended.size(), 1U);
}

TEST_F(CatalogDbTest, what_a_power_cut_left_between_the_newest_runs_is_explained) {
  add_flapping("door", 100);
  // The gaps before the newest and before the third newest run did not reach the database.
  db_->raw().exec("DELETE FROM gap WHERE id IN (97, 99, 100)");
  const std::vector<Gap> ended = db_->close_past({kNow}, {});
  std::vector<int64_t> unknown;
  for (const Gap& gap : ended)
    if (gap.cause == "unknown") unknown.push_back(gap.start.us - kNow);
  EXPECT_EQ(unknown, (std::vector<int64_t>{-220 * kSecond, -80 * kSecond}));
}

TEST_F(CatalogDbTest, deletions_are_found_by_an_index) {
  for (const char* sql : {kDeletionsOfCamera, kDeletionsOfAll}) {
    const std::string plan = plan_of(sql);
    EXPECT_NE(plan.find("SEARCH deletion USING INDEX deletion_by_start (camera=? AND start_us>?"),
              std::string::npos)
        << plan;
    EXPECT_EQ(plan.find("SCAN deletion"), std::string::npos) << plan;
  }
}

TEST_F(CatalogDbTest, the_table_of_deletions_does_not_grow_for_ever) {
  SQLite::Transaction transaction(db_->raw());
  for (int64_t i = 1; i <= 5000; ++i)
    add_deletion(i, i % 2 == 0 ? "door" : "yard", kNow - 100 * kDay + i, kNow - 50 * kDay + i);
  for (int64_t i = 5001; i <= 6000; ++i) add_deletion(i, "door", kNow - 50 * kDay, kNow - i);
  transaction.commit();
  const WallTime before{kNow - 31 * kDay};
  const int64_t steps = thousands([&] { db_->forget({}, before); });
  EXPECT_LT(steps, 200);
  EXPECT_EQ(count("deletion"), 5000);  // some at a time
  for (int i = 0; i < 10; ++i) db_->forget({}, before);
  EXPECT_EQ(count("deletion"), 1000);
  EXPECT_EQ(db_->max_file_id(), 6000);
}

TEST_F(CatalogDbTest, an_id_that_was_deleted_is_never_given_again) {
  add_deletion(7, "door", kNow - 100 * kDay, kNow - 90 * kDay);
  db_->forget({}, {kNow});
  EXPECT_EQ(db_->max_file_id(), 7);
}

// The ledger alone knows what was there: a rebuilt catalog must not call it lost.
TEST_F(CatalogDbTest, a_deletion_that_is_listed_no_longer_is_no_hole) {
  const auto run = [&](const std::string& id, const std::string& camera, int64_t start) {
    db_->raw().exec("INSERT INTO run VALUES('" + id + "','" + camera + "',0," +
                    std::to_string(start) + "," + std::to_string(start + 300 * kSecond) + ")");
  };
  const int64_t old = kNow - 90 * kDay;
  run("0000000000000001", "door", old);  // kept by a hold
  add_deletion(1, "door", old + 300 * kSecond, kNow - 40 * kDay);
  run("0000000000000002", "door", old + 600 * kSecond);
  run("0000000000000003", "door", old + 1200 * kSecond);
  // Another camera lost what the first had deleted.
  run("0000000000000004", "yard", old);
  run("0000000000000005", "yard", old + 600 * kSecond);
  add_deletion(2, "door", kNow - 10 * kDay, kNow);
  EXPECT_EQ(db_->explain_holes({kNow}), 3);
  db_->forget({}, {kNow - 31 * kDay});
  ASSERT_EQ(count("deletion"), 1);
  EXPECT_EQ(db_->explain_holes({kNow}), 0);  // the same holes are the same gaps
  EXPECT_EQ(count("gap"), 3);
}

// Catalogs of before this index get it without a new version: older programs still open them.
TEST_F(CatalogDbTest, a_catalog_of_before_gets_the_index_it_lacks) {
  db_->raw().exec("DROP INDEX deletion_by_age");
  db_.reset();
  db_ = CatalogDb::open(dir_ + "/catalog.db", std::chrono::seconds(1)).value();
  EXPECT_EQ(count("sqlite_master WHERE name='deletion_by_age'"), 1);
}

}  // namespace
}  // namespace vedette::store
