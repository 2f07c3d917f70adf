// SPDX-License-Identifier: Apache-2.0
#include "playback/export_jobs.h"

#include <algorithm>

#include "base/contain.h"
#include "base/id.h"
#include "base/log.h"

namespace vedette::playback {
namespace {

constexpr size_t kIdBytes = 8;
/// How late a file that expired may go. Work and a stop are told, and wait for nothing.
constexpr std::chrono::seconds kPoll{5};

bool is_over(ExportState state) {
  return state != ExportState::kQueued && state != ExportState::kRunning;
}

/// "<16 hex digits>.mp4", ".zip", or one of them with ".<random>.part": only we make such names.
bool is_ours(std::string_view name) {
  const std::string_view id = name.substr(0, name.find('.'));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (id.size() != 2 * kIdBytes || !std::all_of(id.begin(), id.end(), is_hex)) return false;
  const std::string_view rest = name.substr(id.size());
  const bool made = rest.starts_with(".mp4") || rest.starts_with(".zip");
  return made && (rest.size() == 4 || (rest[4] == '.' && rest.ends_with(".part")));
}

}  // namespace

std::string_view to_string(ExportForm form) { return form == ExportForm::kMp4 ? "mp4" : "bundle"; }

std::string_view to_string(ExportState state) {
  switch (state) {
    case ExportState::kQueued:
      return "queued";
    case ExportState::kRunning:
      return "running";
    case ExportState::kDone:
      return "done";
    case ExportState::kFailed:
      return "failed";
  }
  return "unknown";
}

ExportJobs::ExportJobs(fs::FileSystem& files, const Clock& clock, Options options, Make make)
    : files_(files), clock_(clock), options_(std::move(options)), make_(std::move(make)) {
  remove_leftovers();
  if (options_.threads) {
    worker_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
}

ExportJobs::~ExportJobs() {
  if (!worker_.joinable()) return;
  worker_.request_stop();
  {
    MutexLock lock(mutex_);
    for (auto& [id, job] : jobs_) job.control->cancel();
  }
  changed_.notify_all();
  worker_.join();
}

Result<ExportStatus> ExportJobs::add(const ExportRequest& request) {
  MutexLock lock(mutex_);
  const auto waiting = std::count_if(jobs_.begin(), jobs_.end(), [](const auto& entry) {
    return !is_over(entry.second.status.state);
  });
  if (static_cast<size_t>(waiting) >= options_.max_waiting) {
    return make_error(ErrorCode::kResourceExhausted,
                      "too many exports wait already; wait for them or cancel some");
  }
  if (jobs_.size() >= options_.max_kept) {
    return make_error(ErrorCode::kResourceExhausted,
                      "too many exports are kept; remove some that are done");
  }
  Job job;
  job.status.id = random_id(kIdBytes);
  job.status.request = request;
  job.number = added_++;
  job.status.created = clock_.wall();
  job.status.expires = job.status.created + options_.keep;
  const std::string id = job.status.id;
  const auto added = jobs_.emplace(id, std::move(job)).first;
  changed_.notify_all();
  return look(added->second);
}

Result<ExportStatus> ExportJobs::find(const std::string& id) {
  expire();
  MutexLock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second.unwanted) {
    return make_error(ErrorCode::kNotFound,
                      "there is no such export; one that is done is kept for a day");
  }
  return look(found->second);
}

std::vector<ExportStatus> ExportJobs::list() {
  expire();
  std::vector<ExportStatus> out;
  MutexLock lock(mutex_);
  for (const auto& [id, job] : jobs_) {
    if (!job.unwanted) out.push_back(look(job));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.created != b.created ? a.created > b.created : a.id < b.id;
  });
  return out;
}

Result<void> ExportJobs::remove(const std::string& id) {
  std::string path;
  {
    MutexLock lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second.unwanted) {
      return make_error(ErrorCode::kNotFound, "there is no such export");
    }
    Job& job = found->second;
    job.control->cancel();
    if (job.status.state == ExportState::kRunning) {
      job.unwanted = true;
      return ok();
    }
    path = job.status.path;
    if (path.empty()) {
      jobs_.erase(found);
      return ok();
    }
  }
  // The job goes behind its file: where that cannot be removed, it can be asked for again.
  const auto removed = files_.remove(path);
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  MutexLock lock(mutex_);
  jobs_.erase(id);
  return ok();
}

bool ExportJobs::step() {
  Job* job = next();
  if (job != nullptr) {
    // The job stays where it is while it runs; request and id do not change.
    const ExportRequest request = job->status.request;
    Result<void> made;
    const bool ended = contain("export " + job->status.id, [&] {
      made = files_.make_dirs(options_.folder);
      if (made) made = make_(request, path_of(job->status), *job->control);
    });
    if (!ended)
      made = make_error(ErrorCode::kInternal,
                        "it failed inside; the log of the server says how. Try it again, or a "
                        "shorter stretch");
    finish(*job, std::move(made));
  }
  expire();
  return job != nullptr;
}

void ExportJobs::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bool worked = false;
    (void)contain("exports", [&] { worked = step(); });
    if (worked) continue;
    MutexLock lock(mutex_);
    const bool waits = std::any_of(jobs_.begin(), jobs_.end(), [](const auto& entry) {
      return entry.second.status.state == ExportState::kQueued;
    });
    if (!waits && !stop.stop_requested()) changed_.wait_for(mutex_, kPoll);
  }
}

ExportJobs::Job* ExportJobs::next() {
  MutexLock lock(mutex_);
  Job* oldest = nullptr;
  for (auto& [id, job] : jobs_) {
    if (job.status.state != ExportState::kQueued) continue;
    if (oldest == nullptr || job.number < oldest->number) oldest = &job;
  }
  if (oldest != nullptr) oldest->status.state = ExportState::kRunning;
  return oldest;
}

void ExportJobs::finish(Job& job, Result<void> made) {
  const std::string path = path_of(job.status);
  uint64_t size = 0;
  if (made) {
    const auto file = files_.open_read(path);
    if (file) size = (*file)->size().value_or(0);
  }
  bool unwanted = false;
  {
    MutexLock lock(mutex_);
    ExportStatus& status = job.status;
    status.expires = clock_.wall() + options_.keep;
    if (made) {
      status.state = ExportState::kDone;
      status.path = path;
      status.size = size;
    } else {
      status.state = ExportState::kFailed;
      status.error = made.error();
    }
    unwanted = job.unwanted;
    if (unwanted) jobs_.erase(status.id);
  }
  if (unwanted && made) (void)files_.remove(path);
}

void ExportJobs::expire() {
  std::vector<std::string> paths;
  {
    MutexLock lock(mutex_);
    const WallTime now = clock_.wall();
    std::erase_if(jobs_, [&](const auto& entry) {
      const ExportStatus& status = entry.second.status;
      // A wall clock that was set back must not keep a job for ever.
      const bool late = now >= status.expires || now + 2 * options_.keep < status.expires;
      if (!is_over(status.state) || !late) return false;
      if (!status.path.empty()) paths.push_back(status.path);
      return true;
    });
  }
  for (const std::string& path : paths) (void)files_.remove(path);
}

void ExportJobs::remove_leftovers() {
  if (!files_.exists(options_.folder)) return;
  const auto entries = files_.list(options_.folder);
  if (!entries) {
    log::warn("export", "{}", entries.error().message());
    return;
  }
  for (const fs::DirEntry& entry : *entries) {
    if (!entry.is_dir && is_ours(entry.name)) {
      (void)files_.remove(fs::join(options_.folder, entry.name));
    }
  }
}

std::string ExportJobs::path_of(const ExportStatus& status) const {
  const char* suffix = status.request.form == ExportForm::kMp4 ? ".mp4" : ".zip";
  return fs::join(options_.folder, status.id + suffix);
}

ExportStatus ExportJobs::look(const Job& job) {
  ExportStatus status = job.status;
  status.done_bytes = job.control->done_bytes();
  status.total_bytes = job.control->total_bytes();
  return status;
}

}  // namespace vedette::playback
