// SPDX-License-Identifier: Apache-2.0
// Whether folders can be volumes beside each other. Looks at the file system; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "store/config_store.h"

namespace vedette::app {

/// invalid_argument when two of them are the same folder, by whatever name or link, or one lies
/// within another: what is in both would be counted, checked and deleted twice. A folder need not
/// be there yet.
[[nodiscard]] Result<void> check_volume_folders(const std::vector<std::string>& paths);

/// failed_precondition when one that is named for the first time is the data folder of a server, or
/// a volume of another site: no waiting ever makes it ours. One that was recorded to before is not
/// looked at: the wrong disk in its place is no reason not to record to the others.
[[nodiscard]] Result<void> check_new_volumes(fs::FileSystem& files,
                                             const store::ConfigStore& config,
                                             const std::vector<std::string>& paths);

}  // namespace vedette::app
