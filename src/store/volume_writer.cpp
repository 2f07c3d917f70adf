// SPDX-License-Identifier: Apache-2.0
#include "store/volume_writer.h"

#include <algorithm>

#include "base/contain.h"
#include "base/id.h"
#include "base/log.h"
#include "store/live_index.h"
#include "store/lost_identity.h"

namespace vedette::store {
namespace {

// Fragments wait up to this long for company: a wake-up costs as much as writing a small one.
constexpr Duration kBetweenRounds = std::chrono::milliseconds(100);
constexpr Duration kIdle = std::chrono::seconds(1);
constexpr Duration kRetry = std::chrono::seconds(5);
constexpr Duration kSpaceEvery = std::chrono::seconds(5);

const char* cause_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kResourceExhausted:
      return "disk_full";
    case ErrorCode::kNotFound:
      return "volume_missing";
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kUnsupported:
      return "bad_stream";
    default:
      return "write_failed";
  }
}

// One file that cannot be written says nothing about the others; this many in a row do.
constexpr int kFailuresOfAVolume = 3;
// Rounds in a row: five seconds without memory.
constexpr int kMostThrown = 50;

}  // namespace

VolumeWriter::VolumeWriter(const ArchiveParts& parts, const ArchiveOptions& options,
                           VolumeSpec spec)
    : parts_(parts),
      options_(options),
      path_(spec.path),
      ledger_(parts.files, parts.clock, parts.signer),
      queue_limit_(options.queue_bytes),
      limits_(std::move(spec)),
      lock_(parts.files, path_),
      begun_(parts.clock.wall()) {
  // First of all that this process tells it, however late the disk comes.
  ledger_.append(service_entry(evidence::ServiceEntry::Event::kStarted, parts_.signer));
  if (!contain(path_, [&] { identify(); })) set_problem(failed_inside(), kRetry);
  synced_at_ = parts_.clock.mono();
  rate_at_ = rate_from_ = synced_at_;
}

VolumeWriter::~VolumeWriter() {
  (void)contain(path_, [&] { stop(); });
}

void VolumeWriter::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run_thread(stop); });
}

void VolumeWriter::run_thread(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait_for_work();
    step();
  }
}

void VolumeWriter::wait_for_work() {
  const MonoTime now = parts_.clock.mono();
  const MonoTime due =
      dirty_.empty() && !ledger_.due() ? now + kIdle : synced_at_ + options_.sync_interval;
  MutexLock lock(queue_mutex_);
  if (!stopping_ && queue_.empty() && due > now) queue_changed_.wait_for(queue_mutex_, due - now);
  const Duration early = round_at_ + kBetweenRounds - parts_.clock.mono();
  if (!stopping_ && early > Duration(0) && queued_bytes_ <= queue_limit_ / 4)
    queue_changed_.wait_for(queue_mutex_, early);
}

void VolumeWriter::stop() {
  {
    MutexLock lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  if (thrown_ >= kMostThrown) end_all();
  if (!syncing_.empty()) sync();
  process_items();
  process_items();  // what came while others were left over
  for (const auto& run : std::set(runs_)) {
    Item end{run, {}, 0, true};
    process(end);
  }
  sync();
  if (!started_) return;
  ledger_.append(service_entry(evidence::ServiceEntry::Event::kStopped, parts_.signer));
  started_ = false;
  const auto last = ledger_.commit_signed();
  close_in_catalog(closing_.size(), last);
  if (!last) log::warn("store", "{}", last.error().message());
}

// A round that throws is gone on with in the next one, where it stopped. When none comes through,
// everything that is being written ends, as if the disk had failed: what was committed stays, and
// the recorders begin anew. They hear of it at once; putting their files in order may throw as
// well, and is then tried again before anything else is written.
void VolumeWriter::step() {
  ask();
  if (thrown_ < kMostThrown) thrown_ = contain(path_, [&] { round(); }) ? 0 : thrown_ + 1;
  if (thrown_ >= kMostThrown) {
    for (const auto& run : runs_) run->fail_inside();
    if (contain(path_, [&] { end_all(); })) thrown_ = 0;
  }
  answered();
}

void VolumeWriter::end_all() {
  // An older file of a run closes the newer one, which is then among the dirty ones.
  while (!syncing_.empty() || !dirty_.empty()) {
    if (syncing_.empty()) begin_sync();
    if (!syncing_.back().done) abandon(syncing_.back(), failed_inside());
    syncing_.pop_back();
  }
  remove_lost();
  while (!runs_.empty()) fail_run(**runs_.begin(), failed_inside());
}

void VolumeWriter::answered() {
  asked_us_ = 0;
  if (hang_told_.exchange(false)) log::warn("store", "volume={} answers again", path_);
}

void VolumeWriter::round() {
  if (!syncing_.empty()) sync();  // it threw: nothing is written before it is through
  if (!recovered_ && parts_.clock.mono() >= recover_at_) {
    asked_us_ = 0;  // reading many files takes as long as it takes
    (void)contain(path_, [&] { recover(When::kLate); });
  }
  process_items();
  const MonoTime now = round_at_ = parts_.clock.mono();
  ask();
  if (now - synced_at_ >= options_.sync_interval) sync();
  ask();
  measure_rate();
  count_reserved();
  if (broken() ? now >= retry_at_ : now - space_at_ >= kSpaceEvery) check_health();
}

void VolumeWriter::take_items() {
  MutexLock lock(queue_mutex_);
  queued_bytes_ = 0;
  taken_.swap(queue_);
}

// A fragment whose writing threw is lost, of which its recorder must hear; the others have theirs
// written.
void VolumeWriter::process_items() {
  if (taken_.empty()) take_items();
  for (; !taken_.empty(); taken_.pop_front()) {
    Item& item = taken_.front();
    ask();
    if (!std::exchange(item.tried, true) &&
        contain(item.run->spec().camera, [&] { process(item); }))
      continue;
    item.run->fail_inside();
    if (!item.run->over) fail_run(*item.run, failed_inside());
  }
}

Error VolumeWriter::failed_inside() {
  return make_error(ErrorCode::kInternal, "writing failed inside; the log of the server says how");
}

void VolumeWriter::identify() {
  auto volume = Volume::identify(parts_.files, parts_.config, path_, parts_.catalog.generation());
  if (!volume) return set_problem(volume.error(), kRetry);
  if (const auto ours = lock_.take(); !ours) return set_problem(ours.error(), kRetry);
  parts_.catalog.set_volume_root(volume->id(), path_);
  ledger_.attach({path_, volume->id(), parts_.config.site_id()});
  started_ = true;
  {
    MutexLock lock(state_mutex_);
    volume_ = std::move(volume).value();
    problem_.reset();
  }
  check_health();
}

void VolumeWriter::check_health() {
  const auto volume = this->volume();
  if (!volume) return identify();
  if (const auto there = verify_or_put_back(parts_.files, *volume, parts_.catalog); !there) {
    known_folders_.clear();
    lock_.let_go();
    return set_problem(there.error(), kRetry);
  }
  if (const auto ours = lock_.take(); !ours) return set_problem(ours.error(), kRetry);
  space_at_ = parts_.clock.mono();
  const auto space = parts_.files.space(path_);
  if (!space) return set_problem(space.error(), kRetry);
  const int64_t enough = enough_of(*space, spec());
  MutexLock lock(state_mutex_);
  space_ = *space;
  if (problem_ && static_cast<int64_t>(space->free_bytes) >= enough) problem_.reset();
  failures_ = 0;
}

void VolumeWriter::set_problem(Error error, Duration retry) {
  retry_at_ = parts_.clock.mono() + retry;
  MutexLock lock(state_mutex_);
  if (!problem_ || problem_->what != error.what)
    log::error("store", "volume={}: {}", path_, error.message());
  problem_ = std::move(error);
}

std::optional<Volume> VolumeWriter::volume() const {
  MutexLock lock(state_mutex_);
  return volume_;
}

std::shared_ptr<RunImpl> VolumeWriter::begin_run(const RunSpec& spec) {
  auto run = std::make_shared<RunImpl>(
      *this, spec,
      RunImpl::Begin{random_id(evidence::kRunIdBytes), full() || hung(), unpublished_});
  ++active_runs_;
  return run;
}

Result<void> VolumeWriter::push(std::shared_ptr<RunImpl> run, FragmentInput fragment) {
  VEDETTE_ASSERT(!fragment.video.empty());
  const size_t bytes = fragment.size_bytes();
  bool wake = false;
  {
    MutexLock lock(queue_mutex_);
    if (stopping_) return make_error(ErrorCode::kCancelled, "the recorder is stopping");
    if (queued_bytes_ + bytes > queue_limit_) {
      ++dropped_;
      return make_error(ErrorCode::kResourceExhausted,
                        "the disk of " + path_ + " is too slow for what is recorded");
    }
    queued_bytes_ += bytes;
    wake = queue_.empty() || queued_bytes_ > queue_limit_ / 4;
    queue_.push_back({std::move(run), std::move(fragment), bytes, false});
  }
  if (wake) queue_changed_.notify_one();
  return ok();
}

void VolumeWriter::push_end(std::shared_ptr<RunImpl> run) {
  {
    MutexLock lock(queue_mutex_);
    if (!stopping_) queue_.push_back({std::move(run), {}, 0, true});
  }
  queue_changed_.notify_one();
}

void VolumeWriter::put_gap(Gap gap) {
  gap.first_seen = parts_.clock.wall();
  parts_.catalog.put_gap(gap);
  ledger_.append(gap_entry(gap));
}

void VolumeWriter::process(Item& item) {
  RunImpl& run = *item.run;
  if (run.over) {
    if (!item.end) ++dropped_;
    return;
  }
  runs_.insert(item.run);
  if (!item.end) {
    if (const auto written = write(run, item.fragment); !written) {
      ++dropped_;
      fail_run(run, written.error());
    }
    return;
  }
  close_file(run, After::kNothing);
  run.over = true;
  --active_runs_;
  runs_.erase(item.run);
}

Result<void> VolumeWriter::write(RunImpl& run, const FragmentInput& fragment) {
  VEDETTE_ASSIGN(const FragmentBuilder::Built built,
                 builder_.build(run.spec(), parts_.config.site_id(), fragment, run.chain));
  if (refuses(built.size_bytes))
    return problem().value_or(make_error(ErrorCode::kResourceExhausted, "the quota is used up"));
  if (run.file && must_rotate(run, built)) close_file(run, After::kMore);
  if (!run.file) VEDETTE_TRY(open_file(run, built));
  RecordingFile::Checkpoint checkpoint;
  const int64_t duration_us = ticks_to_us(built.entry.duration, run.file->ref()->timescale);
  if (run.file->checkpointer().due_before(duration_us)) checkpoint = sign(*run.file, {});
  std::vector<FragmentEntry>& entries = dirty_of(run).entries;
  entries.reserve(entries.size() + 1);  // what is in the file is told as well
  VEDETTE_ASSIGN(const FragmentEntry entry, run.file->append(built, checkpoint));
  entries.push_back(entry);
  failures_ = 0;
  ++written_;
  const size_t bytes = built.size_bytes + (checkpoint ? checkpoint->box.size() : 0);
  written_bytes_ += bytes;
  used_bytes_ += static_cast<int64_t>(bytes);
  return ok();
}

void VolumeWriter::fail_run(RunImpl& run, const Error& error) {
  const std::shared_ptr<RunImpl> keep = run.shared_from_this();
  run.fail(cause_of(error), error.what);
  log::warn("store", "camera={} run={}: {}", run.spec().camera, run.id(), error.message());
  close_file(run, After::kNothing);
  run.over = true;
  --active_runs_;
  runs_.erase(keep);
  judge(error);
}

// Whether what happened to one file is the volume's fault. New files then go elsewhere; those being
// written go on until they fail themselves: their space may be reserved.
void VolumeWriter::judge(const Error& error) {
  if (error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kUnsupported ||
      error.code == ErrorCode::kInternal)
    return;
  const auto volume = this->volume();
  const auto there = volume ? volume->verify(parts_.files) : Result<void>(error);
  if (!there) return set_problem(there.error(), kRetry);
  if (error.code == ErrorCode::kResourceExhausted || ++failures_ >= kFailuresOfAVolume)
    set_problem(error, kRetry);
}

}  // namespace vedette::store
