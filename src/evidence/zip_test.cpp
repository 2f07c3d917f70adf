// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip.h"

#include <gtest/gtest.h>

namespace vedette::evidence {
namespace {

uint32_t crc_of(std::string_view text) {
  Crc32 crc;
  crc.update(as_bytes(text));
  return crc.value();
}

void append(Bytes& to, ByteSpan part) { to.insert(to.end(), part.begin(), part.end()); }

Bytes archive_of(const std::vector<std::pair<std::string, std::string>>& files) {
  Bytes out;
  std::vector<ZipEntry> entries;
  for (const auto& [name, content] : files) {
    entries.push_back({name, content.size(), crc_of(content)});
    append(out, zip_local_header(entries.back()));
    append(out, as_bytes(content));
  }
  append(out, zip_directory(entries));
  return out;
}

/// An archive whose first entry is 5 GiB of zeros that nobody stores: the frame around a hole.
class HugeSource final : public mp4::ByteSource {
 public:
  HugeSource() {
    entries = {{"video.mp4", uint64_t{5} << 30, 0x12345678}, {"note.txt", 3, crc_of("abc")}};
    head_ = zip_local_header(entries[0]);
    append(tail_, zip_local_header(entries[1]));
    append(tail_, as_bytes("abc"));
    append(tail_, zip_directory(entries));
  }
  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    size_t done = 0;
    for (; done < out.size() && offset + done < size(); ++done) out[done] = at(offset + done);
    return done;
  }
  uint64_t size() const override { return tail_begin() + tail_.size(); }
  std::vector<ZipEntry> entries;

 private:
  uint64_t tail_begin() const { return head_.size() + entries[0].size; }
  uint8_t at(uint64_t offset) const {
    if (offset < head_.size()) return head_[static_cast<size_t>(offset)];
    if (offset < tail_begin()) return 0;
    return tail_[static_cast<size_t>(offset - tail_begin())];
  }
  Bytes head_;
  Bytes tail_;
};

TEST(Zip, the_checksum_is_that_of_everybody_else) {
  EXPECT_EQ(crc_of("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc_of(""), 0U);
  Crc32 pieces;
  pieces.update(as_bytes("The quick brown fox "));
  pieces.update(as_bytes("jumps over the lazy dog"));
  EXPECT_EQ(pieces.value(), 0x414FA339U);
}

TEST(Zip, what_was_written_is_read) {
  const Bytes bytes = archive_of({{"report.txt", "all is well"}, {"original/1.mp4", ""}});
  const auto archive = read_zip(mp4::MemorySource(bytes));
  ASSERT_TRUE(archive) << archive.error().message();
  ASSERT_EQ(archive->entries.size(), 2U);
  EXPECT_EQ(archive->entries[0].name, "report.txt");
  EXPECT_EQ(as_text(ByteSpan(bytes).subspan(archive->offsets[0], 11)), "all is well");
  EXPECT_EQ(archive->entries[1], (ZipEntry{"original/1.mp4", 0, 0}));
}

TEST(Zip, an_archive_above_4_gib_is_read_as_zip64) {
  const HugeSource source;
  const auto archive = read_zip(source);
  ASSERT_TRUE(archive) << archive.error().message();
  EXPECT_EQ(archive->entries, source.entries);
  EXPECT_GT(archive->offsets[1], uint64_t{5} << 30);
}

TEST(Zip, no_byte_of_the_frame_can_be_changed_unseen) {
  const Bytes bytes = archive_of({{"a.txt", "first"}, {"b.txt", "second"}});
  const auto whole = read_zip(mp4::MemorySource(bytes)).value();
  for (size_t i = 0; i < bytes.size(); ++i) {
    bool content = false;
    for (size_t e = 0; e < whole.entries.size(); ++e) {
      content = content || (i >= whole.offsets[e] && i < whole.offsets[e] + whole.entries[e].size);
    }
    if (content) continue;
    for (const int bit : {0, 4, 7}) {
      Bytes changed = bytes;
      changed[i] = static_cast<uint8_t>(changed[i] ^ 1 << bit);
      EXPECT_FALSE(read_zip(mp4::MemorySource(changed))) << "byte " << i;
    }
  }
}

TEST(Zip, cut_off_or_with_something_added_it_is_refused) {
  const Bytes bytes = archive_of({{"a.txt", "first"}});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_zip(mp4::MemorySource(ByteSpan(bytes).first(size)))) << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(read_zip(mp4::MemorySource(longer)));
  longer = {0};
  append(longer, bytes);
  EXPECT_FALSE(read_zip(mp4::MemorySource(longer)));
}

TEST(Zip, a_name_that_stands_twice_is_refused) {
  EXPECT_FALSE(read_zip(mp4::MemorySource(archive_of({{"a", "1"}, {"a", "2"}}))));
}

TEST(Zip, no_name_leads_out_of_its_folder) {
  for (const char* name : {"a", "report.txt", "original/0001-5f3a.mp4", "A-b_c.d/e"}) {
    EXPECT_TRUE(check_zip_name(name)) << name;
  }
  for (const char* name : {"", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a b", "a\\b", "é"}) {
    EXPECT_FALSE(check_zip_name(name)) << name;
  }
  EXPECT_FALSE(check_zip_name(std::string(201, 'a')));
}

}  // namespace
}  // namespace vedette::evidence
