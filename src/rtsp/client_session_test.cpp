// SPDX-License-Identifier: Apache-2.0
// Plays the dialogues of testdata/ (README.md there says what the directives mean).
#include "rtsp/client_session.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace vedette::rtsp {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVideo =
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n";
constexpr std::string_view kAudio = "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n";

/// What the session told its owner, as words.
class Recorder : public ClientHandler {
 public:
  ClientSession* session = nullptr;
  MonoTime now;
  std::string tracks, playing, failed, redirect, udp;
  size_t packets = 0;

  void on_tracks(const std::vector<TrackDescription>& all) override {
    std::vector<ClientSession::SetUp> choice;
    for (size_t i = 0; i < all.size(); ++i) {
      tracks += (i > 0 ? " " : "") + std::string(to_string(all[i].codec));
      choice.push_back({i, static_cast<uint16_t>(6000 + 2 * i)});
    }
    session->set_up(std::move(choice), now);
  }
  void on_udp_peer(size_t, const UdpPeer& peer) override {
    udp = std::to_string(peer.server_port.first) + " " + std::to_string(peer.server_port.second);
  }
  void on_playing(const std::vector<PlayStart>& info) override {
    for (size_t i = 0; i < info.size(); ++i)
      playing += (i > 0 ? " " : "") + (info[i].rtptime ? std::to_string(*info[i].rtptime) : "-");
  }
  void on_packet(size_t, bool, ByteSpan) override { ++packets; }
  void on_redirect(const Url& url) override { redirect = url.request_uri(); }
  void on_failed(const Error& error) override {
    EXPECT_EQ(failed, "") << "failed twice";
    failed = std::string(to_string(error.code)) + " " + error.what;
  }
};

class Dialogue {
 public:
  /// Of a Markdown file: the lines within ```dialogue.
  explicit Dialogue(const fs::path& file) {
    std::ifstream in(file);
    bool inside = file.extension() != ".md";
    for (std::string line; std::getline(in, line);) {
      if (line.substr(0, 3) == "```")
        inside = line == "```dialogue";
      else if (inside)
        lines_.push_back(line);
    }
    EXPECT_FALSE(lines_.empty()) << file;
  }

  void play() {
    for (size_t i = 0; i < lines_.size() && !testing::Test::HasFatalFailure(); ++i) {
      SCOPED_TRACE("line " + std::to_string(i + 1) + ": " + lines_[i]);
      if (lines_[i].empty() || lines_[i][0] == '#') continue;
      if (lines_[i][0] == '<') {
        std::string block;
        for (; i < lines_.size() && lines_[i][0] == '<'; ++i)
          block += lines_[i].substr(std::min<size_t>(2, lines_[i].size())) + "\r\n";
        --i;
        answer(std::move(block));
        continue;
      }
      step(lines_[i]);
    }
  }

 private:
  void step(const std::string& line) {
    std::istringstream in(line);
    std::string word, rest;
    in >> word;
    std::getline(in >> std::ws, rest);
    if (word == "url")
      options_.url = parse_url(rest).value();
    else if (word == "transport")
      options_.transport = LowerTransport::kUdp;
    else if (word == ">")
      expect_request(rest);
    else if (word == "ok")
      ok_to(rest);
    else if (word == "$")
      frame(rest);
    else if (word == "raw")
      give(as_bytes(rest));
    else if (word == "wait")
      wait(rest);
    else if (word == "close")
      session().on_closed(make_error(ErrorCode::kUnavailable, "closed"));
    else if (word == "expect")
      expect(rest);
    else
      FAIL() << "no such directive";
  }

  ClientSession& session() {
    if (!session_) {
      session_ = std::make_unique<ClientSession>(options_, told_);
      told_.session = session_.get();
      told_.now = now_;
      session_->start(now_);
    }
    return *session_;
  }

  void give(ByteSpan bytes) {
    const Bytes copy(bytes.begin(), bytes.end());
    session().on_bytes(copy, now_);
  }

  bool next_request() {
    out_ = session().take_output();
    sent_.feed(out_);
    for (;;) {
      const auto item = sent_.next();
      EXPECT_TRUE(item.has_value());
      if (!item || *item == MessageParser::Item::kNeedMore) return false;
      if (*item == MessageParser::Item::kRequest) break;
    }
    request_ = sent_.request();
    while (*sent_.next() != MessageParser::Item::kNeedMore) ADD_FAILURE() << "two requests at once";
    return true;
  }

  void expect_request(const std::string& what) {
    ASSERT_TRUE(next_request()) << "the client sent nothing; failed: " << told_.failed;
    Bytes bytes;
    append_request(bytes, request_);
    const std::string text(as_text(bytes));
    std::istringstream in(what);
    std::string method;
    in >> method;
    EXPECT_EQ(request_.method, method);
    for (const std::string& part : split(what.substr(method.size())))
      EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
    // The secrets of an address stay in it, but for Basic, which no dialogue here comes to.
    if (!options_.url.password.empty()) {
      EXPECT_EQ(text.find(options_.url.password + "@"), std::string::npos) << text;
    }
  }

  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const size_t bar = std::min(text.find(" | "), text.size());
      if (!trim(text.substr(0, bar)).empty()) parts.emplace_back(trim(text.substr(0, bar)));
      text.remove_prefix(std::min(bar + 3, text.size()));
    }
    return parts;
  }

  void ok_to(const std::string& what) {
    const std::string method = what.substr(0, what.find(' '));
    expect_request(method);
    std::string block = "RTSP/1.0 200 OK\r\nCSeq: $CSEQ\r\n";
    std::string body;
    for (const std::string& part : split(what.substr(method.size()))) {
      if (part == "sdp" || part == "sdp+audio") {
        body = std::string(kVideo) + (part == "sdp" ? "" : std::string(kAudio));
        block += "Content-Length: $LEN\r\n";
      } else {
        block += part + "\r\n";
      }
    }
    answer(block + "\r\n" + body);
  }

  void answer(std::string block) {
    replace(block, "$CSEQ", std::string(request_.headers.get("CSeq")));
    const size_t length = block.find("$LEN");
    if (length != std::string::npos)
      replace(block, "$LEN", std::to_string(block.size() - block.find("\r\n\r\n", length) - 4));
    give(as_bytes(block));
  }
  static void replace(std::string& text, std::string_view from, const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos; at = text.find(from))
      text.replace(at, from.size(), to);
  }

  void frame(const std::string& what) {
    int channel = 0;
    size_t size = 0;
    std::istringstream(what) >> channel >> size;
    Bytes payload(size, 0x11);
    payload[0] = 0x80;
    Bytes bytes;
    append_interleaved(bytes, static_cast<uint8_t>(channel), payload);
    give(bytes);
  }

  void wait(const std::string& what) {
    int left = 0;
    std::string video;
    std::istringstream(what) >> left >> video;
    for (int waited = 100; waited <= left; waited += 100) {
      now_ = now_ + std::chrono::milliseconds(100);
      told_.now = now_;
      session().on_tick(now_);
      if (!video.empty() && waited % 1000 == 0) frame("0 100");
    }
  }

  void expect(const std::string& what) {
    const std::string kind = what.substr(0, what.find(' '));
    const std::string rest = what.substr(std::min(kind.size() + 1, what.size()));
    const std::map<std::string, std::string> seen = {
        {"tracks", told_.tracks},
        {"playing", told_.playing},
        {"packets", std::to_string(told_.packets)},
        {"stray", std::to_string(session().stray_frames())},
        {"udp", told_.udp},
        {"redirect", told_.redirect},
        {"quiet", kind == "quiet" && next_request() ? "a request" : ""},
    };
    if (kind == "failed") return expect_failed(rest);
    ASSERT_TRUE(seen.count(kind) == 1) << "no such expectation";
    EXPECT_EQ(seen.at(kind), rest);
    EXPECT_EQ(told_.failed, "");
  }
  void expect_failed(const std::string& rest) {
    const std::string code = rest.substr(0, rest.find(' '));
    const std::string text = rest.substr(code.size() + 1);
    EXPECT_EQ(told_.failed.substr(0, code.size()), code) << told_.failed;
    EXPECT_NE(told_.failed.find(text), std::string::npos) << told_.failed;
    EXPECT_TRUE(session().closed());
  }

  std::vector<std::string> lines_;
  ClientOptions options_;
  Recorder told_;
  std::unique_ptr<ClientSession> session_;
  MessageParser sent_;
  Bytes out_;
  Request request_;
  MonoTime now_{5'000'000};
};

std::vector<fs::path> dialogues() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(VEDETTE_SOURCE_DIR "/src/rtsp/testdata"))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Camera : public testing::TestWithParam<fs::path> {};

TEST_P(Camera, GetsOnWithTheClient) { Dialogue(GetParam()).play(); }

INSTANTIATE_TEST_SUITE_P(Quirks, Camera, testing::ValuesIn(dialogues()),
                         [](const auto& row) { return row.param.stem().string(); });

TEST(ClientSession, PlaysTheWorkedExampleOfItsDesign) {
  Dialogue(VEDETTE_SOURCE_DIR "/docs/design/rtsp.md").play();
}

TEST(ClientSession, SaysGoodbyeOnceAndIsSilentAfterwards) {
  ClientOptions options;
  options.url = parse_url("rtsp://h/").value();
  Recorder told;
  ClientSession session(options, told);
  session.start({0});
  (void)session.take_output();
  session.teardown();
  EXPECT_FALSE(session.has_output()) << "there is no session yet that could be torn down";
  session.on_tick({1'000'000'000});
  session.on_bytes(as_bytes("RTSP/1.0 200 OK\r\n\r\n"), {0});
  session.on_closed(make_error(ErrorCode::kUnavailable, "closed"));
  EXPECT_EQ(told.failed, "");
}

}  // namespace
}  // namespace vedette::rtsp
