// SPDX-License-Identifier: Apache-2.0
// From our values to the JSON of docs/ref/openapi.yaml and back. For .cpp files of this folder:
// Boost.JSON is heavy.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/services.h"
#include "base/result.h"
#include "net/http_message.h"

namespace vedette::api {

[[nodiscard]] net::Response json_response(const boost::json::value& value, int status = 200);

/// The body as one JSON object; errors are invalid_argument and say what is expected.
[[nodiscard]] Result<boost::json::object> parse_object(const net::Request& request);

[[nodiscard]] boost::json::object to_json(const StreamStatus& stream);
[[nodiscard]] boost::json::object to_json(const CameraEntry& entry);
[[nodiscard]] boost::json::object to_json(const site::OtherDevice& other);
/// One line that says what to do.
[[nodiscard]] std::string other_device_message(const site::OtherDevice& other);
[[nodiscard]] boost::json::object to_json(const store::Span& span);
/// `now` ends a gap that lasts.
[[nodiscard]] boost::json::object to_json(const store::Gap& gap, WallTime now);

[[nodiscard]] boost::json::object to_json(const store::CameraTimeline& line, WallTime now);
[[nodiscard]] boost::json::object to_json(const store::Retention& keep);
/// A list of lines, null for day and night.
[[nodiscard]] boost::json::value to_json(const store::Schedule& hours);
[[nodiscard]] boost::json::object to_json(const store::Hold& hold);
[[nodiscard]] boost::json::object to_json(const store::DeletedFile& file);
[[nodiscard]] boost::json::object to_json(const VolumeEntry& volume);

[[nodiscard]] boost::json::value or_null(const std::string& text);

}  // namespace vedette::api
