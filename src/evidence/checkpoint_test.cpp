// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint.h"

#include <gtest/gtest.h>

#include "evidence/checkpointer.h"
#include "evidence/ed25519.h"
#include "evidence/ledger_entry.h"
#include "mp4/test_tracks.h"

namespace vedette::evidence {
namespace {

using mp4::from_hex;

template <typename Array>
Array array_of(const char* hex) {
  const Bytes bytes = from_hex(hex);
  Array array{};
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

TEST(Ed25519, SignsLikeTheSecondExampleOfRfc8032) {
  const Ed25519Signer signer(
      array_of<Seed>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(to_hex(signer.public_key()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const Bytes message = {0x72};
  const Signature signature = signer.sign(message).value();
  EXPECT_EQ(signature, array_of<Signature>(
                           "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                           "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
  EXPECT_TRUE(ed25519_verify(signer.public_key(), message, signature));
  EXPECT_FALSE(ed25519_verify(signer.public_key(), Bytes{0x73}, signature));
}

Hash leaf(uint8_t i) { return sha256(Bytes{i}); }

// The definition of RFC 6962 §2.1, word for word.
Hash root_by_definition(const std::vector<Hash>& leaves) {
  if (leaves.empty()) return sha256({});
  Bytes bytes;
  if (leaves.size() == 1) {
    bytes = {0};
    bytes.insert(bytes.end(), leaves[0].begin(), leaves[0].end());
    return sha256(bytes);
  }
  size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  const Hash left = root_by_definition({leaves.begin(), leaves.begin() + static_cast<long>(k)});
  const Hash right = root_by_definition({leaves.begin() + static_cast<long>(k), leaves.end()});
  bytes = {1};
  bytes.insert(bytes.end(), left.begin(), left.end());
  bytes.insert(bytes.end(), right.begin(), right.end());
  return sha256(bytes);
}

TEST(MerkleTree, HasTheRootOfTheDefinitionForEverySize) {
  MerkleTree tree;
  std::vector<Hash> leaves;
  for (uint8_t i = 0; i < 70; ++i) {
    ASSERT_EQ(tree.root(), root_by_definition(leaves)) << int{i};
    leaves.push_back(leaf(i));
    tree.add(leaves.back());
  }
}

Checkpoint any_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.site = "farm";
  checkpoint.camera = "gate";
  checkpoint.run = "5f3a9c0e77b1d204";
  checkpoint.closing = checkpoint.final = true;
  checkpoint.first_sequence = 7;
  checkpoint.count = 3;
  checkpoint.number = 2;
  checkpoint.previous = leaf(1);
  checkpoint.signed_at = {1'795'356'207'200'000};
  checkpoint.ledger = {12, leaf(2)};
  return checkpoint;
}

TEST(Checkpoint, EveryByteOfItMatters) {
  const Ed25519Signer signer(Seed{1, 2, 3});
  Checkpoint checkpoint = any_checkpoint();
  const Bytes box = seal(checkpoint, signer).value();
  EXPECT_EQ(box.size(), kCheckpointFixedBytes + 8);
  EXPECT_EQ(decode_checkpoint(box).value(), checkpoint);
  EXPECT_EQ(encode(checkpoint).value(), box);
  EXPECT_TRUE(signature_is_right(box));
  for (size_t i = 0; i < box.size() * 8; ++i) {
    Bytes bad = box;
    bad[i / 8] ^= static_cast<uint8_t>(1U << (i % 8));
    const auto decoded = decode_checkpoint(bad);
    if (!decoded) continue;
    EXPECT_EQ(encode(*decoded).value(), bad) << "bit " << i;
    EXPECT_FALSE(signature_is_right(bad)) << "bit " << i;
  }
}

TEST(Checkpoint, FlagsThatContradictEachOtherAreRefused) {
  Checkpoint final_but_open = any_checkpoint();
  final_but_open.closing = false;
  EXPECT_FALSE(encode(final_but_open).has_value());
  Checkpoint ledger_of_a_camera = any_checkpoint();
  ledger_of_a_camera.final = ledger_of_a_camera.closing = false;
  ledger_of_a_camera.of_ledger = true;
  EXPECT_FALSE(encode(ledger_of_a_camera).has_value());
  Checkpoint first_with_predecessor = any_checkpoint();
  first_with_predecessor.number = 0;
  EXPECT_FALSE(encode(first_with_predecessor).has_value());
}

class FailingSigner final : public Signer {
 public:
  [[nodiscard]] SignatureAlgorithm algorithm() const override {
    return SignatureAlgorithm::kEd25519;
  }
  [[nodiscard]] PublicKey public_key() const override { return {}; }
  [[nodiscard]] Result<Signature> sign(ByteSpan) const override {
    return make_error(ErrorCode::kUnavailable, "the key is away");
  }
};

TEST(Checkpointer, WhatCouldNotBeSignedOrWrittenIsCoveredByTheNext) {
  Checkpoint about = any_checkpoint();
  about.first_sequence = 0;
  about.number = 0;
  about.previous = {};
  Checkpointer checkpointer(about);
  checkpointer.add(leaf(0), 2'000'000);
  EXPECT_FALSE(checkpointer.due_before(8'000'000));
  EXPECT_TRUE(checkpointer.due_before(8'000'001));
  EXPECT_FALSE(checkpointer.make(FailingSigner(), {}).has_value());
  const Ed25519Signer signer(Seed{9});
  const auto lost = checkpointer.make(signer, {}).value();
  checkpointer.add(leaf(1), 1'000'000);
  const auto made = checkpointer.make(signer, {}).value();
  EXPECT_NE(made.box, lost.box);
  EXPECT_EQ(decode_checkpoint(made.box)->count, 2U);
  EXPECT_EQ(decode_checkpoint(made.box)->number, 0U);
  checkpointer.written(made);
  const auto next = decode_checkpoint(checkpointer.make(signer, {})->box).value();
  EXPECT_EQ(next.first_sequence, 2U);
  EXPECT_EQ(next.count, 0U);
  EXPECT_EQ(next.number, 1U);
  EXPECT_EQ(next.previous, made.hash);
}

// The budget of docs/design/format.md: 2 Mbit/s, a GOP of one second, a file of five minutes.
TEST(Cost, RecordsAndCheckpointsStayBelowTwoThousandthsOfTheBytes) {
  constexpr double kSeconds = 300;
  constexpr double kBytes = 2e6 / 8 * kSeconds;
  const double records = kSeconds * (kRecordFixedBytes + 15);
  const double checkpoints = (kSeconds / 10 + 1) * (kCheckpointFixedBytes + 15);
  const double ledger = 3 * (168 + 15 + 64);
  EXPECT_LT((records + checkpoints + ledger) / kBytes, 0.002);
}

std::vector<LedgerEntry> any_entries() {
  LedgerEntry base;
  base.site = "farm";
  base.volume = "00112233aabbccdd";
  base.camera = "gate";
  base.sequence = 5;
  base.written = {1'795'356'207'200'000};
  base.previous = leaf(4);
  base.cause = "unreachable";
  base.detail = "no answer from the camera – since 14:03";
  const FileFacts facts{"5f3a9c0e77b1d204", 1, 300, 299, 75'000'000, {1}, {2}, leaf(9)};
  std::vector<LedgerEntry> entries(6, base);
  entries[0].what = GapEntry{GapEntry::Event::kClosed, 77, {1}, {2}, {3}};
  entries[1].what = DeletionEntry{facts};
  entries[2].what = HoldEntry{HoldEntry::Event::kLifted, 3, {1}, {2}};
  entries[3].what = FileEntry{FileEntry::Event::kGivenUp, facts};
  entries[3].stream = StreamKind::kSub;
  entries[4].what = ServiceEntry{ServiceEntry::Event::kStarted, leaf(3)};
  entries[4].camera.clear();
  entries[5].what = ExportEntry{{1}, {2}};
  return entries;
}

TEST(LedgerEntry, EncodesEveryKindInOneWayOnly) {
  const size_t ends[] = {124, 168, 116, 168, 124, 108};
  for (const LedgerEntry& entry : any_entries()) {
    const Bytes box = encode(entry).value();
    EXPECT_EQ(box.size(), ends[entry.what.index()] + entry.site.size() + entry.camera.size() +
                              entry.cause.size() + entry.detail.size());
    EXPECT_EQ(decode_entry(box).value(), entry);
    for (size_t i = 0; i < box.size() * 8; ++i) {
      Bytes bad = box;
      bad[i / 8] ^= static_cast<uint8_t>(1U << (i % 8));
      const auto decoded = decode_entry(bad);
      if (decoded) {
        EXPECT_EQ(encode(*decoded).value(), bad) << "bit " << i;
      }
    }
    EXPECT_FALSE(decode_entry(ByteSpan(box).first(box.size() - 1)).has_value());
  }
}

TEST(LedgerEntry, TextsOfOthersAreMadeFit) {
  EXPECT_EQ(as_cause("Disk full!"), "_isk_full_");
  EXPECT_EQ(as_detail("two\nlines"), "two lines");
  EXPECT_EQ(as_detail("\xff\xfe broken"), "?? broken");
  std::string cut(kMaxDetailBytes - 1, 'x');
  EXPECT_EQ(as_detail(cut + "\u00e9"), cut);
}

}  // namespace
}  // namespace vedette::evidence
