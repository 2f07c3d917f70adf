// SPDX-License-Identifier: Apache-2.0
// Against real sockets of this machine: what is tested is what the kernel and OpenSSL do with them.
#include "net/camera_connector.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include "net/socket.h"

namespace vedette::net {
namespace {

using State = ByteStream::State;

/// Polls until `done` or five seconds have passed.
bool eventually(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < deadline) {
    if (done()) return true;
    ::poll(nullptr, 0, 1);
  }
  return false;
}

/// A listener on a port of 127.0.0.1 that the system chose.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_.fd(), raw, size), 0);
    EXPECT_EQ(listen(socket_.fd(), 8), 0);
    EXPECT_EQ(getsockname(socket_.fd(), raw, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] uint16_t port() const { return port_; }
  Socket accept() { return Socket(::accept(socket_.fd(), nullptr, nullptr)); }
  void close() { socket_.close(); }

 private:
  Socket socket_;
  uint16_t port_ = 0;
};

std::string read_all(ByteStream& stream, size_t wanted) {
  std::string got;
  std::array<uint8_t, 64 * 1024> buffer{};
  eventually([&] {
    const auto count = stream.read(buffer);
    if (!count) return true;
    got.append(as_text(ByteSpan(buffer).first(*count)));
    return got.size() >= wanted;
  });
  return got;
}

TEST(CameraConnector, ConnectsReadsAndWrites) {
  CameraConnector connector;
  Listener listener;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    auto stream = connector.connect({host, listener.port(), false});
    ASSERT_TRUE(eventually([&] { return stream->poll() == State::kOpen; })) << host;
    EXPECT_EQ(stream->peer_address(), "127.0.0.1");
    const Socket peer = listener.accept();
    std::array<uint8_t, 16> buffer{};
    EXPECT_EQ(stream->read(buffer).value(), 0u) << "nothing there is no error";
    EXPECT_EQ(stream->write(as_bytes("ping")).value(), 4u);
    EXPECT_EQ(recv(peer.fd(), buffer.data(), buffer.size(), 0), 4);
    EXPECT_EQ(send(peer.fd(), "pong", 4, 0), 4);
    EXPECT_EQ(read_all(*stream, 4), "pong");
  }
}

TEST(CameraConnector, SaysWhoRefused) {
  CameraConnector connector;
  Listener listener;
  const uint16_t port = listener.port();
  listener.close();
  auto stream = connector.connect({"127.0.0.1", port, false});
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kClosed; }));
  EXPECT_EQ(stream->error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(stream->error().what, "127.0.0.1:" + std::to_string(port) +
                                      " refused the connection; is the port right and RTSP "
                                      "switched on?");
}

TEST(CameraConnector, SaysWhichNameIsUnknown) {
  CameraConnector connector;
  auto stream = connector.connect({"no-such-camera.invalid", 554, false});
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kClosed; }));
  EXPECT_NE(stream->error().what.find("the name no-such-camera.invalid cannot be resolved"),
            std::string::npos);
}

TEST(CameraConnector, ForgetsALookupThatNobodyWaitsFor) {
  CameraConnector connector;
  for (int i = 0; i < 10; ++i) (void)connector.connect({"no-such-camera.invalid", 554, false});
}

TEST(TcpStream, ReportsThatTheOtherSideClosed) {
  CameraConnector connector;
  Listener listener;
  auto stream = connector.connect({"127.0.0.1", listener.port(), false});
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kOpen; }));
  listener.accept().close();
  std::array<uint8_t, 16> buffer{};
  ASSERT_TRUE(eventually([&] { return !stream->read(buffer).has_value(); }));
  EXPECT_NE(stream->error().what.find("closed the connection"), std::string::npos);
  EXPECT_EQ(stream->poll(), State::kClosed);
  EXPECT_FALSE(stream->write(as_bytes("x")).has_value());
}

TEST(TcpStream, TakesWhatTheSocketTakesAndNoMore) {
  CameraConnector connector;
  Listener listener;
  auto stream = connector.connect({"127.0.0.1", listener.port(), false});
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kOpen; }));
  const Bytes much(size_t{64} << 20);
  const auto count = stream->write(much);
  ASSERT_TRUE(count);
  EXPECT_LT(*count, much.size());
}

TEST(DatagramPair, ReceivesFromItsPeerOnly) {
  CameraConnector connector;
  auto ours = connector.open_datagram_pair();
  auto camera = connector.open_datagram_pair();
  auto stranger = connector.open_datagram_pair();
  ASSERT_TRUE(ours && camera && stranger);
  EXPECT_EQ((*ours)->rtp_port() % 2, 0);
  const auto meet = [](DatagramPair& a, DatagramPair& b) {
    const uint16_t port = b.rtp_port();
    ASSERT_TRUE(a.set_peer("127.0.0.1", port, static_cast<uint16_t>(port + 1)));
  };
  meet(**ours, **camera);
  meet(**camera, **ours);
  meet(**stranger, **ours);
  ASSERT_TRUE((*stranger)->send(DatagramPair::Which::kRtp, as_bytes("bad")));
  ASSERT_TRUE((*camera)->send(DatagramPair::Which::kRtp, as_bytes("good")));
  ASSERT_TRUE((*camera)->send(DatagramPair::Which::kRtcp, as_bytes("report")));
  std::vector<std::string> got;
  std::vector<uint8_t> buffer(256 * 1024);
  std::array<DatagramPair::Datagram, 64> datagrams;
  EXPECT_TRUE(eventually([&] {
    const auto count = (*ours)->read(buffer, datagrams);
    for (size_t i = 0; count && i < *count; ++i)
      got.push_back(std::to_string(static_cast<int>(datagrams[i].which)) +
                    std::string(as_text(datagrams[i].bytes)));
    return got.size() >= 2;
  }));
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (std::vector<std::string>{"0good", "1report"}));
}

TEST(DatagramPair, LeavesOutADatagramThatIsTooLargeInsteadOfCuttingIt) {
  CameraConnector connector;
  auto ours = connector.open_datagram_pair();
  auto camera = connector.open_datagram_pair();
  ASSERT_TRUE(ours && camera);
  const auto port_of = [](DatagramPair& pair) { return pair.rtp_port(); };
  const uint16_t here = port_of(**ours);
  const uint16_t there = port_of(**camera);
  ASSERT_TRUE((*ours)->set_peer("127.0.0.1", there, static_cast<uint16_t>(there + 1)));
  ASSERT_TRUE((*camera)->set_peer("127.0.0.1", here, static_cast<uint16_t>(here + 1)));
  for (const size_t size : {100, 3000, 200, 2048, 2049})
    ASSERT_TRUE((*camera)->send(DatagramPair::Which::kRtp, Bytes(size, uint8_t{1})));
  std::vector<size_t> sizes;
  std::vector<uint8_t> buffer(256 * 1024);
  std::array<DatagramPair::Datagram, 64> datagrams;
  EXPECT_TRUE(eventually([&] {
    const auto count = (*ours)->read(buffer, datagrams);
    for (size_t i = 0; count && i < *count; ++i) sizes.push_back(datagrams[i].bytes.size());
    return sizes.size() >= 3;
  }));
  EXPECT_EQ(sizes, (std::vector<size_t>{100, 200, 2048}));
}

TEST(DatagramPair, ReadsNothingBeforeItKnowsItsPeer) {
  CameraConnector connector;
  auto pair = connector.open_datagram_pair();
  ASSERT_TRUE(pair);
  std::vector<uint8_t> buffer(4096);
  std::array<DatagramPair::Datagram, 4> datagrams;
  EXPECT_EQ((*pair)->read(buffer, datagrams).value(), 0u);
  EXPECT_FALSE((*pair)->send(DatagramPair::Which::kRtp, as_bytes("x")));
  EXPECT_FALSE((*pair)->set_peer("a name", 1, 2));
}

/// Serves one TLS connection with a certificate that it signed itself: what every camera does.
class TlsCamera {
 public:
  explicit TlsCamera(std::string greeting) : context_(SSL_CTX_new(TLS_server_method())) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -20L * 365 * 86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), -86400);  // and expired
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), certificate);
    SSL_CTX_use_PrivateKey(context_.get(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    thread_ = std::thread([this, text = std::move(greeting)] { serve(text); });
  }
  ~TlsCamera() { thread_.join(); }
  [[nodiscard]] uint16_t port() const { return listener_.port(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void serve(const std::string& greeting) {
    const Socket socket = listener_.accept();
    const std::unique_ptr<SSL, Free> ssl(SSL_new(context_.get()));
    SSL_set_fd(ssl.get(), socket.fd());
    if (SSL_accept(ssl.get()) != 1) return;
    std::array<char, 4> ping{};
    SSL_read(ssl.get(), ping.data(), ping.size());
    SSL_write(ssl.get(), greeting.data(), static_cast<int>(greeting.size()));
    SSL_shutdown(ssl.get());
  }

  Listener listener_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::thread thread_;
};

TEST(TlsStream, TalksToACameraThatSignedItsCertificateItself) {
  const std::string greeting(100'000, 'v');  // more than one record
  TlsCamera camera(greeting);
  CameraConnector connector;
  auto stream = connector.connect({"127.0.0.1", camera.port(), true});
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kOpen; })) << stream->error().what;
  ASSERT_EQ(stream->write(as_bytes("ping")).value(), 4u);
  EXPECT_EQ(read_all(*stream, greeting.size()), greeting);
  std::array<uint8_t, 16> buffer{};
  EXPECT_TRUE(eventually([&] { return !stream->read(buffer).has_value(); }));
  EXPECT_NE(stream->error().what.find("closed the connection"), std::string::npos);
}

TEST(TlsStream, SaysThatAPortDoesNotSpeakTls) {
  CameraConnector connector;
  Listener listener;
  auto stream = connector.connect({"127.0.0.1", listener.port(), true});
  EXPECT_EQ(stream->poll(), State::kConnecting);
  const Socket peer = listener.accept();
  const std::string_view answer = "RTSP/1.0 400 Bad Request\r\n\r\n";
  EXPECT_GT(send(peer.fd(), answer.data(), answer.size(), 0), 0);
  ASSERT_TRUE(eventually([&] { return stream->poll() == State::kClosed; }));
  EXPECT_NE(stream->error().what.find("does this port speak rtsps"), std::string::npos)
      << stream->error().what;
}

}  // namespace
}  // namespace vedette::net
