// SPDX-License-Identifier: Apache-2.0
// The faults a recorder meets, by their number in docs/trust.md, three variants or more of each.
// Every one runs a site before, during and after the fault; the checker then looks at everything,
// also after a power cut.
#include <cstdlib>
#include <ctime>
#include <functional>

#include <gtest/gtest.h>

#include "scenarios.h"
#include "world.h"

namespace vedette::trial {
namespace {

using fs::Op;
using std::chrono::hours;
using std::chrono::seconds;

struct FaultCase {
  int number;  ///< in docs/trust.md
  const char* name;
  std::function<void(World&)> spoil;
  std::function<void(WorldOptions&)> prepare = nullptr;
};

void restart(World& world) {
  world.start();
  world.check();
}

void kill_after(World& world, Duration run) {
  world.run(run);
  world.kill();
  restart(world);
}

// Everything not synced is lost, after `run`.
void cut_after(World& world, Duration run) {
  world.run(run);
  world.cut_power();
  restart(world);
}

void fault_for(World& world, fs::Fault fault, Duration length) {
  world.disk().inject(std::move(fault));
  world.run(length);
  world.disk().clear_faults();
}

std::string some_recording(World& world, size_t from_the_end) {
  std::vector<std::string> all;
  for (const std::string& path : world.disk().all_files())
    if (path.find(".mp4") != std::string::npos) all.push_back(path);
  return all.at(all.size() - 1 - from_the_end);
}

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

void step_and_run(World& world, Duration step) {
  world.step_clock(step);
  world.run(seconds(20));
}

void in_zone(World& world, const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
  world.run(seconds(30));
  ::unsetenv("TZ");
  ::tzset();
}

void two_volumes(WorldOptions& options) { options.volumes = 2; }
void small_quota(WorldOptions& options) {
  options.quota_bytes = 6'000'000;
  for (CameraScript& script : options.cameras) {
    script.key_bytes = 40'000;
    script.other_bytes = 6000;
  }
}
void begin_before(WorldOptions& options, int64_t utc_s) {
  options.begin = {utc_s * 1'000'000 - 20'000'000};
}

// tidy: table
std::vector<FaultCase> cases() {
  const auto drift = [](double ppm, int64_t utc_error_us) {
    return [=](WorldOptions& options) {
      for (CameraScript& script : options.cameras) {
        script.drift_ppm = ppm;
        script.utc_error_us = utc_error_us;
      }
    };
  };
  const auto first_rtp = [](uint32_t value) {
    return [=](WorldOptions& options) {
      for (CameraScript& script : options.cameras) script.first_rtp = value;
    };
  };
  const auto long_run = [](World& world) { world.run(std::chrono::minutes(8)); };
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
      {10, "a_second_forth", [](World& w) { step_and_run(w, seconds(1)); }},
      {10, "a_second_back", [](World& w) { step_and_run(w, seconds(-1)); }},
      {10, "an_hour_forth", [](World& w) { step_and_run(w, hours(1)); }},
      {10, "an_hour_back", [](World& w) { step_and_run(w, hours(-1)); }},
      {10, "a_day_forth_and_back",
       [](World& w) {
         step_and_run(w, hours(24));
         step_and_run(w, hours(-24));
       }},
      {10, "ten_years_forth", [](World& w) { step_and_run(w, hours(87'600)); }},
      {10, "ten_years_back", [](World& w) { step_and_run(w, hours(-87'600)); }},
      {10, "ten_years_forth_and_killed",
       [](World& w) {
         step_and_run(w, hours(87'600));
         kill_after(w, seconds(2));
         step_and_run(w, hours(-87'600));
         kill_after(w, seconds(2));
       }},
      {10, "a_boot_in_1970_and_then_ntp",
       [](World& w) {
         step_and_run(w, seconds(1'700'000'000));
         kill_after(w, seconds(2));
       },
       [](WorldOptions& options) { begin_before(options, 60); }},
      {10, "a_leap_second", [](World& w) { step_and_run(w, seconds(-1)); },
       [](WorldOptions& options) { begin_before(options, 1'483'228'800); }},
      {10, "summer_time_begins", [](World& w) { in_zone(w, "Europe/Berlin"); },
       [](WorldOptions& options) { begin_before(options, 1'774'746'000); }},
      {10, "summer_time_ends", [](World& w) { in_zone(w, "Europe/Berlin"); },
       [](WorldOptions& options) { begin_before(options, 1'792'976'400); }},
      {10, "another_time_zone", [](World& w) { in_zone(w, "Pacific/Kiritimati"); }},
      {11, "a_camera_500_ppm_fast", long_run, drift(500, 0)},
      {11, "a_camera_500_ppm_slow", long_run, drift(-500, 0)},
      {11, "a_camera_that_is_an_hour_wrong", long_run, drift(0, int64_t{3600} * 1'000'000)},
      {12, "the_rtp_time_wraps", long_run, first_rtp(0U - 90'000U * 60)},
      {12, "the_rtp_time_wraps_at_once", long_run, first_rtp(0xFFFFFFFF)},
      {12, "packets_are_lost",
       [](World& w) {
         for (int i = 0; i < 20; ++i) {
           w.camera(0).lose_packet();
           w.run(std::chrono::milliseconds(900));
         }
       }},
      {13, "a_gop_of_a_minute", [](World& w) { w.run(seconds(150)); },
       [](WorldOptions& options) { options.cameras[0].gop = options.cameras[0].fps * 60; }},
      {13, "every_picture_stands_alone", [](World& w) { w.run(seconds(60)); },
       [](WorldOptions& options) { options.cameras[0].gop = 1; }},
      {13, "a_gop_of_a_minute_and_power_cuts",
       [](World& w) {
         for (uint64_t seed = 0; seed < 4; ++seed) {
           w.run(seconds(65));
           w.cut_power(seed);
           restart(w);
         }
       },
       [](WorldOptions& options) { options.cameras[0].gop = options.cameras[0].fps * 60; }},
      {14, "parameters_change_once", [](World& w) { w.camera(0).change_parameters(); }},
      {14, "parameters_change_every_ten_seconds",
       [](World& w) {
         for (int i = 0; i < 6; ++i) {
           w.camera(0).change_parameters();
           w.run(seconds(10));
         }
       }},
      {14, "parameters_change_and_the_power_goes",
       [](World& w) {
         w.camera(0).change_parameters();
         w.run(std::chrono::milliseconds(2500));
         w.cut_power(11);
         restart(w);
       }},
      {15, "a_camera_reboots",
       [](World& w) {
         w.camera(0).disconnect(stream::BreakCause::kClosedByCamera, w.recorder(0));
         w.run(seconds(25));
         w.camera(0).connect();
       }},
      {15, "all_cameras_stall",
       [](World& w) {
         for (size_t i = 0; i < w.cameras(); ++i)
           w.camera(i).disconnect(stream::BreakCause::kStalled, w.recorder(i));
         w.run(seconds(40));
         for (size_t i = 0; i < w.cameras(); ++i) {
           EXPECT_TRUE(w.recorder(i).status().alarm);
           w.camera(i).connect();
         }
       }},
      {15, "a_camera_is_away_while_the_recorder_is_killed",
       [](World& w) {
         w.camera(0).disconnect(stream::BreakCause::kUnreachable, w.recorder(0));
         w.run(seconds(10));
         w.kill();
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
      {30, "asleep_for_a_minute",
       [](World& w) {
         w.clock().advance(seconds(60));
         w.run(seconds(5));
       }},
      {30, "asleep_for_a_day",
       [](World& w) {
         w.clock().advance(hours(24));
         w.run(seconds(5));
       }},
      {30, "the_steady_clock_stood_still",
       [](World& w) {
         w.step_clock(seconds(60));
         w.run(seconds(5));
       }},
  };
}

class FaultTest : public testing::TestWithParam<FaultCase> {};

TEST_P(FaultTest, breaks_no_invariant) {
  const FaultCase& fault = GetParam();
  WorldOptions options;
  fs::FakeChance chance(static_cast<uint64_t>(fault.number));
  options.cameras = some_cameras(3, chance);
  if (fault.prepare) fault.prepare(options);
  World world(options);
  world.run(seconds(20));
  fault.spoil(world);
  world.run(seconds(25));
  for (size_t i = 0; i < world.cameras(); ++i) {
    const auto status = world.recorder(i).status();
    EXPECT_TRUE(status.recording) << world.camera(i).script().id;
    EXPECT_FALSE(status.gap) << status.gap->cause << ": " << status.gap->detail;
  }
  world.check();
  world.cut_power(1);
  world.start();
  world.check();
  for (const std::string& finding : world.checker().findings()) ADD_FAILURE() << finding;
  EXPECT_GT(world.checker().reported().size(), 50U);
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultTest, testing::ValuesIn(cases()), [](const auto& row) {
  return std::to_string(row.param.number) + "_" + row.param.name;
});

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
    WorldOptions options;
    fs::FakeChance chance(8);
    options.cameras = some_cameras(2, chance);
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
