// SPDX-License-Identifier: Apache-2.0
// What happens to the power and the disk: faults 1 to 7.
#include <gtest/gtest.h>

#include "fault_cases.h"

namespace vedette::trial {
namespace {

using fs::Op;
using std::chrono::seconds;

void garbage_at_the_end(World& world, const Bytes& garbage) {
  world.run(seconds(7));
  world.kill();
  const std::string path = some_recording(world, 0);
  world.disk().corrupt(path, world.disk().content(path).size(), garbage);
  restart(world);
}

void replace_disk(World& world, const fs::FakeFileSystem::Image& with) {
  const auto own = world.disk().image("/v0");
  world.expect().away.insert("/v0");
  world.disk().replace("/v0", with);
  world.run(seconds(12));
  EXPECT_EQ(world.disk().image("/v0")->files.size(), with.files.size())
      << "written to a disk that is not ours";
  world.disk().replace("/v0", *own);
  world.expect().away.clear();
}

void two_volumes(WorldOptions& options) { options.volumes = 2; }

}  // namespace

// tidy: table
std::vector<FaultCase> disk_faults() {
  return {
      {1, "killed_while_recording", [](World& w) { kill_after(w, seconds(9)); }},
      {1, "killed_again_and_again",
       [](World& w) {
         for (int i = 0; i < 5; ++i) kill_after(w, std::chrono::milliseconds(700));
       }},
      {1, "killed_before_the_catalog_was_written",
       [](World& w) { kill_after(w, std::chrono::milliseconds(200)); }},
      {2, "power_cut_before_a_sync",
       [](World& w) { cut_after(w, std::chrono::milliseconds(900)); }},
      {2, "power_cut_after_a_sync",
       [](World& w) { cut_after(w, std::chrono::milliseconds(1100)); }},
      {2, "power_cut_at_a_rotation", [](World& w) { cut_after(w, seconds(31)); }},
      {3, "torn_into_sectors",
       [](World& w) {
         for (uint64_t seed = 0; seed < 8; ++seed) {
           w.run(std::chrono::milliseconds(1500));
           w.cut_power(seed);
           restart(w);
         }
       }},
      {3, "zeros_at_the_end", [](World& w) { garbage_at_the_end(w, Bytes(5000, 0)); }},
      {3, "garbage_at_the_end", [](World& w) { garbage_at_the_end(w, Bytes(5000, 0xA5)); }},
      {4, "full_at_a_write",
       [](World& w) {
         fault_for(w, {.op = Op::kWrite, .nth = 9, .code = ErrorCode::kResourceExhausted},
                   seconds(10));
       }},
      {4, "no_inodes_left",
       [](World& w) {
         fault_for(w, {.op = Op::kCreate, .for_good = true, .code = ErrorCode::kResourceExhausted},
                   seconds(40));
       }},
      {4, "full_and_then_room_again",
       [](World& w) {
         w.disk().set_capacity(w.disk().used_bytes("/v0"), "/v0");
         w.run(seconds(15));
         w.disk().set_capacity(w.options().disk_bytes, "/v0");
       }},
      {4, "one_of_two_disks_full",
       [](World& w) {
         w.disk().set_capacity(w.disk().used_bytes("/v0"), "/v0");
         w.run(seconds(15));
         for (size_t i = 0; i < w.cameras(); ++i) EXPECT_TRUE(w.recorder(i).status().recording);
         w.disk().set_capacity(w.options().disk_bytes, "/v0");
       },
       two_volumes},
      {5, "a_write_fails_once", [](World& w) { fault_for(w, {.nth = 5}, seconds(10)); }},
      {5, "syncs_fail_for_good",
       [](World& w) {
         fault_for(w, {.op = Op::kSync, .for_good = true, .path_part = ".mp4"}, seconds(10));
         fault_for(w, {.op = Op::kSyncAll, .for_good = true}, seconds(10));
       }},
      {5, "folders_cannot_be_made_or_synced",
       [](World& w) {
         fault_for(w, {.op = Op::kMakeDir, .for_good = true}, seconds(40));
         fault_for(w, {.op = Op::kSyncDir, .for_good = true}, seconds(40));
       }},
      {5, "a_sync_fails_and_the_power_goes",
       [](World& w) {
         fault_for(w, {.op = Op::kSyncAll}, seconds(3));
         w.cut_power();
         restart(w);
       }},
      {5, "recordings_cannot_be_read",
       [](World& w) {
         w.run(seconds(3));
         w.kill();
         w.disk().inject({.op = Op::kRead, .for_good = true, .path_part = ".mp4"});
         w.start();
         w.run(seconds(5));
         w.disk().clear_faults();
         w.kill();
         restart(w);
       }},
      {6, "a_write_takes_ten_seconds",
       [](World& w) { fault_for(w, {.path_part = ".mp4", .delay = seconds(10)}, seconds(15)); }},
      {6, "a_sync_takes_a_minute",
       [](World& w) { fault_for(w, {.op = Op::kSyncAll, .delay = seconds(60)}, seconds(70)); }},
      {6, "the_disk_is_slower_than_the_cameras",
       [](World& w) {
         fault_for(w, {.for_good = true, .path_part = ".mp4", .delay = seconds(2)}, seconds(60));
       },
       [](WorldOptions& options) { options.queue_bytes = 400'000; }},
      {7, "the_disk_is_pulled",
       [](World& w) {
         w.disk().unplug("/v0");
         w.expect().away.insert("/v0");
         w.run(seconds(12));
         w.disk().plug_in("/v0");
         w.expect().away.clear();
       }},
      {7, "an_empty_folder_in_its_place", [](World& w) { replace_disk(w, {}); }},
      {7, "a_foreign_disk_in_its_place",
       [](World& w) {
         fs::FakeFileSystem::Image other;
         const std::string identity =
             "{\"volume\": \"fedcba9876543210\", \"site\": \"ab\", \"catalog\": \"cd\"}\n";
         const ByteSpan part = as_bytes(identity);
         other.files["/vedette-volume.json"].write(0, std::span(&part, 1), part.size());
         replace_disk(w, other);
       }},
      {7, "read_only_for_a_while",
       [](World& w) {
         w.disk().set_read_only("/v0", true);
         w.run(seconds(12));
         w.disk().set_read_only("/v0", false);
       }},
      {7, "the_disk_is_found_after_the_start",
       [](World& w) {
         w.kill();
         w.disk().unplug("/v0");
         w.expect().away.insert("/v0");
         restart(w);
         w.run(seconds(12));
         w.disk().plug_in("/v0");
         w.expect().away.clear();
       }},
      {7, "one_of_two_disks_is_found_after_a_power_cut",
       [](World& w) {
         w.cut_power(9);
         w.disk().inject({.op = Op::kAny, .for_good = true, .path_part = "/v1/vedette-volume"});
         restart(w);
         w.run(seconds(12));
         w.disk().clear_faults();
       },
       two_volumes},
  };
}

}  // namespace vedette::trial
