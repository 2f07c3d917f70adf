// SPDX-License-Identifier: Apache-2.0
#include "net/tls_stream.h"

#include <cerrno>
#include <utility>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace vedette::net {

void SslDeleter::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void SslDeleter::operator()(SSL* ssl) const { SSL_free(ssl); }

SslContext make_camera_context() {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  VEDETTE_ASSERT(context != nullptr);
  // Old firmware: TLS 1.0, 1024-bit keys, SHA-1 signatures. Better than rtsp:// in the clear.
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

TlsStream::TlsStream(SSL_CTX& context, Peer peer, const Clock& clock)
    : tcp_(std::move(peer.lookup), std::move(peer.name), clock), ssl_(SSL_new(&context)) {
  std::string& host = peer.host;
  VEDETTE_ASSERT(ssl_ != nullptr);
  in6_addr address{};
  const bool digits = inet_pton(AF_INET, host.c_str(), &address) == 1 ||
                      inet_pton(AF_INET6, host.c_str(), &address) == 1;
  // What the macro SSL_set_tlsext_host_name() does, without its cast.
  if (!digits)
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
}

Error TlsStream::tls_error(int status, const char* doing) {
  const int saved = errno;
  const int kind = SSL_get_error(ssl_.get(), status);
  const unsigned long code = ERR_get_error();  // NOLINT: OpenSSL's type
  ERR_clear_error();
  state_ = State::kClosed;
  if (kind == SSL_ERROR_ZERO_RETURN) return tcp_.close(socket_error(ECONNRESET, tcp_.peer()));
  if (kind == SSL_ERROR_SYSCALL && saved != 0) return tcp_.close(socket_error(saved, tcp_.peer()));
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return tcp_.close(
      make_error(ErrorCode::kUnavailable, tcp_.peer() + ": TLS " + doing + " failed (" +
                                              (reason == nullptr ? "connection closed" : reason) +
                                              "); does this port speak rtsps, or is it rtsp://?"));
}

ByteStream::State TlsStream::poll() {
  if (state_ != State::kConnecting) return state_;
  const State below = tcp_.poll();
  if (below == State::kConnecting) return state_;
  if (below == State::kClosed) return state_ = State::kClosed;
  if (!std::exchange(attached_, true)) SSL_set_fd(ssl_.get(), tcp_.fd());
  errno = 0;
  ERR_clear_error();
  const int status = SSL_connect(ssl_.get());
  if (status == 1) return state_ = State::kOpen;
  const int kind = SSL_get_error(ssl_.get(), status);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return state_;
  (void)tls_error(status, "handshake");
  return state_;
}

Result<size_t> TlsStream::read(std::span<uint8_t> into) {
  if (state_ != State::kOpen) return tcp_.error();
  size_t total = 0;
  while (total < into.size()) {  // a record holds 16 KiB at most; take all there are
    size_t count = 0;
    errno = 0;
    ERR_clear_error();
    const int status = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &count);
    if (status == 1) {
      total += count;
      continue;
    }
    const int kind = SSL_get_error(ssl_.get(), status);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) break;
    if (total > 0) break;  // what came first is delivered; the next read reports the end again
    return tls_error(status, "read");
  }
  return total;
}

Result<size_t> TlsStream::write(ByteSpan bytes) {
  if (state_ != State::kOpen) return tcp_.error();
  size_t count = 0;
  errno = 0;
  ERR_clear_error();
  const int status = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
  if (status == 1) return count;
  const int kind = SSL_get_error(ssl_.get(), status);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return size_t{0};
  return tls_error(status, "write");
}

}  // namespace vedette::net
