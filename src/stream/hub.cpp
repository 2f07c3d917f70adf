// SPDX-License-Identifier: Apache-2.0
#include "stream/hub.h"

#include <algorithm>
#include <utility>

namespace vedette::stream {

std::string_view to_string(BreakCause cause) {
  switch (cause) {
    case BreakCause::kStarting:
      return "starting";
    case BreakCause::kUnreachable:
      return "unreachable";
    case BreakCause::kUnauthenticated:
      return "unauthenticated";
    case BreakCause::kWeakerLogin:
      return "weaker_login";
    case BreakCause::kNotACamera:
      return "not_a_camera";
    case BreakCause::kUnsupported:
      return "unsupported";
    case BreakCause::kStalled:
      return "stalled";
    case BreakCause::kBadStream:
      return "bad_stream";
    case BreakCause::kClosedByCamera:
      return "closed_by_camera";
    case BreakCause::kStopped:
      return "stopped";
  }
  VEDETTE_ASSERT(false);
}

Hub::Hub(WallTime now) : wakers_(std::make_shared<const Wakers>()) {
  state_.since = now;
  state_.why = Break{BreakCause::kStarting, "Connecting for the first time.", now};
}

bool Hub::starts_gop(const media::AccessUnit& au) {
  return au.random_access && media::is_video(au.track->codec);
}

void Hub::publish(media::AccessUnitPtr au) {
  if (sink_ != nullptr) sink_->on_access_unit(au);
  changed_ = true;
  MutexLock lock(mutex_);
  auto& current = media::is_video(au->track->codec) ? state_.video : state_.audio;
  if (current != au->track) current = au->track;
  if (!state_.live) {
    state_.live = true;
    state_.since = au->utc;
    state_.why.reset();
  }
  if (starts_gop(*au)) {
    gops_.push_back(first_ + ring_.size());
    trim();
  } else if (gops_.empty()) {
    return;  // nothing can be decoded from here, so nobody could use it
  }
  bytes_ += au->data.size();
  ring_.push_back(std::move(au));
  if (bytes_ > kMaxRingBytes || ring_.size() > kMaxRingUnits) clear_ring();
}

void Hub::trim() {
  const size_t keep = has_readers() ? 2 : 1;
  while (gops_.size() > keep) gops_.pop_front();
  while (first_ < gops_.front()) {
    bytes_ -= ring_.front()->data.size();
    ring_.pop_front();
    ++first_;
  }
}

void Hub::clear_ring() {
  first_ += ring_.size();
  ring_.clear();
  gops_.clear();
  bytes_ = 0;
}

void Hub::break_stream(Break why) {
  if (sink_ != nullptr) sink_->on_break(why);
  changed_ = true;
  MutexLock lock(mutex_);
  clear_ring();
  ++session_;
  state_.audio.reset();  // the next session may have no sound; the picture's size is worth keeping
  if (state_.live) state_.since = why.at;
  state_.live = false;
  state_.why = std::move(why);
}

void Hub::tick(MonoTime now) {
  if (sink_ != nullptr) sink_->on_tick(now);
  if (!std::exchange(changed_, false) || !has_readers()) return;
  std::shared_ptr<const Wakers> wakers;
  {
    MutexLock lock(mutex_);
    wakers = wakers_;
  }
  for (const auto& [reader, wake] : *wakers) (*wake)();
}

std::unique_ptr<Reader> Hub::subscribe(std::function<void()> wake) {
  std::unique_ptr<Reader> reader(new Reader(shared_from_this()));
  MutexLock lock(mutex_);
  auto wakers = std::make_shared<Wakers>(*wakers_);
  wakers->emplace_back(reader.get(), std::make_shared<std::function<void()>>(std::move(wake)));
  wakers_ = std::move(wakers);
  reader->session_ = session_;
  readers_.fetch_add(1, std::memory_order_relaxed);
  return reader;
}

void Hub::unsubscribe(const Reader* reader) {
  MutexLock lock(mutex_);
  auto wakers = std::make_shared<Wakers>(*wakers_);
  std::erase_if(*wakers, [reader](const auto& entry) { return entry.first == reader; });
  wakers_ = std::move(wakers);
  readers_.fetch_sub(1, std::memory_order_relaxed);
}

HubState Hub::state() const {
  MutexLock lock(mutex_);
  return state_;
}

size_t Hub::ring_bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

std::vector<media::AccessUnitPtr> Hub::latest_gop() const {
  MutexLock lock(mutex_);
  if (gops_.empty()) return {};
  const auto begin = ring_.begin() + static_cast<std::ptrdiff_t>(gops_.back() - first_);
  return {begin, ring_.end()};
}

Reader::~Reader() { hub_->unsubscribe(this); }

std::optional<Reader::Item> Reader::next() {
  MutexLock lock(hub_->mutex_);
  const uint64_t end = hub_->first_ + hub_->ring_.size();
  if (synced_ && (session_ != hub_->session_ || next_ < hub_->first_)) synced_ = false;
  const bool jump = !synced_;
  if (jump) {
    if (hub_->gops_.empty() || hub_->gops_.back() < next_) return std::nullopt;
    next_ = hub_->gops_.back();
    session_ = hub_->session_;
    burst_end_ = end;
    synced_ = true;
  }
  if (next_ >= end) return std::nullopt;
  Item item{hub_->ring_[next_ - hub_->first_], jump, next_ + 1 < burst_end_};
  ++next_;
  return item;
}

void Reader::skip_to_newest() { synced_ = false; }

}  // namespace vedette::stream
