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

class ArchiveImpl final : public Archive {
 public:
  ArchiveImpl(const ArchiveParts& parts, ArchiveOptions options)
      : parts_(parts), options_(std::move(options)) {
    for (const VolumeSpec& spec : options_.volumes)
      writers_.push_back(std::make_unique<VolumeWriter>(parts_, options_, spec));
    std::vector<VolumeWriter*> writers;
    for (const auto& writer : writers_) writers.push_back(writer.get());
    cleaner_ = std::make_unique<Cleaner>(parts_, options_, std::move(writers));
    recover();
    if (!options_.threads) return;
    for (const auto& writer : writers_) writer->start();
    cleaning_ = std::jthread([this](const std::stop_token& stop) { run_cleaner(stop); });
  }

  ~ArchiveImpl() override {
    if (cleaning_.joinable()) {
      cleaning_.request_stop();
      cleaning_.join();
    }
    tell_past();
    for (const auto& writer : writers_) writer->stop();
    (void)parts_.catalog.flush();
  }

  Result<std::shared_ptr<RunWriter>> begin_run(const RunSpec& spec) override {
    VolumeWriter* best = nullptr;
    VolumeWriter* slow = nullptr;
    std::optional<Error> trouble;
    for (const auto& writer : writers_) {
      if (auto problem = writer->problem()) {
        trouble = std::move(problem);
        if (writer->hung() && !writer->broken()) slow = writer.get();
        continue;
      }
      if (best == nullptr || before(*writer, *best)) best = writer.get();
    }
    // One that does not answer may answer yet, and memory takes what comes until it is used up.
    if (best == nullptr) best = slow;
    if (best == nullptr) return *std::move(trouble);
    return std::shared_ptr<RunWriter>(best->begin_run(spec));
  }

  void put_gap(const Gap& gap) override {
    parts_.catalog.put_gap(gap);
    tell_ledger(gap_entry(gap));
  }
  void note_export(const ExportNote& note) override { tell_ledger(export_entry(note)); }

  std::vector<VolumeStatus> volumes() const override {
    std::vector<VolumeStatus> all;
    for (const auto& writer : writers_) all.push_back(writer->status());
    return all;
  }

  Result<StorageReport> storage() override { return cleaner_->report(); }
  Result<std::vector<Deletion>> plan(Duration ahead) override { return cleaner_->plan(ahead); }
  Result<void> place_hold(const Hold& hold) override { return cleaner_->place_hold(hold); }
  Result<Hold> lift_hold(const std::string& id) override { return cleaner_->lift_hold(id); }

  std::vector<std::string> recovery_notes() const override {
    std::vector<std::string> all;
    for (const auto& writer : writers_)
      for (std::string& note : writer->recovery_notes()) all.push_back(std::move(note));
    return all;
  }
  FsckReport check(const FsckOptions& options, const FsckWatch& watch) override {
    std::vector<FsckVolume> volumes;
    for (const auto& writer : writers_) {
      const auto problem = writer->problem();
      volumes.push_back({writer->spec().path, writer->volume(),
                         problem ? problem->what : std::string(), writer->unpublished_runs()});
    }
    FsckReport report = Fsck(parts_, std::move(volumes), options).run(watch);
    if (!options.rebuild) return report;
    for (const auto& writer : writers_) adopt(*writer, report);
    if (report.rebuilt.size() == writers_.size()) parts_.catalog.set_rebuilt();
    return report;
  }
  void step() override {
    for (const auto& writer : writers_) writer->step();
  }
  void clean() override {
    tell_past();
    catch_up();
    cleaner_->run();
  }

 private:
  // A full volume is better than none: it makes room by taking cameras below their minimum.
  static bool before(const VolumeWriter& a, const VolumeWriter& b) {
    if (a.full() != b.full()) return b.full();
    return a.active_runs() < b.active_runs();
  }
  void tell_ledger(evidence::LedgerEntry entry) {
    // One ledger is enough; one that can be written if there is one.
    VolumeWriter* keeper = writers_.front().get();
    for (const auto& writer : writers_) {
      if (writer->problem()) continue;
      keeper = writer.get();
      break;
    }
    keeper->ledger().append(std::move(entry));
  }
  // A database that could not be written at the start ends the past when it can be.
  void tell_past() {
    for (const Gap& gap : parts_.catalog.take_past_gaps()) {
      if (!caught_up_) told_.insert(gap.id);
      tell_ledger(gap_entry(gap));
    }
  }
  // What a power cut kept from the ledgers and not from the catalog is entered again. Once, when
  // both can be read.
  void catch_up() {
    if (caught_up_ || parts_.catalog.problem()) return;
    std::vector<std::pair<VolumeWriter*, RecentLedger>> read;
    std::vector<RecentLedger> ledgers;
    for (const auto& writer : writers_) {
      const auto volume = writer->volume();
      if (!volume) continue;
      auto recent = read_recent_ledger(parts_.files, fs::join(writer->spec().path, kLedgerFolder));
      // What it may know stands in another one twice, at worst. A disk that is away seems to have
      // no ledger.
      if (!recent || !volume->verify(parts_.files)) continue;
      ledgers.push_back(*recent);
      read.emplace_back(writer.get(), std::move(recent).value());
    }
    if (ledgers.empty()) return;
    const auto gaps = gaps_no_ledger_knows(parts_.catalog, ledgers);
    const auto holds = parts_.config.holds();
    if (!gaps || !holds) return;
    caught_up_ = true;
    if (!gaps->empty()) log::info("store", "{} gaps are entered in the ledger again", gaps->size());
    for (const Gap& gap : *gaps)
      if (told_.count(gap.id) == 0) tell_ledger(gap_entry(gap));
    told_.clear();
    for (const auto& [writer, ledger] : read)
      for (auto& entry : holds_unknown_to(ledger, *holds))
        writer->ledger().append(std::move(entry));
  }
  void recover() {
    for (const auto& writer : writers_) writer->recover();
    if (const auto closed = parts_.catalog.close_past(parts_.clock.wall()); !closed)
      log::warn("store", "{}", closed.error().message());
    tell_past();
    catch_up();
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
    log::info("store", "volume={} rebuilt: {}", writer.spec().path,
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
        (void)contain("making room", [&] { cleaner_->make_room(); });
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
  std::vector<std::unique_ptr<VolumeWriter>> writers_;
  std::unique_ptr<Cleaner> cleaner_;
  bool caught_up_ = false;
  std::set<int64_t> told_;  // gaps that the ledgers were told of before they were read
  std::jthread cleaning_;
};

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(const ArchiveParts& parts, ArchiveOptions options) {
  if (options.volumes.empty())
    return make_error(ErrorCode::kInvalidArgument, "name a folder for recordings: --volume DIR");
  return std::unique_ptr<Archive>(std::make_unique<ArchiveImpl>(parts, std::move(options)));
}

}  // namespace vedette::store
