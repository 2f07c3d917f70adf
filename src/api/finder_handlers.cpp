// SPDX-License-Identifier: Apache-2.0
// Finding cameras and trying them before they are added. Passwords come in and go nowhere but to
// the device; no answer and no log holds one.
#include <cmath>
#include <map>
#include <optional>

#include "api/camera_form.h"
#include "api/handlers.h"
#include "api/hidden_password.h"
#include "api/json.h"
#include "base/base64.h"
#include "base/url_secrets.h"
#include "ingest/finder.h"
#include "rtsp/auth.h"
#include "rtsp/url.h"
#include "vision/jpeg.h"

namespace vedette::api {
namespace {

namespace json = boost::json;
using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;

constexpr Policy kFind(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kNone);
constexpr Policy kTry(Operation::kConfigureCameras, ObjectKind::kServer, PictureUse::kAsRequested);
constexpr uint16_t kSnapshotWidth = 480;
constexpr size_t kMaxFieldBytes = 2048;

struct Question {
  std::string camera;  ///< whose stored password *** is
  std::string url;
  std::string address;
  std::string user;
  std::string password;
};

Result<Question> read_question(const json::object& form) {
  Question question;
  for (const auto& [key, value] : form) {
    const std::map<std::string_view, std::string*> fields = {{"camera", &question.camera},
                                                             {"url", &question.url},
                                                             {"address", &question.address},
                                                             {"user", &question.user},
                                                             {"password", &question.password}};
    const auto field = fields.find({key.data(), key.size()});
    if (field == fields.end())
      return make_error(ErrorCode::kInvalidArgument,
                        "a probe has no field \"" + std::string(key.data(), key.size()) + "\"");
    if (!value.is_string() || value.get_string().size() > kMaxFieldBytes)
      return make_error(ErrorCode::kInvalidArgument, "must be text of at most 2048 bytes")
          .with_context(field->first);
    *field->second = std::string(value.get_string().data(), value.get_string().size());
  }
  if (question.url.empty() == question.address.empty())
    return make_error(ErrorCode::kInvalidArgument,
                      "give either url, of a stream, or address, of a camera");
  return question;
}

/// A probe that was made and has a bad answer is no fault of the request's form: 422, with a code
/// for each way in which a camera can fail.
net::Response refusal(const Error& error, bool device) {
  const std::string_view place = device ? "address" : "url";
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return net::problem(400, "invalid_argument", error.what, place);
    case ErrorCode::kResourceExhausted:
      return net::problem(429, "busy", error.what);
    case ErrorCode::kUnauthenticated:
      return net::problem(422, "wrong_password", error.what, "password");
    case ErrorCode::kNotFound:
      return net::problem(422, "no_such_path", error.what, place);
    case ErrorCode::kFailedPrecondition:
      return net::problem(422, device ? "no_onvif" : "not_rtsp", error.what, place);
    case ErrorCode::kUnsupported:
      return net::problem(422, "unsupported", error.what, place);
    case ErrorCode::kTimeout:
      return net::problem(422, device ? "unreachable" : "no_picture", error.what, place);
    case ErrorCode::kUnavailable:
      return net::problem(422, "unreachable", error.what, place);
    case ErrorCode::kDataLoss:
      return net::problem(422, "no_onvif", error.what, place);
    default:
      return net::problem(error);
  }
}

/// The configured camera that records this address; user and password make no difference.
std::string camera_of(const std::string& url, const std::vector<CameraEntry>& entries) {
  const auto wanted = rtsp::parse_url(url);
  if (!wanted) return {};
  const auto same = [&](const std::string& text) {
    const auto parsed = rtsp::parse_url(text);
    return parsed && parsed->same_server(*wanted) && parsed->path == wanted->path;
  };
  for (const CameraEntry& entry : entries) {
    if (same(entry.camera.main_url) || (entry.camera.sub_url && same(*entry.camera.sub_url)))
      return entry.camera.id;
  }
  return {};
}

json::array cameras_on(const std::string& host, const std::vector<CameraEntry>& entries) {
  json::array ids;
  for (const CameraEntry& entry : entries) {
    const auto url = rtsp::parse_url(entry.camera.main_url);
    if (url && url->host == host) ids.emplace_back(entry.camera.id);
  }
  return ids;
}

net::Response discover(ingest::CameraFinder& finder, CameraService& cameras) {
  const auto report = finder.discover();
  if (!report) return refusal(report.error(), true);
  const auto entries = cameras.list();
  if (!entries) return net::problem(entries.error());
  std::map<std::string, int> at_host;
  for (const ingest::FoundDevice& device : report->devices) ++at_host[device.host];
  json::array devices;
  for (const ingest::FoundDevice& device : report->devices) {
    // Several devices at one address cannot be told apart before they are asked.
    const bool alone = at_host[device.host] == 1;
    devices.push_back({{"address", device.service.text()},
                       {"host", device.host},
                       {"name", or_null(device.self.name)},
                       {"hardware", or_null(device.self.hardware)},
                       {"location", or_null(device.self.location)},
                       {"cameras", alone ? cameras_on(device.host, *entries) : json::array()}});
  }
  json::array interfaces;
  for (const net::Survey::Interface& one : report->interfaces) {
    interfaces.push_back({{"name", one.name}, {"address", one.address}});
  }
  return json_response(
      json::object{{"devices", devices}, {"interfaces", interfaces}, {"network", report->network}});
}

json::object to_json(const char* kind, const onvif::OfferedStream& stream) {
  return {{"kind", kind},
          {"url", stream.url},
          {"codec", json::string_view(onvif::to_string(stream.profile.encoding))},
          {"width", stream.profile.width},
          {"height", stream.profile.height},
          {"fps", static_cast<double>(stream.profile.fps)},
          {"audio", nullptr}};
}

net::Response ask_device(ingest::CameraFinder& finder, const Question& question,
                         const std::vector<CameraEntry>& entries) {
  const auto offer = finder.ask_device({question.address, question.user, question.password});
  if (!offer) return refusal(offer.error(), true);
  json::array cameras;
  for (const onvif::OfferedCamera& camera : offer->cameras) {
    json::array streams = {to_json("main", camera.main)};
    if (camera.sub) streams.push_back(to_json("sub", *camera.sub));
    cameras.push_back({{"name", camera.name},
                       {"camera", or_null(camera_of(camera.main.url, entries))},
                       {"streams", streams},
                       {"snapshot", nullptr}});
  }
  const onvif::DeviceInformation& information = offer->information;
  json::value offset;
  if (offer->clock_offset) offset = offer->clock_offset->count();
  const json::object device{{"manufacturer", or_null(information.manufacturer)},
                            {"model", or_null(information.model)},
                            {"firmware", or_null(information.firmware)},
                            {"clock_offset_us", offset}};
  return json_response(json::object{{"device", device}, {"cameras", cameras}});
}

/// A picture that cannot be decoded is no reason to refuse the camera: recording does not decode.
json::value snapshot_of(const media::AccessUnit& picture) {
  const ByteSpan data = picture.data;
  const auto jpeg = vision::decode_to_jpeg(*picture.track, {&data, 1}, {kSnapshotWidth, 75});
  if (!jpeg) return nullptr;
  return json::value("data:image/jpeg;base64," + encode_base64(*jpeg));
}

/// An address as it is shown, with the password that is stored for a camera at that place.
Result<std::string> stored_url(const Question& question, const std::vector<CameraEntry>& entries) {
  if (!hides_password(question.url)) return question.url;
  for (const CameraEntry& entry : entries) {
    if (!question.camera.empty() && entry.camera.id != question.camera) continue;
    if (auto whole = with_password_of(question.url, entry.camera.main_url)) return *whole;
    const auto& sub = entry.camera.sub_url;
    if (!sub) continue;
    if (auto whole = with_password_of(question.url, *sub)) return *whole;
  }
  return make_error(ErrorCode::kInvalidArgument,
                    "no password is stored for this user, host and port; write it in place of ***");
}

net::Response try_stream(ingest::CameraFinder& finder, const Question& question,
                         const std::vector<CameraEntry>& entries) {
  const bool own_login = !question.user.empty();
  const auto whole = own_login ? Result<std::string>(question.url) : stored_url(question, entries);
  if (!whole) return net::problem(whole.error(), "password");
  auto url = rtsp::parse_url(*whole);
  if (!url) return refusal(url.error(), false);
  if (own_login && hides_password(url->path))
    return net::problem(400, "invalid_argument", "write the password in place of ***", "url");
  if (own_login) {
    url->user = question.user;
    url->password = question.password;
  }
  const bool hidden = hides_password(question.url);
  const std::string shown = url->request_uri();
  const auto offer = finder.try_stream(*url);
  if (!offer) return refusal(offer.error(), false);
  const media::TrackInfo& track = *offer->key_frame->track;
  json::value audio;
  if (offer->audio) audio = json::string_view(media::to_string(*offer->audio));
  const json::object stream{{"kind", "main"},
                            {"url", hidden ? redact_url(shown) : shown},
                            {"codec", json::string_view(media::to_string(track.codec))},
                            {"width", track.width},
                            {"height", track.height},
                            {"fps", std::round(offer->fps * 100) / 100},
                            {"audio", audio}};
  const json::object camera{{"name", url->host},
                            {"camera", or_null(camera_of(question.url, entries))},
                            {"streams", json::array{stream}},
                            {"snapshot", snapshot_of(*offer->key_frame)}};
  return json_response(json::object{{"device", nullptr}, {"cameras", json::array{camera}}});
}

net::Response probe(ingest::CameraFinder& finder, CameraService& cameras, const Call& call) {
  const auto form = parse_object(call.request);
  if (!form) return net::problem(form.error());
  const auto question = read_question(*form);
  if (!question) return net::problem(question.error());
  const auto entries = cameras.list();
  if (!entries) return net::problem(entries.error());
  return question->url.empty() ? ask_device(finder, *question, *entries)
                               : try_stream(finder, *question, *entries);
}

}  // namespace

void add_finder_routes(ingest::CameraFinder& finder, CameraService& cameras,
                       std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kPost, "/api/v1/discovery", kFind,
                      [&finder, &cameras](const Call&) { return discover(finder, cameras); });
  routes.emplace_back(
      net::Method::kPost, "/api/v1/probe", kTry,
      [&finder, &cameras](const Call& call) { return probe(finder, cameras, call); });
}

}  // namespace vedette::api
