// SPDX-License-Identifier: Apache-2.0
#include "api/converted_media.h"

#include <utility>

namespace vedette::api {
namespace {

class ConvertedBody final : public net::BodyStream {
 public:
  explicit ConvertedBody(std::unique_ptr<transcode::Conversion> conversion)
      : conversion_(std::move(conversion)) {}
  void read(Done done) override { conversion_->read(std::move(done)); }

 private:
  std::unique_ptr<transcode::Conversion> conversion_;
};

}  // namespace

Result<media::TrackInfoPtr> video_track(const mp4::ByteSource& media) {
  VEDETTE_ASSIGN(const mp4::Movie movie, mp4::read_movie(media));
  for (const mp4::Track& track : movie.tracks) {
    const media::TrackInfoPtr entry = track.entry(1);
    if (entry && media::is_video(entry->codec)) return entry;
  }
  return media::TrackInfoPtr();
}

Result<void> convert(const Services& services, transcode::RecordingRequest request,
                     net::Response& response) {
  if (services.transcoder == nullptr) return transcode::no_room(0);
  VEDETTE_ASSIGN(auto conversion, services.transcoder->convert(std::move(request)));
  response.stream = std::make_shared<ConvertedBody>(std::move(conversion));
  return ok();
}

}  // namespace vedette::api
