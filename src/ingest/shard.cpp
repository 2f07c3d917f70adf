// SPDX-License-Identifier: Apache-2.0
#include "ingest/shard.h"

#include <algorithm>
#include <utility>

#include "base/contain.h"

namespace vedette::ingest {

Shard::Shard(bool threaded) : scratch_(kScratch) {
  if (threaded) thread_ = std::thread([this] { run(); });
}

Shard::~Shard() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  for (const auto& session : sessions_) session->stop();
}

void Shard::tick() {
  for (const auto& session : sessions_) {
    if (contain(session->camera(), [&] { session->tick(scratch_); })) continue;
    // What is thrown in here again is what is left of memory: the next tick finds it as it is.
    (void)contain(session->camera(), [&] { session->give_up(); });
  }
}

void Shard::run() {
  MonoTime next = RealClock().mono();
  for (;;) {
    tick();
    Duration tick = kIdleTick;
    for (const auto& session : sessions_) tick = std::min(tick, session->tick_interval());
    const MonoTime now = RealClock().mono();
    next = std::max(next + tick, now);
    const std::function<void()>* work = nullptr;
    {
      MutexLock lock(mutex_);
      if (!stop_ && work_ == nullptr && next > now) changed_.wait_for(mutex_, next - now);
      if (stop_) return;
      work = work_;
    }
    if (work == nullptr) continue;
    (void)contain("an ingest shard", *work);
    next = RealClock().mono();  // what was added shall not wait for an idle tick
    {
      MutexLock lock(mutex_);
      work_ = nullptr;
    }
    changed_.notify_all();
  }
}

void Shard::perform(const std::function<void()>& work) {
  if (!thread_.joinable()) return work();
  MutexLock lock(mutex_);
  while (work_ != nullptr) changed_.wait_for(mutex_, kIdleTick);
  work_ = &work;
  changed_.notify_all();
  // Another caller may have put its own work in by the time we look: ours is done then, too.
  while (work_ == &work) changed_.wait_for(mutex_, kIdleTick);
}

void Shard::add(std::shared_ptr<CameraSession> session) {
  perform([&] {
    remove_now(session->camera(), session->kind());
    sessions_.push_back(session);
    MutexLock lock(mutex_);
    listed_ = sessions_;
  });
}

void Shard::remove(const std::string& camera, std::optional<stream::StreamKind> kind) {
  perform([&] {
    remove_now(camera, kind);
    MutexLock lock(mutex_);
    listed_ = sessions_;
  });
}

void Shard::try_again(const std::string& camera) {
  perform([&] {
    for (const auto& session : sessions_)
      if (session->camera() == camera) session->try_again();
  });
}

void Shard::remove_now(const std::string& camera, std::optional<stream::StreamKind> kind) {
  std::erase_if(sessions_, [&](const auto& session) {
    if (session->camera() != camera || (kind && session->kind() != *kind)) return false;
    session->stop();
    return true;
  });
}

std::vector<StreamStatus> Shard::status() const {
  std::vector<std::shared_ptr<CameraSession>> sessions;
  {
    MutexLock lock(mutex_);
    sessions = listed_;
  }
  std::vector<StreamStatus> all;
  all.reserve(sessions.size());
  for (const auto& session : sessions) all.push_back(session->status());
  return all;
}

size_t Shard::size() const {
  MutexLock lock(mutex_);
  return listed_.size();
}

}  // namespace vedette::ingest
