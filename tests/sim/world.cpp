// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "evidence/box_walk.h"
#include "seeded_random.h"
#include "sqlite_disk.h"
#include "store/ledger.h"
#include "store/ledger_files.h"
#include "store/verify_archive.h"

namespace vedette::trial {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(100);
constexpr uint64_t kCatalogTicks = 5;
constexpr uint64_t kCleanTicks = 20;
constexpr uint64_t kLookTicks = 10;
constexpr Duration kLookBack = std::chrono::seconds(45);  // disks hang for half a minute
constexpr uint64_t kPrime = 1099511628211U;

std::string real_folder() {
  const std::string root = std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp";
  std::string folder = root + "/vedette-trial-" + std::to_string(::getpid());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  return folder;
}

bool is_recording(const std::string& path) {
  return path.size() > 4 && path.compare(path.size() - 4, 4, ".mp4") == 0;
}

}  // namespace

std::vector<CameraScript> some_cameras(int count, fs::FakeChance& chance) {
  std::vector<CameraScript> cameras;
  const bool heavy = chance.below(4) == 0;
  for (int i = 0; i < count; ++i) {
    CameraScript script;
    script.id = "cam" + std::to_string(i);
    script.fps = 3 + static_cast<int>(chance.below(6));
    script.gop = script.fps * (chance.below(4) == 0 ? 2 : 1);
    script.key_bytes = heavy ? 20'000 : 1000 + chance.below(3000);
    script.other_bytes = heavy ? 3000 : 60 + chance.below(400);
    script.drift_ppm = static_cast<double>(chance.below(1001)) - 500;
    script.first_rtp = static_cast<uint32_t>(chance.next());
    script.sender_reports = chance.below(3) != 0;
    cameras.push_back(script);
  }
  return cameras;
}

WorldOptions signed_site(int cameras, uint64_t chance) {
  fs::FakeChance cast(chance);
  WorldOptions options;
  options.cameras = some_cameras(cameras, cast);
  options.sign = true;
  return options;
}

struct World::Copy {
  std::unique_ptr<fs::FakeFileSystem> disk;
  WallTime at;
};

World::World(WorldOptions options)
    : options_(std::move(options)),
      chance_(options_.seed),
      real_folder_(real_folder()),
      clock_(options_.begin) {
  // The library of signatures asks for numbers once in a process, which is not of the seed.
  (void)evidence::Ed25519Signer(evidence::Seed{});
  seed_system_random(options_.seed);
  if (options_.sign) {
    evidence::Seed key{};
    for (size_t i = 0; i < sizeof options_.seed; ++i)
      key[i] = static_cast<uint8_t>(options_.seed >> 8 * i);
    signer_.emplace(key);
  }
  put_sqlite_on(disk_);
  config_ = store::ConfigStore::open(real_folder_ + "/config.db").value();
  VEDETTE_ASSERT(disk_.make_dirs("/data"));
  for (int i = 0; i < options_.volumes; ++i) {
    VEDETTE_ASSERT(disk_.make_dirs(volume(i)));
    disk_.mount(volume(i), options_.disk_bytes);
  }
  for (const CameraScript& script : options_.cameras) {
    store::Camera camera;
    camera.id = camera.name = script.id;
    camera.main_url = "rtsp://camera/main";
    camera.retention.max_age_us = options_.keep_age_us;
    if (cameras_.size() < options_.keep.size()) camera.retention = options_.keep[cameras_.size()];
    VEDETTE_ASSERT(config_->add_camera(camera));
    cameras_.emplace_back(script, clock_);
    checker_.note_schedule(script.id, clock_.wall());
  }
  disk_.set_on_operation([this](fs::Op op, const std::string& path) { on_operation(op, path); });
  disk_.set_on_delay([this](Duration d) { pass(d); });
  start();
  // The site has been set up long ago: what is faulty here is its daily work.
  VEDETTE_ASSERT(disk_.sync_all("/"));
  for (int i = 0; i < options_.volumes; ++i) VEDETTE_ASSERT(disk_.sync_all(volume(i)));
}

World::~World() {
  end_process();
  config_.reset();
  std::filesystem::remove_all(real_folder_);
}

store::ArchiveOptions World::archive_options() const {
  store::ArchiveOptions options;
  for (int i = 0; i < options_.volumes; ++i)
    options.volumes.push_back({volume(i), options_.quota_bytes});
  options.file_duration = options_.file_duration;
  options.queue_bytes = options_.queue_bytes;
  options.threads = false;
  return options;
}

void World::start() {
  put_sqlite_on(disk_);
  catalog_ = store::Catalog::open(clock_, {.path = kCatalog, .threads = false});
  archive_ = store::Archive::open({disk_, clock_, *config_, *catalog_, signer()}, archive_options())
                 .value();
  for (ScriptedCamera& camera : cameras_) {
    recorders_.push_back(std::make_unique<record::Recorder>(
        *archive_, clock_, record::RecorderOptions{.camera = camera.script().id}));
    camera.begin(*recorders_.back());
  }
}

void World::stop() {
  for (ScriptedCamera& camera : cameras_) camera.end();
  recorders_.clear();
  archive_.reset();
  catalog_.reset();
  disk_.process_death();
}

// Its destructors run, but nothing they do reaches the disk.
void World::end_process() {
  disk_.set_halted(true);
  for (ScriptedCamera& camera : cameras_) camera.end();
  recorders_.clear();
  archive_.reset();
  catalog_.reset();
  disk_.set_halted(false);
}

void World::kill() {
  note_reported({clock_.wall() - kLookBack});
  end_process();
  disk_.process_death();
}

void World::cut_power(uint64_t seed) {
  note_reported({clock_.wall() - kLookBack});
  end_process();
  disk_.power_cut(seed);
}

void World::cut_power() {
  note_reported({clock_.wall() - kLookBack});
  end_process();
  disk_.power_cut();
}

void World::run(Duration length) {
  const MonoTime end = clock_.mono() + length;
  while (clock_.mono() < std::min(end, deadline_)) tick();
}

void World::tick() {
  clock_.advance(kTick);
  ++ticks_;
  if (!running()) return;
  deliver();
  archive_->step();
  if (ticks_ % kCatalogTicks == 0) catalog_->step();
  // A copy of the disk knows nothing of what was reported after it was taken.
  examine_copies();
  // What a disk that hung took at last may be old enough to be deleted at once.
  if (ticks_ % kLookTicks == 0) note_reported({clock_.wall() - kLookBack});
  if (ticks_ % kCleanTicks == 0) clean();
  examine_copies();
}

void World::clean() {
  cleaning_ = true;
  archive_->clean();
  cleaning_ = false;
  looking_ = true;
  disk_.set_exempt(true);
  for (std::string& finding : retention_watch_.judge_deletions(retention_view()))
    checker_.fail(std::move(finding));
  disk_.set_exempt(false);
  looking_ = false;
}

RetentionView World::retention_view() {
  const auto free_bytes = [this](const std::string& folder) {
    const auto space = disk_.space(folder);
    return space ? static_cast<int64_t>(space->free_bytes) : int64_t{0};
  };
  return {disk_,        *catalog_,          *config_,   archive_->volumes(),
          expect_.away, checker_.unknown(), free_bytes, clock_.wall()};
}

void World::check_limits() {
  if (!running() || !expect_.catalog_complete || !expect_.away.empty()) return;
  clean();
  looking_ = true;
  disk_.set_exempt(true);
  for (std::string& finding : RetentionWatch::judge_limits(retention_view(), expect_.utc_steady))
    checker_.fail(std::move(finding));
  disk_.set_exempt(false);
  looking_ = false;
}

void World::examine_copies() {
  for (Copy& copy : copies_) examine(copy);
  copies_.clear();
}

void World::deliver() {
  for (size_t i = 0; i < recorders_.size(); ++i) {
    cameras_[i].deliver(*recorders_[i]);
    recorders_[i]->on_tick(clock_.mono());
  }
}

void World::pass(Duration d) {
  for (Duration done{0}; done < d; done += kTick) {
    clock_.advance(kTick);
    ++ticks_;
    deliver();
  }
}

void World::step_clock(Duration d) {
  clock_.step_wall(d);
  expect_.utc_steady = false;
}

void World::hold(size_t camera, Duration length) {
  store::Hold hold;
  hold.id = fmt::format("{:x}", ticks_);
  hold.camera = cameras_[camera].script().id;
  hold.to = clock_.wall();
  hold.from = hold.to - length;
  hold.reason = "an accident";
  hold.who = "test";
  checker_.note_hold(hold.camera, hold.from.us, hold.to.us);
  cleaning_ = true;  // it first carries out what was committed to before
  VEDETTE_ASSERT(archive_->place_hold(hold));
  cleaning_ = false;
}

void World::note_reported(WallTime from) {
  if (!catalog_) return;
  looking_ = true;
  disk_.set_exempt(true);
  for (const ScriptedCamera& camera : cameras_)
    checker_.note_reported(*catalog_, camera.script().id, from);
  disk_.set_exempt(false);
  looking_ = false;
}

uint64_t World::trace() const {
  uint64_t all = trace_;
  for (const ScriptedCamera& camera : cameras_) all = (all ^ camera.trace()) * kPrime;
  return all;
}

void World::on_operation(fs::Op op, const std::string& path) {
  if (looking_) return;
  const auto mix = [&](uint64_t value) { trace_ = (trace_ ^ value) * kPrime; };
  mix(static_cast<uint64_t>(op));
  mix(static_cast<uint64_t>(clock_.wall().us));
  for (const char c : path) mix(static_cast<uint64_t>(c));
  if (seen_) seen_();
  if (cut_one_in_ > 0 && chance_.below(cut_one_in_) == 0)
    copies_.push_back({disk_.clone(), clock_.wall()});
  if (op != fs::Op::kRemove || !is_recording(path) || !disk_.exists(path)) return;
  looking_ = true;
  disk_.set_exempt(true);
  checker_.note_removal(path, why_not_delete(path));
  disk_.set_exempt(false);
  looking_ = false;
}

// What a deletion rests on, seen from outside: the catalog says so durably, and space or age asks
// for it.
std::string World::why_not_delete(const std::string& path) {
  if (!cleaning_) return "retention is not at work";
  const std::string volume = path.substr(0, path.find('/', 1));
  if (expect_.away.count(volume) > 0) return "this is another disk";
  const auto doomed = catalog_->tombstones();
  if (!doomed) return "the catalog does not answer";
  const auto mark = std::find_if(doomed->begin(), doomed->end(), [&](const auto& file) {
    return fs::join(volume, file.file->relative) == path;
  });
  if (mark == doomed->end()) return "no tombstone was committed";
  return {};
}

void World::check(bool may_wait) {
  if (!running()) return;
  disk_.set_exempt(true);
  looking_ = true;
  Expect expect = expect_;
  // What recovery said that it could not read yet is for later.
  if (may_wait && !archive_->recovery_notes().empty()) expect.catalog_complete = false;
  checker_.check(disk_, *catalog_, expect);
  looking_ = false;
  disk_.set_exempt(false);
}

std::set<uint64_t> World::gaps_in_ledgers() {
  std::set<uint64_t> ended;
  for (int i = 0; i < options_.volumes; ++i) {
    const auto paths = store::ledger_files(disk_, fs::join(volume(i), store::kLedgerFolder));
    if (!paths) continue;
    for (const std::string& path : *paths) {
      const Bytes content = disk_.content(path);
      for (auto at = evidence::find_box(content, 0); at;) {
        const auto box = evidence::box_at(content, *at);
        const auto entry =
            box ? evidence::decode_entry(*box) : Result<evidence::LedgerEntry>(Error{});
        at = evidence::find_box(content, entry ? *at + box->size() : *at + 1);
        const auto* gap = entry ? std::get_if<evidence::GapEntry>(&entry->what) : nullptr;
        if (gap != nullptr && gap->event == evidence::GapEntry::Event::kClosed)
          ended.insert(gap->id);
      }
    }
  }
  return ended;
}

void World::stop_and_verify() {
  const auto gaps = catalog_->gaps("", {INT64_MIN / 2}, {INT64_MAX / 2});
  stop();
  disk_.set_exempt(true);
  looking_ = true;
  for (int i = 0; i < options_.volumes; ++i) {
    const auto seen =
        store::verify_archive(disk_, {volume(i), evidence::Hash(signer_->public_key())});
    if (!seen) {
      checker_.fail("verify: " + seen.error().message());
      continue;
    }
    for (const evidence::Finding& finding : seen->findings) {
      if (!checker_.is_unknown(finding.path))
        checker_.fail(fmt::format("verify: {} {}: {}", to_string(finding.fault), finding.path,
                                  finding.detail));
    }
  }
  if (gaps && expect_.catalog_complete) {
    const std::set<uint64_t> known = gaps_in_ledgers();
    for (const store::Gap& gap : *gaps)
      if (gap.end && known.count(static_cast<uint64_t>(gap.id)) == 0)
        checker_.fail(
            fmt::format("no ledger knows the gap {} of {}: {}", gap.id, gap.camera, gap.cause));
  }
  looking_ = false;
  disk_.set_exempt(false);
}

void World::take_power_cuts(uint64_t operations) { cut_one_in_ = operations; }

void World::examine(Copy& copy) {
  Cut cut;
  cut.seed = chance_.next();
  copy.disk->power_cut(cut.seed);
  put_sqlite_on(*copy.disk);
  {
    auto catalog = store::Catalog::open(clock_, {.path = kCatalog, .threads = false});
    auto archive =
        store::Archive::open({*copy.disk, clock_, *config_, *catalog, signer()}, archive_options())
            .value();
    Checker checker = checker_.fresh_copy();
    checker.check(*copy.disk, *catalog, expect_);
    cut.findings = checker.findings();
    for (const ScriptedCamera& camera : cameras_) {
      if (!camera.connected()) continue;
      const int64_t end = Checker::newest(*catalog, camera.script().id);
      cut.lost_us = std::max(cut.lost_us, copy.at.us - end);
    }
    copy.disk->set_halted(true);
  }
  put_sqlite_on(disk_);
  cuts_.push_back(std::move(cut));
}

}  // namespace vedette::trial
