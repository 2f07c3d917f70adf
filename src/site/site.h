// SPDX-License-Identifier: Apache-2.0
// What is configured runs: for every stream of a camera a hub, a recorder and the ingest session
// that feeds them, started and stopped as the configuration changes. It serves no pictures.
// Thread-safe; changes are serialised.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "ingest/ingest.h"
#include "record/recorder.h"
#include "site/camera_service.h"
#include "site/device_watch.h"
#include "store/archive.h"
#include "stream/registry.h"

namespace vedette::site {

/// References must outlive the site.
struct SiteParts {
  const Clock& clock;
  store::ConfigStore& config;
  store::Archive& archive;
  ingest::Ingest& ingest;
};

class Site final : public CameraService, public ConfigurationService {
 public:
  /// Starts every configured camera.
  [[nodiscard]] static Result<std::unique_ptr<Site>> open(const SiteParts& parts);
  ~Site() override;  ///< stops every camera
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  [[nodiscard]] Result<std::vector<CameraEntry>> list() override;
  [[nodiscard]] Result<CameraEntry> find(const std::string& id) override;
  [[nodiscard]] Result<void> add(const store::Camera& camera) override;
  [[nodiscard]] Result<void> update(const std::string& id, const Change& change) override;
  [[nodiscard]] Result<void> remove(const std::string& id) override;
  [[nodiscard]] Result<void> confirm_device(const std::string& id) override {
    return devices_.confirm(id);
  }
  [[nodiscard]] Result<store::Configuration> configuration() override;
  [[nodiscard]] Result<store::ConfigChanges> replace(const store::Configuration& wanted,
                                                     store::ReplaceOptions options) override;
  [[nodiscard]] std::shared_ptr<stream::Hub> hub(const std::string& camera,
                                                 stream::StreamKind kind) override;

 private:
  struct Stream {
    std::shared_ptr<stream::Hub> hub;
    std::unique_ptr<record::Recorder> recorder;
  };
  struct Running {
    store::Camera config;
    std::map<stream::StreamKind, Stream> streams;
  };
  explicit Site(const SiteParts& parts)
      : parts_(parts),
        devices_(parts.clock, parts.config, [this] { return parts_.ingest.status(); }) {}
  [[nodiscard]] Result<void> try_volumes(const store::Configuration& wanted,
                                         store::ReplaceOptions options);

  /// The gaps that the recorders of a camera left open.
  using Left = std::map<stream::StreamKind, store::Gap>;
  /// What of `left` is of a stream that is not there any more ends now.
  void start(const store::Camera& camera, Left left) VEDETTE_REQUIRES(change_mutex_);
  Left stop(const std::string& id) VEDETTE_REQUIRES(change_mutex_);
  void close(Left left);
  void apply(const store::Camera& camera) VEDETTE_REQUIRES(change_mutex_);
  void forget_device(const std::string& id);
  void start_stream(Running& running, stream::StreamKind kind, Left& left);
  /// What is known of all cameras at one moment, without a lock of the site.
  struct Known {
    std::vector<ingest::StreamStatus> sessions;
    OtherDevices others;
  };
  [[nodiscard]] Known known() const { return {parts_.ingest.status(), devices_.others()}; }
  [[nodiscard]] static CameraEntry describe(const Running& running, const Known& known);

  SiteParts parts_;
  stream::Registry hubs_;
  // Held for a whole change; running_mutex_ only while the map is touched, so that a status query
  // never waits for a camera to say goodbye.
  Mutex change_mutex_{LockOrder::kSite};
  mutable Mutex running_mutex_{LockOrder::kService};
  std::map<std::string, std::shared_ptr<Running>> running_ VEDETTE_GUARDED_BY(running_mutex_);
  DeviceWatch devices_;
};

}  // namespace vedette::site
