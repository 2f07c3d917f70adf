// SPDX-License-Identifier: Apache-2.0
// What happens to the catalog, to retention and to what a process may use: faults 9, 24 and 28.
#include <gtest/gtest.h>

#include "fault_cases.h"

namespace vedette::trial {
namespace {

using fs::Op;
using std::chrono::seconds;

void lose_catalog_files(World& world) {
  world.kill();
  for (const char* part : {"", "-wal", "-shm"})
    (void)world.disk().remove(std::string(World::kCatalog) + part);
  world.expect().catalog_complete = false;
  restart(world);
}

void older_catalog(World& world) {
  const auto older = world.disk().image("/data");
  world.run(seconds(20));
  world.kill();
  world.disk().replace("/data", *older);
  world.expect().catalog_complete = false;
  restart(world);
}

void small_quota(WorldOptions& options) {
  options.quota_bytes = 6'000'000;
  for (CameraScript& script : options.cameras) {
    script.key_bytes = 40'000;
    script.other_bytes = 6000;
  }
}

}  // namespace

// tidy: table
std::vector<FaultCase> archive_faults() {
  return {
      {9, "the_catalog_is_found_after_the_start",
       [](World& w) {
         w.kill();
         w.disk().inject({.op = Op::kAny, .for_good = true, .path_part = "/data/"});
         w.start();
         w.run(seconds(12));
         w.disk().clear_faults();
       }},
      {9, "a_sync_of_its_log_fails_and_the_power_goes",
       [](World& w) {
         for (int i = 0; i < 4; ++i)
           fault_for(w, {.op = Op::kSync, .path_part = "catalog.db-wal"}, seconds(20));
         w.cut_power(6);
         restart(w);
       },
       small_quota},
      {9, "the_catalog_is_deleted", lose_catalog_files},
      {9, "the_catalog_of_before_is_put_back", older_catalog},
      {9, "the_catalog_cannot_be_written",
       [](World& w) {
         fault_for(w, {.op = Op::kWrite, .for_good = true, .path_part = "/data/"}, seconds(40));
       }},
      {9, "the_catalog_cannot_be_synced_and_the_power_goes",
       [](World& w) {
         fault_for(w, {.op = Op::kSync, .for_good = true, .path_part = "/data/"}, seconds(40));
         w.cut_power(3);
         restart(w);
       }},
      {24, "no_descriptors_left",
       [](World& w) {
         w.disk().inject({.op = Op::kOpen, .for_good = true});
         w.disk().inject({.op = Op::kCreate, .for_good = true});
         w.run(seconds(50));
         w.disk().clear_faults();
       }},
      {24, "no_descriptors_left_at_the_start",
       [](World& w) {
         w.kill();
         w.disk().inject({.op = Op::kOpen, .for_good = true});
         w.disk().inject({.op = Op::kCreate, .for_good = true});
         w.start();
         w.run(seconds(12));
         w.disk().clear_faults();
       }},
      {24, "killed_for_want_of_memory_again_and_again",
       [](World& w) {
         for (int i = 0; i < 4; ++i) kill_after(w, seconds(3 + 4 * i));
       }},
      {28, "power_cuts_while_retention_deletes",
       [](World& w) {
         w.take_power_cuts(15);
         w.run(seconds(60));
         for (const World::Cut& cut : w.cuts())
           for (const std::string& finding : cut.findings) ADD_FAILURE() << cut.seed << finding;
       },
       small_quota},
      {28, "power_cuts_while_a_hold_keeps_retention_back",
       [](World& w) {
         w.run(seconds(20));
         w.hold(0, seconds(15));
         w.run(seconds(60));
         w.cut_power(4);
         restart(w);
         w.run(seconds(60));
       },
       small_quota},
      {28, "deletions_fail_and_it_is_killed",
       [](World& w) {
         fault_for(w, {.op = Op::kRemove, .for_good = true}, seconds(60));
         w.kill();
         restart(w);
       },
       small_quota},
      {28, "a_deletion_cannot_be_written_down",
       [](World& w) {
         fault_for(w, {.op = Op::kSync, .for_good = true, .path_part = "/data/"}, seconds(60));
         w.cut_power(5);
         restart(w);
       },
       small_quota},
  };
}

}  // namespace vedette::trial
