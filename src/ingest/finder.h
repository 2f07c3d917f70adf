// SPDX-License-Identifier: Apache-2.0
// What stands behind "3 cameras found on this network": finding devices, asking them what they
// offer, trying their streams. Blocks for as long as its parts take, 12 s at most. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "ingest/device_probe.h"
#include "ingest/discovery.h"
#include "ingest/stream_probe.h"
#include "net/byte_stream.h"
#include "net/survey.h"
#include "rtsp/url.h"

namespace vedette::ingest {

class CameraFinder {
 public:
  virtual ~CameraFinder() = default;
  // Each: resource_exhausted while kMaxAtOnce of them are under way, cancelled when the server
  // stops.

  [[nodiscard]] virtual Result<DiscoveryReport> discover() = 0;
  /// Errors as DeviceProbe.
  [[nodiscard]] virtual Result<onvif::DeviceOffer> ask_device(const DeviceQuestion& question) = 0;
  /// Errors as StreamProbe.
  [[nodiscard]] virtual Result<StreamOffer> try_stream(const rtsp::Url& url) = 0;
};

class Finder final : public CameraFinder {
 public:
  /// Handler threads wait here: some must be left for everything else.
  static constexpr int kMaxAtOnce = 2;

  Finder(DiscoveryPlan plan, const Clock& clock, net::Connector& connector)
      : plan_(std::move(plan)), clock_(clock), connector_(connector) {}

  Result<DiscoveryReport> discover() override;
  Result<onvif::DeviceOffer> ask_device(const DeviceQuestion& question) override;
  Result<StreamOffer> try_stream(const rtsp::Url& url) override;
  /// Makes everything under way return, and everything that follows at once.
  void stop();

 private:
  class Turn;
  /// Calls `tick` until it says it is done.
  [[nodiscard]] Result<void> drive(const std::function<bool()>& tick);

  const DiscoveryPlan plan_;
  const Clock& clock_;
  net::Connector& connector_;

  Mutex mutex_{LockOrder::kLeaf};
  CondVar changed_;
  bool stop_ VEDETTE_GUARDED_BY(mutex_) = false;
  int under_way_ VEDETTE_GUARDED_BY(mutex_) = 0;
};

}  // namespace vedette::ingest
