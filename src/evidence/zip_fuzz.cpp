// SPDX-License-Identifier: Apache-2.0
// The input is an archive. One that is read is exactly what the writer makes of its entries.
#include <cstdint>

#include "base/assert.h"
#include "evidence/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  const ByteSpan input(data, size);
  const auto archive = evidence::read_zip(mp4::MemorySource(input));
  if (!archive) return 0;
  Bytes again;
  for (size_t i = 0; i < archive->entries.size(); ++i) {
    const Bytes header = evidence::zip_local_header(archive->entries[i]);
    again.insert(again.end(), header.begin(), header.end());
    VEDETTE_ASSERT(archive->offsets[i] == again.size());
    const ByteSpan bytes = input.subspan(static_cast<size_t>(archive->offsets[i]),
                                         static_cast<size_t>(archive->entries[i].size));
    again.insert(again.end(), bytes.begin(), bytes.end());
  }
  const Bytes directory = evidence::zip_directory(archive->entries);
  again.insert(again.end(), directory.begin(), directory.end());
  VEDETTE_ASSERT(std::equal(again.begin(), again.end(), input.begin(), input.end()));
  return 0;
}
