// SPDX-License-Identifier: Apache-2.0
#include "store/volume_writer.h"

#include <algorithm>

#include "base/id.h"
#include "base/log.h"
#include "store/live_index.h"

namespace vedette::store {
namespace {

// Fragments wait up to this long for company: a wake-up costs as much as writing a small one.
constexpr Duration kBetweenRounds = std::chrono::milliseconds(100);
constexpr Duration kIdle = std::chrono::seconds(1);
constexpr Duration kRetry = std::chrono::seconds(5);
constexpr Duration kSpaceEvery = std::chrono::seconds(5);
// Up to this many dirty files one fdatasync each is cheaper than syncing the whole disk, which may
// hold other programs' writes. Eight files a second took 7 % of recording 16 cameras, syncfs 2 %.
constexpr size_t kFewFiles = 2;
constexpr uint64_t kMinFree = uint64_t{16} << 20;
// A file stays well below kMaxFileUs in UTC even with one long fragment at its end.
constexpr int64_t kFileUsLimit = kMaxFileUs - int64_t{60} * 1'000'000;

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

// Files of cameras that start together must not all rotate together: the first file of a run is
// shortened to between half and all of the target, always the same for a camera.
Duration first_target(const std::string& camera, Duration target) {
  const auto share = static_cast<int64_t>(std::hash<std::string>{}(camera) % 1000);
  return Duration(target.count() / 2 + target.count() * share / 2000);
}

}  // namespace

Result<void> RunImpl::submit(FragmentInput fragment) {
  if (failed_) return make_error(ErrorCode::kUnavailable, failure()->detail);
  auto queued = volume_.push(shared_from_this(), std::move(fragment));
  if (!queued) {
    const bool stopping = queued.error().code == ErrorCode::kCancelled;
    fail(stopping ? "stopped" : "overload", queued.error().what);
    end();
  }
  return queued;
}

void RunImpl::end() {
  if (!ended_.exchange(true)) volume_.push_end(shared_from_this());
}

bool RunImpl::should_move() const { return !begun_full_ && volume_.full(); }

std::optional<RunWriter::Failure> RunImpl::failure() const {
  if (!failed_) return std::nullopt;
  MutexLock lock(mutex_);
  return failure_;
}

void RunImpl::fail(std::string cause, std::string detail) {
  MutexLock lock(mutex_);
  if (!failure_) failure_ = Failure{std::move(cause), std::move(detail)};
  failed_ = true;
}

VolumeWriter::VolumeWriter(const ArchiveParts& parts, const ArchiveOptions& options,
                           VolumeSpec spec)
    : parts_(parts),
      options_(options),
      spec_(std::move(spec)),
      ledger_(parts.files, parts.clock, parts.signer) {
  identify();
  synced_at_ = parts_.clock.mono();
  rate_at_ = synced_at_;
}

VolumeWriter::~VolumeWriter() { stop(); }

void VolumeWriter::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run_thread(stop); });
}

void VolumeWriter::run_thread(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait_for_work();
    round();
  }
}

void VolumeWriter::wait_for_work() {
  const MonoTime now = parts_.clock.mono();
  const MonoTime due =
      dirty_.empty() && !ledger_.due() ? now + kIdle : synced_at_ + options_.sync_interval;
  MutexLock lock(queue_mutex_);
  if (!stopping_ && queue_.empty() && due > now) queue_changed_.wait_for(queue_mutex_, due - now);
  const Duration early = round_at_ + kBetweenRounds - parts_.clock.mono();
  if (!stopping_ && early > Duration(0) && queued_bytes_ <= options_.queue_bytes / 4)
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
  for (Item& item : take_items()) process(item);
  for (const auto& run : std::set(runs_)) {
    Item end{run, {}, 0, true};
    process(end);
  }
  sync();
  if (!started_) return;
  ledger_.append(service_entry(evidence::ServiceEntry::Event::kStopped, parts_.signer));
  started_ = false;
  if (const auto last = ledger_.commit_signed(); !last)
    log::warn("store", "{}", last.error().message());
}

void VolumeWriter::step() { round(); }

void VolumeWriter::round() {
  for (Item& item : take_items()) process(item);
  const MonoTime now = round_at_ = parts_.clock.mono();
  if (now - synced_at_ >= options_.sync_interval) sync();
  measure_rate();
  count_reserved();
  if (broken() ? now >= retry_at_ : now - space_at_ >= kSpaceEvery) check_health();
}

std::deque<VolumeWriter::Item> VolumeWriter::take_items() {
  MutexLock lock(queue_mutex_);
  queued_bytes_ = 0;
  return std::exchange(queue_, {});
}

void VolumeWriter::identify() {
  auto volume =
      Volume::identify(parts_.files, parts_.config, spec_.path, parts_.catalog.generation());
  if (!volume) return set_problem(volume.error(), kRetry);
  parts_.catalog.set_volume_root(volume->id(), spec_.path);
  ledger_.attach({spec_.path, volume->id(), parts_.config.site_id()});
  if (!std::exchange(started_, true))
    ledger_.append(service_entry(evidence::ServiceEntry::Event::kStarted, parts_.signer));
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
  if (const auto there = volume->verify(parts_.files); !there) {
    known_folders_.clear();
    return set_problem(there.error(), kRetry);
  }
  space_at_ = parts_.clock.mono();
  const auto space = parts_.files.space(spec_.path);
  if (!space) return set_problem(space.error(), kRetry);
  MutexLock lock(state_mutex_);
  space_ = *space;
  if (problem_ && space->free_bytes >= kMinFree) problem_.reset();
  failures_ = 0;
}

void VolumeWriter::set_problem(Error error, Duration retry) {
  retry_at_ = parts_.clock.mono() + retry;
  MutexLock lock(state_mutex_);
  if (!problem_ || problem_->what != error.what)
    log::error("store", "volume={}: {}", spec_.path, error.message());
  problem_ = std::move(error);
}

std::optional<Volume> VolumeWriter::volume() const {
  MutexLock lock(state_mutex_);
  return volume_;
}

std::shared_ptr<RunImpl> VolumeWriter::begin_run(const RunSpec& spec) {
  ++active_runs_;
  return std::make_shared<RunImpl>(
      *this, spec, RunImpl::Begin{random_id(evidence::kRunIdBytes), full(), unpublished_});
}

Result<void> VolumeWriter::push(std::shared_ptr<RunImpl> run, FragmentInput fragment) {
  VEDETTE_ASSERT(!fragment.video.empty());
  const size_t bytes = fragment.size_bytes();
  bool wake = false;
  {
    MutexLock lock(queue_mutex_);
    if (stopping_) return make_error(ErrorCode::kCancelled, "the recorder is stopping");
    if (queued_bytes_ + bytes > options_.queue_bytes) {
      ++dropped_;
      return make_error(ErrorCode::kResourceExhausted,
                        "the disk of " + spec_.path + " is too slow for what is recorded");
    }
    queued_bytes_ += bytes;
    wake = queue_.empty() || queued_bytes_ > options_.queue_bytes / 4;
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
  VEDETTE_ASSIGN(const FragmentEntry entry, run.file->append(built, checkpoint));
  dirty_of(run).entries.push_back(entry);
  failures_ = 0;
  ++written_;
  const size_t bytes = built.size_bytes + (checkpoint ? checkpoint->box.size() : 0);
  written_bytes_ += bytes;
  used_bytes_ += static_cast<int64_t>(bytes);
  return ok();
}

bool VolumeWriter::must_rotate(const RunImpl& run, const FragmentBuilder::Built& next) const {
  const RecordingFile& file = *run.file;
  const int64_t utc = next.entry.start_us - file.ref()->start_us;
  const int64_t length =
      ticks_to_us(next.entry.media_time - file.media_start(), file.ref()->timescale);
  // A wall clock that steps would break the bound that queries rely on: this one may not wait for a
  // random access unit.
  if (utc < 0 || utc > kFileUsLimit) return true;
  if (!next.entry.random_access) return file.fragments() >= kIndexEntries * 4;
  return length >= run.file_target.count() || file.fragments() >= kIndexEntries ||
         static_cast<int64_t>(file.end() + next.size_bytes) > file_bytes_limit();
}

Result<void> VolumeWriter::open_file(RunImpl& run, const FragmentBuilder::Built& first) {
  if (broken()) return *problem();
  const auto volume = this->volume();
  if (!volume) return make_error(ErrorCode::kNotFound, "the volume is missing");
  if (auto there = volume->verify(parts_.files); !there)
    return make_error(ErrorCode::kNotFound, there.error().what);
  const RunSpec& spec = run.spec();
  FileRef ref;
  ref.id = parts_.catalog.new_file_id();
  ref.camera = spec.camera;
  ref.kind = spec.kind;
  ref.run = run.id();
  ref.seq = run.next_file;
  ref.volume = volume->id();
  ref.root = volume->path();
  ref.start_us = first.entry.start_us;
  ref.relative = recording_path(spec.camera, spec.kind, ref.run, ref.seq, {ref.start_us});
  VEDETTE_TRY(make_day_folder(ref.relative));
  run.file_target = run.next_file == 0 ? first_target(spec.camera, options_.file_duration)
                                       : options_.file_duration;
  double& rate = bytes_per_us_[{spec.camera, spec.kind}];
  if (rate <= 0 && first.entry.duration > 0)
    rate = static_cast<double>(first.size_bytes) /
           static_cast<double>(
               std::max<int64_t>(1, ticks_to_us(first.entry.duration, spec.video->timescale)));
  const auto expected =
      static_cast<int64_t>(rate * static_cast<double>(run.file_target.count()) * 1.05);
  FileStart start{std::move(ref), parts_.config.site_id(), first.entry.sequence, first.previous, 0};
  start.expect_bytes = to_allocate(expected, first.size_bytes);
  VEDETTE_ASSIGN(run.file, RecordingFile::create(parts_.files, spec, std::move(start)));
  ++run.next_file;
  parts_.catalog.live().open_file(run.file->ref());
  ledger_.append(
      file_entry(evidence::FileEntry::Event::kOpened, *run.file->ref(), run.file->opened()));
  used_bytes_ += static_cast<int64_t>(run.file->end());
  reserved_bytes_ += static_cast<int64_t>(run.file->reserved());
  return ok();
}

Result<void> VolumeWriter::make_day_folder(const std::string& relative) {
  const std::string day = fs::parent_of(fs::join(spec_.path, relative));
  dirty_folders_.insert(day);
  // Retention removes folders that it emptied.
  if (known_folders_.count(day) > 0 && parts_.files.exists(day)) return ok();
  VEDETTE_TRY(parts_.files.make_dirs(day));
  std::string folder = day;
  for (int level = 0; level < 4; ++level) {
    folder = fs::parent_of(folder);
    dirty_folders_.insert(folder);
  }
  if (known_folders_.size() > 4096) known_folders_.clear();  // a year of days is not worth keeping
  known_folders_.insert(day);
  return ok();
}

VolumeWriter::Dirty& VolumeWriter::dirty_of(RunImpl& run) {
  for (Dirty& dirty : dirty_)
    if (dirty.file == run.file) return dirty;
  dirty_.push_back({run.shared_from_this(), run.file, {}, false});
  return dirty_.back();
}

// Without the key the records wait for a later checkpoint of this file; without one at its end the
// ledger alone vouches for them.
RecordingFile::Checkpoint VolumeWriter::sign(const RecordingFile& file,
                                             evidence::Checkpointer::State state) {
  if (parts_.signer == nullptr) return std::nullopt;
  state.now = parts_.clock.wall();
  state.ledger = ledger_.head();
  auto made = file.checkpointer().make(*parts_.signer, state);
  if (!made && !sign_failed_) log::error("store", "not signed: {}", made.error().message());
  sign_failed_ = !made;
  if (!made) return std::nullopt;
  return std::move(made).value();
}

void VolumeWriter::close_file(RunImpl& run, After after) {
  if (!run.file) return;
  if (run.file->fragments() == 0) {
    ledger_.append(
        file_entry(evidence::FileEntry::Event::kLost, *run.file->ref(), run.file->facts()));
    parts_.catalog.live().discard_file(run.file->ref()->id);
    (void)parts_.files.remove(run.file->ref()->path());
    used_bytes_ -= static_cast<int64_t>(run.file->end());
    run.file.reset();
    return;
  }
  // Without the index the file is still whole, only slower to open elsewhere.
  evidence::Checkpointer::State state;
  state.closing = true;
  state.final = after == After::kNothing;
  const auto before = static_cast<int64_t>(run.file->end());
  if (const auto finished = run.file->finish(sign(*run.file, state)); !finished)
    log::warn("store", "camera={}: {}", run.spec().camera, finished.error().message());
  used_bytes_ += static_cast<int64_t>(run.file->end()) - before;
  dirty_of(run).closing = true;
  run.file.reset();
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
  if (error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kUnsupported) return;
  const auto volume = this->volume();
  const auto there = volume ? volume->verify(parts_.files) : Result<void>(error);
  if (!there) return set_problem(there.error(), kRetry);
  if (error.code == ErrorCode::kResourceExhausted || ++failures_ >= kFailuresOfAVolume)
    set_problem(error, kRetry);
}

void VolumeWriter::sync() {
  synced_at_ = parts_.clock.mono();
  std::vector<Dirty> batch = std::exchange(dirty_, {});
  commit_ledger();
  if (batch.empty()) return;
  const std::set<std::string> folders = std::exchange(dirty_folders_, {});
  if (batch.size() > kFewFiles) {
    const auto synced = parts_.files.sync_all(spec_.path);
    if (!synced) known_folders_.clear();  // nobody knows which of their names are on the disk
    for (Dirty& dirty : batch) synced ? publish(dirty) : abandon(dirty, synced.error());
    return;
  }
  Result<void> named;
  for (const std::string& folder : folders) {
    auto synced = parts_.files.sync_dir(folder);
    // One that retention removed meanwhile held nothing of ours.
    if (synced || synced.error().code == ErrorCode::kNotFound) continue;
    named = std::move(synced);
    known_folders_.clear();
  }
  for (Dirty& dirty : batch) {
    const auto synced = named ? dirty.file->file().sync_data() : named;
    synced ? publish(dirty) : abandon(dirty, synced.error());
  }
}

// Before the files: what is published stands in the ledger as opened. A ledger that cannot be
// written keeps retention from deleting, and nothing else.
void VolumeWriter::commit_ledger() {
  if (!ledger_.due() || !volume()) return;
  (void)ledger_.commit();
}

void VolumeWriter::publish(Dirty& dirty) {
  const FileRef& ref = *dirty.file->ref();
  LiveIndex& live = parts_.catalog.live();
  dirty.file->synced();
  live.commit(ref.id, dirty.entries);
  for (const FragmentEntry& entry : dirty.entries)
    dirty.run->committed(entry, entry.start_us + ticks_to_us(entry.duration, ref.timescale));
  if (!dirty.closing) return;
  ledger_.append(file_entry(evidence::FileEntry::Event::kClosed, ref, dirty.file->facts()));
  live.close_file(ref.id, static_cast<int64_t>(dirty.file->end()));
  const int64_t start = ref.start_us;
  const int64_t length = dirty.run->committed_end_us() - start;
  if (length > 1'000'000)
    bytes_per_us_[{ref.camera, ref.kind}] =
        static_cast<double>(dirty.file->end()) / static_cast<double>(length);
}

// The kernel may have thrown the pages away and marked them clean: asking again would succeed and
// mean nothing. What was committed before stays; the rest of this file is not believed.
void VolumeWriter::abandon(Dirty& dirty, const Error& error) {
  RunImpl& run = *dirty.run;
  const FileRef& ref = *dirty.file->ref();
  run.fail("sync_failed", error.what);
  log::error("store", "camera={} run={}: sync failed, file given up: {}", ref.camera, ref.run,
             error.message());
  dropped_ += dirty.entries.size();
  if (run.file == dirty.file) run.file.reset();
  if (!run.over) {
    run.over = true;
    --active_runs_;
    runs_.erase(run.shared_from_this());
    if (run.file) close_file(run, After::kNothing);  // a newer file of the run: not what failed
  }
  LiveIndex& live = parts_.catalog.live();
  if (dirty.file->fragments() == dirty.entries.size()) {
    live.discard_file(ref.id);
    (void)parts_.files.remove(ref.path());
    used_bytes_ -= static_cast<int64_t>(dirty.file->end());
    ledger_.append(file_entry(evidence::FileEntry::Event::kLost, ref, dirty.file->synced_facts()));
  } else {
    ledger_.append(
        file_entry(evidence::FileEntry::Event::kGivenUp, ref, dirty.file->synced_facts()));
    // The page cache still shows what is not on the disk: after a crash, recovery would believe it.
    (void)dirty.file->file().truncate(dirty.file->synced_end());
    live.close_file(ref.id, static_cast<int64_t>(dirty.file->synced_end()));
  }
}

}  // namespace vedette::store
