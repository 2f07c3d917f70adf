// SPDX-License-Identifier: Apache-2.0
// What happens to clocks, and to the cameras and what they send: faults 10 to 15 and 30.
#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

#include "fault_cases.h"

namespace vedette::trial {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

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

void begin_before(WorldOptions& options, int64_t utc_s) {
  options.begin = {utc_s * 1'000'000 - 20'000'000};
}

}  // namespace

// tidy: table
std::vector<FaultCase> camera_faults() {
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

}  // namespace vedette::trial
