// SPDX-License-Identifier: Apache-2.0
#include "playback/exporter.h"

#include "playback/export_mp4.h"

namespace vedette::playback {

Result<void> Exporter::make(const ExportRequest& request, const std::string& path,
                            ExportControl& control) const {
  VEDETTE_ASSIGN(ExportPlan plan, plan_export(parts_.archive, request.range));
  if (request.form == ExportForm::kMp4) return export_mp4(parts_.files, plan, path, control);
  return make_error(ErrorCode::kUnsupported, "bundles cannot be made yet; export an .mp4");
}

}  // namespace vedette::playback
