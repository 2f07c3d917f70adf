// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "scenarios.h"
#include "store/volume.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::seconds;

// Mischief of one seed: what is broken now, and how it is mended.
class Mischief {
 public:
  Mischief(World& world, uint64_t seed)
      : world_(world),
        chance_(seed ^ 0x5EEDU),
        wired_(world.options().cameras.front().cable != Cable::kNone) {}

  void maybe() {
    mend(false);
    if (chance_.below(10) == 0) (this->*kKinds[chance_.below(std::size(kKinds))])();
    if (!wired_ || chance_.below(12) != 0) return;
    (this->*kWireKinds[chance_.below(std::size(kWireKinds))])();
  }
  void mend(bool all) {
    std::vector<Repair> due;
    std::erase_if(repairs_, [&](Repair& repair) {
      if (!all && repair.at > world_.clock().mono()) return false;
      due.push_back(std::move(repair));
      return true;
    });
    for (const Repair& repair : due) repair.work();
    if (all) world_.disk().clear_faults();
  }
  [[nodiscard]] std::vector<std::string> story() const { return story_; }

 private:
  struct Repair {
    MonoTime at;
    std::function<void()> work;
  };

  void tell(std::string line) {
    story_.push_back(
        fmt::format("{:7.1f} s  {}", static_cast<double>(world_.clock().mono().us) / 1e6, line));
  }
  void later(uint64_t within, std::function<void()> work) {
    repairs_.push_back(
        {world_.clock().mono() + seconds(1 + chance_.below(within)), std::move(work)});
  }
  std::string some_volume() {
    return World::volume(
        static_cast<int>(chance_.below(static_cast<uint64_t>(world_.options().volumes))));
  }
  ScriptedCamera& some_camera(size_t& index) {
    index = chance_.below(world_.cameras());
    return world_.camera(index);
  }
  std::string some_path() {
    const char* const parts[] = {"", ".mp4", "/v0", "/data", ".json", "catalog.db-wal"};
    return parts[chance_.below(std::size(parts))];
  }
  ErrorCode some_error() {
    const ErrorCode codes[] = {ErrorCode::kUnavailable, ErrorCode::kUnavailable,
                               ErrorCode::kResourceExhausted, ErrorCode::kPermissionDenied};
    return codes[chance_.below(std::size(codes))];
  }

  void fail_once() {
    fs::Fault fault;
    fault.op = chance_.below(3) == 0 ? fs::Op::kAny : static_cast<fs::Op>(chance_.below(fs::kOps));
    fault.nth = 1 + static_cast<int>(chance_.below(20));
    fault.code = some_error();
    fault.path_part = some_path();
    tell(fmt::format("operation {} number {} of '{}' fails once, {}", static_cast<int>(fault.op),
                     fault.nth, fault.path_part, to_string(fault.code)));
    world_.disk().inject(fault);
  }
  void fail_for_good() {
    fs::Fault fault;
    fault.op = chance_.below(3) == 0 ? fs::Op::kAny : static_cast<fs::Op>(chance_.below(fs::kOps));
    fault.for_good = true;
    fault.code = some_error();
    fault.path_part = some_path();
    tell(fmt::format("operation {} of '{}' fails for good, {}", static_cast<int>(fault.op),
                     fault.path_part, to_string(fault.code)));
    world_.disk().inject(fault);
    later(15, [this] {
      tell("faults cleared");
      world_.disk().clear_faults();
    });
  }
  void fill() {
    const std::string volume = some_volume();
    tell("full: " + volume);
    world_.disk().set_capacity(world_.disk().used_bytes(volume), volume);
    later(15, [this, volume] {
      tell("room again: " + volume);
      world_.disk().set_capacity(world_.options().disk_bytes, volume);
    });
  }
  void unplug() {
    const std::string volume = some_volume();
    if (!world_.expect().away.insert(volume).second) return;
    tell("unplugged: " + volume);
    world_.disk().unplug(volume);
    later(20, [this, volume] {
      tell("plugged in: " + volume);
      world_.disk().plug_in(volume);
      world_.expect().away.erase(volume);
    });
  }
  void swap() {
    const std::string volume = some_volume();
    if (!world_.expect().away.insert(volume).second) return;
    const auto own = world_.disk().image(volume);
    fs::FakeFileSystem::Image other;
    const bool foreign = chance_.below(2) == 0;
    if (foreign) {
      const std::string identity =
          store::to_json({"fedcba9876543210", world_.config().site_id(), "aa"});
      const ByteSpan part = as_bytes(identity);
      other.files[std::string("/") + store::kIdentityFile].write(0, std::span(&part, 1),
                                                                 part.size());
    }
    tell(
        fmt::format("{} in the place of {}", foreign ? "another disk" : "an empty folder", volume));
    world_.disk().replace(volume, other);
    later(20, [this, volume, own, foreign] {
      tell("the disk is back: " + volume);
      const size_t most = foreign ? 1 : 0;
      if (world_.disk().image(volume)->files.size() > most)
        world_.checker().fail("something was written to a disk that is not ours: " + volume);
      world_.disk().replace(volume, *own);
      world_.expect().away.erase(volume);
    });
  }
  void read_only() {
    const std::string volume = some_volume();
    tell("read-only: " + volume);
    world_.disk().set_read_only(volume, true);
    later(15, [this, volume] { world_.disk().set_read_only(volume, false); });
  }
  void hang() {
    fs::Fault fault;
    fault.op = fs::Op::kAny;
    fault.nth = 1 + static_cast<int>(chance_.below(10));
    fault.delay = seconds(1 + chance_.below(20));
    fault.path_part = chance_.below(2) == 0 ? "/v" : some_path();
    tell(fmt::format("an operation of '{}' takes {} s", fault.path_part,
                     fault.delay.count() / 1'000'000));
    world_.disk().inject(fault);
  }
  void back_again() {
    world_.run(seconds(chance_.below(10)));
    world_.start();
    world_.check();
  }
  void kill() {
    tell("kill -9");
    world_.kill();
    back_again();
  }
  void cut_power() {
    const uint64_t seed = chance_.next();
    tell(fmt::format("power cut {}", seed));
    world_.cut_power(seed);
    back_again();
  }
  void stop() {
    tell("stopped");
    world_.stop();
    back_again();
  }
  void lose_camera() {
    size_t index = 0;
    ScriptedCamera& camera = some_camera(index);
    if (!camera.connected()) return;
    tell("gone: " + camera.script().id);
    const auto cause = static_cast<stream::BreakCause>(1 + chance_.below(7));
    camera.disconnect(cause, world_.recorder(index));
    later(25, [this, index, cause] {
      world_.camera(index).connect();
      if (cause == stream::BreakCause::kUnauthenticated) world_.camera(index).save();
    });
  }
  void hold() {
    const size_t index = chance_.below(world_.cameras());
    tell("a hold: " + world_.camera(index).script().id);
    world_.hold(index, seconds(5 + chance_.below(20)));
  }
  void lose_packet() {
    size_t index = 0;
    some_camera(index).lose_packet();
  }
  void change_parameters() {
    size_t index = 0;
    some_camera(index).change_parameters();
  }
  void cut_cable() {
    size_t index = 0;
    ScriptedCamera& camera = some_camera(index);
    if (!camera.connected()) return;
    tell("the cable is cut: " + camera.script().id);
    camera.cut_cable();
    later(25, [this, index] { world_.camera(index).connect(); });
  }
  void restart_rtp() {
    size_t index = 0;
    ScriptedCamera& camera = some_camera(index);
    tell("timestamps begin anew: " + camera.script().id);
    camera.restart_rtp(chance_.below(2) == 0);
  }
  void step_reports() {
    size_t index = 0;
    ScriptedCamera& camera = some_camera(index);
    // By more than is believed: meanwhile pictures are dated by arrival.
    const auto s = static_cast<int64_t>(3 + chance_.below(100'000));
    const Duration by = seconds(chance_.below(2) == 0 ? s : -s);
    tell(fmt::format("the clock of {} steps by {} s", camera.script().id, by.count() / 1'000'000));
    camera.step_own_clock(by);
    later(20, [this, index, by] { world_.camera(index).step_own_clock(-by); });
  }
  void roughen() {
    size_t index = 0;
    ScriptedCamera& camera = some_camera(index);
    tell("a rough network: " + camera.script().id);
    camera.set_roughness(1 + chance_.below(30));
    later(20, [this, index] { world_.camera(index).set_roughness(1); });
  }
  void step_clock() {
    const int64_t steps[] = {1, 60, 3600, 86'400, 315'360'000};
    const auto s = static_cast<int64_t>(steps[chance_.below(std::size(steps))]);
    const int64_t d = chance_.below(2) == 0 ? s : -s;
    tell(fmt::format("the clock steps by {} s", d));
    world_.step_clock(seconds(d));
  }
  void lose_catalog() {
    if (chance_.below(3) != 0) return;
    tell("kill -9, and the catalog is deleted");
    world_.kill();
    for (const char* part : {"", "-wal", "-shm"})
      (void)world_.disk().remove(std::string(World::kCatalog) + part);
    world_.expect().catalog_complete = false;
    back_again();
  }
  void older_catalog() {
    if (chance_.below(3) != 0) return;
    tell("kill -9, and the catalog of before is put back");
    const auto older = world_.disk().image("/data");
    world_.run(seconds(5 + chance_.below(20)));
    world_.kill();
    world_.disk().replace("/data", *older);
    world_.expect().catalog_complete = false;
    back_again();
  }

  using Kind = void (Mischief::*)();
  static constexpr Kind kKinds[] = {
      &Mischief::fail_once,    &Mischief::fail_once,   &Mischief::fail_for_good,
      &Mischief::fill,         &Mischief::unplug,      &Mischief::swap,
      &Mischief::read_only,    &Mischief::hang,        &Mischief::kill,
      &Mischief::cut_power,    &Mischief::cut_power,   &Mischief::stop,
      &Mischief::lose_camera,  &Mischief::lose_packet, &Mischief::change_parameters,
      &Mischief::hold,         &Mischief::step_clock,  &Mischief::lose_catalog,
      &Mischief::older_catalog};
  static constexpr Kind kWireKinds[] = {&Mischief::cut_cable, &Mischief::restart_rtp,
                                        &Mischief::step_reports, &Mischief::roughen};

  World& world_;
  fs::FakeChance chance_;
  const bool wired_;
  std::vector<Repair> repairs_;
  std::vector<std::string> story_;
};

// From this seed on cameras have limits of their own and disks may be small; those before stay what
// they were when they found something.
constexpr uint64_t kLimitsFrom = 25'000;

void limit(WorldOptions& options, uint64_t seed) {
  fs::FakeChance chance(seed ^ 0x71317U);
  if (chance.below(2) == 0) {
    options.disk_bytes = (14 + chance.below(16)) << 20;
    for (CameraScript& script : options.cameras) {
      script.key_bytes = 25'000;
      script.other_bytes = 4000;
    }
  }
  for (size_t i = 0; i < options.cameras.size(); ++i) {
    store::Retention keep;
    keep.max_age_us = options.keep_age_us;
    const int64_t bytes = 300'000 + static_cast<int64_t>(chance.below(1'500'000));
    switch (chance.below(5)) {
      case 0:
        keep.min_age_us = 5'000'000 + static_cast<int64_t>(chance.below(15'000'000));
        break;
      case 1:
        keep.min_bytes = bytes;
        break;
      case 2:
        keep.max_bytes = bytes;
        break;
      case 3:
        keep.min_age_us = 5'000'000 + static_cast<int64_t>(chance.below(15'000'000));
        keep.max_bytes = bytes;
        break;
      default:
        break;
    }
    options.keep.push_back(keep);
  }
}

WorldOptions options_of(uint64_t seed, bool wired) {
  fs::FakeChance chance(seed);
  WorldOptions options;
  options.seed = seed;
  options.cameras = some_cameras(2 + static_cast<int>(chance.below(4)), chance);
  options.volumes = 1 + static_cast<int>(chance.below(2));
  options.file_duration = seconds(10 + chance.below(40));
  if (chance.below(3) == 0) {
    options.quota_bytes = 8'000'000 + static_cast<int64_t>(chance.below(4'000'000));
    for (CameraScript& script : options.cameras) {
      script.key_bytes = 25'000;
      script.other_bytes = 4000;
    }
  }
  if (chance.below(3) == 0)
    options.keep_age_us = 20'000'000 + static_cast<int64_t>(chance.below(60'000'000));
  if (chance.below(4) == 0) options.queue_bytes = 300'000;
  options.sign = seed % 2 == 0;
  for (CameraScript& script : options.cameras)
    if (wired) script.cable = chance.below(3) == 0 ? Cable::kUdp : Cable::kTcp;
  if (seed >= kLimitsFrom) limit(options, seed);
  return options;
}

// Everything is whole again: the cameras must be recorded again.
void check_recording(World& world) {
  for (size_t i = 0; i < world.cameras(); ++i) {
    const record::RecorderStatus status = world.recorder(i).status();
    const std::string& id = world.camera(i).script().id;
    // Where the catalog was lost nothing is deleted, and a disk that is full stays so.
    if (!world.expect().catalog_complete && status.gap && status.gap->cause == "disk_full")
      continue;
    if (!status.recording || status.gap)
      world.checker().fail(
          fmt::format("{} does not record again: {}", id,
                      status.gap ? status.gap->cause + ", " + status.gap->detail : "no run"));
    else if (!status.last_fragment || status.alarm)
      world.checker().fail(id + " records nothing, or says so");
  }
}

}  // namespace

Outcome random_faults(uint64_t seed, Extent extent) {
  World world(options_of(seed, extent.wired));
  Mischief mischief(world, seed);
  world.checker().note_unknown_file("/v0/holiday.mp4", Bytes(100, 7));
  world.checker().note_unknown_file("/v0/cam0/notes.mp4", Bytes(100, 9));
  (void)world.disk().make_dirs("/v0/cam0");
  for (const char* path : {"/v0/holiday.mp4", "/v0/cam0/notes.mp4"}) {
    auto file = world.disk().create(path);
    const Bytes content(100, path[4] == 'h' ? 7 : 9);
    const ByteSpan part = content;
    VEDETTE_ASSERT(file && (*file)->write_at(0, std::span(&part, 1)));
  }
  VEDETTE_ASSERT(world.disk().sync_all("/v0"));
  const int length = 60 + static_cast<int>(seed % 60);
  for (int second = 0; second < length && world.checker().findings().empty(); ++second) {
    world.run(seconds(1));
    mischief.maybe();
  }
  mischief.mend(true);
  for (size_t i = 0; i < world.cameras(); ++i) world.camera(i).calm();
  world.run(seconds(25));
  check_recording(world);
  world.check(false);
  world.check_limits();
  world.cut_power(seed);
  world.start();
  world.check();
  if (extent.verify && world.options().sign && world.checker().findings().empty()) {
    world.run(seconds(12));
    world.stop_and_verify();
  }
  return {world.checker().findings(), mischief.story(), world.trace(),
          world.checker().reported().size()};
}

}  // namespace vedette::trial
