// SPDX-License-Identifier: Apache-2.0
// Whatever a device answers, at any step: the session ends or asks on, always the same host, and
// what it offers is on that host and holds no line break. The input is cut at NUL into answers.
#include <algorithm>

#include "onvif/device_session.h"
#include "onvif/discovery.h"
#include "onvif/soap.h"

namespace vedette::onvif {
namespace {

constexpr std::string_view kHost = "192.168.1.20";

void check_url(const std::string& url) {
  VEDETTE_ASSERT(url.compare(0, 4, "rtsp") == 0);
  VEDETTE_ASSERT(url.find("://" + std::string(kHost)) != std::string::npos);
  VEDETTE_ASSERT(url.find_first_of("\r\n ") == std::string::npos);
}

void converse(std::string_view input) {
  DeviceSession session({{false, std::string(kHost), 80, "/"}, "viewer", "secret"});
  for (size_t n = 0; !session.done() && n < 512 && !input.empty(); ++n) {
    const auto request = session.request({1'800'000'000'000'000}, Bytes(16, 7));
    VEDETTE_ASSERT(request.url.host == kHost);
    VEDETTE_ASSERT(request.envelope.find("secret") == std::string::npos);
    const size_t end = std::min(input.find('\0'), input.size());
    HttpMessage answer;
    answer.status = 200;
    answer.body = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    session.on_response(answer, {1'800'000'000'000'000});
  }
  if (!session.done() || !session.result()) return;
  VEDETTE_ASSERT(!session.result()->cameras.empty());
  for (const OfferedCamera& camera : session.result()->cameras) {
    check_url(camera.main.url);
    if (camera.sub) check_url(camera.sub->url);
  }
}

}  // namespace
}  // namespace vedette::onvif

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::onvif;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  converse(text);
  if (const auto matches = parse_probe_matches(text, "1")) {
    VEDETTE_ASSERT(!matches->empty() && matches->size() <= kMaxMatches);
    for (const ProbeMatch& match : *matches) {
      const auto url = choose_service(match, kHost);
      VEDETTE_ASSERT(!url || url->host == kHost);
    }
  }
  return 0;
}
