// SPDX-License-Identifier: Apache-2.0
// A range of recorded time as a bundle that proves itself: docs/design/bundle.md. Any thread.
#pragma once

#include <string>
#include <vector>

#include "evidence/bundle.h"
#include "playback/export_file.h"
#include "playback/export_plan.h"

namespace vedette::playback {

/// References must outlive the call.
struct BundleParts {
  Archive& archive;
  fs::FileSystem& files;
  const evidence::Signer& signer;
  std::vector<std::string> volumes;  ///< folders whose ledgers are asked
};

/// `manifest`: who, what and when; key and files are filled in. Errors: as ExportFile, and
/// kDataLoss when the recordings are not what the catalog says.
[[nodiscard]] Result<void> export_bundle(const BundleParts& parts, ExportPlan& plan,
                                         evidence::Manifest manifest, ExportFile& file);

/// About how many bytes it will have.
[[nodiscard]] uint64_t bundle_bytes(const ExportPlan& plan);

}  // namespace vedette::playback
