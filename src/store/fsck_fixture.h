// SPDX-License-Identifier: Apache-2.0
// For the tests of fsck: an archive with ten recording files on a disk in memory.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "fs/fake_file_system.h"
#include "store/archive.h"
#include "store/fsck.h"
#include "store/synthetic.h"

namespace vedette::store {

inline constexpr const char* kRoot = "/video";

/// Everything the catalog says of recordings, to compare one catalog with another.
struct Contents {
  std::vector<std::pair<std::string, FragmentEntry>> fragments;  // path, entry
  std::vector<Span> spans;
  std::vector<Bytes> activity;  // by hour, of each camera
  friend bool operator==(const Contents&, const Contents&) = default;
};

inline void PrintTo(const Contents& contents, std::ostream* out) {
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

}  // namespace vedette::store
