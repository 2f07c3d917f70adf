// SPDX-License-Identifier: Apache-2.0
// H.264 over RTP through a whole receiver; fuzz_stream.h has the form of the input.
#include "rtp/fuzz_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  vedette::rtp::run_script(
      {data, size}, {},
      "packetization-mode=1;sprop-parameter-sets=Z2QACqyyCPYCIAAAAwAgAAADA8HiRMk=,aOvDyyLA");
  return 0;
}
