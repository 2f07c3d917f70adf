// SPDX-License-Identifier: Apache-2.0
// Bit rot, a misdirected write and swapped files: `vedette verify` and fsck name the file, and no
// other; what is good around it stays listed and readable.
#include <algorithm>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "fault_cases.h"
#include "store/fsck.h"
#include "store/verify_archive.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;
using Paths = std::set<std::string>;

class Fault8Named : public testing::Test {
 protected:
  void SetUp() override {
    world_.run(seconds(130));
    for (size_t i = 0; i < world_.cameras(); ++i) {
      const auto found = world_.catalog().fragments(
          {world_.camera(i).script().id, store::StreamKind::kMain, {0}, {INT64_MAX}});
      for (const store::FragmentRef& at : found.value()) fragments_.push_back(at);
    }
    world_.stop();
    EXPECT_EQ(verified(), Paths());
    EXPECT_EQ(checked(), Paths());
  }
  // What verify has something to say of.
  Paths verified() {
    const auto seen = store::verify_archive(world_.disk(), {World::volume(0), std::nullopt});
    EXPECT_TRUE(seen);
    Paths named;
    for (const evidence::Finding& finding : seen->findings) named.insert(finding.path);
    return named;
  }
  // What fsck has, with a recorder at work.
  Paths checked() {
    world_.start();
    const store::FsckReport report = world_.archive().check({}, {});
    EXPECT_EQ(report.error, "");
    Paths named;
    for (const store::Finding& finding : report.findings) named.insert(finding.path);
    world_.stop();
    return named;
  }
  void overwrite(const std::string& path, uint64_t at, ByteSpan bytes) {
    world_.disk().corrupt(path, at, bytes);
  }
  [[nodiscard]] Bytes part(const std::string& path, uint64_t at, size_t size) {
    const Bytes whole = world_.disk().content(path);
    EXPECT_LE(at + size, whole.size());
    const auto from = whole.begin() + static_cast<std::ptrdiff_t>(at);
    return {from, from + static_cast<std::ptrdiff_t>(size)};
  }
  void swap(const std::string& a, const std::string& b) {
    ASSERT_TRUE(world_.disk().rename(a, "/v0/aside"));
    ASSERT_TRUE(world_.disk().rename(b, a));
    ASSERT_TRUE(world_.disk().rename("/v0/aside", b));
    ASSERT_TRUE(world_.disk().sync_all("/v0"));
  }
  // The files of a camera in their order.
  [[nodiscard]] std::vector<std::string> files(const std::string& camera) const {
    std::vector<std::string> all;
    for (const store::FragmentRef& at : fragments_)
      if (at.file->camera == camera && (all.empty() || all.back() != at.file->path()))
        all.push_back(at.file->path());
    return all;
  }

  World world_{signed_site(2, 8)};
  std::vector<store::FragmentRef> fragments_;
};

TEST_F(Fault8Named, a_bit_that_flips_is_found_where_it_is) {
  struct Place {
    const char* name;
    uint64_t (*at)(const store::FragmentEntry&);
  };
  const Place places[] = {
      {"media", [](const store::FragmentEntry& e) { return e.offset + e.size - 9; }},
      {"first byte of the media",
       [](const store::FragmentEntry& e) { return e.offset + e.moof_size + 8; }},
      {"table of samples", [](const store::FragmentEntry& e) { return e.offset + 40; }},
      {"record", [](const store::FragmentEntry& e) { return e.offset - e.record_size + 60; }},
  };
  for (size_t i = 3; i < fragments_.size(); i += fragments_.size() / 5) {
    const store::FragmentRef& fragment = fragments_[i];
    const std::string path = fragment.file->path();
    for (const Place& place : places) {
      SCOPED_TRACE(std::string(place.name) + " of " + path);
      const uint64_t at = place.at(fragment.entry);
      const Bytes before = part(path, at, 1);
      overwrite(path, at, Bytes(1, static_cast<uint8_t>(before[0] ^ 1 << i % 8)));
      EXPECT_EQ(verified(), Paths{path});
      EXPECT_EQ(checked(), Paths{path});
      overwrite(path, at, before);
    }
  }
  EXPECT_EQ(verified(), Paths());
}

// Whole sectors of another recording. Where both hold the same, nothing is changed and nothing can
// be found: the zeros that the index left over.
TEST_F(Fault8Named, a_write_that_went_to_another_file_is_found) {
  const std::string path = files("cam0").at(1);
  const std::string other = files("cam1").at(1);
  const size_t size =
      std::min(world_.disk().content(path).size(), world_.disk().content(other).size());
  uint64_t first = 0;
  for (const store::FragmentRef& at : fragments_)
    if (at.file->path() == path && first == 0) first = at.entry.offset;
  for (const uint64_t at : {first, uint64_t{size / 2}, uint64_t{size} - 4096}) {
    for (const size_t length : {size_t{512}, size_t{4096}}) {
      const uint64_t sector = at / 512 * 512;
      SCOPED_TRACE(std::to_string(length) + " bytes at " + std::to_string(sector));
      const Bytes before = part(path, sector, length);
      const Bytes stray = part(other, sector, length);
      ASSERT_NE(stray, before);
      overwrite(path, sector, stray);
      EXPECT_EQ(verified(), Paths{path});
      EXPECT_EQ(checked(), Paths{path});
      overwrite(path, sector, before);
    }
  }
}

TEST_F(Fault8Named, files_that_changed_places_are_found) {
  const auto door = files("cam0");
  const auto yard = files("cam1");
  ASSERT_GE(door.size(), 4U);
  const std::pair<std::string, std::string> pairs[] = {
      {door[1], door[2]}, {door[0], door[3]}, {door[1], yard[1]}};
  for (const auto& [a, b] : pairs) {
    SCOPED_TRACE(a + " and " + b);
    swap(a, b);
    const Paths by_verify = verified();
    const Paths by_fsck = checked();
    EXPECT_EQ(by_verify, (Paths{a, b}));
    EXPECT_EQ(by_fsck, (Paths{a, b}));
    swap(a, b);
  }
  EXPECT_EQ(verified(), Paths());
  EXPECT_EQ(checked(), Paths());
}

// Bit rot: what is good around it stays listed and readable.
TEST(Fault8, what_rots_hides_nothing_else) {
  struct Row {
    const char* name;
    std::function<void(World&, const std::string&)> spoil;
  };
  const Row rows[] = {
      {"a flipped byte",
       [](World& w, const std::string& path) {
         w.disk().corrupt(path, w.disk().content(path).size() / 2, Bytes(1, 0x77));
       }},
      {"a sector of another file",
       [](World& w, const std::string& path) {
         const Bytes other = w.disk().content(some_recording(w, 1));
         w.disk().corrupt(path, 40'960, ByteSpan(other).subspan(8192, 512));
       }},
      {"two files have changed places",
       [](World& w, const std::string& path) {
         const std::string other = some_recording(w, 1);
         (void)w.disk().rename(path, "/v0/aside");
         (void)w.disk().rename(other, path);
         (void)w.disk().rename("/v0/aside", other);
       }},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    WorldOptions options = signed_site(2, 8);
    options.sign = false;
    World world(options);
    world.run(seconds(100));
    const std::string path = some_recording(world, 2);
    const size_t before = world.checker().reported().size();
    world.kill();
    row.spoil(world, path);
    world.start();
    world.run(seconds(20));
    size_t others = 0;
    for (const auto& [id, fragment] : world.checker().reported())
      if (fragment.path != path && fragment.path != some_recording(world, 1)) ++others;
    EXPECT_GT(others, 50U);
    EXPECT_GT(world.checker().reported().size(), before);
    EXPECT_TRUE(world.disk().exists(path)) << "what is damaged is evidence: it stays";
    for (size_t i = 0; i < world.cameras(); ++i) EXPECT_TRUE(world.recorder(i).status().recording);
  }
}

}  // namespace
}  // namespace vedette::trial
