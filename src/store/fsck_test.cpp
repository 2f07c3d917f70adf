// SPDX-License-Identifier: Apache-2.0
// What fsck finds, by its name, and what it leaves alone.
#include "store/fsck.h"

#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/fsck_fixture.h"
#include "store/live_index.h"
#include "store/stopped_archive.h"

namespace vedette::store {
namespace {

TEST_F(FsckTest, nothing_is_wrong_with_what_was_just_recorded) {
  fill();
  const FsckReport report = check();
  EXPECT_EQ(kinds(report), Names{});
  EXPECT_EQ(report.files, 10U);
  EXPECT_EQ(report.fragments, 300U);
  EXPECT_GT(report.hashed_bytes, 0U);
  EXPECT_EQ(check({.quick = true}).hashed_bytes, 0U);
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

TEST(FsckOnDisk, a_volume_that_was_moved_is_not_missing_where_it_was) {
  const std::string dir = testing::TempDir() + "vedette-fsck-moved-" + random_id();
  std::filesystem::create_directories(dir + "/data");
  fs::RealFileSystem files;
  FakeClock clock;
  {
    const auto config = ConfigStore::open(dir + "/data/config.db").value();
    const auto catalog = Catalog::open(clock, {.path = dir + "/data/catalog.db", .threads = false});
    const std::string& generation = catalog->generation();
    const Volume volume = Volume::identify(files, *config, dir + "/video", generation).value();
    ArchiveSpec spec;
    spec.end = clock.wall();
    ASSERT_TRUE(fill_archive({files, clock, *config, *catalog}, volume, spec));
    std::filesystem::rename(dir + "/video", dir + "/moved");
    ASSERT_TRUE(Volume::identify(files, *config, dir + "/moved", generation));
    EXPECT_EQ(config->volumes()->size(), 2U);
  }
  const auto archive = StoppedArchive::open(files, clock, dir + "/data").value();
  EXPECT_EQ(archive->check({}, {}).count(FindingKind::kVolumeMissing), 0U);
  std::filesystem::rename(dir + "/moved", dir + "/gone");
  EXPECT_EQ(archive->check({}, {}).count(FindingKind::kVolumeMissing), 2U);
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace vedette::store
