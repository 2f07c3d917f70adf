// SPDX-License-Identifier: Apache-2.0
// Where a crash ends and an attack begins: every bit and every end of small ledgers and recordings,
// and every way in which a disk loses sectors of a last write.
#include "evidence/torn_end.h"

#include <gtest/gtest.h>

#include "evidence/box_walk.h"
#include "evidence/small_file.h"
#include "evidence/verify_ledger.h"

namespace vedette::evidence {
namespace {

constexpr WallTime kBegin{1'795'356'207'200'000};

/// Writes a ledger: "s" started, "o" a file opened, "g" a gap with a long detail, "x" stopped,
/// "|" a checkpoint.
class SmallLedger {
 public:
  explicit SmallLedger(std::string_view pattern, bool with_key = true) : with_key_(with_key) {
    Checkpoint about;
    about.site = "farm";
    about.run = "00112233aabbccdd";
    about.of_ledger = true;
    checkpointer_ = Checkpointer(about);
    for (const char letter : pattern) letter == '|' ? sign() : add(letter);
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  /// Where each box begins, and the end.
  [[nodiscard]] const std::vector<size_t>& borders() const { return borders_; }
  [[nodiscard]] size_t last_boxes(size_t count) const {
    return borders_[borders_.size() - 1 - count];
  }
  [[nodiscard]] size_t last_box() const { return borders_[borders_.size() - 2]; }

 private:
  void add(char letter) {
    LedgerEntry entry;
    entry.site = "farm";
    entry.volume = "00112233aabbccdd";
    entry.sequence = sequence_;
    entry.written = {kBegin.us + static_cast<int64_t>(sequence_) * 1'000'000};
    entry.previous = head_;
    ServiceEntry service;
    if (with_key_) service.key = signer_.public_key();
    if (letter == 'x') service.event = ServiceEntry::Event::kStopped;
    entry.what = service;
    if (letter == 'g') {
      entry.what = GapEntry{GapEntry::Event::kOpened, sequence_, kBegin, {}, kBegin};
      entry.camera = "gate";
      entry.cause = "unreachable";
      entry.detail = std::string(700, 'd');
    } else if (letter == 'o') {
      FileFacts facts;
      facts.run = "5f3a9c0e77b1d204";
      facts.start = kBegin;
      entry.what = FileEntry{FileEntry::Event::kOpened, facts};
      entry.camera = "gate";
      entry.detail = "gate/2026/11/22/140327-5f3a9c0e77b1d204-0.mp4";
    }
    const Bytes box = encode(entry).value();
    head_ = record_hash(box);
    checkpointer_.add(head_);
    ++sequence_;
    put(box);
  }
  void sign() {
    Checkpointer::State state;
    state.now = kBegin;
    state.ledger = {sequence_, head_};
    const auto made = checkpointer_.make(signer_, state).value();
    checkpointer_.written(made);
    put(made.box);
  }
  void put(const Bytes& box) {
    bytes_.insert(bytes_.end(), box.begin(), box.end());
    borders_.push_back(bytes_.size());
  }

  const bool with_key_;
  const Ed25519Signer signer_{Seed{7}};
  Checkpointer checkpointer_;
  Bytes bytes_;
  std::vector<size_t> borders_{0};
  Hash head_{};
  uint64_t sequence_ = 0;
};

Verification verify_ledger(const Bytes& bytes) {
  Verification out;
  out.path = "ledger";
  LedgerBook book(out);
  book.read(bytes, true);
  book.finish();
  return out;
}

std::string said(const Verification& seen) {
  return classes(seen) + (seen.torn.empty() ? "" : " (torn)");
}

Bytes flipped(Bytes bytes, size_t bit) {
  bytes[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
  return bytes;
}
// Every bit from byte `all_from` on, where a crash could be meant, and one of each byte before it.
std::vector<size_t> bits_of(const Bytes& bytes, size_t all_from) {
  std::vector<size_t> bits;
  for (size_t at = 0; at < bytes.size(); ++at)
    for (size_t bit = 0; bit < 8; ++bit)
      if (at >= all_from || bit == at % 8) bits.push_back(at * 8 + bit);
  return bits;
}
Bytes cut(const Bytes& bytes, size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)};
}

TEST(TornEnd, EveryBitOfASignedLedgerIsFound) {
  for (const char* pattern : {"so|x|", "s|o|"}) {
    const SmallLedger ledger(pattern);
    const Bytes& whole = ledger.bytes();
    ASSERT_EQ(said(verify_ledger(whole)), "") << pattern;
    for (const size_t bit : bits_of(whole, ledger.last_boxes(2))) {
      const Verification seen = verify_ledger(flipped(whole, bit));
      ASSERT_FALSE(seen.intact()) << pattern << " bit " << bit % 8 << " of byte " << bit / 8;
      ASSERT_TRUE(seen.torn.empty()) << pattern << " byte " << bit / 8;
    }
  }
}

TEST(TornEnd, EveryEndOfALedgerThatStoppedIsTruncatedBehindThatEntry) {
  const SmallLedger ledger("sog|x|");
  const size_t stopped = ledger.last_box();
  for (size_t size = stopped; size < ledger.bytes().size(); ++size) {
    const Verification seen = verify_ledger(cut(ledger.bytes(), size));
    ASSERT_EQ(classes(seen), "truncated") << "at byte " << size;
    ASSERT_EQ(seen.torn.size(), size == stopped ? 0U : 1U) << "at byte " << size;
  }
}

TEST(TornEnd, EveryEndOfARunningLedgerIsACrashAndSaysSo) {
  const SmallLedger ledger("sog|o");
  for (size_t size = 1; size < ledger.bytes().size(); ++size) {
    const Verification seen = verify_ledger(cut(ledger.bytes(), size));
    ASSERT_EQ(classes(seen), "") << "at byte " << size;
    size_t whole = 0;
    for (const size_t border : ledger.borders()) whole = border <= size ? border : whole;
    if (size == whole) {
      ASSERT_TRUE(seen.torn.empty()) << "at byte " << size;
      continue;
    }
    const TornEnd expected{"ledger", whole, size - whole};
    ASSERT_EQ(seen.torn.size(), 1U) << "at byte " << size;
    ASSERT_EQ(seen.torn.front(), expected) << "at byte " << size;
  }
}

TEST(TornEnd, EverySectorOfTheLastWriteOfALedgerMayBeLost) {
  const SmallLedger ledger("s|ogog|");
  const size_t written = ledger.borders()[2];  // one write of five boxes
  const Bytes& whole = ledger.bytes();
  const size_t first = written / kSectorBytes;
  const size_t sectors = (whole.size() + kSectorBytes - 1) / kSectorBytes - first;
  ASSERT_GE(sectors, 4U);
  for (size_t lost = 1; lost < size_t{1} << sectors; ++lost) {
    Bytes bytes = whole;
    for (size_t at = written; at < bytes.size(); ++at)
      if ((lost >> (at / kSectorBytes - first) & 1) != 0) bytes[at] = 0;
    const Verification seen = verify_ledger(bytes);
    // Where the signature arrived, somebody had those sectors once.
    const bool is_signed = (lost >> (sectors - 1) & 1) == 0 &&
                           (ledger.last_box() / kSectorBytes == first + sectors - 1 ||
                            (lost >> (sectors - 2) & 1) == 0);
    if (is_signed) {
      ASSERT_NE(classes(seen), "") << lost;
    } else {
      ASSERT_EQ(classes(seen), "") << lost << ": " << seen.findings[0].detail;
      ASSERT_EQ(seen.torn.size(), 1U) << lost;
    }
  }
}

TEST(TornEnd, ALedgerWithoutAKeyThatStoppedIsUnsigned) {
  EXPECT_EQ(said(verify_ledger(SmallLedger("sogx", false).bytes())), "unsigned");
  EXPECT_EQ(said(verify_ledger(SmallLedger("sog", false).bytes())), "");
}

TEST(TornEnd, WhatIsPutBehindALedgerIsNoCrash) {
  Bytes bytes = SmallLedger("sog|x|").bytes();
  Bytes more = bytes;
  more.resize(more.size() + 1200, 'x');
  EXPECT_EQ(said(verify_ledger(more)), "unknown_bytes");
  more = bytes;
  more.resize(more.size() + 5000);
  EXPECT_EQ(said(verify_ledger(more)), " (torn)");
}

// Bits of a recording file that is still open. What no checkpoint covers can be changed by whoever
// makes the hashes anew; a mere accident there is found all the same, but for fields of the last
// record that nothing else repeats.
TEST(TornEnd, EveryBitOfAnOpenRecordingThatIsSignedIsFound) {
  for (const char* pattern : {"01|", "0|1|"}) {
    const Parts parts = make(pattern);
    const Bytes whole = parts.file(false);
    ASSERT_EQ(said(verify(whole)), "") << pattern;
    for (const size_t bit : bits_of(whole, parts.offset_of(parts.boxes.size() - 2))) {
      const Verification seen = verify(flipped(whole, bit));
      ASSERT_FALSE(seen.intact()) << pattern << " bit " << bit % 8 << " of byte " << bit / 8;
      ASSERT_TRUE(seen.torn.empty()) << pattern << " byte " << bit / 8;
    }
  }
}

TEST(TornEnd, EveryBitOfAnUnsignedEndIsFoundButForTheFieldsOfTheLastRecord) {
  const Parts parts = make("012|34");
  const Bytes whole = parts.file(false);
  const auto last = static_cast<size_t>(parts.offset_of(parts.boxes.size() - 1));
  for (size_t bit = last * 8; bit < whole.size() * 8; ++bit) {
    const Bytes bytes = flipped(whole, bit);
    const auto box = box_at(bytes, last);
    const bool only_fields = box && decode(*box) && bit / 8 < last + box->size();
    const Verification seen = verify(bytes);
    ASSERT_TRUE(seen.torn.empty()) << "byte " << bit / 8 - last;
    ASSERT_TRUE(only_fields || !seen.intact()) << "byte " << bit / 8 - last;
    ASSERT_TRUE(!seen.intact() || seen.not_signed_yet == 2) << "byte " << bit / 8 - last;
  }
}

TEST(TornEnd, EveryBitOfAClosedRecordingIsFound) {
  const Parts parts = make("01|2]");
  const Bytes whole = parts.file();
  for (const size_t bit : bits_of(whole, parts.offset_of(parts.boxes.size() - 2))) {
    const Verification seen = verify(flipped(whole, bit));
    ASSERT_FALSE(seen.intact()) << "bit " << bit % 8 << " of byte " << bit / 8;
    ASSERT_TRUE(seen.torn.empty()) << "byte " << bit / 8;
  }
}

TEST(TornEnd, EveryEndOfAClosedRecordingIsTruncated) {
  for (const char* pattern : {"012|34]", "01]"}) {
    const Parts parts = make(pattern);
    const Bytes whole = parts.file();
    FileExpectation closed;
    closed.at_rest = true;
    for (size_t size = 0; size < whole.size(); ++size) {
      const Verification seen = verify(cut(whole, size), closed);
      // Without its only checkpoint it could as well be one that was recorded without a key.
      const bool bare = pattern[2] == ']' && size == parts.offset_of(2);
      ASSERT_EQ(said(seen), bare ? "unsigned" : "truncated")
          << pattern << " at byte " << size << ": "
          << (seen.findings.empty() ? "" : seen.findings[0].detail);
    }
  }
}

TEST(TornEnd, EveryEndOfAnOpenRecordingIsACrashAndSaysSo) {
  const Parts parts = make("012|34");
  const Bytes whole = parts.file(false);
  for (size_t size = parts.head.size() + 1; size < whole.size(); ++size) {
    const Verification seen = verify(cut(whole, size));
    ASSERT_EQ(classes(seen), "") << "at byte " << size;
    size_t border = parts.head.size();
    for (size_t box = 0; box <= parts.boxes.size(); ++box)
      if (parts.offset_of(box) <= size) border = static_cast<size_t>(parts.offset_of(box));
    ASSERT_EQ(seen.torn.size(), size == border ? 0U : 1U) << "at byte " << size;
    ASSERT_TRUE(size == border || seen.torn.front().offset == border) << "at byte " << size;
  }
}

// The head of a file that was begun a moment ago, in a volume whose service runs.
TEST(TornEnd, EveryEndOfANewHeadIsACrash) {
  const Parts parts = make("0");
  FileExpectation fresh;
  fresh.may_be_new = true;
  for (size_t size = 0; size < parts.head.size(); ++size)
    ASSERT_EQ(classes(verify(cut(parts.head, size), fresh)), "") << "at byte " << size;
}

TEST(TornEnd, EverySectorOfTheLastFragmentsOfARecordingMayBeLost) {
  const Parts parts = make("012|3456");
  const Bytes whole = parts.file(false);
  const auto written = static_cast<size_t>(parts.offset_of(4));
  const size_t first = written / kSectorBytes;
  const size_t sectors = (whole.size() + kSectorBytes - 1) / kSectorBytes - first;
  ASSERT_GE(sectors, 3U);
  for (size_t lost = 1; lost < size_t{1} << sectors; ++lost) {
    Bytes bytes = whole;
    for (size_t at = written; at < bytes.size(); ++at)
      if ((lost >> (at / kSectorBytes - first) & 1) != 0) bytes[at] = 0;
    const Verification seen = verify(bytes);
    ASSERT_EQ(classes(seen), "") << lost << ": " << seen.findings[0].detail;
    ASSERT_EQ(seen.torn.size(), 1U) << lost;
    ASSERT_GE(seen.torn.front().offset, written) << lost;
  }
}

TEST(TornEnd, ASectorThatIsLostBeforeACheckpointIsAltered) {
  const Parts parts = make("0123456|");
  Bytes bytes = parts.file(false);
  const size_t from = (static_cast<size_t>(parts.offset_of(1)) / kSectorBytes + 1) * kSectorBytes;
  std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(from), kSectorBytes, uint8_t{0});
  const Verification seen = verify(bytes);
  EXPECT_NE(classes(seen).find("altered"), std::string::npos) << classes(seen);
  EXPECT_TRUE(seen.torn.empty());
}

}  // namespace
}  // namespace vedette::evidence
