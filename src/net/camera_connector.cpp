// SPDX-License-Identifier: Apache-2.0
#include "net/camera_connector.h"

#include "net/address.h"
#include "net/resolver.h"
#include "net/tcp_stream.h"
#include "net/tls_stream.h"
#include "net/udp_pair.h"

namespace vedette::net {

struct CameraConnector::Impl {
  const RealClock clock;  // for the time that each address of a name has
  Resolver resolver;
  SslContext tls = make_camera_context();
};

CameraConnector::CameraConnector() : impl_(std::make_unique<Impl>()) {}
CameraConnector::~CameraConnector() = default;

std::unique_ptr<ByteStream> CameraConnector::connect(const Target& target) {
  auto lookup = impl_->resolver.look_up(target.host, target.port);
  std::string peer = to_string(target.host, target.port);
  if (!target.tls)
    return std::make_unique<TcpStream>(std::move(lookup), std::move(peer), impl_->clock);
  TlsStream::Peer secure{std::move(lookup), target.host, std::move(peer)};
  return std::make_unique<TlsStream>(*impl_->tls, std::move(secure), impl_->clock);
}

Result<std::unique_ptr<DatagramPair>> CameraConnector::open_datagram_pair() {
  return UdpPair::open();
}

}  // namespace vedette::net
