// SPDX-License-Identifier: Apache-2.0
#include "ingest/login.h"

#include <algorithm>
#include <array>

namespace vedette::ingest {
namespace {

// Four tries in the first half hour, then four an hour: makers lock after five to seven, and begin
// to count anew after five to thirty minutes without a try.
constexpr std::array<Duration, 3> kWaits = {std::chrono::minutes(1), std::chrono::minutes(5),
                                            std::chrono::minutes(15)};
// Another device may have the address for a while, or the camera has just started and refuses all:
// recording goes on soon after that is over.
constexpr Duration kWaitOfOneThatWasRight = std::chrono::seconds(15);

}  // namespace

bool Login::may_try(Stream stream, MonoTime now) {
  MutexLock lock(mutex_);
  if (refusals_ > 0 && now < again_at_) return false;
  if (!inside_.empty()) return true;
  std::erase_if(tries_,
                [&](const Try& one) { return one.stream == stream || now - one.since >= kTurn; });
  if (tries_.size() >= (proven_ ? kAtOnce : 1)) return false;
  tries_.push_back({stream, now});
  return true;
}

void Login::on_accepted(Stream stream) {
  MutexLock lock(mutex_);
  std::erase_if(tries_, [&](const Try& one) { return one.stream == stream; });
  inside_.insert(stream);
  proven_ = was_right_ = true;
  refusals_ = 0;
}

void Login::on_refused(Stream stream, const std::string& message, MonoTime now) {
  MutexLock lock(mutex_);
  std::erase_if(tries_, [&](const Try& one) { return one.stream == stream; });
  inside_.erase(stream);
  proven_ = false;
  again_at_ = now + (was_right_ ? kWaitOfOneThatWasRight
                                : kWaits.at(std::min(refusals_, kWaits.size() - 1)));
  ++refusals_;
  message_ = message;
}

void Login::on_left(Stream stream) {
  MutexLock lock(mutex_);
  std::erase_if(tries_, [&](const Try& one) { return one.stream == stream; });
  inside_.erase(stream);
}

std::optional<std::string> Login::refused(MonoTime now) const {
  MutexLock lock(mutex_);
  if (refusals_ == 0 || now >= again_at_) return std::nullopt;
  return message_;
}

void Login::on_digest() {
  MutexLock lock(mutex_);
  digest_ = true;
}

bool Login::digest_only() const {
  MutexLock lock(mutex_);
  return digest_;
}

void Login::begin_anew() {
  MutexLock lock(mutex_);
  refusals_ = 0;
  digest_ = false;
}

}  // namespace vedette::ingest
