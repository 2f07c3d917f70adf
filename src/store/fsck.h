// SPDX-License-Identifier: Apache-2.0
// Holds the catalog and the volumes to each other, in both directions, while recording goes on:
// presence (rows without files, files without rows, deletions not carried out), structure (boxes,
// index, sequence, sizes) and hashes (records, chain). With `rebuild` it makes the catalog what the
// files say instead, without looking into those that are listed already.
//
// Nothing on a volume is ever changed, moved or deleted, least of all what it does not know.
// Rebuilding trusts the records and box headers of each file: their chain is checked, the media
// behind them is not read, except at the end of a file that was never closed. Confined to the
// calling thread; several may not run at once on one archive.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "store/active_runs.h"
#include "store/archive.h"
#include "store/fsck_findings.h"
#include "store/recorded_file.h"
#include "store/volume.h"

namespace vedette::store {

struct FsckOptions {
  bool rebuild = false;
  bool quick = false;  ///< without hashes
};

struct FsckProgress {
  uint64_t files = 0;
  uint64_t of_files = 0;  ///< as many as the catalog has; 0: unknown
  uint64_t fragments = 0;
  uint64_t bytes = 0;
};

/// How the caller watches and ends it. Both are optional.
struct FsckWatch {
  std::stop_token stop;
  std::function<void(const FsckProgress&)> progress;  ///< on the calling thread, per file
};

struct FsckVolume {
  std::string path;
  std::optional<Volume> volume;
  std::string problem;  ///< without a volume: why
  /// Runs whose files are somebody's at work; null when nobody records.
  std::shared_ptr<const ActiveRuns> unpublished;
};

class Fsck {
 public:
  Fsck(const ArchiveParts& parts, std::vector<FsckVolume> volumes, const FsckOptions& options)
      : parts_(parts), volumes_(std::move(volumes)), options_(options) {}

  /// When every folder of a volume could be listed and `rebuild` is set, its id is in
  /// FsckReport::rebuilt: the caller lets the catalog clean it again.
  [[nodiscard]] FsckReport run(const FsckWatch& watch);

 private:
  using Key = std::pair<std::string, uint32_t>;  // run, seq
  struct Listed;
  struct Stranger;
  struct CameraPass;

  void check_volume(const FsckVolume& volume);
  void check_camera(CameraPass& pass, bool has_folder);
  void walk(CameraPass& pass, const std::string& folder, int depth);
  void look_at(CameraPass& pass, const std::string& folder, const fs::DirEntry& entry);
  void settle_strangers(CameraPass& pass);
  void report_unseen(CameraPass& pass);
  [[nodiscard]] static const Listed* listed_with(const CameraPass& pass, const Listed& here,
                                                 const evidence::FragmentRecord& first);
  void check_listed(CameraPass& pass, Listed& listed, const std::string& path);
  void check_unlisted(CameraPass& pass, const Stranger& stranger);
  [[nodiscard]] std::optional<RecordedFile> read(const std::string& path, const ReadSpec& spec);
  /// `written_to`: the file is being written, and its end is somebody's at work.
  void report_faults(const RecordedFile& file, const std::string& path,
                     std::optional<uint64_t> written_to);
  void check_chain(CameraPass& pass, const Key& key, const RecordedFile& file,
                   const std::string& path);
  void restore(CameraPass& pass, const Stranger& stranger, const RecordedFile& file);
  void restore_gaps(const FsckVolume& volume);
  void restore_losses(const FileRef& ref, const RecordedFile& file);
  [[nodiscard]] bool flush();
  void drop(const std::vector<StoredFile>& files);
  [[nodiscard]] bool stopped() const {
    return watch_.stop.stop_requested() || !report_.error.empty();
  }

  const ArchiveParts parts_;
  const std::vector<FsckVolume> volumes_;
  const FsckOptions options_;
  FsckWatch watch_;
  FsckProgress progress_;
  FsckReport report_;
  bool all_listed_ = true;  // every folder of the volume at hand
  size_t unflushed_ = 0;
};

}  // namespace vedette::store
