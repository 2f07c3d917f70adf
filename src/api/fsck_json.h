// SPDX-License-Identifier: Apache-2.0
// What fsck says, as docs/ref/openapi.yaml has it. Pure.
#pragma once

#include <boost/json.hpp>

#include "store/fsck_job.h"

namespace vedette::api {

[[nodiscard]] boost::json::object to_json(const store::FsckStatus& status);

}  // namespace vedette::api
