// SPDX-License-Identifier: Apache-2.0
// ByteStream over TLS for rtsps. Certificates of cameras are self-signed nearly without exception,
// so they are accepted as they are: TLS here keeps the password and the picture from those who
// listen, not from one who can put himself in between. Pinning the certificate that was seen first
// is left to the accounts issue, which has a place to store it. Confined to the caller; internal.
#pragma once

#include <memory>

#include "net/tcp_stream.h"

typedef struct ssl_ctx_st SSL_CTX;  // NOLINT: OpenSSL's own names, so that its headers stay out
typedef struct ssl_st SSL;          // NOLINT

namespace vedette::net {

struct SslDeleter {
  void operator()(SSL_CTX* context) const;
  void operator()(SSL* ssl) const;
};
using SslContext = std::unique_ptr<SSL_CTX, SslDeleter>;

/// A client context that any camera's TLS 1.0 to 1.3 can talk to.
[[nodiscard]] SslContext make_camera_context();

class TlsStream final : public ByteStream {
 public:
  struct Peer {
    std::shared_ptr<const Lookup> lookup;
    std::string host;
    std::string name;  ///< as errors call it
  };
  /// `context` and `clock` outlive the stream. The host is sent as server name unless it is an IP
  /// address.
  TlsStream(SSL_CTX& context, Peer peer, const Clock& clock);

  State poll() override;
  [[nodiscard]] const Error& error() const override { return tcp_.error(); }
  [[nodiscard]] std::string peer_address() const override { return tcp_.peer_address(); }
  [[nodiscard]] std::string peer_hardware() const override { return tcp_.peer_hardware(); }
  Result<size_t> read(std::span<uint8_t> into) override;
  Result<size_t> write(ByteSpan bytes) override;

 private:
  Error tls_error(int status, const char* doing);

  TcpStream tcp_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  bool attached_ = false;
  State state_ = State::kConnecting;
};

}  // namespace vedette::net
