// SPDX-License-Identifier: Apache-2.0
// The simulated devices over real sockets on loopback, asked by the code that asks real ones.
#include "sim/onvif_responder.h"

#include <thread>

#include <gtest/gtest.h>

#include "net/survey.h"
#include "onvif/discovery.h"

namespace vedette::sim {
namespace {

ServedStreamPtr stream_of(uint16_t width, uint16_t height) {
  media::TrackInfo track;
  track.width = width;
  track.height = height;
  track.fps = 15;
  ServedStream stream;
  stream.tracks.push_back({std::make_shared<const media::TrackInfo>(track), 90000, 0});
  return std::make_shared<const ServedStream>(std::move(stream));
}

TEST(OnvifResponder, answers_for_each_camera_when_asked_alone_and_by_multicast) {
  const RealClock clock;
  SimOptions options;
  options.onvif = true;
  options.onvif_port = 0;
  options.discovery_port = 0;
  auto responder = OnvifResponder::open(options, clock);
  ASSERT_TRUE(responder.has_value()) << responder.error().message();
  const OnvifStreams camera{stream_of(1920, 1080), stream_of(640, 360)};
  (*responder)->set_cameras({camera, camera, camera}, 8554);
  std::jthread thread([&](const std::stop_token& stop) { (*responder)->run(stop); });
  auto survey = net::open_survey();
  ASSERT_TRUE(survey.has_value());
  for (const bool multicast : {false, true}) {
    const std::string question = onvif::build_probe("0a6dc791");
    const uint16_t port = (*responder)->discovery_port();
    if (multicast)
      (*survey)->ask_group(onvif::kDiscoveryGroup, port, as_bytes(question));
    else
      ASSERT_TRUE((*survey)->ask("127.0.0.1", port, as_bytes(question)).has_value());
    std::vector<std::string> names;
    const MonoTime end = clock.mono() + std::chrono::seconds(5);
    while (names.size() < 3 && clock.mono() < end) {
      const auto answer = (*survey)->next();
      if (!answer) {
        std::this_thread::yield();
        continue;
      }
      const auto matches = onvif::parse_probe_matches(as_text(answer->datagram), "0a6dc791");
      ASSERT_TRUE(matches.has_value());
      EXPECT_EQ(onvif::choose_service(matches->front(), answer->sender)->port,
                (*responder)->port());
      names.push_back(matches->front().name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"Simulated camera 1", "Simulated camera 2",
                                               "Simulated camera 3"}))
        << (multicast ? "multicast" : "unicast");
  }
}

TEST(OnvifResponder, says_that_its_port_is_in_use) {
  const RealClock clock;
  SimOptions options;
  options.onvif = true;
  options.onvif_port = 0;
  options.discovery_port = 0;
  const auto first = OnvifResponder::open(options, clock);
  ASSERT_TRUE(first.has_value());
  options.onvif_port = (*first)->port();
  const auto second = OnvifResponder::open(options, clock);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace vedette::sim
