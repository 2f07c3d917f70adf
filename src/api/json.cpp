// SPDX-License-Identifier: Apache-2.0
#include "api/json.h"

#include <cmath>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/url_secrets.h"
#include "base/utf8.h"

namespace vedette::api {
namespace {

namespace json = boost::json;

json::value video_codec(const media::TrackInfoPtr& track) {
  if (!track) return nullptr;
  return json::value(std::string(media::to_string(track->codec)));
}

}  // namespace

json::object to_json(const StreamStatus& stream) {
  json::object out;
  out["kind"] = std::string(media::to_string(stream.kind));
  out["state"] = std::string(to_string(stream.state));
  out["codec"] = video_codec(stream.video);
  out["width"] = stream.video ? stream.video->width : 0;
  out["height"] = stream.video ? stream.video->height : 0;
  out["fps"] = std::round(stream.fps * 100) / 100;
  out["bitrate"] = stream.bitrate;
  out["audio"] = video_codec(stream.audio);
  return out;
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

net::Response json_response(const json::value& value, int status) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = to_utf8(json::serialize(value));
  return response;
}

Result<json::object> parse_object(const net::Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  if (type.substr(0, 16) != "application/json") {
    return make_error(ErrorCode::kInvalidArgument,
                      "send the body as Content-Type: application/json");
  }
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 8;
  json::value value = json::parse(request.body, error, {}, options);
  if (error) {
    return make_error(ErrorCode::kInvalidArgument, "the body is not JSON: " + error.message());
  }
  if (!value.is_object()) {
    return make_error(ErrorCode::kInvalidArgument, "the body must be a JSON object");
  }
  return std::move(value.get_object());
}

std::string other_device_message(const site::OtherDevice& other) {
  std::string text = "Another camera seems to answer at this address since " +
                     to_rfc3339(other.since) + ": it was \"" + other.was + "\" and is \"" +
                     other.is + "\"";
  if (!other.looks_like.empty()) text += ", known as camera \"" + other.looks_like + "\"";
  return text +
         ". It is recorded all the same. Confirm it if the camera was replaced or changed;"
         " otherwise correct the address.";
}

json::object to_json(const site::OtherDevice& other) {
  return {{"since_us", other.since.us},
          {"was", other.was},
          {"is", other.is},
          {"looks_like", or_null(other.looks_like)},
          {"message", other_device_message(other)}};
}

json::object to_json(const CameraEntry& entry) {
  const store::Camera& camera = entry.camera;
  const CameraStatus& status = entry.status;
  json::object out;
  out["id"] = camera.id;
  out["name"] = camera.name;
  out["url"] = redact_url(camera.main_url);
  out["sub_url"] = camera.sub_url ? json::value(redact_url(*camera.sub_url)) : json::value(nullptr);
  out["transport"] = std::string(store::to_string(camera.transport));
  out["state"] = std::string(to_string(status.state));
  out["since_us"] = status.since.us;
  out["cause"] = or_null(status.cause);
  out["message"] = or_null(status.message);
  out["last_fragment_us"] =
      status.last_fragment ? json::value(status.last_fragment->us) : json::value(nullptr);
  out["alarm"] = status.alarm;
  out["silent_since_us"] =
      status.silent_since ? json::value(status.silent_since->us) : json::value(nullptr);
  out["retention"] = to_json(camera.retention);
  out["record"] = camera.when.on;
  out["schedule"] = to_json(camera.when.hours);
  json::value& other = out["other_device"];
  if (status.other_device) other = to_json(*status.other_device);
  json::array streams;
  for (const StreamStatus& stream : status.streams) streams.push_back(to_json(stream));
  out["streams"] = std::move(streams);
  return out;
}

json::value to_json(const store::Schedule& hours) {
  if (hours.empty()) return nullptr;
  json::array lines;
  for (const store::ScheduleHours& one : hours) lines.emplace_back(store::to_string(one));
  return lines;
}

json::object to_json(const store::Span& span) {
  return {{"start_us", span.start.us},
          {"end_us", span.end.us},
          {"stream", std::string(media::to_string(span.kind))}};
}

json::object to_json(const store::Gap& gap, WallTime now) {
  return {{"start_us", gap.start.us},
          {"end_us", gap.end ? gap.end->us : std::max(now, gap.start).us},
          {"open", !gap.end.has_value()},
          {"stream", std::string(media::to_string(gap.kind))},
          {"cause", gap.cause},
          {"detail", gap.detail}};
}

namespace {

/// 0 quiet … 100 of each bucket; null where nothing is known of it.
json::array motion_of(const Bytes& activity) {
  constexpr unsigned kSpread = 254;  // 1 is quiet, 255 the most
  json::array motion;
  motion.reserve(activity.size());
  for (const uint8_t amount : activity) {
    if (amount == 0)
      motion.emplace_back(nullptr);
    else
      motion.emplace_back(((amount - 1U) * 100 + kSpread / 2) / kSpread);
  }
  return motion;
}

}  // namespace

json::object to_json(const store::CameraTimeline& line, WallTime now) {
  json::object camera;
  camera["camera"] = line.camera;
  json::array& spans = camera["spans"].emplace_array();
  for (const store::Span& span : line.spans) spans.push_back(to_json(span));
  json::array& gaps = camera["gaps"].emplace_array();
  for (const store::GapSummary& summary : line.gaps) {
    json::object gap = to_json(summary.gap, now);
    if (summary.count > 1) {
      gap["count"] = summary.count;
      gap["missing_us"] = summary.missing_us;
    }
    gaps.push_back(std::move(gap));
  }
  json::array& paused = camera["unscheduled"].emplace_array();
  // One that lasts has come no further than now.
  for (const store::Span& span : line.paused)
    if (span.start < now)
      paused.push_back(to_json({span.start, std::min(span.end, now), span.kind}));
  json::object& activity = camera["activity"].emplace_object();
  if (!line.activity.empty()) activity["motion"] = motion_of(line.activity);
  if (!line.usual.empty()) activity["motion_mean"] = motion_of(line.usual);
  return camera;
}

}  // namespace vedette::api
