// SPDX-License-Identifier: Apache-2.0
#include "site/site.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/url_secrets.h"
#include "site/check_camera.h"
#include "site/describe.h"

namespace vedette::site {
namespace {

/// Whether the sessions with the camera may go on as they are.
bool same_sessions(const store::Camera& a, const store::Camera& b) {
  return a.main_url == b.main_url && a.sub_url == b.sub_url && a.transport == b.transport;
}

rtsp::LowerTransport map_transport(store::Transport transport) {
  return transport == store::Transport::kUdp ? rtsp::LowerTransport::kUdp
                                             : rtsp::LowerTransport::kTcp;
}

}  // namespace

Result<std::unique_ptr<Site>> Site::open(const SiteParts& parts) {
  std::unique_ptr<Site> site(new Site(parts));
  VEDETTE_ASSIGN(const auto cameras, parts.config.cameras());
  MutexLock lock(site->change_mutex_);
  for (const store::Camera& camera : cameras) site->start(camera, {});
  site->devices_.start();
  return site;
}

Site::~Site() {
  MutexLock lock(change_mutex_);
  std::vector<std::string> ids;
  {
    MutexLock running_lock(running_mutex_);
    for (const auto& [id, running] : running_) ids.push_back(id);
  }
  // Their gaps stay open: the next start says how long nobody ran.
  for (const std::string& id : ids) (void)stop(id);
}

void Site::start_stream(Running& running, stream::StreamKind kind, Left& left) {
  const std::string& id = running.config.id;
  const bool main = kind == stream::StreamKind::kMain;
  const std::string& url = main ? running.config.main_url : *running.config.sub_url;
  Stream& stream = running.streams[kind];
  stream.hub = std::make_shared<stream::Hub>(parts_.clock.wall());
  record::RecorderOptions options;
  options.camera = id;
  options.kind = kind;
  options.when = running.config.when;
  if (auto before = left.extract(kind)) options.left = std::move(before.mapped());
  stream.recorder = std::make_unique<record::Recorder>(parts_.archive, parts_.clock, options);
  stream.hub->set_sink(stream.recorder.get());
  hubs_.add(id, kind, stream.hub);
  const auto added =
      parts_.ingest.add({id, kind, url, map_transport(running.config.transport)}, stream.hub);
  // Only a stored address of an older version can be refused here; the camera is then shown as
  // down.
  if (!added) {
    stream.hub->break_stream(
        {stream::BreakCause::kUnreachable, added.error().message(), parts_.clock.wall()});
    log::error("site", "camera={} {}", id, added.error().message());
  }
}

void Site::start(const store::Camera& camera, Left left) {
  auto running = std::make_shared<Running>();
  running->config = camera;
  start_stream(*running, stream::StreamKind::kMain, left);
  if (camera.sub_url) start_stream(*running, stream::StreamKind::kSub, left);
  close(std::move(left));
  MutexLock lock(running_mutex_);
  running_[camera.id] = std::move(running);
}

Site::Left Site::stop(const std::string& id) {
  parts_.ingest.remove(id);
  hubs_.remove(id);
  std::shared_ptr<Running> last;
  {
    MutexLock lock(running_mutex_);
    const auto found = running_.find(id);
    if (found == running_.end()) return {};
    last = std::move(found->second);
    running_.erase(found);
  }
  Left left;  // without the lock: ending a recorder calls the archive
  for (auto& [kind, stream] : last->streams) left.emplace(kind, stream.recorder->end());
  return left;
}

void Site::close(Left left) {
  for (auto& [kind, gap] : left) {
    gap.end = std::max(gap.start, parts_.clock.wall());
    parts_.archive.put_gap(gap);
  }
}

Result<void> Site::add(const store::Camera& camera) {
  VEDETTE_TRY(check_camera(camera));
  MutexLock lock(change_mutex_);
  store::Camera dated = camera;
  dated.created_us = parts_.clock.wall().us;
  VEDETTE_TRY(parts_.config.add_camera(dated));
  start(dated, {});
  log::info("site", "camera={} added url={}", camera.id, redact_url(camera.main_url));
  return ok();
}

Result<void> Site::update(const std::string& id, const Change& change) {
  MutexLock lock(change_mutex_);
  VEDETTE_ASSIGN(const store::Camera before, parts_.config.camera(id));
  VEDETTE_ASSIGN(const store::Camera camera, change(before));
  VEDETTE_TRY(check_camera(camera));
  if (!(camera == before)) VEDETTE_TRY(parts_.config.update_camera(camera));
  apply(camera);
  return ok();
}

void Site::apply(const store::Camera& camera) {
  std::shared_ptr<Running> running;
  {
    MutexLock running_lock(running_mutex_);
    const auto found = running_.find(camera.id);  // one that could not be started is not there
    if (found != running_.end()) running = found->second;
  }
  if (running && same_sessions(running->config, camera)) {
    parts_.ingest.try_again(camera.id);
    MutexLock running_lock(running_mutex_);
    running->config = camera;
    for (auto& [kind, stream] : running->streams) stream.recorder->set_when(camera.when);
    return;
  }
  const bool moved = running && !same_place(running->config, camera);
  Left left;
  if (running) left = stop(camera.id);
  running.reset();
  // After the old session has ended, so that what it heard is not learnt as the new one's.
  if (moved) forget_device(camera.id);
  start(camera, std::move(left));
}

// A failure leaves a question to be asked that nobody needs: no reason to refuse the change.
void Site::forget_device(const std::string& id) {
  const auto forgotten = devices_.forget(id);
  if (!forgotten) log::warn("site", "camera={} {}", id, forgotten.error().message());
}

Result<void> Site::remove(const std::string& id) {
  MutexLock lock(change_mutex_);
  VEDETTE_TRY(parts_.config.remove_camera(id));
  close(stop(id));
  devices_.drop(id);
  log::info("site", "camera={} removed", id);
  return ok();
}

Result<store::Configuration> Site::configuration() { return parts_.config.configuration(); }

// Before anything is stored: a folder that cannot be recorded to is no configuration.
Result<void> Site::try_volumes(const store::Configuration& wanted, store::ReplaceOptions options) {
  if (!wanted.volumes) return ok();
  const bool for_good = !options.dry_run;
  options.dry_run = true;
  VEDETTE_ASSIGN(const auto changes, parts_.config.replace(wanted, options));
  const auto& added = changes.volumes.added;
  using Try = store::Archive::Try;
  // All are looked at before the first of them is marked as ours.
  for (const Try how : {Try::kLook, Try::kMake}) {
    if (how == Try::kMake && !for_good) break;
    for (size_t i = 0; i < wanted.volumes->size(); ++i) {
      const std::string path = parts_.config.path_of((*wanted.volumes)[i].path);
      if (std::find(added.begin(), added.end(), path) == added.end()) continue;
      const auto usable = parts_.archive.try_volume(parts_.config.folder_of(path), how);
      if (!usable)
        return make_error(usable.error().code, usable.error().what)
            .with_context("volumes[" + std::to_string(i) + "].path");
    }
  }
  return ok();
}

Result<store::ConfigChanges> Site::replace(const store::Configuration& wanted,
                                           store::ReplaceOptions options) {
  for (const store::Camera& camera : wanted.cameras) VEDETTE_TRY(check_camera(camera));
  MutexLock lock(change_mutex_);
  options.now = parts_.clock.wall();
  VEDETTE_TRY(try_volumes(wanted, options));
  VEDETTE_ASSIGN(const auto changes, parts_.config.replace(wanted, options));
  if (options.dry_run) return changes;
  if (wanted.volumes) VEDETTE_TRY(parts_.archive.follow_configuration());
  for (const std::string& id : changes.cameras.removed) {
    close(stop(id));
    devices_.drop(id);
  }
  for (const store::Camera& camera : changes.stored) {
    const auto among = [&](const auto& ids) {
      return std::find(ids.begin(), ids.end(), camera.id) != ids.end();
    };
    if (among(changes.cameras.added)) start(camera, {});
    if (among(changes.cameras.changed)) apply(camera);
  }
  log::info("site", "configuration applied: {} cameras added, {} changed, {} removed",
            changes.cameras.added.size(), changes.cameras.changed.size(),
            changes.cameras.removed.size());
  return changes;
}

CameraEntry Site::describe(const Running& running, const Known& known) {
  const auto& sessions = known.sessions;
  std::vector<StreamParts> streams;
  for (const auto& [kind, stream] : running.streams) {
    StreamParts parts{kind, stream.hub->state(), stream.recorder->status(), {}};
    parts.ring_bytes = stream.hub->ring_bytes();
    const auto session = std::find_if(sessions.begin(), sessions.end(), [&, k = kind](auto& s) {
      return s.camera == running.config.id && s.kind == k;
    });
    if (session != sessions.end()) parts.session = *session;
    streams.push_back(std::move(parts));
  }
  CameraEntry entry{running.config, describe_camera(streams)};
  const auto other = known.others.find(running.config.id);
  if (other != known.others.end()) entry.status.other_device = other->second;
  return entry;
}

Result<std::vector<CameraEntry>> Site::list() {
  const Known now = known();
  std::vector<CameraEntry> entries;
  {
    MutexLock lock(running_mutex_);
    for (const auto& [id, running] : running_) entries.push_back(describe(*running, now));
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.camera.created_us < b.camera.created_us;
  });
  return entries;
}

Result<CameraEntry> Site::find(const std::string& id) {
  const Known now = known();
  MutexLock lock(running_mutex_);
  const auto it = running_.find(id);
  if (it == running_.end()) {
    return make_error(ErrorCode::kNotFound, "there is no camera \"" + id + "\"");
  }
  return describe(*it->second, now);
}

std::shared_ptr<stream::Hub> Site::hub(const std::string& camera, stream::StreamKind kind) {
  return hubs_.find(camera, kind);
}

}  // namespace vedette::site
