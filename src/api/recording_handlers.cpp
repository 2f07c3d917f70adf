// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "api/converted_media.h"
#include "api/handlers.h"
#include "api/json.h"
#include "playback/key_frames.h"
#include "playback/snapshot.h"
#include "playback/virtual_mp4.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kTimeline(Operation::kWatchRecorded, ObjectKind::kCamera, PictureUse::kNone);
constexpr Policy kPictures(Operation::kWatchRecorded, ObjectKind::kCamera,
                           PictureUse::kAsRequested);

constexpr int64_t kMaxBuckets = 10'000;
constexpr size_t kMaxCells = 1'000'000;  // of one answer: about 3 MB
constexpr int64_t kMaxMediaUs = int64_t{24} * 3600 * 1'000'000;

struct TimeRange {
  WallTime from;
  WallTime to;
};

Result<TimeRange> read_range(const net::Request& request) {
  VEDETTE_ASSIGN(const int64_t from, integer_parameter(request, "from_us", 0, INT64_MAX));
  VEDETTE_ASSIGN(const int64_t to, integer_parameter(request, "to_us", 0, INT64_MAX));
  if (from >= to)
    return make_error(ErrorCode::kInvalidArgument, "to_us must be later than from_us");
  return TimeRange{{from}, {to}};
}

Result<media::StreamKind> read_stream(const net::Request& request) {
  const std::string_view text = request.query.get("stream").value_or("main");
  if (text == "main") return media::StreamKind::kMain;
  if (text == "sub") return media::StreamKind::kSub;
  return make_error(ErrorCode::kInvalidArgument, "stream is main or sub");
}

Error not_recorded(const std::string& camera) {
  return make_error(ErrorCode::kNotFound,
                    "nothing of \"" + camera +
                        "\" is recorded there; GET /api/v1/timeline shows what is, and why not");
}

/// What get_media() was asked for.
struct Wanted {
  const Services& services;
  playback::MediaRequest media;
  bool key_only = false;
  bool h264 = false;
};

/// A playback::VirtualMp4 or playback::KeyFrameMp4 as the listener wants it.
template <typename Media>
class MediaBody final : public net::BodySource {
 public:
  explicit MediaBody(std::unique_ptr<Media> media) : media_(std::move(media)) {}
  [[nodiscard]] uint64_t size() const override { return media_->size(); }
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) override {
    return media_->read_at(offset, out);
  }

 private:
  std::unique_ptr<Media> media_;
};

/// How much converting is ahead: for a file of all pictures by its length.
double picture_count(const playback::VirtualMp4& media, const media::TrackInfo& track) {
  const double seconds = static_cast<double>((media.end() - media.start()).count()) / 1e6;
  return seconds * (track.fps >= 1 ? track.fps : 15);
}
double picture_count(const playback::KeyFrameMp4& media, const media::TrackInfo&) {
  return static_cast<double>(media.picture_count());
}

template <typename Media>
Result<net::Response> media_response(Result<std::unique_ptr<Media>> planned, const Wanted& wanted) {
  VEDETTE_ASSIGN(auto media, std::move(planned));
  if (!media) return not_recorded(wanted.media.camera);
  net::Response response;
  response.headers.set("Content-Type", "video/mp4");
  response.headers.set("Cache-Control", "private, no-cache");
  response.headers.set("Vedette-Start-Us", std::to_string(media->start().us));
  response.headers.set("Vedette-End-Us", std::to_string(media->end().us));
  if (wanted.h264) {
    VEDETTE_ASSIGN(const media::TrackInfoPtr track, video_track(RecordedMedia<Media>(*media)));
    if (track && track->codec != media::Codec::kH264) {
      transcode::RecordingRequest request;
      request.stills = wanted.key_only;
      request.cost_s =
          picture_count(*media, *track) * transcode::expected_cores(track->width, track->height, 1);
      request.media = std::make_unique<OwnedMedia<Media>>(std::move(media));
      response.headers.set("Vedette-Converted-From", track->rfc6381);
      VEDETTE_TRY(convert(wanted.services, std::move(request), response));
      return response;
    }
  }
  response.etag = media->etag();
  response.source = std::make_shared<MediaBody<Media>>(std::move(media));
  return response;
}

/// Whether the pictures are wanted in H.264, whatever they were recorded in.
Result<bool> read_h264(const net::Request& request) {
  const std::string_view text = request.query.get("video").value_or("recorded");
  if (text == "recorded") return false;
  if (text == "h264") return true;
  return make_error(ErrorCode::kInvalidArgument, "video is recorded or h264");
}

/// Whether only the random access pictures are wanted.
Result<bool> read_key_only(const net::Request& request) {
  const std::string_view text = request.query.get("frames").value_or("all");
  if (text == "all" && request.query.get("every_us")) {
    return make_error(ErrorCode::kInvalidArgument, "every_us needs frames=key");
  }
  if (text == "all") return false;
  if (text == "key") return true;
  return make_error(ErrorCode::kInvalidArgument, "frames is all or key");
}

Result<net::Response> get_media(const Services& services, const Call& call) {
  Wanted wanted{services, {}};
  wanted.media.camera = call.path.find("id")->second;
  VEDETTE_ASSIGN(const TimeRange range, read_range(call.request));
  VEDETTE_ASSIGN(wanted.media.kind, read_stream(call.request));
  if (range.to - range.from > Duration(kMaxMediaUs)) {
    return make_error(ErrorCode::kInvalidArgument, "ask for at most 24 hours at a time");
  }
  wanted.media.from = range.from;
  wanted.media.to = range.to;
  VEDETTE_ASSIGN(wanted.key_only, read_key_only(call.request));
  VEDETTE_ASSIGN(wanted.h264, read_h264(call.request));
  // Not every player follows where the parameters of a track change, and a conversion has one
  // beginning: what comes then is the next answer. Key pictures of a day are for our own player.
  if (!wanted.key_only) {
    return media_response(
        playback::VirtualMp4::plan(services.archive, wanted.media, playback::Entries::kOnePerTrack),
        wanted);
  }
  playback::KeyFrameRequest keys{wanted.media};
  keys.entries = wanted.h264 ? playback::Entries::kOnePerTrack : playback::Entries::kMany;
  if (call.request.query.get("every_us")) {
    VEDETTE_ASSIGN(const int64_t every,
                   integer_parameter(call.request, "every_us", 0, kMaxMediaUs));
    keys.every = Duration(every);
  }
  return media_response(playback::KeyFrameMp4::plan(services.archive, keys), wanted);
}

Result<net::Response> get_snapshot(const Services& services, const Call& call) {
  playback::SnapshotRequest wanted;
  wanted.camera = call.path.find("id")->second;
  VEDETTE_ASSIGN(wanted.at.us, integer_parameter(call.request, "at_us", 0, INT64_MAX - 1));
  VEDETTE_ASSIGN(wanted.kind, read_stream(call.request));
  if (call.request.query.get("width")) {
    VEDETTE_ASSIGN(const int64_t width, integer_parameter(call.request, "width", 16, 8192));
    wanted.max_width = static_cast<uint16_t>(width);
  }
  VEDETTE_ASSIGN(auto picture, playback::take_snapshot(services.archive, wanted));
  if (!picture) return not_recorded(wanted.camera);
  net::Response response;
  response.headers.set("Content-Type", "image/jpeg");
  response.headers.set("Cache-Control", "private, no-cache");
  response.headers.set("Vedette-At-Us", std::to_string(picture->at.us));
  response.etag = picture->etag;
  response.body = std::string(as_text(picture->jpeg));
  return response;
}

/// The cameras named by the query, in that order, or all.
Result<std::vector<std::string>> wanted_cameras(const Services& services,
                                                const net::Request& request) {
  std::vector<std::string> ids = request.query.all("camera");
  if (ids.size() > 1000) return make_error(ErrorCode::kInvalidArgument, "ask for fewer cameras");
  for (const std::string& id : ids) {
    VEDETTE_ASSIGN(const CameraEntry entry, services.cameras.find(id));
  }
  if (!ids.empty()) return ids;
  VEDETTE_ASSIGN(const std::vector<CameraEntry> entries, services.cameras.list());
  for (const CameraEntry& entry : entries) ids.push_back(entry.camera.id);
  return ids;
}

Result<net::Response> get_timeline(const Services& services, const Call& call) {
  VEDETTE_ASSIGN(const TimeRange range, read_range(call.request));
  store::TimelineQuery query{{}, range.from, range.to, 0};
  if (call.request.query.get("buckets")) {
    VEDETTE_ASSIGN(const int64_t buckets,
                   integer_parameter(call.request, "buckets", 1, kMaxBuckets));
    query.buckets = static_cast<size_t>(buckets);
  }
  VEDETTE_ASSIGN(query.cameras, wanted_cameras(services, call.request));
  if (query.buckets * query.cameras.size() > kMaxCells) {
    return make_error(ErrorCode::kInvalidArgument,
                      "ask for fewer buckets or fewer cameras at a time");
  }
  VEDETTE_ASSIGN(const auto lines, services.archive.timeline(query));
  const WallTime now = services.clock.wall();
  json::array cameras;
  for (const store::CameraTimeline& line : lines) cameras.push_back(to_json(line, now));
  return json_response(json::object{
      {"from_us", range.from.us}, {"to_us", range.to.us}, {"cameras", std::move(cameras)}});
}

}  // namespace

Result<int64_t> integer_parameter(const net::Request& request, std::string_view name, int64_t low,
                                  int64_t high) {
  const auto given = request.query.get(name);
  const std::string_view text = given.value_or("");
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc() && end == text.data() + text.size() && value >= low && value <= high) {
    return value;
  }
  const std::string bounds =
      high >= INT64_MAX - 1 ? "" : " from " + std::to_string(low) + " to " + std::to_string(high);
  const bool time = name.ends_with("_us");
  return make_error(ErrorCode::kInvalidArgument,
                    std::string(name) + (given ? "" : " is missing: it") +
                        " must be a whole number" + bounds +
                        (time ? ", in microseconds; a moment is UTC since 1970" : ""));
}

void add_recording_routes(const Services& services, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/api/v1/timeline", kTimeline,
                      bind_copy(services, &get_timeline));
  routes.emplace_back(net::Method::kGet, "/api/v1/cameras/{id}/media.mp4", kPictures,
                      bind_copy(services, &get_media));
  routes.emplace_back(net::Method::kGet, "/api/v1/cameras/{id}/snapshot.jpg", kPictures,
                      bind_copy(services, &get_snapshot));
}

}  // namespace vedette::api
