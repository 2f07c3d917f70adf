// SPDX-License-Identifier: Apache-2.0
#include "ingest/shard.h"

#include <algorithm>
#include <utility>

#include "base/contain.h"

namespace vedette::ingest {
namespace {

/// Multiples of the interval, so that all sessions of one interval are due in the same wake-up.
MonoTime next_on_grid(MonoTime now, Duration interval) {
  return {(now.us / interval.count() + 1) * interval.count()};
}

}  // namespace

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
  for (const Member& member : members_) member.session->stop();
}

void Shard::tick(Member& member) {
  CameraSession& session = *member.session;
  if (contain(session.camera(), [&] { session.tick(scratch_); })) return;
  // What is thrown in here again is what is left of memory: the next tick finds it as it is.
  (void)contain(session.camera(), [&] { session.give_up(); });
}

void Shard::tick() {
  for (Member& member : members_) tick(member);
}

MonoTime Shard::tick_due(MonoTime now) {
  MonoTime next = now + kIdleTick;
  for (Member& member : members_) {
    if (member.due <= now) {
      tick(member);
      member.due = next_on_grid(now, member.session->tick_interval());
    }
    next = std::min(next, member.due);
  }
  return next;
}

void Shard::run() {
  for (;;) {
    const MonoTime next = tick_due(RealClock().mono());
    const MonoTime now = RealClock().mono();
    const std::function<void()>* work = nullptr;
    {
      MutexLock lock(mutex_);
      if (!stop_ && work_ == nullptr && next > now) changed_.wait_for(mutex_, next - now);
      if (stop_) return;
      work = work_;
    }
    if (work == nullptr) continue;
    (void)contain("an ingest shard", *work);
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
    members_.push_back({session, {}});
    list();
  });
}

void Shard::remove(const std::string& camera, std::optional<stream::StreamKind> kind) {
  perform([&] {
    remove_now(camera, kind);
    list();
  });
}

void Shard::try_again(const std::string& camera) {
  perform([&] {
    for (Member& member : members_) {
      if (member.session->camera() != camera) continue;
      member.session->try_again();
      member.due = {};
    }
  });
}

void Shard::remove_now(const std::string& camera, std::optional<stream::StreamKind> kind) {
  std::erase_if(members_, [&](const Member& member) {
    if (member.session->camera() != camera) return false;
    if (kind && member.session->kind() != *kind) return false;
    member.session->stop();
    return true;
  });
}

void Shard::list() {
  std::vector<std::shared_ptr<CameraSession>> sessions;
  sessions.reserve(members_.size());
  for (const Member& member : members_) sessions.push_back(member.session);
  MutexLock lock(mutex_);
  listed_ = std::move(sessions);
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
