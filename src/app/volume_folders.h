// SPDX-License-Identifier: Apache-2.0
// Whether folders can be volumes beside each other. Looks at the file system; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace vedette::app {

/// invalid_argument when two of them are the same folder, by whatever name or link, or one lies
/// within another: what is in both would be counted, checked and deleted twice. A folder need not
/// be there yet.
[[nodiscard]] Result<void> check_volume_folders(const std::vector<std::string>& paths);

}  // namespace vedette::app
