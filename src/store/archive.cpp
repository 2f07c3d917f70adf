// SPDX-License-Identifier: Apache-2.0
#include "store/archive.h"

#include <algorithm>
#include <set>
#include <thread>

#include "base/contain.h"
#include "base/log.h"
#include "store/fsck.h"
#include "store/gap_audit.h"
#include "store/ledger_catch_up.h"
#include "store/retention.h"
#include "store/volume_writer.h"

namespace vedette::store {
namespace {

constexpr Duration kCleanEvery = std::chrono::seconds(2);
constexpr Duration kAuditEvery = std::chrono::minutes(1);
// What is recorded now must find room before it comes: looked at this often, which costs nothing
// while there is room.
constexpr Duration kRoomEvery = std::chrono::milliseconds(250);
// What the ledgers are to be told of the past is tried again after this long when it threw, then
// after twice as long each time.
constexpr Duration kTellAgain = std::chrono::seconds(5);
constexpr Duration kTellAgainAtMost = std::chrono::minutes(5);

class ArchiveImpl final : public Archive {
 public:
  ArchiveImpl(const ArchiveParts& parts, ArchiveOptions options)
      : parts_(parts), options_(std::move(options)), volumes_(parts_, options_) {
    for (const VolumeSpec& spec : options_.volumes) volumes_.add(spec);
    add_left_volumes();
    recover();
    if (!options_.threads) return;
    for (VolumeWriter* const writer : volumes_.all()) writer->start();
    cleaning_ = std::jthread([this](const std::stop_token& stop) { run_cleaner(stop); });
  }

  ~ArchiveImpl() override {
    if (cleaning_.joinable()) {
      cleaning_.request_stop();
      cleaning_.join();
    }
    (void)contain("the end of the archive", [&] { tell_past(); });
    (void)contain("the end of the archive", [&] {
      for (VolumeWriter* const writer : volumes_.all()) writer->stop();
    });
    (void)contain("the end of the archive", [&] { (void)parts_.catalog.flush(); });
  }

  Result<std::shared_ptr<RunWriter>> begin_run(const RunSpec& spec) override {
    VolumeWriter* best = nullptr;
    VolumeWriter* slow = nullptr;
    std::optional<Error> trouble;
    for (VolumeWriter* const writer : volumes_.all()) {
      if (writer->removed()) continue;
      if (auto problem = writer->problem()) {
        trouble = std::move(problem);
        if (writer->hung() && !writer->broken()) slow = writer;
        continue;
      }
      if (best == nullptr || before(*writer, *best)) best = writer;
    }
    // One that does not answer may answer yet, and memory takes what comes until it is used up.
    if (best == nullptr) best = slow;
    if (best != nullptr) return std::shared_ptr<RunWriter>(best->begin_run(spec));
    if (trouble) return *std::move(trouble);
    return make_error(ErrorCode::kUnavailable, "there is no volume to record to; add one");
  }

  void put_gap(const Gap& gap) override {
    parts_.catalog.put_gap(gap);
    tell_ledger(gap_entry(gap));
  }
  void note_export(const ExportNote& note) override { tell_ledger(export_entry(note)); }

  std::vector<VolumeStatus> volumes() const override {
    std::vector<VolumeStatus> all;
    for (VolumeWriter* const writer : volumes_.all())
      if (!left_empty(*writer)) all.push_back(writer->status());
    return all;
  }

  Result<StorageReport> storage() override { return cleaner_.report(); }
  Result<PlanAnswer> plan(const PlanQuestion& question) override {
    PlanQuestion asked = question;
    if (asked.instead) {
      asked.instead->path = parts_.config.folder_of(asked.instead->path);
      if (volumes_.find(asked.instead->path) == nullptr)
        return make_error(ErrorCode::kNotFound,
                          "nothing is recorded to " + question.instead->path + " as it is");
    }
    return cleaner_.plan(asked);
  }
  Result<void> make_room_for(const CopyRoom& copy) override { return cleaner_.make_room_for(copy); }
  Result<void> place_hold(const Hold& hold) override { return cleaner_.place_hold(hold); }
  Result<Hold> lift_hold(const std::string& id) override { return cleaner_.lift_hold(id); }

  Result<void> try_volume(const std::string& folder, Try how) override {
    if (volumes_.find(folder) != nullptr) return ok();
    // A folder that is made here would lie on the system's disk while the one that was meant is not
    // mounted.
    if (!parts_.files.exists(folder))
      return make_error(ErrorCode::kInvalidArgument,
                        "there is no folder " + folder + "; mount its disk and make the folder");
    const auto found = Volume::look(parts_.files, parts_.config, folder);
    if (!found) return make_error(ErrorCode::kInvalidArgument, found.error().what);
    for (const VolumeWriter* const writer : volumes_.all()) {
      const auto known = writer->volume();
      if (*found && known && known->id() == (*found)->id())
        return make_error(ErrorCode::kInvalidArgument, folder + " is the volume that is here as " +
                                                           writer->path() + "; name one of them");
    }
    if (how == Try::kLook) return ok();
    const auto made =
        Volume::identify(parts_.files, parts_.config, folder, parts_.catalog.generation());
    if (!made) return make_error(ErrorCode::kInvalidArgument, made.error().what);
    return ok();
  }

  Result<void> follow_configuration() override {
    MutexLock lock(change_mutex_);
    VEDETTE_ASSIGN(const auto wanted, parts_.config.volume_folders());
    for (const VolumeSpec& spec : wanted) {
      VolumeWriter* const known = volumes_.find(spec.path);
      if (known != nullptr) {
        known->set_limits(spec);
        known->set_removed(false);
        continue;
      }
      VolumeWriter& added = volumes_.add(spec);  // its thread brings in what is there
      if (options_.threads) added.start();
    }
    for (VolumeWriter* const writer : volumes_.all()) {
      const bool stays = std::any_of(wanted.begin(), wanted.end(), [&](const VolumeSpec& spec) {
        return spec.path == writer->path();
      });
      if (!stays) writer->set_removed(true);
    }
    return ok();
  }

  std::vector<std::string> recovery_notes() const override {
    std::vector<std::string> all;
    for (VolumeWriter* const writer : volumes_.all())
      for (std::string& note : writer->recovery_notes()) all.push_back(std::move(note));
    return all;
  }
  FsckReport check(const FsckOptions& options, const FsckWatch& watch) override {
    std::vector<FsckVolume> volumes;
    for (VolumeWriter* const writer : volumes_.all()) {
      const auto problem = writer->problem();
      volumes.push_back({writer->path(), writer->volume(), problem ? problem->what : std::string(),
                         writer->unpublished_runs()});
    }
    FsckReport report = Fsck(parts_, std::move(volumes), options).run(watch);
    if (!options.rebuild) return report;
    for (VolumeWriter* const writer : volumes_.all()) adopt(*writer, report);
    if (report.rebuilt.size() == volumes_.all().size()) parts_.catalog.set_rebuilt();
    return report;
  }
  void step() override {
    for (VolumeWriter* const writer : volumes_.all()) writer->step();
  }
  void clean() override {
    tell();
    cleaner_.run();
  }

 private:
  // What was recorded to once, and still has recordings, is read and cleaned: a volume that was
  // taken out of the configuration, by whomever.
  void add_left_volumes() {
    const auto known = parts_.config.volumes();
    const auto usage = parts_.catalog.usage();
    if (!known || !usage) return;
    std::set<std::string> here;
    for (const VolumeWriter* const writer : volumes_.all()) {
      if (const auto volume = writer->volume()) here.insert(volume->id());
      for (const KnownVolume& one : *known)
        if (one.path == writer->path()) here.insert(one.id);
    }
    for (const KnownVolume& one : *known) {
      const bool used = std::any_of(usage->begin(), usage->end(), [&](const Usage& part) {
        return part.volume == one.id && part.bytes > 0;
      });
      if (!used || !here.insert(one.id).second) continue;
      volumes_.add({one.path, std::nullopt, std::nullopt}).set_removed(true);
    }
  }
  static bool left_empty(const VolumeWriter& writer) {
    return writer.removed() && writer.volume() && writer.used_bytes() <= 0 &&
           writer.active_runs() == 0;
  }
  // A full volume is better than none: it makes room by taking cameras below their minimum.
  static bool before(const VolumeWriter& a, const VolumeWriter& b) {
    if (a.full() != b.full()) return b.full();
    return a.active_runs() < b.active_runs();
  }
  void tell_ledger(evidence::LedgerEntry entry) {
    // One ledger is enough; one that can be written if there is one.
    const auto all = volumes_.all();
    const auto able = [](const VolumeWriter* writer) { return !writer->problem(); };
    const auto recorded = [&](const VolumeWriter* writer) {
      return !writer->removed() && able(writer);
    };
    auto keeper = std::find_if(all.begin(), all.end(), recorded);
    if (keeper == all.end()) keeper = std::find_if(all.begin(), all.end(), able);
    (keeper == all.end() ? all.front() : *keeper)->ledger().append(std::move(entry));
  }
  // Whatever throws, recording goes on, and what was not told is told later.
  void tell() {
    if (parts_.clock.mono() < tell_at_) return;
    const bool told = contain("telling the ledgers of the past", [&] {
      tell_past();
      catch_up();
    });
    if (told) {
      tell_again_ = kTellAgain;
      return;
    }
    tell_at_ = parts_.clock.mono() + tell_again_;
    tell_again_ = std::min(2 * tell_again_, kTellAgainAtMost);
  }
  // A database that could not be written at the start ends the past when it can be.
  void tell_past() {
    if (past_told_ == past_.size()) {
      past_ = parts_.catalog.take_past_gaps();
      past_told_ = 0;
    }
    for (; past_told_ < past_.size(); ++past_told_) {
      const Gap& gap = past_[past_told_];
      tell_ledger(gap_entry(gap));
      if (!caught_up_) told_.insert(gap.id);
    }
  }
  // What a power cut kept from the ledgers and not from the catalog is entered again. Once, when
  // both can be read.
  void catch_up() {
    if (caught_up_ || parts_.catalog.problem()) return;
    std::vector<std::pair<VolumeWriter*, RecentLedger>> read;
    std::vector<RecentLedger> ledgers;
    for (VolumeWriter* const writer : volumes_.all()) {
      const auto volume = writer->volume();
      if (!volume) continue;
      auto recent = read_recent_ledger(parts_.files, fs::join(writer->path(), kLedgerFolder));
      // What it may know stands in another one twice, at worst. A disk that is away seems to have
      // no ledger.
      if (!recent || !volume->verify(parts_.files)) continue;
      ledgers.push_back(*recent);
      read.emplace_back(writer, std::move(recent).value());
    }
    if (ledgers.empty()) return;
    const auto gaps = gaps_no_ledger_knows(parts_.catalog, ledgers);
    const auto holds = parts_.config.holds();
    if (!gaps || !holds) return;
    if (!gaps->empty()) log::info("store", "{} gaps are entered in the ledger again", gaps->size());
    // Should one throw, the next try goes on with it.
    for (const Gap& gap : *gaps) {
      if (told_.count(gap.id) > 0) continue;
      tell_ledger(gap_entry(gap));
      told_.insert(gap.id);
    }
    for (const auto& [writer, ledger] : read) {
      if (told_of_holds_.count(writer) > 0) continue;
      for (auto& entry : holds_unknown_to(ledger, *holds))
        writer->ledger().append(std::move(entry));
      told_of_holds_.insert(writer);
    }
    caught_up_ = true;
    told_.clear();
  }
  // What throws here keeps nobody from recording: the thread of the volume recovers, and retention
  // tells, when they come to it.
  void recover() {
    for (VolumeWriter* const writer : volumes_.all())
      (void)contain(writer->path(), [&] { writer->recover(); });
    (void)contain("the end of the past", [&] {
      if (const auto closed = parts_.catalog.close_past(parts_.clock.wall()); !closed)
        log::warn("store", "{}", closed.error().message());
    });
    tell();
  }

  // Restored files count as used from now on, those that are gone no longer.
  void adopt(VolumeWriter& writer, FsckReport& report) {
    const auto volume = writer.volume();
    if (!volume) return;
    const auto changed = report.listed_bytes.find(volume->id());
    if (changed != report.listed_bytes.end()) writer.add_used(changed->second);
    if (std::count(report.rebuilt.begin(), report.rebuilt.end(), volume->id()) == 0) return;
    const auto adopted = writer.adopt_generation();
    if (!adopted) report.error = adopted.error().message();
    log::info("store", "volume={} rebuilt: {}", writer.path(),
              adopted ? "retention works on it" : report.error);
  }

  void run_cleaner(const std::stop_token& stop) {
    MonoTime next = parts_.clock.mono();
    MonoTime audit_at = next + kAuditEvery;
    GapAudit audit(parts_, [this](const Gap& gap) { put_gap(gap); });
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(kRoomEvery);
      // What throws ends this round of one task and no other: the next one finds what is left.
      if (parts_.clock.mono() < next) {
        (void)contain("making room", [&] { cleaner_.make_room(); });
        continue;
      }
      (void)contain("retention", [&] { clean(); });
      if (parts_.clock.mono() >= audit_at) {
        (void)contain("the audit of gaps", [&] { audit.run(); });
        audit_at = parts_.clock.mono() + kAuditEvery;
      }
      next = parts_.clock.mono() + kCleanEvery;
    }
  }

  const ArchiveParts parts_;
  const ArchiveOptions options_;
  VolumeSet volumes_;
  Cleaner cleaner_{parts_, volumes_};
  Mutex change_mutex_{LockOrder::kArchive};
  std::vector<Gap> past_;  // what ended before this process began …
  size_t past_told_ = 0;   // … and how many of it the ledgers were told of
  bool caught_up_ = false;
  std::set<int64_t> told_;  // gaps that the ledgers were told of before they were read
  std::set<const VolumeWriter*> told_of_holds_;
  MonoTime tell_at_;
  Duration tell_again_ = kTellAgain;
  std::jthread cleaning_;
};

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(const ArchiveParts& parts, ArchiveOptions options) {
  if (options.volumes.empty())
    return make_error(ErrorCode::kInvalidArgument, "name a folder for recordings: --volume DIR");
  return std::unique_ptr<Archive>(std::make_unique<ArchiveImpl>(parts, std::move(options)));
}

}  // namespace vedette::store
