// SPDX-License-Identifier: Apache-2.0
// The conversation that turns an address and a password into streams, as a state machine without
// I/O: requests out, answers in. The owner carries each request over a connection of its own, and
// answers HTTP challenges. Confined to the caller.
//
//   time ─▶ information ─▶ capabilities (─▶ services) ─▶ profiles ─▶ stream addresses ─▶ done
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "onvif/http_message.h"
#include "onvif/http_url.h"
#include "onvif/services.h"

namespace vedette::onvif {

struct OfferedStream {
  std::string url;  ///< rtsp or rtsps, on the device's own host, without user and password
  Profile profile;
};

/// One picture source of a device: most have one, recorders have one per channel, of which those
/// without an address of their own are left out.
struct OfferedCamera {
  std::string name;  ///< a proposal: the model, numbered where there are several
  OfferedStream main;
  std::optional<OfferedStream> sub;
};

struct DeviceOffer {
  DeviceInformation information;
  std::optional<Duration> clock_offset;  ///< the device's UTC minus ours; within a second
  std::vector<OfferedCamera> cameras;    ///< never empty
};

class DeviceSession {
 public:
  /// Sources of one device that are asked for their addresses.
  static constexpr size_t kMaxCameras = 64;

  struct Options {
    HttpUrl device;
    std::string user;  ///< "": the device is asked without a login
    std::string password;
  };
  explicit DeviceSession(Options options) : options_(std::move(options)) {}

  struct Request {
    HttpUrl url;  ///< always on the device's host
    std::string action;
    std::string envelope;
  };
  /// The request to be sent now; also to send the same again. `nonce`: 16 random bytes.
  /// REQUIRES: !done().
  [[nodiscard]] Request request(WallTime now, Bytes nonce) const;
  /// The answer to the last request. REQUIRES: !done().
  void on_response(const HttpMessage& response, WallTime now);
  /// HTTP authentication is in use: no token goes into the envelopes from now on, as some devices
  /// refuse a request that has both.
  void leave_login_to_http() { token_wanted_ = false; }

  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  /// Something in SOAP has come: at this address is a device.
  [[nodiscard]] bool answered() const { return answered_; }
  /// REQUIRES: done(). Errors: unauthenticated, failed_precondition (no ONVIF device, a redirect),
  /// unsupported (no Media service, nothing that can be recorded), data_loss.
  [[nodiscard]] Result<DeviceOffer>& result() { return result_; }

 private:
  enum class State { kTime, kInformation, kCapabilities, kServices, kProfiles, kAddresses, kDone };

  [[nodiscard]] Operation operation() const;
  void on_time(const std::string& body, WallTime now);
  void on_information(const std::string& body);
  void on_media_address(const std::string& body);
  [[nodiscard]] Result<HttpUrl> media_url(const std::string& address) const;
  void on_profiles(const std::string& body);
  void on_address(const Result<std::string>& uri);
  [[nodiscard]] OfferedStream& asked_stream();
  [[nodiscard]] const OfferedStream& asked_stream() const;
  void leave_out(Error error);
  void finish_address();
  void finish();
  void fail(Error error);

  Options options_;
  State state_ = State::kTime;
  bool token_wanted_ = true;
  bool answered_ = false;
  std::optional<HttpUrl> media_;
  DeviceOffer offer_;
  size_t camera_ = 0;  ///< whose stream is asked for
  bool sub_ = false;
  Result<DeviceOffer> result_{make_error(ErrorCode::kInternal, "not done")};
};

}  // namespace vedette::onvif
