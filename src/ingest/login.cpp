// SPDX-License-Identifier: Apache-2.0
#include "ingest/login.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vedette::ingest {
namespace {

// Four tries in the first half hour, then four an hour: makers lock after five to seven, and begin
// to count anew after five to thirty minutes without a try.
using Waits = std::array<Duration, 3>;
constexpr Waits kWaits = {std::chrono::minutes(1), std::chrono::minutes(5),
                          std::chrono::minutes(15)};
// The password has been changed, or the camera has just started and refuses all: recording goes on
// soon after that is over.
constexpr Waits kWaitsOfOneThatWasRight = {std::chrono::seconds(15), std::chrono::minutes(5),
                                           std::chrono::minutes(15)};
// Another device has the address for a while. It can lock no account of the camera.
constexpr Duration kWaitAtAnother = std::chrono::seconds(15);

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

void Login::on_accepted(Stream stream, const DeviceSigns& device) {
  MutexLock lock(mutex_);
  std::erase_if(tries_, [&](const Try& one) { return one.stream == stream; });
  inside_.insert(stream);
  proven_ = was_right_ = true;
  note(device);
  refusals_ = 0;
}

// One that takes the answer to an old challenge does not say its realm again.
void Login::note(const DeviceSigns& device) {
  for (const auto sign :
       {&DeviceSigns::hardware, &DeviceSigns::realm, &DeviceSigns::server, &DeviceSigns::session})
    if (!(device.*sign).empty()) accepted_by_.*sign = device.*sign;
}

void Login::on_refused(Stream stream, Refusal refusal, MonoTime now) {
  MutexLock lock(mutex_);
  std::erase_if(tries_, [&](const Try& one) { return one.stream == stream; });
  inside_.erase(stream);
  proven_ = false;
  message_ = std::move(refusal.message);
  if (was_right_ && tell_apart(accepted_by_, refusal.device)) {
    // Nor does it count when the camera is back.
    refusals_ = std::max<size_t>(refusals_, 1);
    again_at_ = now + kWaitAtAnother;
    return;
  }
  // Several may try at once: together they are one try.
  if (refusals_ > 0 && now < again_at_) return;
  const Waits& waits = was_right_ ? kWaitsOfOneThatWasRight : kWaits;
  again_at_ = now + waits.at(std::min(refusals_, waits.size() - 1));
  ++refusals_;
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
