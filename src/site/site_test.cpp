// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "site/check_camera.h"
#include "site/describe.h"

namespace vedette::site {
namespace {

StreamParts live_parts() {
  StreamParts parts;
  parts.hub.live = true;
  parts.hub.since = {100};
  parts.recorder.recording = true;
  return parts;
}

StreamParts broken_parts(stream::BreakCause cause) {
  StreamParts parts;
  parts.hub.since = {200};
  parts.hub.why = stream::Break{cause, "The camera does not answer.", {200}};
  return parts;
}

StreamParts refused_parts(const std::string& cause) {
  StreamParts parts = live_parts();
  parts.recorder.recording = false;
  parts.recorder.gap = store::Gap{
      .start = {300}, .cause = cause, .detail = "The disk is full.", .first_seen = {300}};
  return parts;
}

TEST(DescribeCamera, one_that_never_answered_yet_is_connecting) {
  EXPECT_EQ(describe_camera({broken_parts(stream::BreakCause::kStarting)}).state,
            CameraState::kConnecting);
}

TEST(DescribeCamera, one_that_does_not_answer_is_down_since_when_and_why) {
  const auto status = describe_camera({broken_parts(stream::BreakCause::kUnreachable)});
  EXPECT_EQ(status.state, CameraState::kDown);
  EXPECT_EQ(status.since, WallTime{200});
  EXPECT_EQ(status.cause, "unreachable");
  EXPECT_EQ(status.message, "The camera does not answer.");
}

TEST(DescribeCamera, pictures_that_the_disk_refuses_are_never_called_recorded) {
  const auto status = describe_camera({refused_parts("disk_full")});
  EXPECT_EQ(status.state, CameraState::kNotRecording);
  EXPECT_EQ(status.since, WallTime{300});
  EXPECT_EQ(status.message, "The disk is full.");
}

TEST(DescribeCamera, waiting_for_a_key_frame_is_no_alarm) {
  for (const char* cause : {"starting", "waiting_for_key_frame", "loss"}) {
    const auto status = describe_camera({refused_parts(cause)});
    EXPECT_EQ(status.state, CameraState::kRecording) << cause;
    EXPECT_EQ(status.message, "") << cause;
  }
}

TEST(DescribeCamera, a_broken_sub_stream_does_not_make_the_camera_down) {
  StreamParts sub = broken_parts(stream::BreakCause::kStalled);
  sub.kind = stream::StreamKind::kSub;
  const auto status = describe_camera({live_parts(), sub});
  EXPECT_EQ(status.state, CameraState::kRecording);
  EXPECT_EQ(status.streams[1].state, CameraState::kDown);
}

TEST(DescribeCamera, each_stream_says_what_it_holds_in_memory) {
  StreamParts parts = live_parts();
  parts.ring_bytes = 4321;
  EXPECT_EQ(describe_camera({parts}).streams[0].ring_bytes, 4321u);
}

struct CameraRow {
  const char* what;
  store::Camera camera;
  bool accepted;
};

TEST(CheckCamera, says_which_field_is_wrong) {
  const store::Camera good{.id = "door", .name = "Door", .main_url = "rtsp://h/x"};
  auto with = [&](auto change) {
    store::Camera camera = good;
    change(camera);
    return camera;
  };
  std::string long_name;  // 200 letters of 3 bytes
  for (int i = 0; i < 200; ++i) long_name += "\u9580";
  const CameraRow rows[] = {
      {"good", good, true},
      {"the longest name", with([&](auto& c) { c.name = long_name; }), true},
      {"a longer name", with([&](auto& c) { c.name = long_name + "a"; }), false},
      {"id", with([](auto& c) { c.id = "../x"; }), false},
      {"no name", with([](auto& c) { c.name = ""; }), false},
      {"url", with([](auto& c) { c.main_url = "http://h/x"; }), false},
      {"sub_url", with([](auto& c) { c.sub_url = "rtsp://"; }), false},
      {"retention", with([](auto& c) { c.retention.max_bytes = 0; }), false},
  };
  for (const CameraRow& row : rows) {
    EXPECT_EQ(check_camera(row.camera).has_value(), row.accepted) << row.what;
  }
}

}  // namespace
}  // namespace vedette::site
