// SPDX-License-Identifier: Apache-2.0
#include "store/volume_list.h"

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

using Volumes = std::vector<VolumeSpec>;

struct Start {
  const char* name;
  Volumes configured;
  std::optional<VolumeWords> before;
  VolumeWords now;
  Volumes wanted;
};

using Limit = std::optional<int64_t>;

VolumeSpec at(const char* path, Limit quota = {}, Limit reserve = {}) {
  return {path, quota, reserve};
}
VolumeWords said(Volumes volumes, Limit quota = {}) { return {std::move(volumes), quota}; }

TEST(VolumeListTest, whoever_spoke_last_is_followed) {
  const auto a = at("/a");
  const auto b = at("/b", 5);
  const auto c = at("/c");
  const auto video = at("video");
  const auto none = std::optional<VolumeWords>();
  const std::vector<Start> starts = {
      {"the first start without a word", {}, none, said({}), {video}},
      {"the first start with a quota for all", {}, none, said({}, 9), {at("video", 9)}},
      {"the first start with two", {}, none, said({a, b}, 9), {at("/a", 9), b}},
      {"configured before the first start", {b}, none, said({}), {b}},
      {"set on the page, same options", {at("/a", 7, 3)}, said({a}), said({a}), {at("/a", 7, 3)}},
      {"set on the page, no options more", {at("/a", 7, 3)}, said({a}), said({}), {at("/a", 7, 3)}},
      {"another quota is said", {at("/b", 7, 3)}, said({b}), said({at("/b", 6)}), {at("/b", 6, 3)}},
      {"no quota is said more", {at("/b", 7, 3)}, said({b}), said({at("/b")}), {at("/b", {}, 3)}},
      {"a volume more", {a}, said({a}), said({a, b}), {a, b}},
      {"another volume in its place", {a}, said({a}), said({b}), {b}},
      {"added on the page, another option", {a, b}, said({a}), said({c}), {b, c}},
      {"removed on the page, same options", {b}, said({a, b}), said({a, b}), {b}},
      {"removed on the page, one more option", {b}, said({a, b}), said({a, b, c}), {b, c}},
      {"from the default to a folder", {video}, said({}), said({a}), {a}},
      {"a new quota for all", {a, b}, said({}, 8), said({}, 9), {at("/a", 9), at("/b", 9)}},
      {"the quota for all as before", {a, b}, said({}, 9), said({}, 9), {a, b}},
  };
  for (const Start& start : starts)
    EXPECT_EQ(take_over(start.configured, start.before, start.now), start.wanted) << start.name;
}

TEST(VolumeListTest, what_was_said_is_read_back) {
  const VolumeWords words = said({at("/a"), at("/with a space, and more", 5, 0)}, 9);
  EXPECT_EQ(parse_words(to_text(words)), words);
  EXPECT_EQ(parse_words(to_text({})), VolumeWords{});
  for (const char* wrong : {"", "x\n", "-\n5 /a\n", "-\n- - \n", "-\n- - /a", "-5\n", "- \n"})
    EXPECT_FALSE(parse_words(wrong)) << wrong;
}

TEST(VolumeListTest, a_path_is_that_of_a_folder) {
  for (const char* good : {"/srv", "/srv/disk 1", "video", "video/more", "/a.b/..c"})
    EXPECT_TRUE(check_volume_path(good)) << good;
  for (const char* wrong :
       {"", "/", "/srv/", "//srv", "/srv/../etc", ".", "..", "./video", "a//b", "/srv/new\nline"})
    EXPECT_EQ(check_volume_path(wrong).error().code, ErrorCode::kInvalidArgument) << wrong;
  EXPECT_EQ(check_volume_path(std::string(1025, 'a')).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(check_volume({"/srv", 1, 0}));
  EXPECT_FALSE(check_volume({"/srv", 0, {}}));
  EXPECT_FALSE(check_volume({"/srv", {}, -1}));
}

}  // namespace
}  // namespace vedette::store
