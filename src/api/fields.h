// SPDX-License-Identifier: Apache-2.0
// Fields of what a client sent as JSON, and the words for one that is of the wrong kind. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.h"

namespace vedette::api {

/// invalid_argument, with what is right instead.
[[nodiscard]] inline Error bad(std::string what) {
  return make_error(ErrorCode::kInvalidArgument, std::move(what));
}

/// "camera must be text", if it is none.
[[nodiscard]] Result<std::string> text_of(const boost::json::value& value, std::string_view name);
/// "quick is true or false".
[[nodiscard]] Result<bool> flag_of(const boost::json::value& value, std::string_view name);

/// The same of a member; one that is absent or null is `otherwise`.
[[nodiscard]] Result<std::string> text_field(const boost::json::object& object,
                                             std::string_view name, std::string otherwise = {});
[[nodiscard]] Result<bool> flag_field(const boost::json::object& object, std::string_view name,
                                      bool otherwise);

}  // namespace vedette::api
