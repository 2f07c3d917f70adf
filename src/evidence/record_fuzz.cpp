// SPDX-License-Identifier: Apache-2.0
// The input is a row of uuid boxes. One that decodes encodes to the same bytes; those of a chain
// are judged without leaving the span, whatever they say.
#include <cstdint>

#include "base/assert.h"
#include "evidence/chain.h"
#include "mp4/box.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  const ByteSpan input(data, size);
  std::vector<evidence::FragmentRecord> records;
  for (uint64_t at = 0; at < input.size() && records.size() < 64;) {
    const auto box = mp4::read_box_header(input, at);
    if (!box) break;
    const ByteSpan bytes = input.subspan(static_cast<size_t>(at), static_cast<size_t>(box->size));
    if (const auto record = evidence::decode(bytes)) {
      const auto again = evidence::encode(*record);
      VEDETTE_ASSERT(again.has_value());
      VEDETTE_ASSERT(ByteSpan(*again).size() == bytes.size() &&
                     std::equal(bytes.begin(), bytes.end(), again->begin()));
      records.push_back(*record);
    }
    at = box->end();
  }
  size_t last = 0;
  for (const auto begin : {evidence::ChainBegin::kStartOfRun, evidence::ChainBegin::kAnywhere}) {
    last = 0;
    for (const auto& finding : evidence::check_chain(records, begin)) {
      VEDETTE_ASSERT(finding.index < records.size() && finding.index >= last);
      last = finding.index;
    }
  }
  return 0;
}
