// SPDX-License-Identifier: Apache-2.0
// The Connector over the operating system's sockets: TCP, TLS and UDP, none of which ever blocks.
// Names are looked up on threads of their own. Thread-safe.
#pragma once

#include <memory>

#include "net/byte_stream.h"

namespace vedette::net {

class CameraConnector final : public Connector {
 public:
  CameraConnector();
  ~CameraConnector() override;

  std::unique_ptr<ByteStream> connect(const Target& target) override;
  Result<std::unique_ptr<DatagramPair>> open_datagram_pair() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vedette::net
