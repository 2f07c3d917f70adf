// SPDX-License-Identifier: Apache-2.0
// Finding and trying cameras: devices and networks in memory, the clock in the test's hand.
#include <map>

#include <gtest/gtest.h>

#include "ingest/device_probe.h"
#include "ingest/discovery.h"
#include "ingest/fake_camera.h"
#include "ingest/stream_probe.h"
#include "onvif/served_device.h"
#include "rtsp/server_auth.h"

namespace vedette::ingest {
namespace {

using std::chrono::milliseconds;

// ---- Discovery ----

class FakeSurvey final : public net::Survey {
 public:
  const std::vector<Interface>& interfaces() const override { return list; }
  void ask_group(const std::string&, uint16_t port, ByteSpan question) override {
    ++group_questions;
    last_port = port;
    last = as_text(question);
  }
  Result<void> ask(const std::string& host, uint16_t port, ByteSpan question) override {
    asked.emplace_back(host, port);
    last = as_text(question);
    return ok();
  }
  std::optional<Answer> next() override {
    if (floods) return Answer{"192.168.1.66", {'<', 'x'}};
    if (answers.empty()) return std::nullopt;
    Answer answer = std::move(answers.back());
    answers.pop_back();
    return answer;
  }
  void answer(const std::string& sender, const std::string& endpoint, const std::string& address) {
    onvif::ProbeMatch match;
    match.endpoint = endpoint;
    match.addresses = {address};
    match.name = endpoint;
    const std::string text = onvif::build_probe_match(match, *onvif::parse_probe(last), "9");
    answers.push_back({sender, {text.begin(), text.end()}});
  }

  std::vector<Interface> list = {{"eth0", "192.168.1.5", false}};
  std::vector<Answer> answers;
  std::vector<std::pair<std::string, uint16_t>> asked;
  bool floods = false;  ///< there is always another datagram
  int group_questions = 0;
  uint16_t last_port = 0;
  std::string last;
};

DiscoveryReport finish(Discovery& discovery, FakeClock& clock) {
  for (int i = 0; i < 1000 && !discovery.done(); ++i) {
    discovery.tick(clock.mono());
    clock.advance(milliseconds(10));
  }
  return discovery.take();
}

TEST(Discovery, asks_three_times_and_lists_each_device_once) {
  FakeClock clock;
  FakeSurvey survey;
  Discovery discovery({}, "id", clock.mono(), survey);
  discovery.tick(clock.mono());
  EXPECT_EQ(survey.last_port, 3702);
  survey.answer("192.168.1.30", "b", "http://192.168.1.30/onvif/device_service");
  survey.answer("192.168.1.20", "a", "http://192.168.1.20/onvif/device_service");
  survey.answer("192.168.1.20", "a", "http://192.168.1.20/onvif/device_service");
  survey.answer("10.0.0.20", "a", "http://10.0.0.20/onvif/device_service");  // its other interface
  survey.answers.push_back({"192.168.1.99", {'<', 'x'}});
  const DiscoveryReport report = finish(discovery, clock);
  EXPECT_EQ(survey.group_questions, 3);
  ASSERT_EQ(report.devices.size(), 2U);
  EXPECT_EQ(report.devices[0].self.name, "a");
  EXPECT_EQ(report.devices[1].host, "192.168.1.30");
  ASSERT_EQ(report.interfaces.size(), 1U);
}

TEST(Discovery, ends_in_time_though_somebody_floods_the_port) {
  FakeClock clock;
  FakeSurvey survey;
  survey.floods = true;
  Discovery discovery({}, "id", clock.mono(), survey);
  const DiscoveryReport report = finish(discovery, clock);
  EXPECT_TRUE(report.devices.empty());
}

TEST(Discovery, never_lists_another_host_than_the_one_that_answered) {
  FakeClock clock;
  FakeSurvey survey;
  Discovery discovery({}, "id", clock.mono(), survey);
  discovery.tick(clock.mono());
  survey.answer("192.168.1.66", "evil", "http://127.0.0.1:8080/api/v1/cameras");
  const DiscoveryReport report = finish(discovery, clock);
  ASSERT_EQ(report.devices.size(), 1U);
  EXPECT_EQ(report.devices[0].service.host, "192.168.1.66");
}

TEST(Discovery, of_given_addresses_asks_no_network) {
  FakeClock clock;
  FakeSurvey survey;
  const auto plan = parse_discovery_plan({"127.0.0.1:4702", "10.1.0.20"});
  ASSERT_TRUE(plan.has_value());
  Discovery discovery(*plan, "id", clock.mono(), survey);
  const DiscoveryReport report = finish(discovery, clock);
  EXPECT_EQ(survey.group_questions, 0);
  ASSERT_EQ(survey.asked.size(), 6U);
  EXPECT_EQ(survey.asked[0], (std::pair<std::string, uint16_t>("127.0.0.1", 4702)));
  EXPECT_EQ(survey.asked[1].second, 3702);
  EXPECT_TRUE(report.interfaces.empty());
  EXPECT_TRUE(report.network);  // 10.1.0.20 is not this machine
}

TEST(Discovery, knows_that_nobody_but_this_machine_was_asked) {
  FakeClock clock;
  FakeSurvey survey;
  survey.list = {{"lo", "127.0.0.1", true}};
  Discovery network({}, "id", clock.mono(), survey);
  EXPECT_FALSE(finish(network, clock).network);
  Discovery target(*parse_discovery_plan({"127.0.0.1"}), "id", clock.mono(), survey);
  EXPECT_FALSE(finish(target, clock).network);
}

TEST(Discovery, plan_says_how_it_is_written) {
  EXPECT_TRUE(parse_discovery_plan({})->network);
  EXPECT_TRUE(parse_discovery_plan({"10.1.0.20", "network"})->network);
  for (const char* wrong : {"", "camera.local", "10.1.0.20/x", "net work", "10.1.0.20:0"})
    EXPECT_FALSE(parse_discovery_plan({wrong}).has_value()) << wrong;
}

// ---- Devices ----

/// Devices behind a Connector: each answers one request per connection, as our simulator does.
class FakeDevices final : public net::Connector {
 public:
  explicit FakeDevices(const Clock& clock) : clock_(clock) {
    device.information = {"Vedette", "Sim", "1.0", "42"};
    device.service = "http://10.0.0.9/onvif/device_service";
    device.media = "http://10.0.0.9:8080/onvif/media_service";
    onvif::Profile main;
    main.token = "main";
    main.encoding = onvif::Encoding::kH264;
    main.width = 1920;
    main.height = 1080;
    device.streams = {{main, "rtsp://10.0.0.9:8554/cam0"}};
    device.user = "viewer";
    device.password = "secret";
  }

  std::unique_ptr<net::ByteStream> connect(const Target& target) override;
  Result<std::unique_ptr<net::DatagramPair>> open_datagram_pair() override {
    return make_error(ErrorCode::kUnavailable, "no datagrams here");
  }
  std::string answer(const std::string& request);

  onvif::ServedDevice device;
  std::vector<Target> targets;
  uint16_t port = 8080;     ///< every other one refuses
  bool absent = false;      ///< nothing is at the address
  bool silent = false;      ///< accepts and says nothing
  uint16_t mute_port = 0;   ///< this one alone does so
  std::string raw;          ///< said instead of ONVIF
  bool http_login = false;  ///< Digest instead of a token
  int requests = 0;
  bool password_seen = false;

 private:
  const Clock& clock_;
};

class DeviceStream final : public net::ByteStream {
 public:
  DeviceStream(FakeDevices& devices, uint16_t port) : devices_(devices), port_(port) {}
  State poll() override {
    if (devices_.absent) return State::kConnecting;
    if (port_ == devices_.port || port_ == devices_.mute_port) return State::kOpen;
    error_ = make_error(ErrorCode::kUnavailable, "h refused the connection; is RTSP on?");
    return State::kClosed;
  }
  const Error& error() const override { return error_; }
  std::string peer_address() const override { return "192.0.2.1"; }
  std::string peer_hardware() const override { return {}; }
  Result<size_t> read(std::span<uint8_t> into) override {
    const size_t count = std::min(into.size(), out_.size());
    std::copy_n(out_.begin(), count, into.begin());
    out_.erase(0, count);
    if (count == 0 && answered_) {
      error_ = make_error(ErrorCode::kUnavailable, "closed");
      return error_;
    }
    return count;
  }
  Result<size_t> write(ByteSpan bytes) override {
    if (devices_.silent || port_ == devices_.mute_port) return bytes.size();
    const auto complete = reader_.feed(bytes);
    if (complete && *complete) {
      out_ = devices_.answer(std::string(as_text(bytes)));
      answered_ = true;
    }
    return bytes.size();
  }

 private:
  FakeDevices& devices_;
  uint16_t port_;
  onvif::HttpReader reader_{onvif::HttpReader::Side::kRequests};
  std::string out_;
  bool answered_ = false;
  Error error_;
};

std::unique_ptr<net::ByteStream> FakeDevices::connect(const Target& target) {
  targets.push_back(target);
  return std::make_unique<DeviceStream>(*this, target.port);
}

std::string FakeDevices::answer(const std::string& request) {
  ++requests;
  password_seen = password_seen || request.find(device.password) != std::string::npos;
  if (!raw.empty()) return raw;
  onvif::HttpReader reader(onvif::HttpReader::Side::kRequests);
  EXPECT_TRUE(*reader.feed(as_bytes(request)));
  const onvif::HttpMessage& message = reader.message();
  bool admitted = false;
  if (http_login) {
    rtsp::ServerAuth auth(
        {rtsp::ServerScheme::kDigestMd5, "camera", device.user, device.password, "nonce", 0});
    admitted = auth.admits("POST", message.field("Authorization"));
    if (!admitted) {
      EXPECT_EQ(message.field("Authorization").find("Basic"), std::string::npos);
      rtsp::Headers challenge;
      auth.add_challenges(challenge);
      return onvif::build_response(
          401, "", {"WWW-Authenticate: " + std::string(challenge.get("WWW-Authenticate"))});
    }
  }
  const onvif::Served served = onvif::serve(device, message.body, clock_.wall(), admitted);
  return onvif::build_response(served.status, served.envelope);
}

class DeviceProbeTest : public testing::Test {
 protected:
  Result<onvif::DeviceOffer> ask(const std::string& address, const std::string& password) {
    auto probe = DeviceProbe::create({address, "viewer", password}, clock_, devices_);
    if (!probe) return std::move(probe).error();
    Bytes scratch(4096);
    for (int i = 0; i < 2000 && !(*probe)->done(); ++i) {
      (*probe)->tick(scratch);
      clock_.advance(milliseconds(10));
    }
    return (*probe)->take();
  }
  ErrorCode failure(const std::string& address, const std::string& password) {
    const auto offer = ask(address, password);
    EXPECT_FALSE(offer.has_value());
    return offer ? ErrorCode::kInternal : offer.error().code;
  }

  FakeClock clock_;
  FakeDevices devices_{clock_};
};

TEST_F(DeviceProbeTest, finds_the_service_on_one_of_the_usual_ports) {
  const auto offer = ask("192.168.1.20", "secret");
  ASSERT_TRUE(offer.has_value()) << offer.error().message();
  EXPECT_EQ(offer->cameras.at(0).main.url, "rtsp://192.168.1.20:8554/cam0");
  EXPECT_FALSE(devices_.password_seen);
  for (const auto& target : devices_.targets) EXPECT_EQ(target.host, "192.168.1.20");
}

TEST_F(DeviceProbeTest, logs_in_by_http_where_the_device_asks_for_it) {
  devices_.http_login = true;
  EXPECT_TRUE(ask("192.168.1.20:8080", "secret").has_value());
  EXPECT_FALSE(devices_.password_seen);
  EXPECT_EQ(failure("192.168.1.20:8080", "wrong"), ErrorCode::kUnauthenticated);
}

TEST_F(DeviceProbeTest, says_that_the_password_is_wrong) {
  EXPECT_EQ(failure("192.168.1.20", "wrong"), ErrorCode::kUnauthenticated);
}

TEST_F(DeviceProbeTest, offers_no_password_to_a_server_that_asks_for_it_in_clear) {
  devices_.raw = onvif::build_response(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
  EXPECT_EQ(failure("192.168.1.20:8080", "secret"), ErrorCode::kUnauthenticated);
  EXPECT_FALSE(devices_.password_seen);
}

TEST_F(DeviceProbeTest, gives_up_on_an_address_that_does_not_answer) {
  devices_.absent = true;
  EXPECT_EQ(failure("192.168.1.20", "secret"), ErrorCode::kTimeout);
  EXPECT_EQ(devices_.targets.size(), 1U);  // no other port is waited for
}

TEST_F(DeviceProbeTest, gives_up_on_a_device_that_says_nothing) {
  devices_.silent = true;
  EXPECT_EQ(failure("192.168.1.20:8080", "secret"), ErrorCode::kTimeout);
}

TEST_F(DeviceProbeTest, knows_a_host_without_onvif_from_one_that_is_away) {
  devices_.port = 22;
  const auto offer = ask("192.168.1.20", "secret");
  ASSERT_FALSE(offer.has_value());
  EXPECT_EQ(offer.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_NE(offer.error().what.find("no ONVIF service"), std::string::npos);
  EXPECT_EQ(failure("192.168.1.20:8080", "secret"), ErrorCode::kUnavailable);
}

// Hikvision's cameras come with ONVIF switched off, and with a protocol of their own on 8000.
TEST_F(DeviceProbeTest, goes_on_behind_a_port_that_accepts_and_says_nothing) {
  devices_.mute_port = 8000;
  devices_.port = 22;
  const auto none = ask("192.168.1.20", "secret");
  ASSERT_FALSE(none.has_value());
  EXPECT_NE(none.error().what.find("switch ONVIF on"), std::string::npos) << none.error().message();
  devices_.port = 8899;
  devices_.device.media = "http://10.0.0.9:8899/onvif/media_service";
  const auto offer = ask("192.168.1.20", "secret");
  EXPECT_TRUE(offer.has_value()) << offer.error().message();
}

TEST_F(DeviceProbeTest, is_not_led_astray_by_other_servers) {
  for (const char* raw : {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 404 Not Found\r\n\r\n",
                          "HTTP/1.1 302 Found\r\nLocation: http://10.9.9.9/\r\n\r\n",
                          "HTTP/1.1 200 OK\r\n\r\n<html>router</html>"}) {
    devices_.raw = raw;
    devices_.targets.clear();
    EXPECT_EQ(failure("192.168.1.20:8080", "secret"), ErrorCode::kFailedPrecondition) << raw;
    EXPECT_EQ(devices_.targets.size(), 1U) << raw;
  }
}

TEST_F(DeviceProbeTest, takes_no_address_that_is_none) {
  EXPECT_EQ(failure("rtsp://192.168.1.20/", "secret"), ErrorCode::kInvalidArgument);
}

// ---- Streams ----

class StreamProbeTest : public testing::Test {
 protected:
  StreamProbeTest() { connector_.cameras["cam"] = &camera_; }

  Result<StreamOffer> try_url(const std::string& url) {
    StreamProbe probe(*rtsp::parse_url(url), clock_, connector_);
    Bytes scratch(65536);
    for (int i = 0; i < 2000 && !probe.done(); ++i) {
      probe.tick(scratch);
      clock_.advance(milliseconds(10));
      camera_.tick();
    }
    EXPECT_TRUE(probe.done());
    return probe.take();
  }
  Error failure(const std::string& url = "rtsp://admin:secret@cam/stream") {
    const auto offer = try_url(url);
    EXPECT_FALSE(offer.has_value());
    return offer ? Error{} : offer.error();
  }

  FakeClock clock_;
  FakeCamera camera_{clock_};
  FakeConnector connector_;
};

TEST_F(StreamProbeTest, brings_back_the_first_picture) {
  const auto offer = try_url("rtsp://cam/stream");
  ASSERT_TRUE(offer.has_value()) << offer.error().message();
  ASSERT_NE(offer->key_frame, nullptr);
  EXPECT_TRUE(offer->key_frame->random_access);
  EXPECT_GT(offer->key_frame->track->width, 0);
  EXPECT_GT(offer->fps, 0);
  EXPECT_FALSE(offer->audio.has_value());
}

TEST_F(StreamProbeTest, says_that_the_password_is_wrong) {
  camera_.password = "secret";
  EXPECT_TRUE(try_url("rtsp://admin:secret@cam/stream").has_value());
  EXPECT_EQ(failure("rtsp://admin:wrong@cam/stream").code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(failure("rtsp://cam/stream").code, ErrorCode::kUnauthenticated);
}

TEST_F(StreamProbeTest, gets_in_where_the_connection_is_closed_after_a_challenge) {
  camera_.password = "secret";
  camera_.closes_after_401 = true;
  EXPECT_TRUE(try_url("rtsp://admin:secret@cam/stream").has_value());
}

TEST_F(StreamProbeTest, says_that_nobody_answers) {
  camera_.ignores = true;
  EXPECT_EQ(failure().code, ErrorCode::kUnavailable);
  camera_.ignores = false;
  camera_.refuses = true;
  EXPECT_EQ(failure().code, ErrorCode::kUnavailable);
}

TEST_F(StreamProbeTest, says_that_it_is_no_rtsp) {
  for (const char* raw :
       {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"}) {
    camera_.raw_answer = raw;
    EXPECT_EQ(failure().code, ErrorCode::kFailedPrecondition) << raw;
  }
}

TEST_F(StreamProbeTest, says_which_codec_it_is_that_cannot_be_recorded) {
  camera_.sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\na=control:video\r\n";
  EXPECT_EQ(failure().code, ErrorCode::kUnsupported);
}

TEST_F(StreamProbeTest, says_that_no_picture_comes) {
  camera_.silent = true;
  EXPECT_EQ(failure().code, ErrorCode::kTimeout);
}

}  // namespace
}  // namespace vedette::ingest
