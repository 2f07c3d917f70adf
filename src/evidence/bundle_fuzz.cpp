// SPDX-License-Identifier: Apache-2.0
// The input is judged as a bundle, an original, an excerpt of a ledger, a manifest and an omitted
// box. What decodes encodes to the same bytes; nothing leaves the span.
#include <cstdint>

#include "base/assert.h"
#include "evidence/verify_bundle.h"
#include "evidence/verify_excerpt.h"
#include "evidence/verify_piece.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  const ByteSpan input(data, size);
  const auto bundle = evidence::verify_bundle(mp4::MemorySource(input), std::nullopt);
  // Nobody who lacks the key makes something that is intact out of something else; the corpus holds
  // a real one, whose manifest decodes then.
  if (bundle && bundle->verification.intact()) VEDETTE_ASSERT(bundle->manifest.has_value());

  evidence::Verification out;
  for (const auto& seen : evidence::PieceVerifier(input, out).verify()) {
    VEDETTE_ASSERT(seen.offset < size);
  }
  (void)evidence::verify_ledger_excerpt(input, out);
  for (const auto& finding : out.findings) {
    VEDETTE_ASSERT(!finding.detail.empty() && finding.offset.value_or(0) <= size);
  }
  if (const auto manifest = evidence::parse_manifest(as_text(input))) {
    VEDETTE_ASSERT(evidence::encode(*manifest).value() == as_text(input));
  }
  if (const auto omitted = evidence::decode_omitted(input)) {
    const Bytes again = evidence::encode(*omitted).value();
    VEDETTE_ASSERT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  }
  return 0;
}
