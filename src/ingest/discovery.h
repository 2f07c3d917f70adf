// SPDX-License-Identifier: Apache-2.0
// One search for devices by WS-Discovery: asks the network and the addresses it was given, three
// times as datagrams get lost, and collects who answers. Driven by tick(); confined to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/survey.h"
#include "onvif/discovery.h"

namespace vedette::ingest {

struct DiscoveryPlan {
  /// An address, in digits, that is asked by itself: behind a router that passes no multicast.
  struct Target {
    std::string host;
    uint16_t port = onvif::kDiscoveryPort;
  };
  bool network = true;  ///< multicast on every interface
  std::vector<Target> targets;
};

/// "network" or "HOST[:PORT]"; the first one given takes the place of the default.
[[nodiscard]] Result<DiscoveryPlan> parse_discovery_plan(const std::vector<std::string>& texts);

struct FoundDevice {
  std::string host;        ///< that the answer came from, in digits
  onvif::HttpUrl service;  ///< on that host
  onvif::ProbeMatch self;  ///< what it says of itself
};

struct DiscoveryReport {
  std::vector<FoundDevice> devices;                ///< by host, then by address of the service
  std::vector<net::Survey::Interface> interfaces;  ///< asked by multicast
  bool network = false;                            ///< somebody beyond this machine was asked
};

class Discovery {
 public:
  static constexpr Duration kLength = std::chrono::milliseconds(2500);
  /// Without multicast there is no random delay before an answer to wait for.
  static constexpr Duration kTargetsLength = std::chrono::milliseconds(1200);
  static constexpr size_t kMaxDevices = 512;
  /// Of one tick: whoever floods the port holds up neither the end of the search nor that of the
  /// program.
  static constexpr size_t kMaxAnswersPerTick = 256;

  /// `message_id`: a fresh UUID. `survey` outlives this.
  Discovery(DiscoveryPlan plan, std::string message_id, MonoTime now, net::Survey& survey);

  void tick(MonoTime now);
  [[nodiscard]] bool done() const { return done_; }
  /// REQUIRES: done().
  [[nodiscard]] DiscoveryReport take();

 private:
  void ask();
  void read();
  void add(const std::string& sender, onvif::ProbeMatch match);

  DiscoveryPlan plan_;
  std::string message_id_;
  MonoTime start_;
  net::Survey& survey_;
  size_t asked_ = 0;
  bool done_ = false;
  DiscoveryReport report_;
};

}  // namespace vedette::ingest
