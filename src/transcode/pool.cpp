// SPDX-License-Identifier: Apache-2.0
#include "transcode/pool.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/contain.h"
#include "transcode/budget.h"
#include "transcode/session.h"

namespace vedette::transcode {
namespace {

/// At most this long after a camera has gone its viewers are told.
constexpr Duration kLongestWait = std::chrono::milliseconds(200);
/// While nobody watches: whoever begins to wakes the thread.
constexpr Duration kNobodyWait = std::chrono::seconds(10);
/// Between two looks at who is still watching.
constexpr int kMostPerRound = 16;
/// With nothing left of the budget: when it is looked at again.
constexpr Duration kStarvedWait = std::chrono::milliseconds(20);
/// A recording that would have to wait longer than this for those before it is refused.
constexpr double kLongestQueueSeconds = 10;

}  // namespace

struct Pool::Wake {
  Mutex mutex{LockOrder::kQueue};
  CondVar changed;
  bool pending VEDETTE_GUARDED_BY(mutex) = false;
  bool stop VEDETTE_GUARDED_BY(mutex) = false;

  void notify() {
    {
      MutexLock lock(mutex);
      pending = true;
    }
    changed.notify_one();
  }
};

struct Pool::Work {
  Work(double cores, MonoTime now, std::function<Duration()> cpu)
      : budget(cores, now), cpu_time(std::move(cpu)) {}
  Budget budget;
  std::function<Duration()> cpu_time;
};

Lease::Lease(std::shared_ptr<Session> session) : session_(std::move(session)) {}
Lease::~Lease() = default;
const std::shared_ptr<stream::Hub>& Lease::hub() const { return session_->output(); }

Pool::Pool(const Clock& clock, Options options)
    : clock_(clock),
      options_(std::move(options)),
      wake_(std::make_shared<Wake>()),
      recordings_(options_.budget_cores),
      work_(std::make_unique<Work>(options_.budget_cores, clock.mono(),
                                   options_.cpu_time ? options_.cpu_time : thread_cpu_time)) {
  if (options_.threaded) thread_ = std::thread([this] { run(); });
}

Pool::~Pool() {
  {
    MutexLock lock(wake_->mutex);
    wake_->stop = true;
  }
  wake_->changed.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<std::shared_ptr<Lease>> Pool::acquire(const std::string& camera, stream::StreamKind kind,
                                             const std::shared_ptr<stream::Hub>& source, Ask ask) {
  const stream::HubState state = source->state();
  const double expected =
      state.video ? expected_cores(state.video->width, state.video->height, state.video->fps) : 0;
  MutexLock lock(mutex_);
  double used = 0;
  for (const auto& [key, entry] : entries_) {
    const auto session = entry.session.lock();
    if (!session) continue;
    if (key == Key(camera, kind) && session->source() == source) {
      if (auto lease = entry.lease.lock()) return lease;
      continue;
    }
    used += session->cores();
  }
  // One stream may always be watched: beyond the budget it loses pictures, which is still more than
  // nothing.
  if (options_.budget_cores <= 0 || (used > 0 && used + expected > options_.budget_cores)) {
    if (ask == Ask::kFirst) ++refused_;
    return make_error(
        ErrorCode::kResourceExhausted,
        fmt::format("converting uses {:.0f} % of a core and may use {:.0f} %: close another such "
                    "picture, use a browser that decodes this codec, or raise --transcode-budget",
                    100 * used, 100 * options_.budget_cores));
  }
  const auto session =
      std::make_shared<Session>(source, vision::TranscoderOptions{options_.max_width},
                                clock_.wall(), [wake = wake_] { wake->notify(); });
  auto lease = std::make_shared<Lease>(session);
  entries_[Key(camera, kind)] = {lease, session};
  wake_->notify();
  return lease;
}

std::vector<std::shared_ptr<Session>> Pool::watched() {
  std::vector<std::shared_ptr<Session>> sessions;
  MutexLock lock(mutex_);
  std::erase_if(entries_, [](const auto& one) { return one.second.session.expired(); });
  for (const auto& [key, entry] : entries_) {
    if (auto session = entry.session.lock()) sessions.push_back(std::move(session));
  }
  return sessions;
}

Result<std::unique_ptr<Conversion>> Pool::convert(RecordingRequest request) {
  MutexLock lock(mutex_);
  double live = 0;
  for (const auto& [key, entry] : entries_) {
    if (const auto session = entry.session.lock()) live += session->cores();
  }
  const double left = options_.budget_cores - live;
  const double before = recordings_.backlog_s();
  if (left <= 0 || (before > 0 && before > kLongestQueueSeconds * left)) {
    ++refused_;
    return no_room(options_.budget_cores);
  }
  return recordings_.add(std::move(request), options_.max_width,
                         [wake = wake_] { wake->notify(); });
}

Recordings::Round Pool::work(const std::vector<std::shared_ptr<Session>>& sessions) {
  using Round = Recordings::Round;
  Round result = Round::kIdle;
  for (int round = 0; round < kMostPerRound; ++round) {
    bool more = false;
    // In turns, so that one stream's burst does not hold up the others.
    for (const auto& session : sessions) {
      const bool worked = contain("converting a live picture", [&] {
        if (session->work(clock_, work_->budget, work_->cpu_time)) more = true;
        session->tick(clock_.mono());
      });
      if (worked) continue;
      session->give_up();
      more = true;
    }
    result = recordings_.work(clock_, work_->budget, work_->cpu_time);
    if (more) result = Round::kMore;
    if (result != Round::kMore) break;
  }
  return result;
}

void Pool::run_once() {
  while (work(watched()) == Recordings::Round::kMore) {
  }
}

void Pool::run() {
  for (;;) {
    Recordings::Round round = Recordings::Round::kIdle;
    Duration wait = kLongestWait;
    (void)contain("conversions", [&] {
      const auto sessions = watched();
      round = work(sessions);
      if (sessions.empty()) wait = kNobodyWait;
    });
    if (round == Recordings::Round::kStarved) wait = kStarvedWait;
    MutexLock lock(wake_->mutex);
    if (round != Recordings::Round::kMore && !wake_->pending && !wake_->stop)
      wake_->changed.wait_for(wake_->mutex, wait);
    if (wake_->stop) return;
    wake_->pending = false;
  }
}

Usage Pool::usage() const {
  Usage usage;
  usage.budget_cores = options_.budget_cores;
  MutexLock lock(mutex_);
  usage.refused = refused_;
  usage.recordings = recordings_.usage();
  for (const auto& [key, entry] : entries_) {
    const auto session = entry.session.lock();
    if (!session) continue;
    usage.streams.push_back(
        {key.first, key.second, session->cores(), session->pictures(), session->skipped()});
  }
  return usage;
}

}  // namespace vedette::transcode
