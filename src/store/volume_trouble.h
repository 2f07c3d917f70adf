// SPDX-License-Identifier: Apache-2.0
// Why nothing is written to a volume, or deleted from it: sentences for a person, and beside each
// the name under which programs and the page's other languages know it. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vedette::store {

[[nodiscard]] Error missing_volume(const std::string& path);
[[nodiscard]] Error other_volume(const std::string& path);
[[nodiscard]] Error foreign_volume(const std::string& path);
[[nodiscard]] Error second_recorder(const std::string& path);
[[nodiscard]] Error hung_disk(const std::string& path);
[[nodiscard]] Error used_up_quota(const std::string& path);
[[nodiscard]] Error no_cleaning(const std::string& path, const std::string& why);

/// "missing", "exchanged", "foreign", "in_use", "hung", "quota", "catalog", "damaged", "full",
/// "read_only", or "failing" for what else a disk may say: TroubleCode of docs/ref/openapi.yaml.
[[nodiscard]] std::string_view trouble_of(const Error& error);

}  // namespace vedette::store
