// SPDX-License-Identifier: Apache-2.0
// AAC and G.711 over RTP through a whole receiver; fuzz_stream.h has the form of the input. Option
// 4 picks PCMA instead of AAC, 8 AAC-lbr, 16 no AU headers.
#include "rtp/fuzz_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::rtp;
  const uint8_t options = size > 0 ? data[0] : 0;
  TrackSetup setup;
  setup.codec = (options & 4) != 0 ? vedette::media::Codec::kPcma : vedette::media::Codec::kAac;
  setup.clock_rate = 8000;
  std::string fmtp = "mode=AAC-hbr;config=1588;sizelength=13;indexlength=3;indexdeltalength=3";
  if ((options & 8) != 0) fmtp = "mode=AAC-lbr;config=1588";
  if ((options & 16) != 0) fmtp = "mode=generic;config=1588;sizelength=0";
  run_script({data, size}, setup, fmtp);
  return 0;
}
