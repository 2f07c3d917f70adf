// SPDX-License-Identifier: Apache-2.0
#include "record/gop_collector.h"

#include <gtest/gtest.h>

namespace vedette::record {
namespace {

struct Camera {
  const char* name;
  int64_t ticks;         // between two pictures, by the camera's clock
  Duration interval;     // between two pictures as they arrive
  size_t bytes;          // of each picture
  size_t gop;            // pictures from one that stands alone to the next; 1: all of them do
  size_t most_pictures;  // in a fragment
};

media::AccessUnitPtr picture(const Camera& camera, const media::TrackInfoPtr& track, size_t i) {
  auto au = std::make_shared<media::AccessUnit>();
  au->track = track;
  au->dts = au->pts = static_cast<int64_t>(i) * camera.ticks;
  au->arrival = MonoTime{} + static_cast<int64_t>(i) * camera.interval;
  au->random_access = i % camera.gop == 0;
  au->data = Bytes(camera.bytes);
  return au;
}

TEST(GopCollector, a_fragment_is_bounded_whatever_the_clock_of_the_camera_says) {
  constexpr Duration k15Fps = std::chrono::microseconds(66'667);
  const Camera cameras[] = {
      {"all intra, as it should be", 6000, k15Fps, 1000, 1, 4},
      {"all intra, the clock stands still", 1, k15Fps, 1000, 1, 60},
      {"all intra, the clock is a thousand times too slow", 6, k15Fps, 1000, 1, 60},
      {"all intra, the clock stands still and pictures are large", 1, k15Fps, 1 << 20, 1, 4},
      {"all intra, everything arrives at once", 1, Duration(0), 10, 1, 4096},
      {"long GOP, the clock stands still", 1, k15Fps, 1000, 1 << 20, 60},
      {"long GOP, tiny pictures, everything arrives at once", 1, Duration(0), 10, 1 << 20, 4096},
  };
  for (const Camera& camera : cameras) {
    SCOPED_TRACE(camera.name);
    media::TrackInfo track;
    track.codec = media::Codec::kH264;
    const auto info = std::make_shared<const media::TrackInfo>(track);
    GopCollector gop{CutLimits{}};
    size_t most = 0;
    for (size_t i = 0; i < 10'000; ++i) {
      const media::AccessUnitPtr au = picture(camera, info, i);
      if (gop.complete_before(*au)) {
        const store::FragmentInput fragment = gop.take(au.get());
        most = std::max(most, fragment.video.size());
        EXPECT_LE(fragment.size_bytes(), CutLimits{}.max_bytes);
      }
      gop.add_video(au);
    }
    EXPECT_EQ(most, camera.most_pictures);
  }
}

// What is left of a GOP of 2.07 s is one picture: shorter than a fragment of an all-intra stream.
TEST(GopCollector, every_gop_a_little_longer_than_a_fragment_begins_one) {
  const Camera camera{"", 6000, std::chrono::microseconds(66'667), 1000, 31, 30};
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  const auto info = std::make_shared<const media::TrackInfo>(track);
  GopCollector gop{CutLimits{}};
  size_t found = 0;
  for (size_t i = 0; i < 31 * 20; ++i) {
    const media::AccessUnitPtr au = picture(camera, info, i);
    if (gop.complete_before(*au)) {
      const store::FragmentInput fragment = gop.take(au.get());
      if (fragment.video.front()->random_access) ++found;
      for (size_t k = 1; k < fragment.video.size(); ++k)
        EXPECT_FALSE(fragment.video[k]->random_access) << "picture " << i;
    }
    gop.add_video(au);
  }
  EXPECT_EQ(found, 20U);
}

// A network that stops for a moment and then delivers all of it does not change where GOPs end.
TEST(GopCollector, pictures_that_come_in_bursts_stay_in_their_gop) {
  const Camera camera{"", 6000, Duration(0), 1000, 30, 30};
  media::TrackInfo track;
  track.codec = media::Codec::kH264;
  const auto info = std::make_shared<const media::TrackInfo>(track);
  GopCollector gop{CutLimits{}};
  for (size_t i = 0; i < 30; ++i) {
    auto au = std::make_shared<media::AccessUnit>(*picture(camera, info, i));
    au->arrival = MonoTime{} + (i < 5 ? Duration(0) : Duration(std::chrono::seconds(3)));
    EXPECT_FALSE(gop.complete_before(*au)) << i;
    gop.add_video(au);
  }
  EXPECT_TRUE(gop.complete_before(*picture(camera, info, 30)));
}

}  // namespace
}  // namespace vedette::record
