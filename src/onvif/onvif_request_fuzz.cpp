// SPDX-License-Identifier: Apache-2.0
// Whatever a client asks the simulator: the answer is an envelope, and nobody without the password
// is told anything that needs it.
#include "onvif/discovery.h"
#include "onvif/served_device.h"
#include "onvif/soap.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::onvif;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ServedDevice device;
  device.information = {"Vedette", "Simulated camera", "1", "serial"};
  device.service = "http://127.0.0.1:8090/onvif/cam0/device_service";
  device.media = "http://127.0.0.1:8090/onvif/cam0/media_service";
  device.streams = {
      {{"main", "Main", "0", Encoding::kH264, 1920, 1080, 15, 2048}, "rtsp://127.0.0.1:8554/cam0"}};
  device.user = "viewer";
  device.password = "not in any corpus";
  const Served served = serve(device, text, {1'800'000'000'000'000}, false);
  VEDETTE_ASSERT(served.status == 200 || served.status == 400);
  VEDETTE_ASSERT(served.envelope.find("rtsp://") == std::string::npos);
  VEDETTE_ASSERT(served.envelope.find(device.password) == std::string::npos);
  VEDETTE_ASSERT(served.status == 200 || find_fault(served.envelope).has_value());
  (void)parse_probe(text);
  return 0;
}
