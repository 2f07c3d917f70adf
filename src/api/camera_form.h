// SPDX-License-Identifier: Apache-2.0
// Reads what a person typed about a camera. Pure; each refusal is a line for that person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/config_store.h"

namespace boost::json {
class object;
}

namespace vedette::api {

/// A new camera; without "id" one is made from the name that is not among `taken`. An address that
/// hides its password is refused.
[[nodiscard]] Result<store::Camera> read_new_camera(const boost::json::object& form,
                                                    const std::vector<std::string>& taken);

/// `camera` with the fields of `form` in place of its own; *** in an address is whole_url()'s, but
/// that of "sub_url" is the new password of "url" where one account has both streams.
[[nodiscard]] Result<store::Camera> apply_patch(const boost::json::object& form,
                                                store::Camera camera);

/// "rtsp://host…" or "rtsps://host…" without spaces or control characters.
[[nodiscard]] Result<void> check_camera_url(std::string_view url);

/// The field of the form that a refusal is about, the text that is wrong being `error`'s own: its
/// context is the name of the field here and in site::check_camera(). Empty for any other error.
[[nodiscard]] std::string_view field_of(const Error& error);

/// "Back door 2" gives "back-door-2"; "camera" when nothing is left.
[[nodiscard]] std::string id_from_name(std::string_view name);

}  // namespace vedette::api
