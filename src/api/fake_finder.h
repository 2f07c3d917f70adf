// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: a network with the devices and streams that a test puts there.
#pragma once

#include <optional>

#include "ingest/finder.h"

namespace vedette::api {

class FakeFinder final : public ingest::CameraFinder {
 public:
  Result<ingest::DiscoveryReport> discover() override { return report; }
  Result<onvif::DeviceOffer> ask_device(const ingest::DeviceQuestion& question) override {
    asked = question;
    if (failure) return *failure;
    return offer;
  }
  Result<ingest::StreamOffer> try_stream(const rtsp::Url& url) override {
    tried = url;
    if (failure) return *failure;
    return stream;
  }

  ingest::DiscoveryReport report;
  onvif::DeviceOffer offer;
  ingest::StreamOffer stream;
  std::optional<Error> failure;
  ingest::DeviceQuestion asked;
  std::optional<rtsp::Url> tried;
};

}  // namespace vedette::api
