// SPDX-License-Identifier: Apache-2.0
// A volume whose vedette-volume.json was deleted: its ledger still says which volume it is. A disk
// that is not mounted has no ledger, and is not taken for one. Any thread.
#pragma once

#include <optional>
#include <string>

#include "store/volume.h"

namespace vedette::store {

/// Of the volume in the folder `path`, by the newest entry of its ledger that can be read; nullopt
/// when there is none. It names no catalog: nothing is deleted there before a rebuild.
[[nodiscard]] Result<std::optional<VolumeIdentity>> identity_by_ledger(fs::FileSystem& files,
                                                                       const std::string& path);

/// Writes the identity of a volume that identity_by_ledger() found, and says so in the log.
[[nodiscard]] Result<void> put_identity_back(fs::FileSystem& files, const std::string& path,
                                             const VolumeIdentity& identity);

/// Volume::verify() of a volume at work. Where only the file is missing it is put back, with the
/// catalog that knew the volume until now.
[[nodiscard]] Result<void> verify_or_put_back(fs::FileSystem& files, const Volume& volume,
                                              Catalog& catalog);

}  // namespace vedette::store
