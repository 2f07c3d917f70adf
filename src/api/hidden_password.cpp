// SPDX-License-Identifier: Apache-2.0
#include "api/hidden_password.h"

#include <algorithm>

#include "base/url_secrets.h"
#include "rtsp/url.h"

namespace vedette::api {
namespace {

bool is_hidden(std::string_view url, const UrlSecret& secret) {
  return url.substr(secret.offset, secret.size) == kHiddenPassword;
}

/// Spelling makes no difference: %40 is @, upper case in a host is lower, 554 may be left out.
bool same_place(std::string_view url, std::string_view stored) {
  const auto here = rtsp::parse_url(url);
  const auto there = rtsp::parse_url(stored);
  return here && there && here->same_server(*there) && here->user == there->user;
}

}  // namespace

bool hides_password(std::string_view url) {
  const auto secrets = url_secrets(url);
  return std::any_of(secrets.begin(), secrets.end(),
                     [&](const UrlSecret& secret) { return is_hidden(url, secret); });
}

std::optional<std::string> with_password_of(std::string_view url, const std::string& stored) {
  if (!hides_password(url) || !same_place(url, stored)) return std::nullopt;
  const auto known = url_secrets(stored);
  std::string whole;
  size_t done = 0;
  for (const UrlSecret& secret : url_secrets(url)) {
    if (!is_hidden(url, secret)) continue;
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const auto& one) { return one.name == secret.name; });
    if (same == known.end()) return std::nullopt;
    whole.append(url.substr(done, secret.offset - done)).append(stored, same->offset, same->size);
    done = secret.offset + secret.size;
  }
  return whole.append(url.substr(done));
}

Result<std::string> whole_url(const std::string& url, const store::Camera* camera) {
  if (!hides_password(url)) return url;
  if (camera == nullptr)
    return make_error(ErrorCode::kInvalidArgument,
                      "no password is stored that *** could stand for; write the password itself");
  if (auto whole = with_password_of(url, camera->main_url)) return *whole;
  if (camera->sub_url) {
    if (auto whole = with_password_of(url, *camera->sub_url)) return *whole;
  }
  return make_error(
      ErrorCode::kInvalidArgument,
      "no password is stored for this camera at this user, host and port, and one "
      "that is stored goes nowhere else by itself; write the password again (in place of "
      "*** where the address shows it)");
}

}  // namespace vedette::api
