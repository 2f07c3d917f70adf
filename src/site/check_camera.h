// SPDX-License-Identifier: Apache-2.0
// What a camera must look like before it is stored. Pure.
#pragma once

#include "base/result.h"
#include "store/config_store.h"

namespace vedette::site {

/// Id, name, addresses and retention are checked. kInvalidArgument says which field and what to
/// write instead.
[[nodiscard]] Result<void> check_camera(const store::Camera& camera);

/// Whether both are at one host and port: a person who changes that says where the camera is.
[[nodiscard]] bool same_place(const store::Camera& a, const store::Camera& b);

}  // namespace vedette::site
