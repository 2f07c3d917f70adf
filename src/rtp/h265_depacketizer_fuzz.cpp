// SPDX-License-Identifier: Apache-2.0
// H.265 over RTP through a whole receiver; fuzz_stream.h has the form of the input.
#include "rtp/fuzz_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  vedette::rtp::TrackSetup setup;
  setup.codec = vedette::media::Codec::kH265;
  vedette::rtp::run_script({data, size}, setup,
                           "sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwAeugJA;"
                           "sprop-sps=QgEBAWAAAAMAkAAAAwAAAwAeoCiBBxERlukpMLwFoCAAAAMAIAAAAwHh;"
                           "sprop-pps=RAHAc8GJ");
  return 0;
}
