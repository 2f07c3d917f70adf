// SPDX-License-Identifier: Apache-2.0
// A recording file of any bytes, and the index of its fragments: as recovery reads it, as fsck
// does, and as the catalog keeps it. The first byte chooses how, and whether the rest is an index.
#include "fs/fake_file_system.h"
#include "store/fragment_index.h"
#include "store/recorded_file.h"

using namespace vedette;

namespace {

void check_entries(const std::vector<store::FragmentEntry>& entries, uint32_t timescale) {
  for (size_t i = 1; i < entries.size(); ++i) {
    const store::FragmentEntry& before = entries[i - 1];
    VEDETTE_ASSERT(entries[i].sequence > before.sequence);
    VEDETTE_ASSERT(entries[i].offset - entries[i].record_size >= before.offset + before.size);
  }
  const Bytes blob = store::encode_index(entries, timescale);
  const auto again = store::decode_index(blob, timescale);
  VEDETTE_ASSERT(again.has_value() && *again == entries);
}

void read_index(ByteSpan blob) {
  const auto entries = store::decode_index(blob, 90'000);
  if (!entries) return;
  VEDETTE_ASSERT(entries->size() <= store::kMaxFragmentsPerFile);
  check_entries(*entries, 90'000);
}

void read_file(ByteSpan content, uint8_t how) {
  fs::FakeFileSystem files;
  (void)files.make_dirs("/video");
  const auto file = files.create("/video/file.mp4");
  VEDETTE_ASSERT(file.has_value());
  (void)(*file)->write_at(0, {&content, 1});
  store::ReadSpec spec;
  spec.hashes = static_cast<store::HashCheck>(how % 3);
  spec.stop_at_fault = (how & 4) != 0;
  spec.samples = (how & 8) != 0;
  spec.keep_records = (how & 16) != 0;
  const auto read = store::read_recorded(files, "/video/file.mp4", spec);
  if (!read) return;
  VEDETTE_ASSERT(read->good_end <= read->size && read->size == content.size());
  VEDETTE_ASSERT(!spec.keep_records || read->records.size() == read->fragments.size());
  for (const store::FragmentEntry& entry : read->fragments)
    VEDETTE_ASSERT(entry.offset + entry.size <= read->size);
  check_entries(read->fragments, read->timescale);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ByteSpan rest(data + 1, size - 1);
  (data[0] & 0x80) != 0 ? read_index(rest) : read_file(rest, data[0]);
  return 0;
}
