// SPDX-License-Identifier: Apache-2.0
// Addresses come back as they were shown, with *** for their passwords (redact_url()). A
// stored password is put in its place only towards the user, host and port it was meant for:
// nobody makes this server send it elsewhere by writing another host before it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/config_store.h"

namespace vedette::api {

/// The address holds *** where a password stands.
[[nodiscard]] bool hides_password(std::string_view url);

/// `url` with the passwords of `stored` in place of ***, if that is of the same scheme, user, host
/// and port and has each of them. Null otherwise.
[[nodiscard]] std::optional<std::string> with_password_of(std::string_view url,
                                                          const std::string& stored);

/// `url` with the passwords that `camera` has for it; null: none is stored. invalid_argument, with
/// what to write instead, when one is hidden that is not stored for that place.
[[nodiscard]] Result<std::string> whole_url(const std::string& url, const store::Camera* camera);

}  // namespace vedette::api
