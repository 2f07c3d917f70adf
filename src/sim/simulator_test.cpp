// SPDX-License-Identifier: Apache-2.0
// The simulator over real sockets, with a clock that runs faster than the world's, against a small
// client of this file and against ffmpeg.
#include "sim/simulator.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "rtp/rtcp.h"
#include "rtsp/auth.h"
#include "rtsp/client_session.h"
#include "rtsp/header_fields.h"
#include "rtsp/message.h"
#include "rtsp/sdp.h"
#include "sim/prepared_scene.h"

namespace vedette::sim {
namespace {

/// Real time, sped up: thirty seconds of video pass in a blink.
class FastClock final : public Clock {
 public:
  explicit FastClock(int64_t speed) : speed_(speed) {}
  WallTime wall() const override {
    return start_wall_ + Duration((real_.mono() - start_).count() * speed_);
  }
  MonoTime mono() const override {
    return start_ + Duration((real_.mono() - start_).count() * speed_);
  }

 private:
  RealClock real_;
  int64_t speed_;
  MonoTime start_ = real_.mono();
  WallTime start_wall_ = real_.wall();
};

SceneCoding tiny() {
  SceneCoding coding = main_coding(1, media::Codec::kH264);
  coding.scene.width = 160;
  coding.scene.height = 96;
  coding.scene.fps = 10;
  coding.bitrate = 100'000;
  coding.gop = 10;
  return coding;
}

/// One folder and one tiny coded scene for all tests.
class SimulatorTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::filesystem::temp_directory_path() / ("vedette-sim-" + random_id(4));
    const auto scene = prepare_scene(folder_.string(), tiny());
    ASSERT_TRUE(scene) << scene.error().message();
    file_ = scene->mp4_path;
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static SimOptions options() {
    SimOptions options;
    options.file = file_;
    options.port = 0;
    return options;
  }
  void start(const SimOptions& options) {
    auto created = Simulator::create(options, clock_);
    ASSERT_TRUE(created) << created.error().message();
    simulator_ = std::move(*created);
    thread_ = std::jthread([this](std::stop_token stop) { simulator_->run(stop); });
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  void TearDown() override { stop(); }

  static inline std::filesystem::path folder_;
  static inline std::string file_;
  FastClock clock_{20};
  std::unique_ptr<Simulator> simulator_;
  std::jthread thread_;
};

/// A blocking RTSP client over TCP.
class Client {
 public:
  Client(uint16_t port, std::string path)
      : url_("rtsp://127.0.0.1:" + std::to_string(port) + path),
        fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(fd_); }

  rtsp::Response ask(const std::string& method, const std::string& target,
                     const std::string& headers = "") {
    const std::string text = method + " " + target +
                             " RTSP/1.0\r\nCSeq: " + std::to_string(++cseq_) + "\r\n" + headers +
                             "\r\n";
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    while (const auto item = next())
      if (*item == rtsp::MessageParser::Item::kResponse) return parser_.response();
    return {"", 0, "closed", {}, ""};
  }
  bool play(const std::string& authorization = "") {
    const auto described = ask("DESCRIBE", url_, authorization);
    if (described.status != 200) return false;
    sdp_ = described.body;
    const auto set_up = ask("SETUP", url_ + "/stream=0",
                            "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n" + authorization);
    const std::string session(set_up.headers.get("Session"));
    const auto played = ask(
        "PLAY", url_, "Session: " + session.substr(0, session.find(';')) + "\r\n" + authorization);
    info_ = rtsp::parse_rtp_info(played.headers.get("RTP-Info"));
    return played.status == 200;
  }

  struct Packet {
    uint8_t channel;
    Bytes bytes;
    uint16_t seq() const { return static_cast<uint16_t>(bytes[2] << 8 | bytes[3]); }
    uint32_t timestamp() const { return u32_at(4); }
    bool marker() const { return (bytes[1] & 0x80) != 0; }

   private:
    uint32_t u32_at(size_t at) const {
      ByteReader reader(ByteSpan(bytes).subspan(at));
      return reader.u32();
    }
  };
  /// nullopt when the connection has ended.
  std::optional<Packet> packet() {
    while (const auto item = next())
      if (*item == rtsp::MessageParser::Item::kFrame) {
        const auto& frame = parser_.frame();
        return Packet{frame.channel, Bytes(frame.payload.begin(), frame.payload.end())};
      }
    return std::nullopt;
  }

  const std::string& url() const { return url_; }
  const std::string& sdp() const { return sdp_; }
  const std::vector<rtsp::RtpInfo>& info() const { return info_; }
  uint64_t garbage() const { return parser_.garbage_bytes(); }

 private:
  std::optional<rtsp::MessageParser::Item> next() {
    for (;;) {
      const auto item = parser_.next();
      if (!item) return std::nullopt;
      if (*item != rtsp::MessageParser::Item::kNeedMore) return *item;
      const ssize_t n = recv(fd_, buffer_.data(), buffer_.size(), 0);
      if (n <= 0) return std::nullopt;
      parser_.feed(ByteSpan(buffer_.data(), static_cast<size_t>(n)));
    }
  }

  std::string url_;
  int fd_;
  int cseq_ = 0;
  std::string sdp_;
  std::vector<rtsp::RtpInfo> info_;
  rtsp::MessageParser parser_{65536};
  std::array<uint8_t, 65536> buffer_{};
};

TEST_F(SimulatorTest, once_serves_every_frame_of_the_file_in_order) {
  SimOptions once = options();
  once.once = true;
  start(once);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  ASSERT_EQ(client.info().size(), 1u);
  std::optional<uint16_t> last_seq;
  uint32_t frames = 0;
  bool bye = false;
  while (const auto packet = client.packet()) {
    if (packet->channel == 1) {
      const auto report = rtp::parse_rtcp(packet->bytes);
      bye = bye || (report && report->bye);
      continue;
    }
    if (!last_seq) {
      EXPECT_EQ(packet->seq(), client.info()[0].seq);
      EXPECT_EQ(packet->timestamp(), client.info()[0].rtptime);
    } else {
      EXPECT_EQ(packet->seq(), static_cast<uint16_t>(*last_seq + 1));
    }
    last_seq = packet->seq();
    EXPECT_EQ(packet->timestamp(), *client.info()[0].rtptime + frames * 9000);
    frames += packet->marker() ? 1 : 0;
  }
  EXPECT_EQ(frames, 300u);
  EXPECT_TRUE(bye) << "the end must be told from a broken connection";
  stop();
  EXPECT_EQ(simulator_->stats().cameras[0].frames_sent, 300u);
  EXPECT_EQ(simulator_->stats().cameras[0].sessions, 1u);
}

TEST_F(SimulatorTest, loops_with_unbroken_numbers_and_reports_that_tell_the_time) {
  start(options());
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  std::optional<uint16_t> last_seq;
  uint32_t frames = 0;
  std::vector<rtp::SenderReport> reports;
  while (frames < 650) {  // more than two loops
    const auto packet = client.packet();
    ASSERT_TRUE(packet);
    if (packet->channel == 1) {
      const auto compound = rtp::parse_rtcp(packet->bytes);
      if (compound && compound->sender_report) reports.push_back(*compound->sender_report);
      continue;
    }
    if (last_seq) {
      ASSERT_EQ(packet->seq(), static_cast<uint16_t>(*last_seq + 1));
    }
    ASSERT_EQ(packet->timestamp(), *client.info()[0].rtptime + frames * 9000);
    last_seq = packet->seq();
    frames += packet->marker() ? 1 : 0;
  }
  ASSERT_GE(reports.size(), 3u);
  const auto& first = reports.front();
  const auto& last = reports.back();
  const double wall_s =
      static_cast<double>((*rtp::ntp_to_wall(last.ntp) - *rtp::ntp_to_wall(first.ntp)).count()) /
      1e6;
  EXPECT_NEAR((last.rtp_timestamp - first.rtp_timestamp) / 90000.0, wall_s, 0.5);
}

TEST_F(SimulatorTest, the_description_can_be_used_by_our_own_reader) {
  start(options());
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  const auto sdp = rtsp::parse_sdp(client.sdp());
  ASSERT_TRUE(sdp) << sdp.error().message();
  const auto tracks = rtsp::choose_tracks(*sdp, client.url());
  ASSERT_TRUE(tracks) << tracks.error().message();
  ASSERT_EQ(tracks->size(), 1u);
  EXPECT_EQ((*tracks)[0].codec, media::Codec::kH264);
  EXPECT_EQ((*tracks)[0].clock_rate, 90000u);
  EXPECT_EQ((*tracks)[0].control, client.url() + "/stream=0");
}

TEST_F(SimulatorTest, unknown_cameras_are_not_found) {
  SimOptions two = options();
  two.cameras = 2;
  start(two);
  for (const char* path : {"/cam2", "/cam", "/camx", "/cam0/sub", "/cam00x", "/"}) {
    Client client(simulator_->port(), path);
    EXPECT_EQ(client.ask("DESCRIBE", client.url()).status, 404) << path;
  }
  Client good(simulator_->port(), "/cam1");
  EXPECT_TRUE(good.play());
}

TEST_F(SimulatorTest, asks_for_a_login_when_told_to) {
  SimOptions locked = options();
  locked.auth = rtsp::ServerScheme::kDigestBoth;
  locked.user = "ann";
  locked.password = "secret";
  start(locked);
  Client client(simulator_->port(), "/cam0");
  const auto refused = client.ask("DESCRIBE", client.url());
  ASSERT_EQ(refused.status, 401);
  rtsp::Authenticator login("ann", "secret", "c0");
  ASSERT_EQ(login.on_unauthorized(refused.headers), rtsp::Authenticator::Verdict::kRetry);
  const auto good =
      client.ask("DESCRIBE", client.url(),
                 "Authorization: " + login.authorization("DESCRIBE", client.url()) + "\r\n");
  EXPECT_EQ(good.status, 200);
}

TEST_F(SimulatorTest, drops_packets_and_leaves_holes_in_the_numbers) {
  SimOptions lossy = options();
  lossy.once = true;
  lossy.faults.drop = 0.2;
  start(lossy);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  int packets = 0;
  int holes = 0;
  std::optional<uint16_t> last_seq;
  while (const auto packet = client.packet()) {
    if (packet->channel != 0) continue;
    if (last_seq && packet->seq() != static_cast<uint16_t>(*last_seq + 1)) ++holes;
    last_seq = packet->seq();
    ++packets;
  }
  EXPECT_GT(packets, 100);
  EXPECT_GT(holes, 10);
  stop();
  EXPECT_GT(simulator_->stats().cameras[0].frames_lost, 10u);
}

TEST_F(SimulatorTest, garbage_between_packets_can_be_skipped) {
  SimOptions dirty = options();
  dirty.once = true;
  ASSERT_TRUE(set_fault(dirty.faults, "garbage", "5s"));
  start(dirty);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  while (client.packet()) {
  }
  EXPECT_GE(client.garbage(), 64u * 3);
}

TEST_F(SimulatorTest, a_reboot_ends_the_connection_and_passes) {
  SimOptions flaky = options();
  ASSERT_TRUE(set_fault(flaky.faults, "reboot", "20s:4s"));
  start(flaky);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  while (client.packet()) {
  }
  bool back = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!back && std::chrono::steady_clock::now() < deadline) {
    Client again(simulator_->port(), "/cam0");
    back = again.play();
  }
  EXPECT_TRUE(back);
}

TEST_F(SimulatorTest, a_stall_is_silence_on_an_open_connection) {
  SimOptions stalling = options();
  ASSERT_TRUE(set_fault(stalling.faults, "stall", "20s:10s"));
  start(stalling);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  std::optional<uint32_t> last;
  uint32_t widest = 0;
  for (int i = 0; i < 2000 && widest < 9 * 90000; ++i) {
    const auto packet = client.packet();
    ASSERT_TRUE(packet);
    if (packet->channel != 0) continue;
    if (last) widest = std::max(widest, packet->timestamp() - *last);
    last = packet->timestamp();
  }
  EXPECT_GE(widest, 9u * 90000);
}

TEST_F(SimulatorTest, changed_parameters_come_with_new_parameter_sets) {
  SimOptions changing = options();
  ASSERT_TRUE(set_fault(changing.faults, "change-parameters", "5s"));
  start(changing);
  Client client(simulator_->port(), "/cam0");
  ASSERT_TRUE(client.play());
  std::set<Bytes> sps;
  for (int i = 0; i < 20000 && sps.size() < 2; ++i) {
    const auto packet = client.packet();
    ASSERT_TRUE(packet);
    if (packet->channel == 0 && packet->bytes.size() > 13 && (packet->bytes[12] & 31) == 7)
      sps.insert(Bytes(packet->bytes.begin() + 12, packet->bytes.end()));
  }
  EXPECT_EQ(sps.size(), 2u);
}

TEST_F(SimulatorTest, a_port_in_use_is_said_at_once) {
  start(options());
  SimOptions same = options();
  same.port = simulator_->port();
  const auto second = Simulator::create(same, clock_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST_F(SimulatorTest, files_that_cannot_be_served_say_why) {
  const std::string text = (folder_ / "text.mp4").string();
  std::ofstream(text) << "this is not a film";
  for (const auto& [path, code] : {std::pair{std::string("/nowhere.mp4"), ErrorCode::kNotFound},
                                   std::pair{text, ErrorCode::kNotFound}}) {
    SimOptions wrong = options();
    wrong.file = path;
    const auto simulator = Simulator::create(wrong, clock_);
    ASSERT_FALSE(simulator);
    EXPECT_NE(simulator.error().message().find(path), std::string::npos)
        << simulator.error().message();
    if (path != text) {
      EXPECT_EQ(simulator.error().code, code);
    }
  }
}

TEST_F(SimulatorTest, a_prepared_scene_is_taken_from_the_cache) {
  const auto before = std::filesystem::last_write_time(file_);
  const auto again = prepare_scene(folder_.string(), tiny());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->mp4_path, file_);
  EXPECT_EQ(std::filesystem::last_write_time(file_), before);
  std::ifstream truth(again->truth_path);
  const std::string json((std::istreambuf_iterator<char>(truth)), {});
  EXPECT_NE(json.find("\"scene\": \"street\""), std::string::npos);
}

/// Our own client's view: what it is told and how many packets it gets.
class Viewer final : public rtsp::ClientHandler {
 public:
  Viewer(uint16_t port, const std::string& login)
      : session_(
            {*rtsp::parse_url("rtsp://" + login + "127.0.0.1:" + std::to_string(port) + "/cam0"),
             rtsp::LowerTransport::kTcp, "Test", "c0ffee"},
            *this),
        fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Viewer() override { close(fd_); }

  /// Until `packets` have come, the session has failed or the connection has ended.
  void watch(size_t packets, const Clock& clock) {
    session_.start(clock.mono());
    std::array<uint8_t, 65536> buffer;
    while (packets_ < packets && !error_) {
      const Bytes out = session_.take_output();
      if (!out.empty()) {
        ASSERT_EQ(send(fd_, out.data(), out.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(out.size()));
      }
      const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
      if (n <= 0) return;
      session_.on_bytes(ByteSpan(buffer.data(), static_cast<size_t>(n)), clock.mono());
    }
  }

  void on_tracks(const std::vector<rtsp::TrackDescription>& tracks) override {
    tracks_ = tracks.size();
    session_.set_up({{0, 0}}, MonoTime{1});
  }
  void on_udp_peer(size_t, const UdpPeer&) override {}
  void on_playing(const std::vector<PlayStart>& starts) override {
    playing_ = !starts.empty() && starts[0].rtptime && starts[0].seq;
  }
  void on_packet(size_t, bool, ByteSpan) override { ++packets_; }
  void on_redirect(const rtsp::Url&) override {}
  void on_failed(const Error& error) override { error_ = error; }

  size_t packets_ = 0;
  size_t tracks_ = 0;
  bool playing_ = false;
  std::optional<Error> error_;

 private:
  rtsp::ClientSession session_;
  int fd_;
};

struct LoginRow {
  rtsp::ServerScheme scheme;
  const char* login;
  bool admitted;
};

TEST_F(SimulatorTest, our_own_client_plays_with_every_login_and_fails_with_a_wrong_one) {
  using rtsp::ServerScheme;
  for (const LoginRow& row : {LoginRow{ServerScheme::kNone, "", true},
                              LoginRow{ServerScheme::kBasic, "ann:s3cret@", true},
                              LoginRow{ServerScheme::kDigestMd5, "ann:s3cret@", true},
                              LoginRow{ServerScheme::kDigestSha256, "ann:s3cret@", true},
                              LoginRow{ServerScheme::kDigestBoth, "ann:s3cret@", true},
                              LoginRow{ServerScheme::kDigestMd5, "ann:guess@", false},
                              LoginRow{ServerScheme::kDigestMd5, "", false}}) {
    SimOptions locked = options();
    locked.auth = row.scheme;
    locked.user = "ann";
    locked.password = "s3cret";
    start(locked);
    Viewer viewer(simulator_->port(), row.login);
    viewer.watch(50, clock_);
    EXPECT_EQ(viewer.packets_ >= 50, row.admitted) << row.login;
    EXPECT_EQ(viewer.playing_, row.admitted);
    EXPECT_EQ(viewer.error_.has_value(), !row.admitted);
    if (viewer.error_) {
      EXPECT_EQ(viewer.error_->code, ErrorCode::kUnauthenticated);
    }
    stop();
  }
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t n = fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), n);
  pclose(pipe);
  return output;
}

/// The checksums of the lines of `-f framemd5`, without times.
std::vector<std::string> checksums(const std::string& framemd5) {
  std::vector<std::string> sums;
  std::istringstream lines(framemd5);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') sums.push_back(line.substr(line.rfind(' ') + 1));
  return sums;
}

TEST_F(SimulatorTest, ffmpeg_sees_the_frames_of_the_file) {
  if (output_of("command -v ffmpeg").empty()) GTEST_SKIP() << "skipped: no ffmpeg";
  const std::string tail = " -an -f framemd5 - 2>&1";
  const auto expected = checksums(output_of("ffmpeg -v error -i " + file_ + tail));
  ASSERT_EQ(expected.size(), 300u);
  SimOptions once = options();
  once.once = true;
  start(once);
  const std::string url = "rtsp://127.0.0.1:" + std::to_string(simulator_->port()) + "/cam0";
  for (const std::string transport : {"tcp", "udp"}) {
    const std::string frames = transport == "udp" ? " -frames:v 60" : "";
    const auto seen = checksums(output_of("ffmpeg -v error -rtsp_transport " + transport + " -i " +
                                          url + frames + " -vsync passthrough" + tail));
    ASSERT_EQ(seen.size(), transport == "udp" ? 60u : 300u) << transport;
    for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], expected[i]) << transport << i;
  }
}

}  // namespace
}  // namespace vedette::sim
