// SPDX-License-Identifier: Apache-2.0
// Exports that run in the server: asked for over HTTP or by the command line, made one after the
// other in the background, kept under DIR/exports for a day. What a restart interrupts is gone: its
// files are removed when the jobs are opened again, and nothing else in the folder is touched.
// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "playback/export_file.h"
#include "playback/export_plan.h"

namespace vedette::playback {

enum class ExportForm : uint8_t { kMp4, kBundle };
/// "mp4", "bundle".
[[nodiscard]] std::string_view to_string(ExportForm form);

struct ExportRequest {
  ExportRange range;
  ExportForm form = ExportForm::kMp4;
  std::string camera_name;    ///< as people call it; may be empty
  std::string by;             ///< the principal: "local-owner"
  std::string operator_name;  ///< who that is, as the caller says; may be empty
};

enum class ExportState : uint8_t { kQueued, kRunning, kDone, kFailed };
[[nodiscard]] std::string_view to_string(ExportState state);

/// A job as it is now.
struct ExportStatus {
  std::string id;
  ExportRequest request;
  ExportState state = ExportState::kQueued;
  WallTime created;
  WallTime expires;  ///< the job and its file are removed then
  uint64_t done_bytes = 0;
  uint64_t total_bytes = 0;  ///< 0 until known
  std::string path;          ///< of the file; empty until done
  uint64_t size = 0;         ///< of the file
  std::optional<Error> error;
};

class ExportJobs {
 public:
  /// Makes the file. Runs on the jobs' thread; ends soon after control.cancelled().
  using Make =
      std::function<Result<void>(const ExportRequest&, const std::string& path, ExportControl&)>;
  struct Options {
    std::string folder;  ///< DIR/exports; made when first needed
    size_t max_waiting = 16;
    size_t max_kept = 100;
    Duration keep{std::chrono::hours(24)};
    bool threads = true;  ///< false: step() does the work (tests)
  };

  ExportJobs(fs::FileSystem& files, const Clock& clock, Options options, Make make);
  ~ExportJobs();  ///< cancels what runs
  ExportJobs(const ExportJobs&) = delete;
  ExportJobs& operator=(const ExportJobs&) = delete;

  /// kResourceExhausted when too many wait or are kept.
  [[nodiscard]] Result<ExportStatus> add(const ExportRequest& request);
  [[nodiscard]] Result<ExportStatus> find(const std::string& id);  ///< kNotFound
  [[nodiscard]] std::vector<ExportStatus> list();                  ///< newest first, then by id
  /// Cancels one that waits or runs, removes one that ended with its file. kNotFound.
  [[nodiscard]] Result<void> remove(const std::string& id);

  /// One waiting job, then what has expired. False when nothing waited. REQUIRES: no threads.
  bool step();

 private:
  struct Job {
    ExportStatus status;
    std::unique_ptr<ExportControl> control = std::make_unique<ExportControl>();
    uint64_t number = 0;    ///< in the order of add()
    bool unwanted = false;  ///< to be forgotten when it ends
  };

  void run(const std::stop_token& stop);
  [[nodiscard]] Job* next() VEDETTE_EXCLUDES(mutex_);
  void finish(Job& job, Result<void> made) VEDETTE_EXCLUDES(mutex_);
  void expire() VEDETTE_EXCLUDES(mutex_);
  void remove_leftovers();
  [[nodiscard]] std::string path_of(const ExportStatus& status) const;
  [[nodiscard]] static ExportStatus look(const Job& job);

  fs::FileSystem& files_;
  const Clock& clock_;
  const Options options_;
  const Make make_;
  Mutex mutex_{LockOrder::kService};
  CondVar changed_;
  /// By id. A running job stays here until it ends, so that its thread may hold a pointer to it.
  std::map<std::string, Job> jobs_ VEDETTE_GUARDED_BY(mutex_);
  uint64_t added_ VEDETTE_GUARDED_BY(mutex_) = 0;
  std::jthread worker_;
};

}  // namespace vedette::playback
