// SPDX-License-Identifier: Apache-2.0
// What a person configured: cameras, volumes, holds, layouts, the site's id.
// DIR/config.db, SQLite, mode 0600 because camera URLs hold passwords. It is the only database that
// is not a cache: it is never rebuilt or moved aside. Thread-safe; another process
// (`vedette camera add` without a server) may write at the same time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/device_signs.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "store/layouts.h"
#include "store/schedule.h"
#include "store/volume_list.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the name of the library
class Database;
class Statement;
}  // namespace SQLite

namespace vedette::store {

/// What is kept of a camera. At most: older or more than that is deleted; without such a limit it
/// is kept until the volume is full. At least: not deleted to make room for others, and not because
/// of max_bytes, unless nothing could be recorded otherwise.
struct Retention {
  std::optional<int64_t> max_age_us;
  std::optional<int64_t> max_bytes;
  std::optional<int64_t> min_age_us;
  std::optional<int64_t> min_bytes;
  friend bool operator==(const Retention&, const Retention&) = default;
};

enum class Transport : uint8_t { kTcp, kUdp };
/// "tcp", "udp".
[[nodiscard]] std::string_view to_string(Transport transport);
[[nodiscard]] std::optional<Transport> parse_transport(std::string_view text);

struct Camera {
  std::string id;        ///< check_id(); stands in paths, never changes
  std::string name;      ///< 1 to 200 characters of UTF-8
  std::string main_url;  ///< with user and password
  std::optional<std::string> sub_url;
  Transport transport = Transport::kTcp;
  Retention retention;
  WhenToRecord when;
  int64_t created_us = 0;
  friend bool operator==(const Camera&, const Camera&) = default;
};

/// What retention is told of a camera fits together: limits above 0, at least not above at most.
/// kInvalidArgument says which does not.
[[nodiscard]] Result<void> check_retention(const Retention& retention);

/// A stretch of one camera that nothing deletes until the hold is lifted.
struct Hold {
  std::string id;  ///< random
  std::string camera;
  WallTime from;  ///< inclusive
  WallTime to;    ///< exclusive
  std::string reason;
  std::string who;
  int64_t created_us = 0;
  friend bool operator==(const Hold&, const Hold&) = default;
};
/// Camera id, range, reason (1 to 500 characters) and who (1 to 100). kInvalidArgument.
[[nodiscard]] Result<void> check_hold(const Hold& hold);

/// Which devices have answered as a camera. The first one known is the oldest.
struct CameraDevice {
  static constexpr size_t kMostKnown = 4;  ///< the newest stay: a repeater, a replacement
  struct Other {
    DeviceSigns signs;
    WallTime since;
    friend bool operator==(const Other&, const Other&) = default;
  };
  std::string camera;
  std::vector<DeviceSigns> known;  ///< newest first; what a person confirmed is one of them
  std::optional<Other> other;      ///< answers now, and nobody has said that it is right
  friend bool operator==(const CameraDevice&, const CameraDevice&) = default;
};

/// The other one is known from now on; nothing when there is none.
void confirm_other(CameraDevice& device);

/// A volume this site has written to: a folder that stops carrying this id is not written to.
struct KnownVolume {
  std::string path;
  std::string id;
};

/// All that is configured, as it is written to a file and read back. Holds are not among it: they
/// are acts of a person with a reason and a time.
struct Configuration {
  std::vector<Camera> cameras;
  std::vector<Layout> layouts;
  /// Where is recorded to; absent to leave that as it is.
  std::optional<std::vector<VolumeSpec>> volumes;
};

struct ReplaceOptions {
  WallTime now;          ///< when new cameras are added
  bool remove = false;   ///< otherwise cameras and volumes that are not listed are a refusal
  bool dry_run = false;  ///< says what would change
};

/// Ids, in the order of the configuration.
struct ConfigChanges {
  struct Ids {
    std::vector<std::string> added, changed, removed;
  };
  Ids cameras;
  Ids layouts;
  Ids volumes;                 ///< their paths
  std::vector<Camera> stored;  ///< every camera as it is after the change
};

class ConfigStore final : public LayoutStore {
 public:
  /// Creates the database when it is missing and migrates an older one. kUnsupported when it was
  /// written by a newer version, kDataLoss when it is damaged.
  [[nodiscard]] static Result<std::unique_ptr<ConfigStore>> open(const std::string& path);
  ~ConfigStore() override;
  ConfigStore(const ConfigStore&) = delete;
  ConfigStore& operator=(const ConfigStore&) = delete;

  /// Made at the first open, the same for ever.
  [[nodiscard]] const std::string& site_id() const { return site_id_; }

  /// By creation time, then id.
  [[nodiscard]] Result<std::vector<Camera>> cameras() const;
  [[nodiscard]] Result<Camera> camera(const std::string& id) const;  ///< kNotFound
  /// kInvalidArgument for a bad field, kFailedPrecondition when the id is taken.
  [[nodiscard]] Result<void> add_camera(const Camera& camera);
  /// Every field but id and created_us. kNotFound, kInvalidArgument.
  [[nodiscard]] Result<void> update_camera(const Camera& camera);
  /// Its recordings stay until retention removes them. kNotFound.
  [[nodiscard]] Result<void> remove_camera(const std::string& id);

  /// Of the cameras that are configured and have answered once; by camera.
  [[nodiscard]] Result<std::vector<CameraDevice>> devices() const;
  /// In place of what was known. kNotFound when there is no such camera.
  [[nodiscard]] Result<void> put_device(const CameraDevice& device);
  [[nodiscard]] Result<void> forget_device(const std::string& camera);
  /// The other one is the right one from now on; nothing when there is none. kNotFound.
  [[nodiscard]] Result<void> confirm_device(const std::string& camera);

  [[nodiscard]] Result<Configuration> configuration() const;
  /// Makes the configuration equal to `wanted` in one transaction. Cameras that stay keep their
  /// created_us. kInvalidArgument; kFailedPrecondition names the cameras it would have to remove.
  [[nodiscard]] Result<ConfigChanges> replace(Configuration wanted, const ReplaceOptions& options);

  /// By time of placing. Archive::place_hold() is the way while a server runs: it also stops a
  /// deletion that is under way.
  [[nodiscard]] Result<std::vector<Hold>> holds() const;
  [[nodiscard]] Result<void> add_hold(const Hold& hold);
  [[nodiscard]] Result<Hold> remove_hold(const std::string& id);  ///< what it was; kNotFound

  [[nodiscard]] Result<std::vector<Layout>> layouts() const override;
  [[nodiscard]] Result<bool> put_layout(const Layout& layout) override;
  [[nodiscard]] Result<void> remove_layout(const std::string& id) override;

  /// Where is recorded to, in the order it was given. A path that does not begin with / lies in the
  /// data folder, wherever that is; one that is given as a whole path into it is kept as such.
  [[nodiscard]] Result<std::vector<VolumeSpec>> volume_list() const;
  /// Adds it, or changes the limits of the one at its path; true when it was added.
  /// kInvalidArgument.
  [[nodiscard]] Result<bool> put_volume(const VolumeSpec& volume);
  /// kNotFound; kFailedPrecondition for the last one.
  [[nodiscard]] Result<void> remove_volume(const std::string& path);
  /// What `vedette serve` was told, if that is something else than the last time; see take_over().
  [[nodiscard]] Result<void> take_over_volumes(VolumeWords words);
  /// The folder of a volume's path.
  [[nodiscard]] std::string folder_of(const std::string& path) const;
  /// And back: within the data folder by its name there, as it is stored.
  [[nodiscard]] std::string path_of(const std::string& folder) const;
  /// volume_list() with folders for paths.
  [[nodiscard]] Result<std::vector<VolumeSpec>> volume_folders() const;

  [[nodiscard]] Result<std::vector<KnownVolume>> volumes() const;
  [[nodiscard]] Result<void> remember_volume(const KnownVolume& volume);

 private:
  explicit ConfigStore(std::unique_ptr<SQLite::Database> db);
  [[nodiscard]] Result<void> migrate() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<void> load_site() VEDETTE_REQUIRES(mutex_);
  [[nodiscard]] Result<std::vector<VolumeSpec>> tidy_volumes(std::vector<VolumeSpec> all) const;

  mutable Mutex mutex_{LockOrder::kStore};
  std::unique_ptr<SQLite::Database> db_ VEDETTE_GUARDED_BY(mutex_);
  std::string site_id_;
  std::string dir_;  ///< the data folder, as it was given
};

}  // namespace vedette::store
