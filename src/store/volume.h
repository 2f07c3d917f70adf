// SPDX-License-Identifier: Apache-2.0
// A folder on a disk that holds recordings, and its identity: vedette-volume.json with a random id,
// the generation of the catalog that knows its files, and how often the two were opened together
// (the epoch). A folder without the id that we expect (an unplugged disk leaves its empty mount
// point behind) is never written to; one of another catalog, or one of which either side is an
// older copy, is never cleaned. A value; const methods are thread-safe.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "fs/file_system.h"
#include "store/config_store.h"
#include "store/types.h"

namespace vedette::store {

class Catalog;

inline constexpr const char* kIdentityFile = "vedette-volume.json";

struct VolumeIdentity {
  std::string id;
  std::string site;
  std::string catalog;  ///< generation
  int64_t epoch = 0;    ///< agreed with the catalog
  int64_t next = 0;     ///< being agreed: the catalog has this one or `epoch`
};
[[nodiscard]] std::string to_json(const VolumeIdentity& identity);
/// kDataLoss for anything that to_json() could not have written.
[[nodiscard]] Result<VolumeIdentity> parse_identity(std::string_view json);

class Volume {
 public:
  /// Reads the identity, or the ledger for one that is gone, and changes nothing; nullopt for a
  /// folder that has never been a volume, or is not there. Errors as of identify().
  [[nodiscard]] static Result<std::optional<Volume>> look(fs::FileSystem& files,
                                                          const ConfigStore& config,
                                                          const std::string& path);
  /// look(), or writes an identity where it is gone or has never been (lost_identity.h). Errors say
  /// what to do: the folder is missing, cannot be written, or is another volume than before.
  [[nodiscard]] static Result<Volume> identify(fs::FileSystem& files, ConfigStore& config,
                                               const std::string& path,
                                               const std::string& generation);

  /// The identity file is still there and still says the same.
  [[nodiscard]] Result<void> verify(fs::FileSystem& files) const;
  /// Whether catalog and volume belong together and neither is an older copy; then both count one
  /// epoch further, in an order that a crash cannot break, and may_clean() answers. The error is
  /// the reason why nothing may be deleted here, and what to do.
  [[nodiscard]] Result<void> agree(fs::FileSystem& files, Catalog& catalog);
  /// After a rebuild the catalog knows every file here: it may clean from now on.
  [[nodiscard]] Result<void> adopt(fs::FileSystem& files, Catalog& catalog);
  /// agree() succeeded, with the catalog of today, and the folder still says so.
  [[nodiscard]] Result<void> may_clean(fs::FileSystem& files, const Catalog& catalog) const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& id() const { return identity_.id; }
  /// It belongs to this catalog, which therefore has heard of all but its newest files.
  [[nodiscard]] bool known_to(const std::string& generation) const {
    return identity_.catalog == generation;
  }

 private:
  Volume(std::string path, VolumeIdentity identity)
      : path_(std::move(path)), identity_(std::move(identity)) {}
  [[nodiscard]] Result<void> write(fs::FileSystem& files) const;
  [[nodiscard]] Result<void> count_on(fs::FileSystem& files, Catalog& catalog, int64_t known);
  std::string path_;
  VolumeIdentity identity_;
  bool agreed_ = false;
};

/// "<camera>/<yyyy>/<mm>/<dd>/<hhmmss>-<run>-<seq>.mp4" in UTC; sub-streams end in "-sub.mp4".
[[nodiscard]] std::string recording_path(const std::string& camera, StreamKind kind,
                                         const std::string& run, uint32_t seq, WallTime start);
/// The day folder of it: "<camera>/<yyyy>/<mm>/<dd>".
[[nodiscard]] std::string day_folder(const std::string& camera, WallTime day);

struct RecordingName {
  StreamKind kind = StreamKind::kMain;
  std::string run;
  uint32_t seq = 0;
};
/// nullopt for a name that recording_path() could not have made.
[[nodiscard]] std::optional<RecordingName> parse_recording_name(std::string_view name);

}  // namespace vedette::store
