// SPDX-License-Identifier: Apache-2.0
// A recording on its way through the converter to a page that cannot decode what was recorded.
#pragma once

#include <memory>

#include "api/services.h"
#include "mp4/source.h"
#include "net/http_message.h"

namespace vedette::api {

/// A playback::VirtualMp4 or playback::KeyFrameMp4, which it borrows, as the converter reads it.
template <typename Media>
class RecordedMedia : public mp4::ByteSource {
 public:
  explicit RecordedMedia(Media& media) : media_(media) {}
  [[nodiscard]] Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    return media_.read_at(offset, out);
  }
  [[nodiscard]] uint64_t size() const override { return media_.size(); }

 private:
  Media& media_;
};

/// The same, and it owns it.
template <typename Media>
class OwnedMedia final : public RecordedMedia<Media> {
 public:
  explicit OwnedMedia(std::unique_ptr<Media> media)
      : RecordedMedia<Media>(*media), media_(std::move(media)) {}

 private:
  std::unique_ptr<Media> media_;
};

/// The video of an MP4 by the first of its sample entries; null when it has none that is known.
[[nodiscard]] Result<media::TrackInfoPtr> video_track(const mp4::ByteSource& media);

/// Makes what is converted the body of the response. resource_exhausted, in words for a person,
/// when the budget has no room for it.
[[nodiscard]] Result<void> convert(const Services& services, transcode::RecordingRequest request,
                                   net::Response& response);

}  // namespace vedette::api
