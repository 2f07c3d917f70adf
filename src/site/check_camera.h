// SPDX-License-Identifier: Apache-2.0
// What a camera must look like before it is stored. Pure.
#pragma once

#include "base/result.h"
#include "store/config_store.h"

namespace vedette::site {

/// Id, name, addresses and retention are checked. kInvalidArgument says which field and what to
/// write instead.
[[nodiscard]] Result<void> check_camera(const store::Camera& camera);

}  // namespace vedette::site
