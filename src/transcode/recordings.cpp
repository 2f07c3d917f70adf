// SPDX-License-Identifier: Apache-2.0
#include "transcode/recordings.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/contain.h"

namespace vedette::transcode {
namespace {

constexpr Duration kMeasure = std::chrono::seconds(2);
/// What one of them counts for at most, so that a day being downloaded does not keep everybody out.
constexpr double kMostCounted_s = 5;
constexpr Duration kLongestStarved = std::chrono::seconds(10);

}  // namespace

struct RecordingJob {
  RecordingJob(RecordingRequest request, int max_width)
      : cost_s(request.cost_s),
        converter(std::move(request.media),
                  {max_width, 15,
                   request.stills ? vision::KeyFrames::kAll : vision::KeyFrames::kOfTrack}) {}

  const double cost_s;
  RecordingConverter converter;     ///< the pool's thread
  std::optional<MonoTime> starved;  ///< since when the budget had nothing for it; the same
  std::atomic<double> done{0};
  std::atomic<bool> over{false};  ///< nobody wants it any more, or it failed

  Mutex mutex{LockOrder::kQueue};
  Conversion::Done asked VEDETTE_GUARDED_BY(mutex);

  [[nodiscard]] bool is_asked() {
    MutexLock lock(mutex);
    return asked != nullptr;
  }
  [[nodiscard]] Conversion::Done take() {
    MutexLock lock(mutex);
    return std::exchange(asked, nullptr);
  }
  void answer(Result<Bytes> bytes) {
    if (const Conversion::Done reply = take()) reply(std::move(bytes));
  }
  void fail(const Error& error) {
    over = true;
    answer(error);
  }
  void step() {
    Bytes piece;
    Result<Progress> progress = make_error(
        ErrorCode::kInternal, "converting failed inside; the log of the server says how");
    (void)contain("converting a recording", [&] { progress = converter.step(piece); });
    done.store(converter.done(), std::memory_order_relaxed);
    if (!progress) return fail(progress.error());
    if (*progress == Progress::kMore) return;
    if (*progress == Progress::kEnd) over = true;
    answer(std::move(piece));
  }
};

Error no_room(double budget_cores) {
  return make_error(ErrorCode::kResourceExhausted,
                    fmt::format("converting may use {:.0f} % of a core, and what is being watched "
                                "takes all of it: close another such picture, use a browser that "
                                "decodes this codec, or raise --transcode-budget",
                                100 * budget_cores));
}

Conversion::Conversion(std::shared_ptr<RecordingJob> job, std::function<void()> wake)
    : job_(std::move(job)), wake_(std::move(wake)) {}

Conversion::~Conversion() {
  job_->over = true;
  // What asked is let go of outside of the lock: it may hold whatever it likes.
  const Done dropped = job_->take();
  wake_();
}

void Conversion::read(Done done) {
  if (job_->over) return done(Bytes());
  {
    MutexLock lock(job_->mutex);
    job_->asked = std::move(done);
  }
  wake_();
}

Recordings::~Recordings() {
  for (const auto& job : jobs_)
    job->answer(make_error(ErrorCode::kCancelled, "the recorder is being stopped"));
}

std::unique_ptr<Conversion> Recordings::add(RecordingRequest request, int max_width,
                                            std::function<void()> wake) {
  auto job = std::make_shared<RecordingJob>(std::move(request), max_width);
  MutexLock lock(mutex_);
  jobs_.push_back(job);
  return std::make_unique<Conversion>(std::move(job), std::move(wake));
}

double Recordings::backlog_s() const {
  MutexLock lock(mutex_);
  double total = 0;
  for (const auto& job : jobs_) {
    if (!job->over) total += std::min(kMostCounted_s, job->cost_s * (1 - job->done));
  }
  return total;
}

RecordingUse Recordings::usage() const {
  MutexLock lock(mutex_);
  const auto running =
      std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job->over.load(); });
  return {static_cast<size_t>(running), running > 0 ? cores_ : 0, pictures_};
}

std::vector<std::shared_ptr<RecordingJob>> Recordings::wanted() {
  std::vector<std::shared_ptr<RecordingJob>> gone;  // their files are closed outside of the lock
  MutexLock lock(mutex_);
  std::erase_if(jobs_, [&](const auto& job) {
    if (job->over) gone.push_back(job);
    return job->over.load();
  });
  return jobs_;
}

Recordings::Round Recordings::work(const Clock& clock, Budget& budget,
                                   const std::function<Duration()>& cpu_time) {
  Round round = Round::kIdle;
  for (const auto& job : wanted()) {
    if (job->over || !job->is_asked()) continue;
    const MonoTime now = clock.mono();
    budget.charge(Duration(0), now);
    if (budget.allows_recordings()) {
      convert(*job, clock, budget, cpu_time);
      round = Round::kMore;
      continue;
    }
    if (round == Round::kIdle) round = Round::kStarved;
    if (!job->starved) job->starved = now;
    if (now - *job->starved > kLongestStarved) job->fail(no_room(budget_cores_));
  }
  return round;
}

void Recordings::convert(RecordingJob& job, const Clock& clock, Budget& budget,
                         const std::function<Duration()>& cpu_time) {
  job.starved.reset();
  const uint64_t before = job.converter.pictures();
  const Duration begun = cpu_time();
  job.step();
  const Duration used = cpu_time() - begun;
  budget.charge(used, clock.mono());
  measure(used, clock.mono());
  MutexLock lock(mutex_);
  pictures_ += job.converter.pictures() - before;
}

void Recordings::measure(Duration used, MonoTime now) {
  used_ += used;
  const Duration elapsed = now - measured_;
  if (elapsed < kMeasure) return;
  MutexLock lock(mutex_);
  // The first look after a pause says nothing of a rate.
  cores_ = elapsed < 4 * kMeasure
               ? static_cast<double>(used_.count()) / static_cast<double>(elapsed.count())
               : 0;
  used_ = Duration(0);
  measured_ = now;
}

}  // namespace vedette::transcode
