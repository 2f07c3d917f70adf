// SPDX-License-Identifier: Apache-2.0
// The table of everything the server answers. One function per group of routes.
#pragma once

#include <memory>
#include <vector>

#include "api/router.h"
#include "api/services.h"

namespace vedette::api {

struct LiveViewers;

void add_camera_routes(CameraService& cameras, std::vector<Route>& routes);
/// discovery, probe.
void add_finder_routes(ingest::CameraFinder& finder, CameraService& cameras,
                       std::vector<Route>& routes);
/// config.
void add_config_routes(site::ConfigurationService& configuration, std::vector<Route>& routes);
/// health.
void add_health_routes(const Services& services, std::vector<Route>& routes);
void add_hold_routes(site::HoldService& holds, std::vector<Route>& routes);
void add_layout_routes(store::LayoutStore& layouts, std::vector<Route>& routes);
/// timeline, media.mp4, snapshot.jpg.
void add_recording_routes(const Services& services, std::vector<Route>& routes);
/// exports and their files.
void add_export_routes(const Services& services, std::vector<Route>& routes);
void add_ledger_routes(const Services& services, std::vector<Route>& routes);
/// storage, storage/plan.
void add_storage_routes(const Services& services, std::vector<Route>& routes);
void add_volume_routes(site::VolumeService& volumes, std::vector<Route>& routes);
/// healthz, status, metrics.
void add_system_routes(const Services& services, std::shared_ptr<RequestCounters> requests,
                       std::shared_ptr<LiveViewers> viewers, std::vector<Route>& routes);
/// fsck.
void add_fsck_routes(store::FsckService& fsck, std::vector<Route>& routes);
void add_live_routes(const Services& services, std::shared_ptr<LiveViewers> viewers,
                     std::vector<Route>& routes);
/// The page's files under services.web_root.
[[nodiscard]] Route make_page_route(const Services& services);

/// The whole program behind the listener.
[[nodiscard]] std::unique_ptr<Router> make_router(const Services& services);

/// A query parameter as an integer in [low, high]; the error names the parameter.
[[nodiscard]] Result<int64_t> integer_parameter(const net::Request& request, std::string_view name,
                                                int64_t low, int64_t high);

}  // namespace vedette::api
