// SPDX-License-Identifier: Apache-2.0
#include "store/fsck.h"

#include <filesystem>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "store/fsck_job.h"
#include "store/live_index.h"
#include "store/recovery.h"
#include "store/stopped_archive.h"
#include "store/synthetic.h"

namespace vedette::store {
namespace {

constexpr const char* kRoot = "/video";

/// Everything the catalog says of recordings, to compare one catalog with another.
struct Contents {
  std::vector<std::pair<std::string, FragmentEntry>> fragments;  // path, entry
  std::vector<Span> spans;
  std::vector<Bytes> activity;  // by hour, of each camera
  friend bool operator==(const Contents&, const Contents&) = default;
};

void PrintTo(const Contents& contents, std::ostream* out) {
  for (const auto& [path, entry] : contents.fragments)
    *out << path << " " << entry.sequence << " at " << entry.offset << " " << entry.record_size
         << "+" << entry.size << " moof " << entry.moof_size << " start " << entry.start_us
         << " media " << entry.media_time << "+" << entry.duration << entry.random_access << "\n";
  for (const Span& span : contents.spans) *out << span.start.us << ".." << span.end.us << "\n";
}

// Two cameras with real recording files on a disk in memory; a server may be running on it.
class FsckTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = testing::TempDir() + "vedette-fsck-" + random_id();
    std::filesystem::create_directory(dir_);
    config_ = ConfigStore::open(dir_ + "/config.db").value();
    clock_.advance(std::chrono::hours(1));
    open();
  }
  void TearDown() override {
    archive_.reset();
    catalog_.reset();
    std::filesystem::remove_all(dir_);
  }
  void open() {
    archive_.reset();
    catalog_.reset();
    CatalogOptions catalog_options;
    catalog_options.path = dir_ + "/catalog.db";
    catalog_options.threads = false;
    catalog_options.busy = std::chrono::milliseconds(20);
    catalog_ = Catalog::open(clock_, catalog_options);
    ArchiveOptions options;
    options.volumes = {{kRoot, std::nullopt, std::nullopt}};
    options.threads = false;
    archive_ = Archive::open(parts(), options).value();
  }
  [[nodiscard]] ArchiveParts parts() { return {files_, clock_, *config_, *catalog_}; }
  void lose_catalog() {
    archive_.reset();
    catalog_.reset();
    for (const char* part : {"", "-wal", "-shm"})
      std::filesystem::remove(dir_ + "/catalog.db" + part);
    open();
  }
  void fill(ArchiveSpec spec = {}) {
    spec.end = clock_.wall();
    const Volume volume = Volume::identify(files_, *config_, kRoot, catalog_->generation()).value();
    ASSERT_TRUE(fill_archive(parts(), volume, spec));
  }
  FsckReport check(FsckOptions options = {}) { return archive_->check(options, {}); }
  FsckReport rebuild() { return check({.rebuild = true}); }
  [[nodiscard]] Contents contents() const {
    Contents all;
    for (const char* camera : {"cam0", "cam1"}) {
      const auto found = catalog_->fragments({camera, StreamKind::kMain, {0}, {INT64_MAX}}).value();
      for (const FragmentRef& ref : found)
        all.fragments.emplace_back(ref.file->relative, ref.entry);
      const auto spans = catalog_->spans(camera, {0}, {INT64_MAX}).value();
      all.spans.insert(all.spans.end(), spans.begin(), spans.end());
      const WallTime day = clock_.wall() - std::chrono::hours(24);
      const auto lines = catalog_->timeline({{camera}, day, clock_.wall(), 24 * 60}).value();
      all.activity.push_back(lines.front().activity);
    }
    return all;
  }
  [[nodiscard]] std::vector<std::string> recordings() const {
    std::vector<std::string> all;
    for (const std::string& path : files_.all_files())
      if (path.ends_with(".mp4")) all.push_back(path);
    return all;
  }
  void write(const std::string& path, ByteSpan bytes, uint64_t at = 0) {
    ASSERT_TRUE(files_.make_dirs(fs::parent_of(path)));
    auto file = files_.exists(path) ? files_.open_write(path) : files_.create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->write_at(at, std::span(&bytes, 1)));
  }
  void copy(const std::string& from, const std::string& to) { write(to, files_.content(from)); }
  // The n-th fragment of a file, by the catalog.
  [[nodiscard]] FragmentEntry entry(const std::string& path, size_t n) const {
    std::vector<FragmentEntry> of_file;
    for (const auto& [relative, entry] : contents().fragments)
      if (path == fs::join(kRoot, relative)) of_file.push_back(entry);
    return of_file.at(n);
  }
  static std::vector<std::string> kinds(const FsckReport& report) {
    std::vector<std::string> names;
    for (const Finding& finding : report.findings) names.emplace_back(to_string(finding.kind));
    return names;
  }
  using Names = std::vector<std::string>;

  std::string dir_;
  FakeClock clock_;
  fs::FakeFileSystem files_;
  std::unique_ptr<ConfigStore> config_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Archive> archive_;
};

TEST_F(FsckTest, nothing_is_wrong_with_what_was_just_recorded) {
  fill();
  const FsckReport report = check();
  EXPECT_EQ(kinds(report), Names{});
  EXPECT_EQ(report.files, 10U);
  EXPECT_EQ(report.fragments, 300U);
  EXPECT_GT(report.hashed_bytes, 0U);
  EXPECT_EQ(check({.quick = true}).hashed_bytes, 0U);
}

TEST_F(FsckTest, a_rebuilt_catalog_is_the_one_that_was_deleted) {
  fill();
  const Contents before = contents();
  ASSERT_EQ(before.fragments.size(), 300U);
  lose_catalog();
  EXPECT_TRUE(contents().fragments.empty());
  EXPECT_EQ(kinds(check())[0], "other_catalog");
  EXPECT_EQ(check().count(FindingKind::kUnlistedFile), 10U);
  const FsckReport report = rebuild();
  EXPECT_EQ(kinds(report), Names{});
  EXPECT_EQ(report.restored_fragments, 300U);
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(kinds(check()), Names{});
  EXPECT_EQ(rebuild().restored_files, 0U);
}

TEST_F(FsckTest, retention_is_off_without_the_catalog_and_on_after_the_rebuild) {
  fill();
  lose_catalog();
  Camera camera{.id = "cam0", .name = "Zero", .main_url = "rtsp://camera/main"};
  camera.retention.max_age_us = 1;
  ASSERT_TRUE(config_->add_camera(camera));
  clock_.advance(std::chrono::hours(48));
  archive_->clean();
  ASSERT_TRUE(archive_->volumes()[0].cleaning_off);
  EXPECT_NE(archive_->volumes()[0].cleaning_off->what.find("fsck --rebuild"), std::string::npos);
  EXPECT_EQ(recordings().size(), 10U);
  const int64_t used = archive_->volumes()[0].used_bytes;
  (void)rebuild();
  EXPECT_FALSE(archive_->volumes()[0].cleaning_off);
  EXPECT_GT(archive_->volumes()[0].used_bytes, used);
  archive_->clean();
  EXPECT_EQ(recordings().size(), 5U);
}

TEST_F(FsckTest, a_catalog_moved_away_while_it_is_used_is_begun_anew_and_rebuilt) {
  fill();
  const Contents before = contents();
  const std::string generation = catalog_->generation();
  std::filesystem::rename(dir_ + "/catalog.db", dir_ + "/elsewhere.db");
  ASSERT_TRUE(catalog_->flush());
  EXPECT_NE(catalog_->generation(), generation);
  EXPECT_TRUE(contents().fragments.empty());
  archive_->clean();
  EXPECT_TRUE(archive_->volumes()[0].cleaning_off);
  EXPECT_EQ(rebuild().restored_files, 10U);
  EXPECT_EQ(contents(), before);
  EXPECT_FALSE(archive_->volumes()[0].cleaning_off);
}

TEST_F(FsckTest, gaps_come_back_from_the_ledger) {
  fill();
  const WallTime now = clock_.wall();
  const Gap ended{new_gap_id(),
                  "cam0",
                  StreamKind::kMain,
                  now - std::chrono::hours(3),
                  now - std::chrono::hours(2),
                  "unreachable",
                  "No route.",
                  now,
                  {}};
  Gap open = ended;
  open.id = new_gap_id();
  open.camera = "cam1";
  open.end.reset();
  archive_->put_gap(ended);
  archive_->put_gap(open);
  clock_.advance(std::chrono::seconds(5));
  archive_->step();  // the ledger is written with the next sync
  clock_.advance(std::chrono::seconds(5));
  lose_catalog();
  EXPECT_TRUE(catalog_->gaps("cam0", {0}, {INT64_MAX})->empty());
  EXPECT_GE(rebuild().restored_gaps, 2U);
  const auto found = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0], ended);
  const auto other = catalog_->gaps("cam1", {0}, {INT64_MAX}).value();
  ASSERT_FALSE(other.empty());
  EXPECT_EQ(other[0].id, open.id);
  EXPECT_TRUE(other[0].end) << "it ended at the latest when the recorder was started again";
}

TEST_F(FsckTest, so_does_what_a_start_ended) {
  fill();
  clock_.advance(std::chrono::seconds(100));
  open();
  const auto before = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].cause, "restart");
  clock_.advance(std::chrono::seconds(5));
  archive_->step();
  lose_catalog();
  EXPECT_GE(rebuild().restored_gaps, 1U);
  EXPECT_EQ(catalog_->gaps("cam0", {0}, {INT64_MAX})->at(0), before[0]);
}

TEST_F(FsckTest, also_where_the_catalog_could_not_be_written_at_the_start) {
  fill();
  clock_.advance(std::chrono::seconds(100));
  archive_.reset();
  {
    SQLite::Database other(dir_ + "/catalog.db", SQLite::OPEN_READWRITE);
    SQLite::Transaction holds(other, SQLite::TransactionBehavior::IMMEDIATE);
    open();
    EXPECT_TRUE(catalog_->gaps("cam0", {0}, {INT64_MAX})->empty());
  }
  ASSERT_TRUE(catalog_->flush());
  const auto before = catalog_->gaps("cam0", {0}, {INT64_MAX}).value();
  ASSERT_EQ(before.size(), 1U);
  archive_->clean();
  clock_.advance(std::chrono::seconds(5));
  archive_->step();
  lose_catalog();
  EXPECT_GE(rebuild().restored_gaps, 1U);
  EXPECT_EQ(catalog_->gaps("cam0", {0}, {INT64_MAX})->at(0), before[0]);
}

TEST_F(FsckTest, a_folder_that_cannot_be_read_keeps_retention_off_and_hides_nothing_else) {
  fill();
  const Contents before = contents();
  lose_catalog();
  files_.inject({.op = fs::Op::kList,
                 .for_good = true,
                 .code = ErrorCode::kPermissionDenied,
                 .path_part = "/cam0/2023/11/14"});
  const FsckReport report = rebuild();
  EXPECT_EQ(kinds(report), Names{"unreadable"});
  EXPECT_EQ(report.restored_files, 5U);
  EXPECT_TRUE(report.rebuilt.empty());
  files_.clear_faults();
  EXPECT_EQ(rebuild().rebuilt.size(), 1U);
  EXPECT_EQ(contents(), before);
}

TEST_F(FsckTest, a_rebuild_that_was_killed_half_way_is_completed_by_the_next) {
  fill();
  const Contents before = contents();
  lose_catalog();
  std::stop_source stop;
  FsckWatch watch;
  watch.stop = stop.get_token();
  watch.progress = [&](const FsckProgress& progress) {
    if (progress.files == 4) stop.request_stop();
  };
  const FsckReport half = archive_->check({.rebuild = true}, watch);
  EXPECT_TRUE(half.cancelled);
  EXPECT_TRUE(half.rebuilt.empty());
  EXPECT_GT(half.restored_files, 0U);
  EXPECT_LT(half.restored_files, 10U);
  open();
  EXPECT_EQ(rebuild().restored_files, 10U - half.restored_files);
  EXPECT_EQ(contents(), before);
}

TEST_F(FsckTest, one_damaged_fragment_hides_none_behind_it) {
  fill();
  const Contents before = contents();
  const std::string path = recordings()[0];
  const FragmentEntry bad = entry(path, 7);
  const Bytes rot(40, 0xee);
  write(path, rot, bad.offset - bad.record_size + 60);  // within the record
  const FsckReport found = check();
  EXPECT_EQ(kinds(found), (Names{"damaged_fragment", "sequence_hole"}));
  lose_catalog();
  const FsckReport report = rebuild();
  EXPECT_EQ(report.restored_fragments, 299U);
  const Contents after = contents();
  Contents expected = before;
  std::erase_if(expected.fragments, [&](const auto& one) {
    return fs::join(kRoot, one.first) == path && one.second == bad;
  });
  EXPECT_EQ(after.fragments, expected.fragments);
  // What is not there is a gap that says so, and no recording.
  EXPECT_EQ(after.spans.size(), before.spans.size() + 1);
  EXPECT_EQ(report.restored_gaps, 1U);
  EXPECT_EQ(kinds(check()), (Names{"damaged_fragment", "sequence_hole"}));
}

TEST_F(FsckTest, a_wrong_size_of_a_box_hides_none_behind_it) {
  fill();
  const std::string path = recordings()[0];
  const FragmentEntry bad = entry(path, 3);
  const Bytes huge = {0x7f, 0xff, 0xff, 0xff};
  write(path, huge, bad.offset + bad.moof_size);  // of the mdat
  lose_catalog();
  EXPECT_EQ(rebuild().restored_fragments, 299U);
}

TEST_F(FsckTest, bytes_that_changed_are_found_by_their_hash_only) {
  fill();
  const std::string path = recordings()[4];
  const FragmentEntry bad = entry(path, 2);
  const Bytes rot = {0xee};
  write(path, rot, bad.offset + bad.size - 1);
  EXPECT_EQ(kinds(check({.quick = true})), Names{});
  const FsckReport report = check();
  EXPECT_EQ(kinds(report), Names{"altered_fragment"});
  EXPECT_NE(report.findings[0].detail.find("at byte"), std::string::npos);
}

TEST_F(FsckTest, a_fragment_taken_out_between_files_breaks_the_chain) {
  fill();
  const Names files = recordings();
  ASSERT_TRUE(files_.remove(files[1]));
  ASSERT_TRUE(files_.rename(files[2], files[1]));  // the third file in the place of the second
  const FsckReport report = check();
  const Names found = kinds(report);
  EXPECT_EQ(found, (Names{"broken_chain", "misplaced", "missing_file"}));
}

TEST_F(FsckTest, two_files_of_a_run_that_changed_places_are_named_and_no_other) {
  fill();
  const Contents before = contents();
  const Names files = recordings();
  const std::set<std::string> swapped = {files[1], files[2]};
  ASSERT_TRUE(files_.rename(files[1], "/video/aside"));
  ASSERT_TRUE(files_.rename(files[2], files[1]));
  ASSERT_TRUE(files_.rename("/video/aside", files[2]));
  const FsckReport report = check();
  EXPECT_EQ(report.count(FindingKind::kMisplaced), 2U);
  std::set<std::string> named;
  for (const Finding& finding : report.findings) named.insert(finding.path);
  EXPECT_EQ(named, swapped);
  EXPECT_EQ(rebuild().restored_files, 2U);
  EXPECT_EQ(contents().fragments.size(), before.fragments.size());
  ASSERT_TRUE(files_.rename(files[1], "/video/aside"));
  ASSERT_TRUE(files_.rename(files[2], files[1]));
  ASSERT_TRUE(files_.rename("/video/aside", files[2]));
  EXPECT_EQ(rebuild().restored_files, 2U);
  EXPECT_EQ(contents(), before);
}

TEST_F(FsckTest, each_kind_of_stranger_is_named_and_left_alone) {
  fill();
  const Names files = recordings();
  write("/video/cam0/2023/11/14/holiday.mp4", as_bytes("mine"));
  write("/video/notes.txt", as_bytes("mine"));
  write("/video/cam0/2023/11/14/221320-00000000000000ff-0.mp4", ByteSpan());
  write("/video/cam0/2023/11/14/221320-00000000000000fe-0.mp4", as_bytes("no head"));
  copy(files[0], "/video/cam0/2023/11/15/" + files[0].substr(files[0].rfind('/') + 1));
  const size_t before = files_.all_files().size();
  const FsckReport report = check();
  EXPECT_EQ(report.count(FindingKind::kForeignFile), 2U);
  EXPECT_EQ(report.count(FindingKind::kEmptyFile), 1U);
  EXPECT_EQ(report.count(FindingKind::kDamagedHead), 1U);
  EXPECT_EQ(report.count(FindingKind::kDuplicate), 1U);
  EXPECT_EQ(report.findings.size(), 5U) << testing::PrintToString(kinds(report));
  EXPECT_EQ(report.problems(), 1U);
  EXPECT_EQ(rebuild().restored_files, 0U);
  archive_->clean();
  EXPECT_EQ(files_.all_files().size(), before);
}

TEST_F(FsckTest, a_recording_of_another_site_is_never_listed) {
  const std::string dir = dir_ + "/other";
  std::filesystem::create_directory(dir);
  fs::FakeFileSystem elsewhere;
  const auto config = ConfigStore::open(dir + "/config.db").value();
  const auto catalog = Catalog::open(clock_, {.path = dir + "/catalog.db", .threads = false});
  const Volume volume = Volume::identify(elsewhere, *config, kRoot, catalog->generation()).value();
  ArchiveSpec spec;
  spec.end = clock_.wall();
  ASSERT_TRUE(fill_archive({elsewhere, clock_, *config, *catalog}, volume, spec));
  for (const std::string& path : elsewhere.all_files())
    if (path.ends_with(".mp4")) write(path, elsewhere.content(path));
  const FsckReport report = rebuild();
  EXPECT_EQ(report.count(FindingKind::kOtherSite), 10U);
  EXPECT_EQ(report.restored_files, 0U);
  EXPECT_TRUE(contents().fragments.empty());
}

TEST_F(FsckTest, rows_and_files_that_miss_each_other_are_found_and_mended) {
  fill();
  const Names files = recordings();
  ASSERT_TRUE(files_.remove(files[2]));
  ASSERT_TRUE(files_.make_dirs("/video/cam1/2000/01/01"));
  ASSERT_TRUE(files_.rename(files[7],
                            "/video/cam1/2000/01/01/" + files[7].substr(files[7].rfind('/') + 1)));
  const FsckReport found = check();
  EXPECT_EQ(found.count(FindingKind::kMissingFile), 1U);
  EXPECT_EQ(found.count(FindingKind::kMovedFile), 1U);
  EXPECT_EQ(found.findings.size(), 2U) << testing::PrintToString(kinds(found));
  const FsckReport mended = rebuild();
  EXPECT_EQ(mended.dropped_rows, 2U);
  EXPECT_EQ(mended.restored_files, 1U);
  EXPECT_EQ(mended.restored_gaps, 1U);  // where the lost file was
  EXPECT_EQ(kinds(check()), Names{});
  EXPECT_EQ(contents().fragments.size(), 270U);
  EXPECT_EQ(contents().spans.size(), 3U);
  EXPECT_EQ(rebuild().restored_gaps, 0U);
}

TEST_F(FsckTest, a_damaged_row_is_read_anew) {
  fill();
  const Contents before = contents();
  {
    SQLite::Database db(dir_ + "/catalog.db", SQLite::OPEN_READWRITE);
    db.exec("UPDATE fragment_index SET data = x'0102' WHERE file = 3");
    db.exec("UPDATE file SET bytes = 5 WHERE id = 4");
  }
  EXPECT_EQ(kinds(check()), (Names{"damaged_row", "size_differs"}));
  EXPECT_EQ(rebuild().restored_files, 2U);
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(kinds(check()), Names{});
}

TEST_F(FsckTest, an_index_at_the_head_that_is_of_other_fragments_is_wrong) {
  fill();
  const Bytes size = {0, 0, 0x55, 0x55};
  const std::string path = recordings()[0];
  const FragmentEntry first = entry(path, 0);
  const uint64_t head = first.offset - first.record_size - 12'048;  // sidx_reserve_bytes(1000)
  write(path, size, head + 40);  // referenced size of the first entry
  EXPECT_EQ(kinds(check({.quick = true})), Names{"wrong_index"});
}

TEST_F(FsckTest, a_deletion_that_was_not_carried_out_is_named) {
  fill();
  {
    SQLite::Database db(dir_ + "/catalog.db", SQLite::OPEN_READWRITE);
    db.exec("UPDATE file SET state = 2 WHERE id = 1");
  }
  EXPECT_EQ(kinds(check()), Names{"deletion_pending"});
  EXPECT_EQ(rebuild().restored_files, 0U);
  EXPECT_EQ(recordings().size(), 10U);
}

TEST_F(FsckTest, a_file_left_open_is_listed_up_to_its_tear_and_not_touched) {
  fill({.close = false});
  const Contents before = contents();
  const std::string path = recordings()[4];
  const FragmentEntry last = entry(path, 29);
  const Bytes torn(10, 0);
  write(path, torn, last.offset + last.size - 10);
  const Bytes bytes = files_.content(path);
  for (const char* part : {"", "-wal", "-shm"})
    std::filesystem::remove(dir_ + "/catalog.db" + part);
  catalog_->live().close_file(5, 0);  // as if the process had gone
  lose_catalog();
  const FsckReport report = rebuild();
  EXPECT_EQ(report.restored_fragments, 299U);
  EXPECT_GE(report.count(FindingKind::kTornEnd), 1U);
  EXPECT_EQ(report.count(FindingKind::kNotClosed), 1U);
  EXPECT_EQ(files_.content(path), bytes);
}

TEST_F(FsckTest, a_volume_that_is_gone_is_named_and_none_of_its_rows_dropped) {
  fill();
  files_.unplug(kRoot);
  const FsckReport report = rebuild();
  EXPECT_EQ(kinds(report), Names{"volume_missing"});
  EXPECT_EQ(report.dropped_rows, 0U);
  EXPECT_TRUE(report.rebuilt.empty());
  files_.plug_in(kRoot);
  EXPECT_EQ(contents().fragments.size(), 300U);
}

// What a boot costs: the catalog has `files` recordings of one camera over many days.
class BootTest : public FsckTest {
 protected:
  struct Cost {
    int lists = 0, opens = 0, reads = 0;
    friend bool operator==(const Cost&, const Cost&) = default;
  };
  Cost boot_with(int files) {
    ArchiveSpec spec;
    spec.cameras = 1;
    spec.files = files;
    spec.fragments_per_file = 2;
    spec.fragment_us = 1'800'000'000;  // an hour per file: 24 a day
    spec.close = false;
    fill(spec);
    catalog_->live().close_file(files, 0);
    const Cost before{files_.count(fs::Op::kList), files_.count(fs::Op::kOpen),
                      files_.count(fs::Op::kRead)};
    open();
    return {files_.count(fs::Op::kList) - before.lists, files_.count(fs::Op::kOpen) - before.opens,
            files_.count(fs::Op::kRead) - before.reads};
  }
};

TEST_F(BootTest, costs_the_same_however_large_the_archive_is) {
  const Cost small = boot_with(48);
  TearDown();
  SetUp();
  files_.~FakeFileSystem();
  new (&files_) fs::FakeFileSystem();
  open();
  const Cost large = boot_with(960);
  EXPECT_LE(large.lists, 6);
  EXPECT_LE(large.opens, 20);
  EXPECT_EQ(small.lists, large.lists);
  EXPECT_EQ(small.opens, large.opens);
  EXPECT_EQ(small.reads, large.reads);
}

TEST(FsckOnDisk, follows_no_links_and_works_without_a_server) {
  const std::string dir = testing::TempDir() + "vedette-fsck-disk-" + random_id();
  std::filesystem::create_directories(dir + "/data");
  fs::RealFileSystem files;
  FakeClock clock;
  EXPECT_EQ(StoppedArchive::open(files, clock, dir + "/data").error().code, ErrorCode::kNotFound);
  {
    const auto config = ConfigStore::open(dir + "/data/config.db").value();
    const auto catalog = Catalog::open(clock, {.path = dir + "/data/catalog.db", .threads = false});
    const Volume volume =
        Volume::identify(files, *config, dir + "/video", catalog->generation()).value();
    ArchiveSpec spec;
    spec.end = clock.wall();
    ASSERT_TRUE(fill_archive({files, clock, *config, *catalog}, volume, spec));
  }
  std::filesystem::create_symlink("/etc/passwd", dir + "/video/cam0/221320-00000000000000fd-0.mp4");
  std::filesystem::remove(dir + "/data/catalog.db");
  const auto archive = StoppedArchive::open(files, clock, dir + "/data");
  ASSERT_TRUE(archive);
  const FsckReport report = (*archive)->check({.rebuild = true}, {});
  EXPECT_EQ(report.error, "");
  EXPECT_EQ(report.count(FindingKind::kNotAFile), 1U);
  EXPECT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.restored_files, 10U);
  EXPECT_EQ(report.rebuilt.size(), 1U);
  EXPECT_EQ((*archive)->check({}, {}).problems(), 0U);
  EXPECT_EQ(StoppedArchive::open(files, clock, dir + "/data").error().code,
            ErrorCode::kFailedPrecondition);
  std::filesystem::remove_all(dir);
}

TEST(FsckJob, ends_with_a_word_when_memory_runs_out) {
  const FakeClock clock;
  FsckJob job(clock,
              [](const FsckOptions&, const FsckWatch&) -> FsckReport { throw std::bad_alloc(); });
  ASSERT_TRUE(job.start({}));
  while (job.status().running) {
  }
  EXPECT_NE(job.status().report->error.find("log"), std::string::npos);
}

TEST(FsckJob, runs_once_at_a_time_and_ends_when_told_to) {
  const FakeClock clock;
  FsckJob job(clock, [](const FsckOptions&, const FsckWatch& watch) {
    watch.progress({1, 2, 3, 4});
    Mutex mutex;
    while (!watch.stop.stop_requested()) MutexLock lock(mutex);
    FsckReport report;
    report.cancelled = true;
    return report;
  });
  EXPECT_FALSE(job.status().running);
  ASSERT_TRUE(job.start({.rebuild = true}));
  EXPECT_EQ(job.start({}).error().code, ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(job.status().options.rebuild);
  job.cancel();
  while (job.status().running) {
  }
  EXPECT_TRUE(job.status().report->cancelled);
  ASSERT_TRUE(job.start({}));
}

}  // namespace
}  // namespace vedette::store
