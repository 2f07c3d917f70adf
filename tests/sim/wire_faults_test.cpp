// SPDX-License-Identifier: Apache-2.0
// The faults of a network and of the camera behind it, over RTSP and RTP to the real ingest. Every
// one runs a site before, during and after the fault; the checker then looks at everything, also
// after a power cut.
#include <functional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fault_cases.h"
#include "scenarios.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using stream::BreakCause;

// 5 s until there are pictures, and the first GOP, which has to be whole before its gap ends.
constexpr Duration kBackAgain = seconds(7);

struct WireFault {
  const char* name;
  Cable cable;
  std::function<void(World&)> spoil;
};

std::string cause_of_gap(World& world, size_t camera) {
  const auto gap = world.recorder(camera).status().gap;
  return gap ? gap->cause : "";
}

// Until camera 0 has an open gap with this cause; it fails when that takes longer than `limit`.
void expect_gap_within(World& world, Duration limit, const std::string& cause) {
  for (Duration passed{0}; passed < limit && cause_of_gap(world, 0) != cause;
       passed += milliseconds(100))
    world.run(milliseconds(100));
  EXPECT_EQ(cause_of_gap(world, 0), cause) << "not noticed in time";
}

void expect_recorded_within(World& world, Duration limit) {
  for (Duration passed{0}; passed < limit && world.recorder(0).status().gap;
       passed += milliseconds(100))
    world.run(milliseconds(100));
  EXPECT_EQ(cause_of_gap(world, 0), "") << "not recorded in time";
}

// Every camera but the first one was recorded without a break.
void expect_others_untouched(World& world) {
  for (size_t i = 1; i < world.cameras(); ++i)
    for (const ingest::StreamStatus& status : world.camera(i).status())
      EXPECT_EQ(status.counters.sessions, 1U) << status.camera;
}

uint64_t sessions(World& world) { return world.camera(0).status().at(0).counters.sessions; }

void break_for(World& world, BreakCause cause, Duration length) {
  world.camera(0).disconnect(cause, world.recorder(0));
  world.run(length);
  world.camera(0).connect();
  expect_recorded_within(world, kBackAgain);
}

void cut_cable(World& world) {
  world.camera(0).cut_cable();
  expect_gap_within(world, seconds(10), "stalled");
  world.run(seconds(20));
  world.camera(0).connect();
  // A connection that nobody answered has to be given up first.
  expect_recorded_within(world, seconds(8));
}

void reboot(World& world) {
  world.camera(0).disconnect(BreakCause::kUnreachable, world.recorder(0));
  world.run(seconds(25));
  world.camera(0).restart_rtp(true);
  // It begins in 1970, until its NTP server answers.
  world.camera(0).step_own_clock(-hours(24 * 365 * 50));
  world.camera(0).connect();
  expect_recorded_within(world, kBackAgain);
  world.run(seconds(12));
  world.camera(0).step_own_clock(hours(24 * 365 * 50));
}

void babble(World& world) {
  world.camera(0).disconnect(BreakCause::kBadStream, world.recorder(0));
  world.run(seconds(30));
  EXPECT_GT(world.camera(0).status().at(0).counters.garbage_bytes, 0U);
  world.camera(0).connect();
}

void lose_packets(World& world) {
  for (int i = 0; i < 20; ++i) {
    world.camera(0).lose_packet();
    world.run(milliseconds(900));
  }
  EXPECT_GT(world.camera(0).status().at(0).counters.lost, 10U);
  EXPECT_EQ(sessions(world), 1U) << "a lost packet is no reason to hang up";
}

void rough_network(World& world) {
  world.camera(0).set_roughness(20);
  world.run(seconds(60));
  world.camera(0).calm();
  EXPECT_GT(world.camera(0).status().at(0).counters.lost, 0U);
  EXPECT_EQ(sessions(world), 1U);
}

std::function<void(World&)> restart_numbers(bool other_source) {
  return [=](World& world) {
    for (int i = 0; i < 3; ++i) {
      world.camera(0).restart_rtp(other_source);
      world.run(seconds(10));
    }
    EXPECT_EQ(sessions(world), 1U) << "one stream, on one timeline";
    EXPECT_EQ(cause_of_gap(world, 0), "");
  };
}

std::function<void(World&)> step_reports(Duration by) {
  return [=](World& world) {
    world.camera(0).step_own_clock(by);
    world.run(seconds(25));
    world.camera(0).step_own_clock(-by);
    world.run(seconds(25));
    EXPECT_EQ(sessions(world), 1U);
    EXPECT_EQ(cause_of_gap(world, 0), "");
  };
}

// tidy: table
std::vector<WireFault> faults() {
  const auto silence = [](World& world) {
    world.camera(0).disconnect(BreakCause::kStalled, world.recorder(0));
    expect_gap_within(world, seconds(10), "stalled");
    world.camera(0).connect();
    expect_recorded_within(world, seconds(8));
  };
  const auto refuse = [](World& w) { break_for(w, BreakCause::kUnreachable, seconds(20)); };
  const auto hang_up = [](World& w) { break_for(w, BreakCause::kClosedByCamera, seconds(20)); };
  const auto password = [](World& world) {
    world.camera(0).disconnect(BreakCause::kUnauthenticated, world.recorder(0));
    world.run(seconds(5));
    EXPECT_EQ(cause_of_gap(world, 0), "unauthenticated");
    world.camera(0).connect();
    expect_recorded_within(world, seconds(20));
  };
  return {
      {"the_cable_is_cut_in_the_middle_of_a_packet", Cable::kTcp, cut_cable},
      {"the_cable_is_cut_between_datagrams", Cable::kUdp, cut_cable},
      {"the_camera_reboots", Cable::kTcp, reboot},
      {"the_camera_reboots_over_udp", Cable::kUdp, reboot},
      {"silence_without_a_close", Cable::kTcp, silence},
      {"silence_without_a_close_over_udp", Cable::kUdp, silence},
      {"connections_are_refused", Cable::kTcp, refuse},
      {"each_connection_ends_in_the_middle_of_a_picture", Cable::kTcp, hang_up},
      {"garbage_between_packets", Cable::kTcp, babble},
      {"packets_are_lost", Cable::kTcp, lose_packets},
      {"datagrams_are_lost", Cable::kUdp, lose_packets},
      {"datagrams_come_lost_doubled_and_in_another_order", Cable::kUdp, rough_network},
      {"timestamps_and_numbers_begin_anew", Cable::kTcp, restart_numbers(false)},
      {"timestamps_and_numbers_begin_anew_over_udp", Cable::kUdp, restart_numbers(false)},
      {"another_source_takes_over", Cable::kTcp, restart_numbers(true)},
      {"sender_reports_step_by_an_hour", Cable::kTcp, step_reports(hours(1))},
      {"sender_reports_step_back_by_a_day", Cable::kUdp, step_reports(-hours(24))},
      {"sender_reports_step_by_300_ms", Cable::kTcp, step_reports(milliseconds(300))},
      {"the_password_changes_and_changes_back", Cable::kTcp, password},
      {"the_parameters_change", Cable::kTcp, [](World& w) { w.camera(0).change_parameters(); }},
  };
}

class WireFaultTest : public testing::TestWithParam<WireFault> {};

TEST_P(WireFaultTest, breaks_no_invariant) {
  const WireFault& fault = GetParam();
  WorldOptions options;
  fs::FakeChance chance(17);
  options.cameras = some_cameras(3, chance);
  for (CameraScript& script : options.cameras) {
    script.cable = fault.cable;
    script.sender_reports = true;
  }
  World world(options);
  for (size_t i = 0; i < world.cameras(); ++i) world.camera(i).calm();
  world.run(seconds(20));
  fault.spoil(world);
  world.run(seconds(25));
  expect_all_recorded(world);
  expect_others_untouched(world);
  expect_sound(world);
}

INSTANTIATE_TEST_SUITE_P(Wire, WireFaultTest, testing::ValuesIn(faults()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(WiredSimulation, a_few_seeds) {
  for (uint64_t seed = 1; seed <= 5; ++seed)
    for (const std::string& finding : random_faults(seed, {.wired = true}).findings)
      ADD_FAILURE() << "seed " << seed << ": " << finding;
}

// Every byte of the wires at its time, as well as every operation of the disk.
TEST(WiredSimulation, a_seed_is_one_run) {
  for (const uint64_t seed : {33U, 34U}) {
    const Outcome first = random_faults(seed, {.verify = true, .wired = true});
    const Outcome again = random_faults(seed, {.verify = true, .wired = true});
    EXPECT_EQ(first.trace, again.trace);
    EXPECT_EQ(first.story, again.story);
    EXPECT_NE(first.trace, random_faults(seed + 100, {.verify = true, .wired = true}).trace);
  }
}

}  // namespace
}  // namespace vedette::trial
