// SPDX-License-Identifier: Apache-2.0
// A camera changes its codec, and has sound or not, in the middle of a session: src/rtp/
// other_codec_test.cpp and src/ingest/codec_change_test.cpp are how that is noticed.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "mp4/reader.h"
#include "world.h"

namespace vedette::trial {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Fault14 : public testing::Test {
 protected:
  // How many files of the camera there are of each combination of sample entries.
  std::map<std::string, int> files() {
    std::map<std::string, int> kinds;
    for (const std::string& path : world_.disk().all_files()) {
      if (path.find("/cam0/") == std::string::npos || !path.ends_with(".mp4")) continue;
      const Bytes content = world_.disk().content(path);
      const mp4::MemorySource source(content);
      const auto movie = mp4::read_movie(source);
      EXPECT_TRUE(movie) << path;
      if (!movie) continue;
      EXPECT_FALSE(mp4::scan_fragments(source, movie->init_end).fragments.empty()) << path;
      const std::string_view head = as_text(ByteSpan(content).first(movie->init_end));
      std::string kind;
      for (const char* entry : {"avc1", "hvc1", "mp4a"})
        if (head.find(entry) != std::string_view::npos)
          kind += (kind.empty() ? "" : "+") + std::string(entry);
      ++kinds[kind];
    }
    return kinds;
  }
  void expect_nothing_lost(size_t runs) {
    const std::string camera = world_.camera(0).script().id;
    const auto spans = world_.catalog().spans(camera, {0}, {INT64_MAX}).value();
    for (size_t i = 1; i < spans.size(); ++i)
      EXPECT_LE(spans[i].start.us - spans[i - 1].end.us, 1000) << "between runs, span " << i;
    std::set<std::string> seen;
    const auto fragments =
        world_.catalog().fragments({camera, store::StreamKind::kMain, {0}, {INT64_MAX}}).value();
    for (const auto& fragment : fragments) seen.insert(fragment.file->run);
    EXPECT_EQ(seen.size(), runs);
    const auto gaps = world_.catalog().gaps(camera, {0}, {INT64_MAX}).value();
    for (const store::Gap& gap : gaps) EXPECT_EQ(gap.cause, "starting");
    EXPECT_TRUE(world_.recorder(0).status().recording);
    EXPECT_EQ(world_.recorder(0).status().lost_frames, 0U);
  }
  void finish() {
    world_.check();
    world_.stop_and_verify();
    for (const std::string& finding : world_.checker().findings()) ADD_FAILURE() << finding;
  }

  World world_{signed_site(2, 14)};
};

TEST_F(Fault14, from_h264_to_h265_and_back_in_one_session) {
  world_.run(milliseconds(10'300));
  world_.camera(0).change_codec();
  world_.run(milliseconds(12'700));
  world_.camera(0).change_codec();
  world_.run(seconds(12));
  expect_nothing_lost(3);
  finish();
  auto kinds = files();
  EXPECT_GE(kinds["avc1"], 2);
  EXPECT_GE(kinds["hvc1"], 1);
}

TEST_F(Fault14, sound_comes_and_the_codec_changes_with_it) {
  world_.run(milliseconds(8'100));
  world_.camera(0).set_sound(true);
  world_.run(seconds(10));
  world_.camera(0).change_codec();
  world_.run(seconds(10));
  world_.camera(0).set_sound(false);
  world_.run(seconds(10));
  expect_nothing_lost(3);
  finish();
  const auto kinds = files();
  EXPECT_EQ(kinds.count("avc1"), 1U);
  EXPECT_EQ(kinds.count("avc1+mp4a"), 1U);
  EXPECT_EQ(kinds.count("hvc1+mp4a"), 1U);
}

TEST_F(Fault14, the_power_goes_while_the_codec_changes) {
  for (uint64_t seed = 0; seed < 6; ++seed) {
    world_.run(milliseconds(6'000 + 300 * static_cast<int>(seed)));
    world_.camera(0).change_codec();
    world_.run(milliseconds(200 * static_cast<int>(seed)));
    world_.cut_power(seed);
    world_.start();
    world_.check();
  }
  world_.run(seconds(15));
  EXPECT_TRUE(world_.recorder(0).status().recording);
  finish();
  EXPECT_GE(files().size(), 2U);
}

}  // namespace
}  // namespace vedette::trial
