// SPDX-License-Identifier: Apache-2.0
#include "api/camera_form.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/fields.h"
#include "api/hidden_password.h"
#include "base/id.h"
#include "base/url_secrets.h"
#include "base/utf8.h"

namespace vedette::api {
namespace {

namespace json = boost::json;

constexpr size_t kMaxName = 200;
constexpr size_t kMaxUrlBytes = 2048;

Error bad_field(std::string_view field, std::string what) {
  return bad(std::move(what)).with_context(field);
}

std::string to_std(json::string_view text) { return std::string(text.data(), text.size()); }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> check_name(const std::string& name) {
  const bool blank = std::all_of(name.begin(), name.end(), [](char c) { return c == ' '; });
  if (blank || utf8_length(name) > kMaxName || has_control(name)) {
    return bad_field("name", "write 1 to 200 letters, as people call the place");
  }
  return ok();
}

Result<std::string> text_with_context(const json::value& value, std::string_view name) {
  if (!value.is_string()) return bad_field(name, "must be text");
  return to_std(value.get_string());
}

/// An address as the API shows it stands for the one that is stored.
Result<std::string> url_field(const json::value& value, std::string_view name,
                              const store::Camera* stored) {
  VEDETTE_ASSIGN(const std::string text, text_with_context(value, name));
  auto url = whole_url(text, stored);
  if (!url) return std::move(url).error().with_context(name);
  auto good = check_camera_url(*url);
  if (!good) return std::move(good).error().with_context(name);
  return *std::move(url);
}

Result<std::optional<int64_t>> limit_field(const json::value& value, std::string_view name) {
  if (value.is_null()) return std::optional<int64_t>();
  if (!value.is_int64() || value.get_int64() <= 0) {
    return bad_field(name, "must be a whole number above 0, or null");
  }
  return std::optional<int64_t>(value.get_int64());
}

Result<store::Retention> retention_field(const json::value& value) {
  if (!value.is_object()) return bad_field("retention", "must be an object");
  store::Retention retention;
  for (const auto& field : value.get_object()) {
    if (field.key() == "max_age_us") {
      VEDETTE_ASSIGN(retention.max_age_us, limit_field(field.value(), "retention.max_age_us"));
    } else if (field.key() == "max_bytes") {
      VEDETTE_ASSIGN(retention.max_bytes, limit_field(field.value(), "retention.max_bytes"));
    } else if (field.key() == "min_age_us") {
      VEDETTE_ASSIGN(retention.min_age_us, limit_field(field.value(), "retention.min_age_us"));
    } else if (field.key() == "min_bytes") {
      VEDETTE_ASSIGN(retention.min_bytes, limit_field(field.value(), "retention.min_bytes"));
    } else {
      return bad_field("retention", "has no field \"" + to_std(field.key()) + "\"");
    }
  }
  VEDETTE_TRY(store::check_retention(retention));
  return retention;
}

Result<store::Schedule> schedule_field(const json::value& value) {
  store::Schedule hours;
  if (value.is_null()) return hours;
  const bool some = value.is_array() && !value.get_array().empty();
  if (!some || value.get_array().size() > store::kMaxScheduleLines) {
    return bad_field("schedule",
                     "is a list of 1 to 64 lines like \"mon-fri 08:00-18:00\", or null for day and "
                     "night; to record nothing set record to false");
  }
  for (const json::value& line : value.get_array()) {
    VEDETTE_ASSIGN(const std::string text, text_with_context(line, "schedule"));
    auto one = store::parse_schedule_line(text);
    if (!one) return std::move(one).error().with_context("schedule");
    hours.push_back(*one);
  }
  return hours;
}

/// `stored`: the camera as it was before the form; null for a new one.
Result<void> apply_field(std::string_view key, const json::value& value,
                         const store::Camera* stored, store::Camera& camera) {
  if (key == "name") {
    VEDETTE_ASSIGN(camera.name, text_with_context(value, key));
    return check_name(camera.name);
  }
  if (key == "url") {
    VEDETTE_ASSIGN(camera.main_url, url_field(value, key, stored));
    return ok();
  }
  if (key == "sub_url") {
    if (value.is_null()) {
      camera.sub_url.reset();
      return ok();
    }
    VEDETTE_ASSIGN(camera.sub_url, url_field(value, key, stored));
    // Its own comes first: the camera may have been given another one for this stream.
    if (stored == nullptr || !stored->sub_url) return ok();
    const std::string shown = to_std(value.get_string());
    if (auto own = with_password_of(shown, *stored->sub_url)) camera.sub_url = std::move(own);
    return ok();
  }
  if (key == "transport") {
    const auto transport =
        value.is_string() ? store::parse_transport(to_std(value.get_string())) : std::nullopt;
    if (!transport) return bad_field(key, "write \"tcp\" or \"udp\"");
    camera.transport = *transport;
    return ok();
  }
  if (key == "retention") {
    VEDETTE_ASSIGN(camera.retention, retention_field(value));
    return ok();
  }
  if (key == "record") {
    if (!value.is_bool()) return bad_field(key, "is true or false");
    camera.when.on = value.get_bool();
    return ok();
  }
  if (key == "schedule") {
    VEDETTE_ASSIGN(camera.when.hours, schedule_field(value));
    return ok();
  }
  return bad("a camera has no field \"" + std::string(key) + "\" that can be set");
}

/// An account has one password: a new one in "url" is also that of *** in "sub_url", where both
/// streams are of one account and had the same. Else the sub stream would go on with the old one
/// until the camera locks the account.
void follow_password(const json::object& form, const store::Camera& before, store::Camera& camera) {
  const json::value* typed = form.if_contains("sub_url");
  if (typed == nullptr || !typed->is_string() || !camera.sub_url) return;
  const bool had_the_same = !before.sub_url || with_password_of(redact_url(*before.sub_url),
                                                                before.main_url) == before.sub_url;
  if (!had_the_same) return;
  const std::string shown = to_std(typed->get_string());
  if (auto whole = with_password_of(shown, camera.main_url)) camera.sub_url = std::move(whole);
}

std::string free_id(std::string_view name, const std::vector<std::string>& taken) {
  const std::string base = id_from_name(name);
  std::string id = base;
  for (int n = 2; std::find(taken.begin(), taken.end(), id) != taken.end(); ++n) {
    id = base + "-" + std::to_string(n);
  }
  return id;
}

}  // namespace

Result<void> check_camera_url(std::string_view url) {
  size_t start = 0;
  if (url.substr(0, 7) == "rtsp://") start = 7;
  if (url.substr(0, 8) == "rtsps://") start = 8;
  if (start == 0) {
    return bad(
        "the address must begin with rtsp:// or rtsps://, as in "
        "rtsp://user:password@192.168.1.20/stream1");
  }
  if (url.size() > kMaxUrlBytes) return bad("the address is longer than 2048 characters");
  if (has_control(url) || url.find(' ') != std::string_view::npos) {
    return bad("the address holds a space; write %20 for it");
  }
  std::string_view authority = url.substr(start);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const size_t at = authority.rfind('@');
  std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  const size_t bracket = host.rfind(']');
  const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    unsigned port = 0;
    const char* end = host.data() + host.size();
    const auto [rest, code] = std::from_chars(host.data() + colon + 1, end, port);
    if (code != std::errc() || rest != end || port == 0 || port > 65535) {
      return bad("the port in the address must be a number from 1 to 65535");
    }
    host = host.substr(0, colon);
  }
  if (host.empty()) return bad("the address names no host");
  return ok();
}

std::string_view field_of(const Error& error) {
  constexpr std::array<std::string_view, 12> kFields = {"id",
                                                        "name",
                                                        "url",
                                                        "sub_url",
                                                        "transport",
                                                        "retention",
                                                        "retention.max_age_us",
                                                        "retention.max_bytes",
                                                        "retention.min_age_us",
                                                        "retention.min_bytes",
                                                        "record",
                                                        "schedule"};
  const bool known = error.code == ErrorCode::kInvalidArgument &&
                     std::find(kFields.begin(), kFields.end(), error.context) != kFields.end();
  return known ? std::string_view(error.context) : std::string_view();
}

std::string id_from_name(std::string_view name) {
  std::string id;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
    if (id.size() >= 48) break;
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.empty() ? "camera" : id;
}

Result<store::Camera> read_new_camera(const json::object& form,
                                      const std::vector<std::string>& taken) {
  store::Camera camera;
  for (const auto& field : form) {
    if (field.key() == "id") {
      VEDETTE_ASSIGN(camera.id, text_with_context(field.value(), "id"));
      auto good = check_id(camera.id);
      if (!good) return std::move(good).error().with_context("id");
    } else {
      VEDETTE_TRY(apply_field(field.key(), field.value(), nullptr, camera));
    }
  }
  if (camera.name.empty()) return bad_field("name", "is missing: what do people call the place?");
  if (camera.main_url.empty()) {
    return bad_field("url", "is missing: where does the camera send its picture?");
  }
  if (camera.id.empty()) camera.id = free_id(camera.name, taken);
  return camera;
}

Result<store::Camera> apply_patch(const json::object& form, store::Camera camera) {
  const store::Camera before = camera;
  for (const auto& field : form) {
    if (field.key() == "id") return bad_field("id", "that of a camera never changes; its name may");
    VEDETTE_TRY(apply_field(field.key(), field.value(), &before, camera));
  }
  follow_password(form, before, camera);
  return camera;
}

}  // namespace vedette::api
