// SPDX-License-Identifier: Apache-2.0
#include "playback/exporter.h"

#include "playback/export_bundle.h"
#include "playback/export_mp4.h"

namespace vedette::playback {

Result<void> Exporter::make(const ExportRequest& request, const std::string& path,
                            ExportControl& control) const {
  VEDETTE_ASSIGN(ExportPlan plan, plan_export(parts_.archive, request.range));
  if (parts_.room) {
    control.set_room([this, range = request.range](const std::string& folder, uint64_t bytes) {
      return parts_.room(range, folder, bytes);
    });
  }
  if (request.form == ExportForm::kMp4) return export_mp4(parts_.files, plan, path, control);
  return make_bundle(request, plan, path, control);
}

Result<void> Exporter::make_bundle(const ExportRequest& request, ExportPlan& plan,
                                   const std::string& path, ExportControl& control) const {
  if (parts_.signer == nullptr) {
    return make_error(ErrorCode::kFailedPrecondition,
                      "this site's key cannot be used, so nothing can be proven; mend it as the "
                      "server's log says, or export an .mp4");
  }
  control.expect(bundle_bytes(plan));
  evidence::Manifest manifest;
  manifest.site = parts_.site;
  manifest.name = request.camera_name;
  manifest.exported = parts_.clock.wall();
  manifest.by = request.by;
  manifest.operator_name = request.operator_name;
  manifest.program = parts_.program;
  VEDETTE_ASSIGN(ExportFile file, ExportFile::create(parts_.files, path, control));
  auto volumes = parts_.volumes ? parts_.volumes() : std::vector<std::string>();
  VEDETTE_TRY(export_bundle({parts_.archive, parts_.files, *parts_.signer, std::move(volumes)},
                            plan, std::move(manifest), file));
  return file.finish();
}

}  // namespace vedette::playback
