// SPDX-License-Identifier: Apache-2.0
// A volume as JSON, both ways. For .cpp files of this folder.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "store/volume_list.h"

namespace vedette::api {

/// kInvalidArgument; the error's context is the field, empty when it is about all of them.
[[nodiscard]] Result<store::VolumeSpec> read_volume(const boost::json::object& form);
[[nodiscard]] boost::json::object to_json(const store::VolumeSpec& volume);

}  // namespace vedette::api
