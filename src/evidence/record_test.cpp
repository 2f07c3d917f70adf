// SPDX-License-Identifier: Apache-2.0
#include "evidence/record.h"

#include <gtest/gtest.h>

#include "mp4/test_tracks.h"

namespace vedette::evidence {
namespace {

using mp4::from_hex;

FragmentRecord example() {
  FragmentRecord record;
  record.site = "farm";
  record.camera = "front-door";
  record.stream = StreamKind::kSub;
  record.run = "00112233445566ff";
  record.sequence = 7;
  record.start = {1'795'000'000'123'456};
  record.start_error_us = 1500;
  record.start_source = media::UtcSource::kRtcp;
  record.media_time = 1'260'000;
  record.duration = 180'000;
  record.damaged = true;
  record.fragment_size = 500'000;
  record.fragment_hash = sha256(as_bytes("fragment"));
  record.previous = sha256(as_bytes("previous"));
  return record;
}

TEST(Sha256, MatchesTheVectorsOfFips180AndIsReusable) {
  Sha256 hasher;
  for (int round = 0; round < 2; ++round) {
    hasher.update(as_bytes("a"));
    hasher.update({});
    hasher.update(as_bytes("bc"));
    EXPECT_EQ(to_hex(hasher.finish()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Record, ReadsBackAsItWasWritten) {
  const auto box = encode(example());
  ASSERT_TRUE(box.has_value()) << box.error().message();
  EXPECT_EQ(box->size(), kRecordFixedBytes + 4 + 10);
  const auto record = decode(*box);
  ASSERT_TRUE(record.has_value()) << record.error().message();
  EXPECT_EQ(*record, example());
  EXPECT_EQ(record->duration_us(), 2'000'000);
}

TEST(Record, ItsHashIsThatOfTheBoxOnDisk) {
  EXPECT_EQ(record_hash(example()), sha256(*encode(example())));
  EXPECT_EQ(record_hash(ByteSpan(*encode(example()))), record_hash(example()));
}

TEST(Record, TheLargestIs256BytesAtMostAndUnderTwoThousandthsOfASmallGop) {
  FragmentRecord record = example();
  record.site = std::string(kMaxSiteBytes, 's');
  record.camera = std::string(kMaxCameraBytes, 'c');
  const auto box = encode(record);
  ASSERT_TRUE(box.has_value());
  EXPECT_LE(box->size(), 256U);
  EXPECT_EQ(*decode(*box), record);
  // 2 s at 2 Mbit/s.
  EXPECT_LE(static_cast<double>(box->size()), 0.002 * 500'000);
}

TEST(Record, WhatDoesNotFitIsNotEncoded) {
  const struct {
    const char* name;
    void (*broken)(FragmentRecord&);
  } rows[] = {
      {"no site", [](FragmentRecord& r) { r.site.clear(); }},
      {"long site", [](FragmentRecord& r) { r.site.assign(kMaxSiteBytes + 1, 's'); }},
      {"long camera", [](FragmentRecord& r) { r.camera.assign(kMaxCameraBytes + 1, 'c'); }},
      {"upper-case camera", [](FragmentRecord& r) { r.camera = "Door"; }},
      {"short run", [](FragmentRecord& r) { r.run = "00"; }},
      {"run not hex", [](FragmentRecord& r) { r.run = "00112233445566FF"; }},
      {"no timescale", [](FragmentRecord& r) { r.timescale = 0; }},
      {"negative media time", [](FragmentRecord& r) { r.media_time = -1; }},
  };
  for (const auto& row : rows) {
    FragmentRecord record = example();
    row.broken(record);
    const auto box = encode(record);
    ASSERT_FALSE(box.has_value()) << row.name;
    EXPECT_EQ(box.error().code, ErrorCode::kInvalidArgument) << row.name;
  }
}

TEST(Record, EveryTruncationAndExtensionIsRefused) {
  Bytes box = *encode(example());
  for (size_t size = 0; size < box.size(); ++size)
    EXPECT_FALSE(decode(ByteSpan(box).first(size)).has_value()) << size;
  box.push_back(0);
  EXPECT_FALSE(decode(box).has_value());
}

TEST(Record, BytesThatEncodeNeverWritesAreRefused) {
  const struct {
    const char* name;
    size_t offset;
    uint8_t value;
    ErrorCode code;
  } rows[] = {
      {"another box", 4, 'f', ErrorCode::kDataLoss},
      {"another user type", 8, 0, ErrorCode::kDataLoss},
      {"newer version", 24, 2, ErrorCode::kUnsupported},
      {"another kind", 25, 2, ErrorCode::kUnsupported},
      {"another algorithm", 26, 9, ErrorCode::kUnsupported},
      {"third stream", 27, 2, ErrorCode::kDataLoss},
      {"unknown flag", 28, 4, ErrorCode::kDataLoss},
      {"unknown time source", 29, 2, ErrorCode::kDataLoss},
      {"site length", 30, 5, ErrorCode::kDataLoss},
      {"camera length", 31, 0, ErrorCode::kDataLoss},
      {"negative media time", 56, 0x80, ErrorCode::kDataLoss},
      {"site not an id", 140, '/', ErrorCode::kDataLoss},
  };
  const Bytes good = *encode(example());
  for (const auto& row : rows) {
    Bytes box = good;
    box[row.offset] = row.value;
    const auto record = decode(box);
    ASSERT_FALSE(record.has_value()) << row.name;
    EXPECT_EQ(record.error().code, row.code) << row.name << ": " << record.error().message();
  }
}

TEST(Record, EveryBitOfTheBoxIsUnderTheHash) {
  Bytes box = *encode(example());
  const Hash hash = record_hash(ByteSpan(box));
  for (size_t i = 0; i < box.size(); ++i) {
    box[i] ^= 1;
    EXPECT_NE(record_hash(ByteSpan(box)), hash);
    const auto record = decode(box);
    // What is still accepted reads as something else.
    EXPECT_FALSE(record.has_value() && *record == example()) << i;
    box[i] ^= 1;
  }
}

}  // namespace
}  // namespace vedette::evidence
