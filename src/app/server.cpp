// SPDX-License-Identifier: Apache-2.0
#include "app/server.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <unistd.h>

#include "api/handlers.h"
#include "app/demo.h"
#include "app/retention_text.h"
#include "app/system_service.h"
#include "app/volume_folders.h"
#include "app/web_root.h"
#include "base/log.h"
#include "fs/file_system.h"
#include "ingest/finder.h"
#include "ingest/ingest.h"
#include "net/camera_connector.h"
#include "net/http_server.h"
#include "playback/catalog_archive.h"
#include "playback/exporter.h"
#include "site/holds.h"
#include "site/site.h"
#include "site/volumes.h"
#include "store/archive.h"
#include "store/data_folder.h"
#include "store/fsck_job.h"
#include "store/ledger.h"
#include "store/site_key.h"
#include "transcode/pool.h"

namespace vedette::app {
namespace {

constexpr std::chrono::seconds kGrace{3};

/// Who exported what belongs to what the site must account for.
void note_export(store::Archive& archive, const playback::ExportRequest& request) {
  store::ExportNote note{request.range.camera, request.range.kind, request.range.from,
                         request.range.to,     request.by,         {}};
  note.detail = std::string(to_string(request.form));
  if (!request.operator_name.empty()) note.detail += " by " + request.operator_name;
  archive.note_export(note);
}

/// What may wait for slow disks, of all volumes together: an eighth of the memory, which lets 256
/// cameras of 2 Mbit/s go on for eight seconds while a disk of a machine with 4 GiB is busy.
size_t queue_bytes(size_t volumes) {
  constexpr size_t kLeast = size_t{64} << 20;
  constexpr size_t kMost = size_t{1} << 30;
  const auto pages = static_cast<size_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const size_t memory = pages * static_cast<size_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  return std::clamp(memory / 8, kLeast, kMost) / volumes;
}

std::vector<std::string> folders_of(const std::vector<store::VolumeSpec>& volumes) {
  std::vector<std::string> folders;
  for (const store::VolumeSpec& volume : volumes) folders.push_back(volume.path);
  return folders;
}

/// As they are configured, once what the command line says anew has been taken over.
Result<store::ArchiveOptions> archive_options(const ServerOptions& options, fs::FileSystem& files,
                                              store::ConfigStore& config) {
  store::VolumeWords words;
  words.quota_bytes = options.quota_bytes;
  for (const std::string& text : options.volumes) {
    VEDETTE_ASSIGN(const VolumeText volume, parse_volume(text));
    words.volumes.push_back({volume.path, volume.quota_bytes, volume.reserve_bytes});
  }
  // Before it is stored.
  VEDETTE_TRY(check_volume_folders(folders_of(words.volumes)));
  VEDETTE_TRY(check_new_volumes(files, config, folders_of(words.volumes)));
  VEDETTE_TRY(config.take_over_volumes(std::move(words)));
  store::ArchiveOptions archive;
  VEDETTE_ASSIGN(archive.volumes, config.volume_folders());
  VEDETTE_TRY(check_volume_folders(folders_of(archive.volumes)));
  archive.queue_bytes = queue_bytes(archive.volumes.size());
  return archive;
}

int shard_count() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 2U));
}

}  // namespace

/// In the order of construction; destroyed in the opposite one.
struct Server::Parts {
  RealClock clock;
  std::unique_ptr<fs::FileSystem> files = std::make_unique<fs::RealFileSystem>();
  std::optional<store::DataFolder> folder;
  std::unique_ptr<store::ConfigStore> config;
  std::unique_ptr<store::Catalog> catalog;
  std::unique_ptr<evidence::Signer> signer;  // null: nothing is signed
  api::KeyState key;
  std::unique_ptr<store::Archive> archive;
  net::CameraConnector connector;
  std::unique_ptr<ingest::Ingest> ingest;
  std::unique_ptr<ingest::Finder> finder;
  std::unique_ptr<site::Site> site;
  std::unique_ptr<Demo> demo;
  std::unique_ptr<store::FsckJob> fsck;
  std::unique_ptr<SystemStatus> system;
  std::unique_ptr<site::Holds> holds;
  std::unique_ptr<site::Volumes> volumes;
  std::unique_ptr<playback::CatalogArchive> playback;
  std::unique_ptr<playback::Exporter> exporter;
  std::unique_ptr<playback::ExportJobs> exports;
  std::unique_ptr<transcode::Pool> transcoder;
  std::unique_ptr<api::Router> router;
  std::unique_ptr<net::HttpServer> http;

  Result<void> open_store(const ServerOptions& options);
  Result<void> open_cameras(const ServerOptions& options);
  Result<void> open_http(const ServerOptions& options);
};

namespace {

/// As the cameras are configured now. One that would be recorded at the beginning of the pause was
/// changed while nobody ran, and what it was told before is not known.
Result<store::Wanted> wanted_of(const store::ConfigStore& config) {
  std::map<std::string, store::Camera> known;
  VEDETTE_ASSIGN(const auto cameras, config.cameras());
  for (const store::Camera& camera : cameras) known.emplace(camera.id, camera);
  store::Wanted wanted;
  wanted.at_all = [known](const std::string& id, store::StreamKind kind) {
    const auto camera = known.find(id);
    return camera != known.end() && (kind == store::StreamKind::kMain || camera->second.sub_url);
  };
  wanted.again = [known = std::move(known)](const store::Gap& pause, WallTime now) {
    const auto camera = known.find(pause.camera);
    if (camera == known.end() || camera->second.when.at(local_time(pause.start))) return now;
    return store::next_wanted(camera->second.when, pause.start, now);
  };
  return wanted;
}

}  // namespace

Result<void> Server::Parts::open_store(const ServerOptions& options) {
  VEDETTE_ASSIGN(folder, store::DataFolder::open(*files, options.data));
  VEDETTE_ASSIGN(config, store::ConfigStore::open(folder->paths().config));
  store::CatalogOptions catalog_options;
  catalog_options.path = folder->paths().catalog;
  VEDETTE_ASSIGN(catalog_options.wanted, wanted_of(*config));
  catalog = store::Catalog::open(clock, catalog_options);
  if (const auto problem = catalog->problem()) log::error("store", "{}", problem->message());
  VEDETTE_ASSIGN(auto archive_opts, archive_options(options, *files, *config));
  // Recording does not wait for a key: what is not signed says so when it is verified.
  const auto known = config->volumes();
  if (auto opened = store::open_site_key(options.data, known && !known->empty())) {
    signer = std::move(opened).value();
    key.fingerprint = evidence::to_hex(evidence::fingerprint(signer->public_key()));
    key.replaced = store::key_replaced(options.data);
  } else {
    log::error("app", "{}", opened.error().message());
    key.problem = opened.error().message();
  }
  const store::ArchiveParts parts{*files, clock, *config, *catalog, signer.get()};
  VEDETTE_ASSIGN(archive, store::Archive::open(parts, std::move(archive_opts)));
  for (const std::string& note : archive->recovery_notes()) log::info("store", "{}", note);
  for (const store::VolumeStatus& volume : archive->volumes()) {
    if (volume.problem) log::error("store", "{}", volume.problem->message());
  }
  return ok();
}

Result<void> Server::Parts::open_cameras(const ServerOptions& options) {
  ingest = std::make_unique<ingest::Ingest>(clock, connector, shard_count());
  VEDETTE_ASSIGN(auto where, ingest::parse_discovery_plan(options.discover));
  finder = std::make_unique<ingest::Finder>(std::move(where), clock, connector);
  VEDETTE_ASSIGN(site, site::Site::open({clock, *config, *archive, *ingest}));
  if (options.demo) demo = std::make_unique<Demo>(folder->dir(), clock, *site);
  return ok();
}

Result<void> Server::Parts::open_http(const ServerOptions& options) {
  fsck = std::make_unique<store::FsckJob>(
      clock, [this](const store::FsckOptions& what, const store::FsckWatch& watch) {
        return archive->check(what, watch);
      });
  system = std::make_unique<SystemStatus>(clock, *files, *archive, *catalog, key);
  holds = std::make_unique<site::Holds>(clock, *config, archive.get());
  volumes = std::make_unique<site::Volumes>(*config, archive.get());
  playback = std::make_unique<playback::CatalogArchive>(*catalog, *files);
  playback::ExporterParts export_parts{
      *playback, *files, clock, signer.get(), config->site_id(), "vedette " VEDETTE_VERSION,
      {},        {}};
  export_parts.volumes = [this] {
    std::vector<std::string> folders;
    for (const store::VolumeStatus& volume : archive->volumes()) folders.push_back(volume.path);
    return folders;
  };
  export_parts.room = [this](const playback::ExportRange& range, const std::string& where,
                             uint64_t bytes) {
    return archive->make_room_for(
        {where, static_cast<int64_t>(bytes), range.camera, range.from, range.to});
  };
  exporter = std::make_unique<playback::Exporter>(std::move(export_parts));
  playback::ExportJobs::Options export_options;
  export_options.folder = folder->paths().exports;
  exports = std::make_unique<playback::ExportJobs>(
      *files, clock, std::move(export_options),
      [this](const auto& request, const std::string& path, auto& control) {
        const auto made = exporter->make(request, path, control);
        if (made) note_export(*archive, request);
        return made;
      });
  const std::string web = options.web_root.empty() ? find_web_root() : options.web_root;
  if (web.empty()) log::warn("app", "the page is not built; run ./run, or give --web FOLDER");
  transcode::Options transcoding;
  transcoding.budget_cores = options.transcode_cores;
  transcoder = std::make_unique<transcode::Pool>(clock, std::move(transcoding));
  router = api::make_router({clock, *site, *site, *system, *playback, *exports, *fsck, *holds,
                             *config, *volumes, *finder, web, transcoder.get()});
  net::HttpServer::Options http_options;
  http_options.listen = options.listen;
  http_options.socket_path = folder->paths().control_socket;
  VEDETTE_ASSIGN(http, net::HttpServer::start(http_options, *router));
  return ok();
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  if (parts_ && parts_->finder) parts_->finder->stop();
  if (parts_ && parts_->http) parts_->http->stop(kGrace);
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto parts = std::make_unique<Parts>();
  VEDETTE_TRY(parts->open_store(options));
  // Listening comes last but one: recording needs no listener, yet a port in use must end the start
  // before the person believes it runs.
  VEDETTE_TRY(parts->open_cameras(options));
  VEDETTE_TRY(parts->open_http(options));
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

uint16_t Server::port() const { return parts_->http->port(); }

size_t Server::cameras() const {
  const auto entries = parts_->site->list();
  return entries ? entries->size() : 0;
}

}  // namespace vedette::app
