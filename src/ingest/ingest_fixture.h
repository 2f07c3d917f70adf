// SPDX-License-Identifier: Apache-2.0
// For the tests of the ingest: cameras and recorders with a name each, and a clock that they share.
#pragma once

#include <map>

#include <gtest/gtest.h>

#include "ingest/fake_camera.h"
#include "ingest/ingest.h"

namespace vedette::ingest {

class Recorder final : public stream::Sink {
 public:
  size_t units = 0;
  std::vector<stream::Break> breaks;

  void on_access_unit(const media::AccessUnitPtr&) override { ++units; }
  void on_break(const stream::Break& why) override { breaks.push_back(why); }
  void on_tick(MonoTime) override {}
};

class IngestTest : public testing::Test {
 protected:
  struct Stream {
    std::unique_ptr<FakeCamera> camera;
    std::unique_ptr<Recorder> recorder;
    std::shared_ptr<stream::Hub> hub;
  };

  FakeCamera& add(const std::string& name, const std::string& url_user = "") {
    Stream& made = streams_[name];
    made.camera = std::make_unique<FakeCamera>(clock_);
    made.recorder = std::make_unique<Recorder>();
    made.hub = std::make_shared<stream::Hub>(clock_.wall());
    made.hub->set_sink(made.recorder.get());
    connector_.cameras[name] = made.camera.get();
    const auto added = ingest_.add(
        {name, stream::StreamKind::kMain, "rtsp://" + url_user + name + "/live", {}}, made.hub);
    EXPECT_TRUE(added.has_value());
    return *made.camera;
  }
  /// Another camera that is a channel of the recorder `host`.
  void add_channel(const std::string& host, const std::string& name, const std::string& user) {
    Stream& made = streams_[name];
    made.camera = std::make_unique<FakeCamera>(clock_);
    made.camera->password = streams_.at(host).camera->password;
    made.hub = std::make_shared<stream::Hub>(clock_.wall());
    connector_.channels[host].push_back(made.camera.get());
    const std::string url = "rtsp://" + user + host + "/" + name;
    EXPECT_TRUE(ingest_.add({name, stream::StreamKind::kMain, url, {}}, made.hub));
  }
  int refusals(const std::string& host) {
    int sum = streams_.at(host).camera->refusals;
    for (const FakeCamera* channel : connector_.channels[host]) sum += channel->refusals;
    return sum;
  }
  Recorder& recorder(const std::string& name) { return *streams_.at(name).recorder; }

  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += std::chrono::milliseconds(20)) {
      clock_.advance(std::chrono::milliseconds(20));
      for (auto& [name, made] : streams_) made.camera->tick();
      ingest_.tick();
    }
  }
  /// Until the stream is live again; how long that took, at most `limit`.
  Duration run_until_live(const std::string& name, Duration limit) {
    Duration passed{0};
    for (; passed < limit && status(name).state != StreamState::kLive;
         passed += std::chrono::milliseconds(20))
      run(std::chrono::milliseconds(20));
    return passed;
  }
  StreamStatus status(const std::string& name) {
    for (auto& status : ingest_.status())
      if (status.camera == name) return status;
    ADD_FAILURE() << "no status of " << name;
    return {};
  }
  void expect_down(const std::string& name, stream::BreakCause cause, std::string_view words) {
    const StreamStatus now = status(name);
    EXPECT_EQ(now.state, StreamState::kDown);
    ASSERT_TRUE(now.cause.has_value());
    EXPECT_EQ(to_string(*now.cause), to_string(cause)) << now.message;
    EXPECT_NE(now.message.find(words), std::string::npos) << now.message;
    ASSERT_FALSE(recorder(name).breaks.empty());
    EXPECT_EQ(to_string(recorder(name).breaks.back().cause), to_string(cause));
    EXPECT_EQ(recorder(name).breaks.back().detail, now.message);
  }

  FakeClock clock_;
  FakeConnector connector_;
  std::map<std::string, Stream> streams_;
  Ingest ingest_{clock_, connector_, 0};
};

}  // namespace vedette::ingest
