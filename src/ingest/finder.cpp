// SPDX-License-Identifier: Apache-2.0
#include "ingest/finder.h"

#include <utility>

#include "base/id.h"

namespace vedette::ingest {
namespace {

constexpr auto kTick = std::chrono::milliseconds(10);
constexpr size_t kScratch = size_t{256} << 10;

/// 32 hex digits with the dashes of a UUID (RFC 9562 §4), version 4.
std::string random_uuid() {
  std::string hex = random_id(16);
  hex[12] = '4';
  hex[16] = 'a';
  for (const size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, "-");
  return hex;
}

}  // namespace

/// One of the kMaxAtOnce that may be under way.
class Finder::Turn {
 public:
  explicit Turn(Finder& finder) : finder_(finder) {
    MutexLock lock(finder_.mutex_);
    taken_ = finder_.under_way_ < kMaxAtOnce;
    if (taken_) ++finder_.under_way_;
  }
  ~Turn() {
    MutexLock lock(finder_.mutex_);
    if (taken_) --finder_.under_way_;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  [[nodiscard]] Result<void> check() const {
    if (taken_) return ok();
    return make_error(ErrorCode::kResourceExhausted,
                      "two cameras are being asked already; try again in a few seconds");
  }

 private:
  Finder& finder_;
  bool taken_ = false;
};

Result<void> Finder::drive(const std::function<bool()>& tick) {
  while (!tick()) {
    MutexLock lock(mutex_);
    if (!stop_) changed_.wait_for(mutex_, kTick);
    if (stop_) return make_error(ErrorCode::kCancelled, "the server is being stopped");
  }
  return ok();
}

Result<DiscoveryReport> Finder::discover() {
  const Turn turn(*this);
  VEDETTE_TRY(turn.check());
  VEDETTE_ASSIGN(const auto survey, net::open_survey());
  Discovery discovery(plan_, random_uuid(), clock_.mono(), *survey);
  VEDETTE_TRY(drive([&] {
    discovery.tick(clock_.mono());
    return discovery.done();
  }));
  return discovery.take();
}

Result<onvif::DeviceOffer> Finder::ask_device(const DeviceQuestion& question) {
  const Turn turn(*this);
  VEDETTE_TRY(turn.check());
  VEDETTE_ASSIGN(const auto probe, DeviceProbe::create(question, clock_, connector_));
  Bytes scratch(kScratch);
  VEDETTE_TRY(drive([&] {
    probe->tick(scratch);
    return probe->done();
  }));
  return probe->take();
}

Result<StreamOffer> Finder::try_stream(const rtsp::Url& url) {
  const Turn turn(*this);
  VEDETTE_TRY(turn.check());
  StreamProbe probe(url, clock_, connector_);
  Bytes scratch(kScratch);
  VEDETTE_TRY(drive([&] {
    probe.tick(scratch);
    return probe.done();
  }));
  return probe.take();
}

void Finder::stop() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

}  // namespace vedette::ingest
