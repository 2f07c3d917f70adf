// SPDX-License-Identifier: Apache-2.0
// Reads what a person typed about a camera. Pure; each refusal is a line for that person.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/config_store.h"

namespace boost::json {
class object;
}

namespace vedette::api {

/// A new camera; without "id" one is made from the name that is not among `taken`.
[[nodiscard]] Result<store::Camera> read_new_camera(const boost::json::object& form,
                                                    const std::vector<std::string>& taken);

/// `camera` with the fields of `form` in place of its own. An address that is as it was shown, with
/// *** for the password, is the one it has.
[[nodiscard]] Result<store::Camera> apply_patch(const boost::json::object& form,
                                                store::Camera camera);

/// "rtsp://host…" or "rtsps://host…" without spaces or control characters.
[[nodiscard]] Result<void> check_camera_url(std::string_view url);

/// The address is as it is shown, with *** for the password.
[[nodiscard]] bool hides_password(std::string_view url);
/// Such an address with the password of `stored`, if that is of the same user, host and port: a
/// password goes to nobody else than whom it was meant for. Null otherwise.
[[nodiscard]] std::optional<std::string> with_password_of(std::string_view url,
                                                          const std::string& stored);

/// The field of the form that a refusal is about, the text that is wrong being `error`'s own: its
/// context is the name of the field here and in site::check_camera(). Empty for any other error.
[[nodiscard]] std::string_view field_of(const Error& error);

/// "Back door 2" gives "back-door-2"; "camera" when nothing is left.
[[nodiscard]] std::string id_from_name(std::string_view name);

}  // namespace vedette::api
