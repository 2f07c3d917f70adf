// SPDX-License-Identifier: Apache-2.0
// Carries an onvif::DeviceSession over HTTP: one connection per request, Digest where the device
// asks for it (RFC 7616), no redirects. Driven by tick(); confined to the caller.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/byte_stream.h"
#include "onvif/device_session.h"
#include "rtsp/auth.h"

namespace vedette::ingest {

struct DeviceQuestion {
  std::string address;  ///< "192.168.1.20", "192.168.1.20:8080", "http://192.168.1.20/onvif/…"
  std::string user;
  std::string password;
};

class DeviceProbe {
 public:
  static constexpr Duration kConnectTimeout = std::chrono::seconds(3);
  static constexpr Duration kAnswerTimeout = std::chrono::seconds(5);
  static constexpr Duration kWholeTimeout = std::chrono::seconds(12);

  /// invalid_argument when the address is none. `clock` and `connector` outlive it.
  [[nodiscard]] static Result<std::unique_ptr<DeviceProbe>> create(const DeviceQuestion& question,
                                                                   const Clock& clock,
                                                                   net::Connector& connector);

  /// Does all there is to do now. `scratch` is a read buffer.
  void tick(std::span<uint8_t> scratch);
  [[nodiscard]] bool done() const { return result_.has_value(); }
  /// REQUIRES: done(). Errors: those of onvif::DeviceSession, and unavailable and timeout where
  /// nobody answers.
  [[nodiscard]] Result<onvif::DeviceOffer> take() { return std::move(*result_); }

 private:
  DeviceProbe(const DeviceQuestion& question, std::vector<onvif::HttpUrl> places,
              const Clock& clock, net::Connector& connector);

  void begin_place();
  void begin_request();
  void drive_connecting();
  void drive_open(std::span<uint8_t> scratch);
  void on_complete();
  [[nodiscard]] bool answer_challenge(const onvif::HttpMessage& response);
  void on_failed(Error error);
  void finish(Result<onvif::DeviceOffer> result);

  const std::string user_;
  const std::string password_;
  std::vector<onvif::HttpUrl> places_;  ///< where the service may be, most likely first
  size_t place_ = 0;
  const Clock& clock_;
  net::Connector& connector_;

  MonoTime start_;
  MonoTime deadline_;
  std::optional<onvif::DeviceSession> session_;
  rtsp::Authenticator authenticator_;
  onvif::HttpUrl url_;  ///< of the request under way
  std::unique_ptr<net::ByteStream> stream_;
  bool open_ = false;
  bool there_ = false;  ///< something on the host has answered or refused
  onvif::HttpReader reader_{onvif::HttpReader::Side::kResponses};
  std::string output_;
  std::optional<Result<onvif::DeviceOffer>> result_;
};

}  // namespace vedette::ingest
