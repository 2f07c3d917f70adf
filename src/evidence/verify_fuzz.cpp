// SPDX-License-Identifier: Apache-2.0
// The input is a recording file, a ledger, or one box of either. Whatever it says, it is judged
// within its bytes; a box that decodes encodes to the same bytes.
#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/verify_file.h"
#include "evidence/verify_ledger.h"

namespace {

using namespace vedette;

template <typename Decoded>
void check_round_trip(const Result<Decoded>& decoded, ByteSpan box) {
  if (!decoded) return;
  const auto again = evidence::encode(*decoded);
  VEDETTE_ASSERT(again.has_value());
  VEDETTE_ASSERT(std::equal(box.begin(), box.end(), again->begin(), again->end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteSpan input(data, size);
  for (auto at = evidence::find_box(input, 0); at; at = evidence::find_box(input, *at + 1)) {
    const auto box = evidence::box_at(input, *at);
    if (!box) continue;
    check_round_trip(evidence::decode_checkpoint(*box), *box);
    check_round_trip(evidence::decode_entry(*box), *box);
  }
  evidence::Verification out;
  const auto report = evidence::verify_file(mp4::MemorySource(input), {}, out);
  VEDETTE_ASSERT(!report.readable || out.records > 0);
  for (const auto& finding : out.findings)
    VEDETTE_ASSERT(!finding.offset || *finding.offset <= input.size());
  evidence::Verification ledger_out;
  evidence::LedgerBook book(ledger_out);
  book.read(input, true);
  book.finish();
  return 0;
}
