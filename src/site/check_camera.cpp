// SPDX-License-Identifier: Apache-2.0
#include "site/check_camera.h"

#include "base/id.h"
#include "base/utf8.h"
#include "rtsp/url.h"

namespace vedette::site {
namespace {

constexpr size_t kMaxName = 200;

Result<void> check_url(std::string_view field, const std::string& url) {
  auto parsed = rtsp::parse_url(url);
  if (!parsed) return std::move(parsed).error().with_context(field);
  return ok();
}

}  // namespace

Result<void> check_camera(const store::Camera& camera) {
  VEDETTE_TRY(check_id(camera.id));
  if (camera.name.empty() || utf8_length(camera.name) > kMaxName) {
    return make_error(ErrorCode::kInvalidArgument, "give the camera a name of 1 to 200 letters");
  }
  VEDETTE_TRY(check_url("url", camera.main_url));
  if (camera.sub_url) VEDETTE_TRY(check_url("sub_url", *camera.sub_url));
  return store::check_retention(camera.retention);
}

bool same_place(const store::Camera& a, const store::Camera& b) {
  const auto one = rtsp::parse_url(a.main_url);
  const auto two = rtsp::parse_url(b.main_url);
  if (!one || !two) return a.main_url == b.main_url;
  return one->host == two->host && one->port == two->port;
}

}  // namespace vedette::site
