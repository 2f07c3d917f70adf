// SPDX-License-Identifier: Apache-2.0
// What the handlers need of the rest of the program. The site is the CameraService, app/ implements
// the rest; tests use fakes. Every method is called on handler threads, and the
// ones marked so on the reactor thread, where they must not block. Implementations are thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "ingest/finder.h"
#include "playback/archive.h"
#include "playback/export_jobs.h"
#include "site/camera_service.h"
#include "site/holds.h"
#include "site/volumes.h"
#include "store/fsck_job.h"
#include "store/layouts.h"
#include "store/ledger_list.h"
#include "store/storage.h"
#include "transcode/pool.h"

namespace vedette::api {

using site::CameraEntry;
using site::CameraService;
using site::CameraState;
using site::CameraStatus;
using site::StreamStatus;

struct VolumeEntry {
  std::string path;
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;
  int64_t used_bytes = 0;  ///< by recordings
  std::string problem;     ///< one line; empty when all is well
  std::string id;          ///< empty when it could not be read
  std::optional<int64_t> quota_bytes;
  int64_t reserve_bytes = 0;   ///< kept free
  bool reserve_set = false;    ///< by a person
  int64_t reserved_bytes = 0;  ///< set aside for files that are being written
  double bytes_per_us = 0;     ///< written at present
  std::string cleaning_off;    ///< why nothing is deleted here, and what to do; else empty
  std::string
      ledger_problem;  ///< why its ledger cannot be written, and nothing is deleted; or empty
  bool full = false;   ///< recording moves to another volume
  std::optional<WallTime> below_minimum;  ///< when a camera was last taken below its minimum
  bool removed = false;                   ///< nothing new is recorded here
  std::string problem_code;               ///< store::trouble_of(); empty when all is well
  std::string cleaning_off_code;
  std::string ledger_problem_code;
};

/// How it stands with the key that signs.
struct KeyState {
  std::string fingerprint;           ///< 64 hex digits; empty when nothing is signed
  std::string problem;               ///< why nothing is signed, and what to do; else empty
  std::optional<WallTime> replaced;  ///< another key signed before
};

struct Planned {
  std::vector<store::DeletedFile> files;
  bool complete = true;  ///< false: these are only the first
  std::optional<store::Forecast::Volume> forecast;
};

class SystemService {
 public:
  virtual ~SystemService() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  /// Of recordings and bundles.
  [[nodiscard]] virtual KeyState key() const = 0;
  [[nodiscard]] virtual WallTime started() const = 0;
  [[nodiscard]] virtual std::vector<VolumeEntry> volumes() = 0;
  /// As store::Archive.
  [[nodiscard]] virtual Result<store::StorageReport> storage() = 0;
  [[nodiscard]] virtual Result<Planned> plan(const store::PlanQuestion& question) = 0;
  /// As store::Catalog.
  [[nodiscard]] virtual Result<std::vector<store::DeletedFile>> deletions(const std::string& camera,
                                                                          WallTime from,
                                                                          WallTime to) = 0;
  /// What the ledgers of the volumes say; as store::LedgerLists.
  [[nodiscard]] virtual store::LedgerList ledger(const store::LedgerQuery& query) = 0;
};

/// References must outlive what is made from them.
struct Services {
  const Clock& clock;
  CameraService& cameras;
  site::ConfigurationService& configuration;
  SystemService& system;
  playback::Archive& archive;
  playback::ExportJobs& exports;
  store::FsckService& fsck;
  site::HoldService& holds;
  store::LayoutStore& layouts;
  site::VolumeService& volumes;
  ingest::CameraFinder& finder;
  std::string web_root;                   ///< the folder with index.html; empty: no page
  transcode::Pool* transcoder = nullptr;  ///< null: pages that cannot decode a codec do not see it
};

}  // namespace vedette::api
