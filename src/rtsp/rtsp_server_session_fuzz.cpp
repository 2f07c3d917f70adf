// SPDX-License-Identifier: Apache-2.0
// Whatever a client sends: the session answers in well-formed RTSP, keeps its states in order, and
// gives the same answers however the bytes are cut into reads.
#include <algorithm>

#include "base/assert.h"
#include "rtsp/server_session.h"

namespace vedette::rtsp {
namespace {

class AnyCamera final : public ServerHandler {
 public:
  Result<ServedMedia> describe(std::string_view path) override {
    if (path == "/cam0") return ServedMedia{"v=0\r\n", {"stream=0", "stream=1"}};
    if (path == "/cam0/sub") return ServedMedia{"v=0\r\n", {"stream=0"}};
    return make_error(ErrorCode::kNotFound, "no such path");
  }
  Result<Transport> set_up(std::string_view, size_t track, const Transport& asked) override {
    VEDETTE_ASSERT(track < 2 && !playing && !torn_down);
    VEDETTE_ASSERT(asked.tcp || asked.client_port);
    set_up_once = true;
    return asked;
  }
  Result<std::vector<Start>> play(std::string_view) override {
    VEDETTE_ASSERT(set_up_once && !playing && !torn_down);
    playing = true;
    return std::vector<Start>{{0, 1, 2}};
  }
  void pause() override {
    VEDETTE_ASSERT(playing && !torn_down);
    playing = false;
  }
  void teardown() override {
    VEDETTE_ASSERT(set_up_once && !torn_down);
    playing = false;
    torn_down = true;
  }
  bool set_up_once = false;
  bool playing = false;
  bool torn_down = false;
};

Bytes converse(ByteSpan input, size_t chunk, ServerScheme scheme) {
  AnyCamera camera;
  ServerOptions options;
  options.login = {scheme, "cam", "ann", "secret", "n0", 3};
  ServerSession session(options, camera);
  Bytes output;
  while (!input.empty()) {
    const ByteSpan part = input.first(std::min(chunk, input.size()));
    input = input.subspan(part.size());
    const bool good = session.on_bytes(part, MonoTime{1}).has_value();
    const Bytes answer = session.take_output();
    output.insert(output.end(), answer.begin(), answer.end());
    VEDETTE_ASSERT(session.playing() == camera.playing);
    VEDETTE_ASSERT(session.closed() == camera.torn_down);
    if (!good) break;
  }
  return output;
}

void check_well_formed(ByteSpan output) {
  MessageParser parser;
  parser.feed(output);
  for (;;) {
    const auto item = parser.next();
    VEDETTE_ASSERT(item.has_value());
    if (*item == MessageParser::Item::kNeedMore) break;
    VEDETTE_ASSERT(*item == MessageParser::Item::kResponse);
  }
  VEDETTE_ASSERT(parser.carried() == 0);
}

}  // namespace
}  // namespace vedette::rtsp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  if (size < 2) return 0;
  const auto scheme = static_cast<rtsp::ServerScheme>(data[0] % 5);
  const size_t chunk = size_t{data[1]} + 1;
  const ByteSpan input(data + 2, size - 2);
  const Bytes whole = rtsp::converse(input, input.size(), scheme);
  rtsp::check_well_formed(whole);
  VEDETTE_ASSERT(rtsp::converse(input, chunk, scheme) == whole);
  return 0;
}
