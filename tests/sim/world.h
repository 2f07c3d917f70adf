// SPDX-License-Identifier: Apache-2.0
// One simulated site in virtual time: scripted cameras, the real Recorders, Archive (without its
// threads), Catalog and retention on a disk in memory. What the threads do is done in turn, ten
// times a second; while an operation of the disk hangs, the cameras go on. Everything follows from
// the seed. Simplified: one I/O thread for all volumes, and config.db lies on the real /dev/shm.
// Confined to one thread; one World at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker.h"
#include "evidence/ed25519.h"
#include "fs/fake_file_system.h"
#include "record/recorder.h"
#include "retention_watch.h"
#include "scripted_camera.h"
#include "store/archive.h"

namespace vedette::trial {

struct WorldOptions {
  uint64_t seed = 1;
  std::vector<CameraScript> cameras;
  int volumes = 1;  ///< "/v0", "/v1", …
  uint64_t disk_bytes = uint64_t{256} << 20;
  std::optional<int64_t> quota_bytes;  ///< of each volume
  std::optional<int64_t> keep_age_us;  ///< of each camera
  std::vector<store::Retention> keep;  ///< by camera, where one is named
  Duration file_duration{std::chrono::seconds(30)};
  size_t queue_bytes = size_t{1} << 20;
  bool sign = false;  ///< the site has a key, and verify() can be asked
  WallTime begin{1'700'000'000'000'000};
};
/// `count` cameras that differ in rate, GOP and clock as the seed says.
[[nodiscard]] std::vector<CameraScript> some_cameras(int count, fs::FakeChance& chance);
/// A site with a key and some_cameras() of `chance`, the seed of nothing else.
[[nodiscard]] WorldOptions signed_site(int cameras, uint64_t chance);

class World {
 public:
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void run(Duration length);  ///< REQUIRES: started
  // How processes end and begin. The constructor starts.
  void kill();                    ///< -9: what the kernel was given stays
  void cut_power(uint64_t seed);  ///< what was not synced is lost, kept or torn
  void cut_power();               ///< all that was not synced is lost
  void stop();                    ///< as SIGTERM
  void start();
  [[nodiscard]] bool running() const { return archive_ != nullptr; }
  /// Looks at everything. `may_wait`: recovery may still say that it could not read something.
  void check(bool may_wait = true);
  /// A round of retention; then every limit is kept. REQUIRES: running, all is whole again.
  void check_limits();
  /// What a power cut on a copy of the disk, at some moment, would have left.
  struct Cut {
    uint64_t seed = 0;
    std::vector<std::string> findings;
    int64_t lost_us = 0;  ///< of the camera that lost most: before the cut and not on the disk
  };
  /// From now on about one in `operations` of the disk is the last of a copy, which is recovered
  /// and looked at when the tick is over; the world goes on.
  void take_power_cuts(uint64_t operations);
  /// The service is stopped, and `vedette verify` must find every byte of every volume as it was
  /// signed, but for the files of somebody else; and every gap that the catalog has in a ledger.
  /// REQUIRES: running, with a key; all is whole again.
  void stop_and_verify();
  [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
  /// Called before each operation that is not the checker's.
  void set_on_operation(std::function<void()> seen) { seen_ = std::move(seen); }
  /// run() returns after this long at most.
  void shorten(Duration left) { deadline_ = std::min(deadline_, clock_.mono() + left); }

  [[nodiscard]] fs::FakeFileSystem& disk() { return disk_; }
  [[nodiscard]] FakeClock& clock() { return clock_; }
  [[nodiscard]] Checker& checker() { return checker_; }
  [[nodiscard]] Expect& expect() { return expect_; }
  [[nodiscard]] ScriptedCamera& camera(size_t index) { return cameras_[index]; }
  [[nodiscard]] record::Recorder& recorder(size_t index) { return *recorders_[index]; }
  [[nodiscard]] size_t cameras() const { return cameras_.size(); }
  [[nodiscard]] store::Catalog& catalog() { return *catalog_; }
  [[nodiscard]] store::Archive& archive() { return *archive_; }
  [[nodiscard]] store::ConfigStore& config() { return *config_; }
  [[nodiscard]] const WorldOptions& options() const { return options_; }
  void step_clock(Duration d);
  /// What this camera recorded in the last `length` is held from now on.
  void hold(size_t camera, Duration length);
  /// Of every operation of the disk and every byte of the wires so far, with the time of each.
  [[nodiscard]] uint64_t trace() const;
  [[nodiscard]] static std::string volume(int index) { return "/v" + std::to_string(index); }
  static constexpr const char* kCatalog = "/data/catalog.db";

 private:
  void tick();
  void deliver();
  void pass(Duration d);  // while the disk hangs
  void on_operation(fs::Op op, const std::string& path);
  [[nodiscard]] std::string why_not_delete(const std::string& path);
  void note_reported(WallTime from);
  void clean();
  [[nodiscard]] RetentionView retention_view();
  [[nodiscard]] std::set<uint64_t> gaps_in_ledgers();
  [[nodiscard]] const evidence::Signer* signer() const { return signer_ ? &*signer_ : nullptr; }
  void end_process();
  struct Copy;
  void examine_copies();
  void examine(Copy& copy);
  [[nodiscard]] store::ArchiveOptions archive_options() const;

  const WorldOptions options_;
  fs::FakeChance chance_;
  std::string real_folder_;  // of config.db
  fs::FakeFileSystem disk_;
  FakeClock clock_;
  std::optional<evidence::Ed25519Signer> signer_;
  Checker checker_;
  RetentionWatch retention_watch_;
  Expect expect_;
  std::vector<ScriptedCamera> cameras_;
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::Archive> archive_;
  std::vector<std::unique_ptr<record::Recorder>> recorders_;
  uint64_t ticks_ = 0;
  uint64_t trace_ = 14695981039346656037U;
  MonoTime deadline_{INT64_MAX};
  uint64_t cut_one_in_ = 0;
  std::vector<Copy> copies_;
  std::vector<Cut> cuts_;
  std::function<void()> seen_;
  bool cleaning_ = false;
  bool looking_ = false;  // operations are the checker's
};

}  // namespace vedette::trial
