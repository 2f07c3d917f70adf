// SPDX-License-Identifier: Apache-2.0
// Attacks on one recording file, named by what was done. small_file.h has the notation.
#include <fstream>
#include <functional>
#include <iterator>

#include <gtest/gtest.h>

#include "evidence/small_file.h"
#include "evidence/verify_ledger.h"

namespace vedette::evidence {
namespace {

TEST(VerifyFile, AClosedFileIsIntactByteForByte) {
  for (const char* pattern : {"0]", "012]", "012|345]", "01|23|]"}) {
    const Bytes file = make(pattern).file();
    const Verification seen = verify(file);
    EXPECT_EQ(classes(seen), "") << pattern << ": "
                                 << (seen.findings.empty() ? "" : seen.findings[0].detail);
    EXPECT_EQ(seen.not_signed_yet, 0U);
    EXPECT_EQ(seen.bytes, file.size());
  }
}

TEST(VerifyFile, AnOpenFileIsIntactAndItsTailNotSignedYet) {
  const Parts parts = make("012|34");
  const Verification seen = verify(parts.file(false));
  EXPECT_EQ(classes(seen), "");
  EXPECT_EQ(seen.not_signed_yet, 2U);
  Bytes torn = parts.file(false);
  torn.resize(torn.size() - 3);
  EXPECT_EQ(classes(verify(torn)), "");
  Bytes preallocated = parts.file(false);
  preallocated.resize(preallocated.size() + 5000);
  EXPECT_EQ(classes(verify(preallocated)), "");
}

TEST(VerifyFile, EverySingleBitFlipIsFound) {
  const Bytes file = make("012|34]").file();
  for (size_t bit = 0; bit < file.size() * 8; bit += 11) {
    Bytes bad = file;
    bad[bit / 8] ^= static_cast<uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(verify(bad).intact()) << "bit " << bit % 8 << " of byte " << bit / 8;
  }
}

TEST(VerifyFile, AFragmentWithAnotherNumberIsAlteredAndNothingIsMissing) {
  constexpr size_t kSequenceAt = 40;  // of a record
  for (const size_t fragment : {1U, 3U, 4U}) {
    for (size_t bit = 0; bit < 32; ++bit) {
      Parts parts = make("012|34]");
      Bytes& box = parts.boxes[parts.index_of_fragment(fragment)];
      box[kSequenceAt + bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
      const Verification seen = verify(parts.file());
      EXPECT_TRUE(seen.has(FaultClass::kAltered)) << fragment << " " << bit << classes(seen);
      EXPECT_FALSE(seen.has(FaultClass::kRemoved)) << fragment << " " << bit << classes(seen);
    }
  }
}

struct Attack {
  const char* name;
  std::function<void(Parts&)> act;
  const char* found;  ///< the class that must be named
  bool index_fits = false;
};

TEST(VerifyFile, NamesEachAttackOnTheFragments) {
  const Attack attacks[] = {
      {"a picture is changed", [](Parts& p) { p.boxes[p.index_of_fragment(1)].back() ^= 1; },
       "altered"},
      {"a record says another time", [](Parts& p) { p.boxes[p.index_of_fragment(1)][50] ^= 1; },
       "altered"},
      {"the type of a record is destroyed",
       [](Parts& p) { p.boxes[p.index_of_fragment(1)][5] ^= 1; }, "altered"},
      {"a fragment is cut out", [](Parts& p) { p.remove(p.index_of_fragment(1)); }, "removed"},
      {"a checkpoint is cut out", [](Parts& p) { p.remove(p.index_of_checkpoint(0)); }, "removed"},
      {"the fragments of a checkpoint are cut out",
       [](Parts& p) {
         for (int i = 0; i < 4; ++i) p.remove(0);
       },
       "removed"},
      {"neighbours are swapped", [](Parts& p) { std::swap(p.boxes[0], p.boxes[1]); }, "reordered"},
      {"a fragment stands there twice",
       [](Parts& p) {
         p.boxes.insert(p.boxes.begin() + 1, p.boxes[1]);
         p.is_check.insert(p.is_check.begin() + 1, false);
       },
       "duplicated"},
      {"a checkpoint stands there twice",
       [](Parts& p) {
         p.boxes.push_back(p.boxes.back());
         p.is_check.push_back(true);
       },
       "duplicated"},
      {"a fragment of another camera is put in",
       [](Parts& p) {
         p.boxes[1] = make("0123", {"door", "00000000000000aa", {7}}).boxes[1];
       },
       "spliced"},
      {"bytes are put in", [](Parts& p) { p.boxes[0].resize(p.boxes[0].size() + 40, 'x'); },
       "unknown_bytes"},
      {"bytes are put at the end",
       [](Parts& p) { p.boxes.back().resize(p.boxes.back().size() + 40); }, "unknown_bytes"},
      {"the end is cut off at a fragment",
       [](Parts& p) {
         p.remove(p.boxes.size() - 1);
         p.remove(p.boxes.size() - 1);
       },
       "truncated"},
      {"the end is cut off behind a checkpoint",
       [](Parts& p) {
         while (p.boxes.size() > p.index_of_checkpoint(0) + 1) p.remove(p.boxes.size() - 1);
       },
       "truncated"},
      {"the end is cut off within a fragment",
       [](Parts& p) {
         p.remove(p.boxes.size() - 1);
         p.boxes.back().resize(p.boxes.back().size() - 2);
       },
       "truncated"},
      {"the head is changed", [](Parts& p) { p.head[60] ^= 1; }, "altered"},
      {"the index is changed", [](Parts& p) { p.sidx[47] ^= 1; }, "altered"},
  };
  for (const Attack& attack : attacks) {
    Parts parts = make("0123|45]");
    attack.act(parts);
    const Verification seen = verify(parts.file());
    ASSERT_FALSE(seen.intact()) << attack.name;
    EXPECT_NE(classes(seen).find(attack.found), std::string::npos)
        << attack.name << ": " << classes(seen) << ": " << seen.findings[0].detail;
  }
}

TEST(VerifyFile, AnAlteredPictureIsNamedWithItsPlaceAndTime) {
  Parts parts = make("0123|45]");
  const size_t box = parts.index_of_fragment(2);
  parts.boxes[box].back() ^= 1;
  const Verification seen = verify(parts.file());
  ASSERT_EQ(classes(seen), "altered");
  EXPECT_EQ(seen.findings[0].offset, parts.offset_of(box));
  EXPECT_EQ(seen.findings[0].sequence, 2U);
  EXPECT_EQ(seen.findings[0].utc->us, 1'795'356'209'200'000);
  EXPECT_EQ(seen.findings[0].path, "file.mp4");
}

// All records and hashes are made anew behind the change; only the signature was out of reach.
TEST(VerifyFile, AChainComputedAnewDoesNotFitItsCheckpoints) {
  Parts parts = make("012|34]");
  Making other;
  other.camera = "gate";
  Parts forged = make("012|34]", other);
  forged.boxes[0][50] ^= 1;  // another start time: the chain behind it is wrong, so make it anew
  Chain chain(other.run);
  for (size_t i = 0; i < forged.boxes.size(); ++i) {
    if (forged.is_check[i]) continue;
    Bytes& box = forged.boxes[i];
    const size_t size = ByteReader(box).u32();
    FragmentRecord record = decode(ByteSpan(box).first(size)).value();
    const Bytes again = chain.append(record).value();
    std::copy(again.begin(), again.end(), box.begin());
  }
  EXPECT_NE(classes(verify(forged.file())).find("altered"), std::string::npos);
}

TEST(VerifyFile, AnotherKeyIsNoticedWhereTheKeyIsKnownAndWhereItChanges) {
  const PublicKey ours = Ed25519Signer(Seed{7}).public_key();
  const Bytes stolen = make("012|34]", {"gate", "5f3a9c0e77b1d204", {8}}).file();
  EXPECT_EQ(classes(verify(stolen)), "");
  EXPECT_NE(classes(verify(stolen, {}, ours)).find("wrong_key"), std::string::npos);
  EXPECT_NE(classes(verify(stolen, {}, fingerprint(ours))).find("wrong_key"), std::string::npos);
  EXPECT_EQ(classes(verify(make("012|34]").file(), {}, fingerprint(ours))), "");
  Parts mixed = make("012|34]");
  mixed.boxes[mixed.index_of_checkpoint(1)] =
      make("012|34]", {"gate", "5f3a9c0e77b1d204", {8}}).boxes.back();
  EXPECT_NE(classes(verify(mixed.file())).find("wrong_key"), std::string::npos);
}

TEST(VerifyFile, AFileWithoutCheckpointsIsUnsigned) {
  EXPECT_EQ(classes(verify(make("0123").file())), "unsigned");
}

TEST(VerifyFile, TheLedgerKnowsWhatWasCutOff) {
  const Parts whole = make("012|34]");
  FileExpectation expectation;
  Verification ignored;
  const FileReport report = verify_file(mp4::MemorySource(whole.file()), {}, ignored);
  ASSERT_TRUE(report.readable && report.closed && report.final);
  expectation.entry = FileEntry{FileEntry::Event::kClosed, report.facts};
  expectation.at_rest = true;
  EXPECT_EQ(classes(verify(whole.file(), expectation)), "");
  // An older copy, from before it was closed.
  const Parts older = make("012|");
  EXPECT_EQ(classes(verify(older.file(false), expectation)), "truncated");
}

// Made from docs/design/format.md alone, in another language and with another library.
TEST(VerifyLedger, ALedgerWrittenByOthersFromTheGrammarIsIntact) {
  std::ifstream in(std::string(VEDETTE_SOURCE_DIR) + "/src/evidence/corpus/verify_fuzz/ledger",
                   std::ios::binary);
  const Bytes bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Verification out;
  LedgerBook book(out);
  book.read(bytes, true);
  book.finish();
  for (const Finding& finding : out.findings) ADD_FAILURE() << finding.detail;
  EXPECT_EQ(book.entries(), 6U);
  EXPECT_EQ(out.checkpoints, 1U);
  EXPECT_EQ(out.not_signed_yet, 0U);
  EXPECT_TRUE(book.files().empty());
  EXPECT_EQ(book.deleted().size(), 1U);
}

// A forger writes entries of a few bytes; each claims that a million before it are missing.
TEST(VerifyLedger, EntriesFarAheadDoNotTakeMemoryEach) {
  Bytes bytes;
  for (uint64_t i = 0; i < 50; ++i) {
    LedgerEntry entry;
    entry.site = "0123456789abcdef";
    entry.volume = "0123456789abcdef";
    entry.sequence = i * 1'000'000;
    if (i > 0) entry.previous.fill(1);
    entry.what = ServiceEntry{};
    const auto box = encode(entry);
    ASSERT_TRUE(box) << box.error().message();
    bytes.insert(bytes.end(), box->begin(), box->end());
  }
  Verification out;
  LedgerBook book(out);
  book.read(bytes, true);
  book.finish();
  EXPECT_TRUE(out.has(FaultClass::kRemoved));
  EXPECT_TRUE(out.has(FaultClass::kAltered));
  EXPECT_LE(book.entries(), 1'000'050U);
}

TEST(VerifyFile, WhatStandsBeforeTheHeadIsNotAPartOfIt) {
  const Bytes file = make("01").file(false);
  ASSERT_TRUE(verify(file).intact());
  ByteWriter hidden;
  hidden.u32(8 + 500);
  hidden.text("mdat");
  hidden.bytes(Bytes(500, 'x'));
  const uint32_t ftyp = ByteReader(file).u32();
  Bytes stuffed = file;
  stuffed.insert(stuffed.begin() + ftyp, hidden.view().begin(), hidden.view().end());
  EXPECT_EQ(classes(verify(stuffed)), "altered");
  // What other programs write: all pictures before moov, and no record anywhere.
  const uint32_t moov = ByteReader(ByteSpan(file).subspan(ftyp)).u32();
  Bytes ordinary = stuffed;
  ordinary.resize(ftyp + hidden.view().size() + moov);
  EXPECT_EQ(classes(verify(ordinary)), "altered");
}

TEST(VerifyFile, NothingAtAllAndGarbageAreNoRecording) {
  EXPECT_FALSE(verify(Bytes()).intact());
  EXPECT_FALSE(verify(Bytes(5000, 'x')).intact());
}

}  // namespace
}  // namespace vedette::evidence
