// SPDX-License-Identifier: Apache-2.0
// The cells of the timeline against what a look at every fragment gives.
#include <chrono>
#include <filesystem>
#include <random>

#include <gtest/gtest.h>

#include "base/id.h"
#include "store/activity_levels.h"
#include "store/catalog.h"
#include "store/live_index.h"
#include "store/synthetic.h"

namespace vedette::store {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kStart = 1'700'006'400 * kSecond;  // midnight of UTC

class ActivityTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-activity-" + random_id();
    std::filesystem::create_directory(dir_);
    open();
  }
  void TearDown() override {
    catalog_.reset();
    std::filesystem::remove_all(dir_);
  }
  void open() {
    catalog_.reset();
    catalog_ = Catalog::open(clock_, {.path = dir_ + "/catalog.db", .threads = false});
    catalog_->set_volume_root("disk", "/video");
  }
  /// Fragments of two seconds from `start_us` on, as active as `amounts` say.
  int64_t add(int64_t start_us, const std::vector<uint8_t>& amounts, bool close = true,
              StreamKind kind = StreamKind::kMain) {
    FileRef ref;
    ref.id = catalog_->new_file_id();
    ref.camera = "door";
    ref.kind = kind;
    ref.run = random_id(8);
    ref.volume = "disk";
    ref.root = "/video";
    ref.relative = "door/" + ref.run + ".mp4";
    ref.start_us = start_us;
    std::vector<FragmentEntry> entries;
    for (size_t i = 0; i < amounts.size(); ++i) {
      FragmentEntry entry;
      entry.offset = 5000 + i * 1000;
      entry.size = 900;
      entry.record_size = 100;
      entry.sequence = static_cast<uint32_t>(i);
      entry.start_us = start_us + static_cast<int64_t>(i) * 2 * kSecond;
      entry.duration = 180'000;
      entry.activity = amounts[i];
      entries.push_back(entry);
    }
    const int64_t id = ref.id;
    files_.push_back({entries, std::make_shared<const FileRef>(std::move(ref))});
    catalog_->live().open_file(files_.back().second);
    catalog_->live().commit(id, entries);
    if (close) catalog_->live().close_file(id, 100'000);
    return id;
  }
  [[nodiscard]] CameraTimeline view(int64_t from, int64_t to, size_t buckets) const {
    return catalog_->timeline({{"door"}, {from}, {to}, buckets}).value().front();
  }
  /// The same by looking at everything.
  [[nodiscard]] Bytes by_hand(int64_t from, int64_t to, size_t buckets) const {
    Bytes out(buckets);
    const int64_t length = (to - from) / static_cast<int64_t>(buckets);
    for (const auto& [entries, file] : files_) {
      for (const FragmentEntry& entry : entries) {
        for (size_t i = 0; i < buckets; ++i) {
          const int64_t start = from + static_cast<int64_t>(i) * length;
          if (entry.start_us < start + length && entry.start_us + 2 * kSecond > start)
            out[i] = std::max(out[i], entry.activity);
        }
      }
    }
    return out;
  }

  std::string dir_;
  FakeClock clock_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<std::pair<std::vector<FragmentEntry>, FileRefPtr>> files_;
};

TEST_F(ActivityTest, every_zoom_shows_what_a_look_at_every_fragment_shows) {
  std::mt19937_64 random(7);  // NOLINT: the same each time
  for (int file = 0; file < 60; ++file) {
    std::vector<uint8_t> amounts(static_cast<size_t>(1 + random() % 150));
    for (uint8_t& amount : amounts)
      amount = random() % 4 == 0 ? static_cast<uint8_t>(random() % 256) : uint8_t{1};
    const auto place = static_cast<int64_t>(random() % (3 * 24 * 60));
    add(kStart + place * 60 * kSecond + static_cast<int64_t>(random() % kSecond), amounts,
        file % 5 != 0);
  }
  struct Row {
    const char* name;
    int64_t from, to;
    size_t buckets;
  };
  const Row rows[] = {
      {"seconds, from the fragments", kStart + 6 * kHour, kStart + 7 * kHour, 3600},
      {"five seconds", kStart + 6 * kHour, kStart + 8 * kHour, 1440},
      {"ten seconds", kStart, kStart + 12 * kHour, 4320},
      {"minutes", kStart, kStart + kDay, 1440},
      {"quarters of an hour", kStart - kDay, kStart + 4 * kDay, 480},
      {"hours", kStart - kDay, kStart + 4 * kDay, 120},
      {"a quarter of a day", kStart - 5 * kDay, kStart + 5 * kDay, 40},
      {"days", kStart - 3 * kDay, kStart + 27 * kDay, 30},
  };
  for (int round = 0; round < 2; ++round) {
    for (const Row& row : rows)
      EXPECT_EQ(view(row.from, row.to, row.buckets).activity,
                by_hand(row.from, row.to, row.buckets))
          << row.name << (round == 0 ? " in memory" : " in the database");
    ASSERT_TRUE(catalog_->flush());
  }
}

TEST_F(ActivityTest, a_view_off_the_cells_is_right_to_within_one) {
  add(kStart + 30 * kSecond, {200});
  ASSERT_TRUE(catalog_->flush());
  const Bytes shown = view(kStart - 7 * kSecond, kStart + 593 * kSecond, 10).activity;
  ASSERT_EQ(shown.size(), 10U);
  EXPECT_EQ(shown[0], 200);
  EXPECT_EQ(*std::max_element(shown.begin() + 2, shown.end()), 0);
}

TEST_F(ActivityTest, a_busy_hour_is_told_from_one_with_a_moment_in_it) {
  // Two days of hours: by day something moves in every minute, by night once in the hour.
  for (int hour = 0; hour < 48; ++hour) {
    const bool day = hour % 24 >= 8 && hour % 24 < 20;
    for (int minute = 0; minute < 60; ++minute) {
      const uint8_t amount = day || minute == 17 ? uint8_t{200} : uint8_t{1};
      add(kStart + hour * kHour + minute * 60 * kSecond, {1, amount, 1}, hour % 7 != 0);
    }
    if (hour >= 44) continue;  // looked at in memory
    ASSERT_TRUE(catalog_->flush());
  }
  for (int round = 0; round < 2; ++round) {
    const auto shown =
        catalog_->timeline({{"door"}, {kStart}, {kStart + 2 * kDay}, 48}).value().front();
    ASSERT_EQ(shown.usual.size(), 48U);
    for (size_t hour = 0; hour < 48; ++hour) {
      const bool day = hour % 24 >= 8 && hour % 24 < 20;
      EXPECT_EQ(shown.activity[hour], 200) << hour;
      EXPECT_EQ(shown.usual[hour], day ? 200 : 5) << hour << ": (59 + 200) / 60, rounded up";
    }
    ASSERT_TRUE(catalog_->flush());
  }
}

TEST_F(ActivityTest, the_mean_is_of_whole_cells_that_are_known) {
  add(kStart, {100});                 // of its hour the only minute that is known
  add(kStart + kHour, {0, 0, 0, 0});  // recorded, not measured
  ASSERT_TRUE(catalog_->flush());
  const auto usual = [&](int64_t from, size_t buckets, int64_t length) {
    const TimelineQuery query{{"door"}, {from}, {from + length}, buckets};
    return catalog_->timeline(query).value().front().usual;
  };
  EXPECT_EQ(usual(kStart, 2, 2 * kHour), (Bytes{100, 0}));
  EXPECT_TRUE(usual(kStart, 2, 10 * kSecond).empty()) << "a bucket is a cell";
  EXPECT_TRUE(usual(kStart + 7, 2, 2 * kHour).empty()) << "off the cells";
  EXPECT_TRUE(usual(kStart, 7, 2 * kHour).empty()) << "no whole number of them";
}

TEST_F(ActivityTest, what_is_unknown_is_not_quiet) {
  add(kStart, {0, 0, 0, 1, 1, 1});
  EXPECT_EQ(view(kStart, kStart + 12 * kSecond, 6).activity, (Bytes{0, 0, 0, 1, 1, 1}));
  EXPECT_TRUE(view(kStart, kStart + 12 * kSecond, 0).activity.empty());
}

TEST_F(ActivityTest, survives_that_the_file_was_not_closed_when_the_process_ended) {
  add(kStart, {1, 90, 1}, false);
  ASSERT_TRUE(catalog_->flush());
  const auto open_files = [&] { return catalog_->open_files().value(); };
  open();
  ASSERT_EQ(open_files().size(), 1U);
  EXPECT_EQ(open_files()[0].fragments[1].activity, 90) << "recovery closes it from here";
}

TEST_F(ActivityTest, is_not_shown_where_the_recording_was_deleted_and_goes_with_the_last_of_it) {
  const int64_t old = add(kStart, {200, 200});
  add(kStart + 3 * kHour, {100, 100});
  ASSERT_TRUE(catalog_->flush());
  const auto file = catalog_->oldest_files("disk", "door", 1).value();
  ASSERT_TRUE(catalog_->tombstone({{file[0], DeletionReason::kMaxAge, false}}, {kStart + kDay}));
  EXPECT_EQ(view(kStart, kStart + 4 * kHour, 4).activity, (Bytes{0, 0, 0, 100}));
  ASSERT_TRUE(catalog_->revive({old}));
  EXPECT_EQ(view(kStart, kStart + 4 * kHour, 4).activity, (Bytes{200, 0, 0, 100}));
  ASSERT_TRUE(catalog_->tombstone({{file[0], DeletionReason::kMaxAge, false}}, {kStart + kDay}));
  ASSERT_TRUE(catalog_->forget({old}, {0}));
  EXPECT_EQ(view(kStart, kStart + 4 * kHour, 4).activity, (Bytes{0, 0, 0, 100}));
}

TEST_F(ActivityTest, a_clock_before_1970_or_a_wrong_duration_harms_nothing) {
  add(-3 * kSecond, {7, 9});
  FileRef ref;
  ref.id = catalog_->new_file_id();
  ref.camera = "door";
  ref.run = random_id(8);
  ref.volume = "disk";
  ref.start_us = kStart;
  FragmentEntry entry;
  entry.offset = 5000;
  entry.start_us = kStart;
  entry.duration = UINT32_MAX;
  entry.activity = 50;
  const int64_t id = ref.id;
  catalog_->live().open_file(std::make_shared<const FileRef>(std::move(ref)));
  catalog_->live().commit(id, std::span(&entry, 1));
  catalog_->live().close_file(id, 6000);
  ASSERT_TRUE(catalog_->flush());
  EXPECT_EQ(view(-60 * kSecond, 60 * kSecond, 2).activity, (Bytes{9, 9}));
  EXPECT_EQ(view(kStart, kStart + kHour, 4).activity[0], 50);
}

Gap gap(int64_t start_us, int64_t length_us, const char* cause) {
  return {new_gap_id(), "door", StreamKind::kMain, {start_us}, WallTime{start_us + length_us},
          cause,        "why",  {start_us}};
}

TEST_F(ActivityTest, short_gaps_of_a_bucket_are_told_as_one_and_long_ones_by_themselves) {
  for (int i = 0; i < 300; ++i)
    catalog_->put_gap(i == 299 ? gap(kStart + i * 10 * kSecond, 8 * kSecond, "stalled")
                               : gap(kStart + i * 10 * kSecond, (i % 5 + 1) * kSecond, "loss"));
  catalog_->put_gap(gap(kStart + 2 * kHour, 2 * kHour, "unreachable"));
  const auto all = view(kStart, kStart + kDay, 0).gaps;
  EXPECT_EQ(all.size(), 301U);
  for (int round = 0; round < 2; ++round) {
    const auto gaps = view(kStart, kStart + kDay, 24).gaps;
    ASSERT_EQ(gaps.size(), 2U);
    EXPECT_EQ(gaps[0].count, 300);
    EXPECT_EQ(gaps[0].gap.cause, "stalled") << "the longest of them";
    EXPECT_EQ(gaps[0].missing_us, 903 * kSecond);
    EXPECT_EQ(gaps[0].gap.start.us, kStart);
    EXPECT_EQ(gaps[0].gap.end->us, kStart + (299 * 10 + 8) * kSecond);
    EXPECT_EQ(gaps[1].count, 1);
    EXPECT_EQ(gaps[1].gap.cause, "unreachable");
    ASSERT_TRUE(catalog_->flush());
  }
}

TEST_F(ActivityTest, many_spans_are_told_no_finer_than_the_buckets) {
  for (int i = 0; i < 300; ++i) add(kStart + i * 60 * kSecond, {1, 1, 1, 1, 1});
  ASSERT_TRUE(catalog_->flush());
  EXPECT_EQ(view(kStart, kStart + 5 * kHour, 0).spans.size(), 300U);
  EXPECT_EQ(view(kStart, kStart + 5 * kHour, 18000).spans.size(), 300U);
  EXPECT_EQ(view(kStart, kStart + 5 * kHour, 300).spans.size(), 1U);
}

TEST_F(ActivityTest, few_spans_and_gaps_are_told_exactly_whatever_the_buckets) {
  for (int i = 0; i < 30; ++i) add(kStart + i * 60 * kSecond, {1, 1, 1, 1, 1});
  catalog_->put_gap(gap(kStart + 5 * kSecond, 40 * kSecond, "loss"));
  catalog_->put_gap(gap(kStart + 45 * kSecond, 15 * kSecond, "unreachable"));
  ASSERT_TRUE(catalog_->flush());
  EXPECT_EQ(view(kStart, kStart + kHour, 1).spans.size(), 30U);
  const auto gaps = view(kStart, kStart + kHour, 1).gaps;
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].gap.cause, "loss");
  EXPECT_EQ(gaps[1].gap.cause, "unreachable");
}

TEST_F(ActivityTest, thirty_days_of_64_cameras_take_milliseconds) {
  SyntheticSpec spec;
  spec.cameras = 8;
  spec.files = 8 * 288 * 5;
  spec.fragments_per_file = 30;  // of a second; gaps between the files
  spec.end = {kStart};
  ASSERT_TRUE(fill_synthetic(*catalog_, spec));
  TimelineQuery query{{}, {kStart - 30 * kDay}, {kStart}, 1000};
  for (int i = 0; i < 64; ++i) query.cameras.push_back("cam" + std::to_string(i % 8));
  const auto begin = std::chrono::steady_clock::now();
  const auto lines = catalog_->timeline(query);
  const auto took = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(lines->size(), 64U);
  RecordProperty("query_us", static_cast<int>(took / std::chrono::microseconds(1)));
  EXPECT_LT(took, std::chrono::seconds(1));  // generous: sanitizers run this too
}

}  // namespace
}  // namespace vedette::store
