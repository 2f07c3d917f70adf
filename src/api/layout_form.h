// SPDX-License-Identifier: Apache-2.0
// A layout as JSON, both ways. Pure.
#pragma once

#include <boost/json/object.hpp>

#include "base/result.h"
#include "store/layouts.h"

namespace vedette::api {

[[nodiscard]] boost::json::object to_json(const store::Layout& layout);
/// Without its id, which stands elsewhere; what fits together is checked by store::check_layout().
[[nodiscard]] Result<store::Layout> read_layout(const boost::json::object& form);

}  // namespace vedette::api
