// SPDX-License-Identifier: Apache-2.0
#include "store/recording_file.h"

#include <gtest/gtest.h>

#include "mp4/limits.h"

namespace vedette::store {
namespace {

// A camera chooses how many pictures it sends: more than the reader takes are refused with an
// error, long before the writer's own limits are asserted.
TEST(FragmentBuilder, refuses_more_samples_than_the_reader_takes) {
  auto track = std::make_shared<media::TrackInfo>();
  track->codec = media::Codec::kH264;
  RunSpec run;
  run.camera = "door";
  run.video = track;
  FragmentInput input;
  for (size_t i = 0; i < 2 * mp4::kMaxMoofBytes / 8; ++i) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = track;
    au->dts = au->pts = static_cast<int64_t>(i);
    au->random_access = i == 0;
    au->data = Bytes(1);
    input.video.push_back(std::move(au));
  }
  input.video_end = static_cast<int64_t>(input.video.size());
  evidence::Chain chain("0123456789abcdef");
  FragmentBuilder builder;
  const auto refused = builder.build(run, "site", input, chain);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);

  input.video.resize(mp4::kMaxSamplesPerFragment);
  const auto built = builder.build(run, "site", input, chain);
  EXPECT_TRUE(built) << built.error().message();
}

}  // namespace
}  // namespace vedette::store
