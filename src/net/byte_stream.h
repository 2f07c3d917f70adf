// SPDX-License-Identifier: Apache-2.0
// The camera side of the network as the ingest tick sees it: non-blocking streams and datagram
// pairs that are polled, and a Connector that makes them. Interfaces, so that tests and the
// simulation run without sockets. Every object is confined to the thread that uses it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace vedette::net {

/// An ordered byte stream (TCP or TLS) that never blocks. Closed by its destructor.
class ByteStream {
 public:
  enum class State { kConnecting, kOpen, kClosed };

  virtual ~ByteStream() = default;
  /// Drives name lookup, connect and TLS handshake forward. Cheap; called on each tick until kOpen.
  virtual State poll() = 0;
  /// Why the state is kClosed, in words that name the peer ("192.168.1.20:554 refused the
  /// connection"). REQUIRES: poll(), read() or write() has reported that it is closed.
  [[nodiscard]] virtual const Error& error() const = 0;
  /// The other side's address in digits. REQUIRES: kOpen.
  [[nodiscard]] virtual std::string peer_address() const = 0;
  /// That of its network card, "00:40:8c:12:34:56"; "" where it cannot be known, as behind a
  /// router. REQUIRES: kOpen.
  [[nodiscard]] virtual std::string peer_hardware() const = 0;
  /// Bytes read: all there are, as far as `into` reaches; 0: nothing there now. An error means
  /// closed. REQUIRES: kOpen.
  virtual Result<size_t> read(std::span<uint8_t> into) = 0;
  /// Bytes taken, possibly fewer than given or 0. An error means closed. REQUIRES: kOpen.
  virtual Result<size_t> write(ByteSpan bytes) = 0;
};

/// Two UDP sockets on neighbouring ports, the even one for RTP, the next for RTCP (RFC 3550 §11).
class DatagramPair {
 public:
  enum class Which : uint8_t { kRtp, kRtcp };
  struct Datagram {
    Which which;
    ByteSpan bytes;
  };

  virtual ~DatagramPair() = default;
  [[nodiscard]] virtual uint16_t rtp_port() const = 0;
  /// Only datagrams of this address, given in digits, are received from now on; send() goes there.
  virtual Result<void> set_peer(const std::string& host, uint16_t rtp_port, uint16_t rtcp_port) = 0;
  /// Fills `into` with datagrams whose bytes lie in `buffer`; returns how many. 0: nothing there.
  /// One that is larger than a packet should be (2 KiB) is left out, never cut.
  virtual Result<size_t> read(std::span<uint8_t> buffer, std::span<Datagram> into) = 0;
  virtual Result<void> send(Which which, ByteSpan bytes) = 0;
};

/// Makes streams; thread-safe. Addresses are "host" (a name, IPv4 or IPv6 without brackets) and
/// port.
class Connector {
 public:
  struct Target {
    std::string host;
    uint16_t port = 554;
    bool tls = false;
  };

  virtual ~Connector() = default;
  /// Never blocks and never fails: what goes wrong is reported by the stream.
  virtual std::unique_ptr<ByteStream> connect(const Target& target) = 0;
  virtual Result<std::unique_ptr<DatagramPair>> open_datagram_pair() = 0;
};

}  // namespace vedette::net
