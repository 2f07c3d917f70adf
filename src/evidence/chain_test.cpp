// SPDX-License-Identifier: Apache-2.0
// Each test is an attack on the records of a run, and says what the chain tells about it.
#include "evidence/chain.h"

#include <gtest/gtest.h>

namespace vedette::evidence {
namespace {

constexpr const char* kRun = "00112233445566ff";

FragmentRecord record_of(uint32_t number) {
  FragmentRecord record;
  record.site = "farm";
  record.camera = "gate";
  record.start = {1'795'000'000'000'000 + int64_t{number} * 2'000'000};
  record.media_time = int64_t{number} * 180'000;
  record.duration = 180'000;
  record.fragment_size = 1000 + number;
  return record;
}

std::vector<FragmentRecord> run_of(uint32_t count, const std::string& run = kRun) {
  Chain chain(run);
  std::vector<FragmentRecord> records;
  for (uint32_t i = 0; i < count; ++i) {
    records.push_back(record_of(i));
    EXPECT_TRUE(chain.append(records.back()).has_value());
  }
  return records;
}

/// "altered 3 · removed 5+2 · …": fault and index, and for holes the sequence and the count.
std::string told(const std::vector<FragmentRecord>& records,
                 ChainBegin begin = ChainBegin::kStartOfRun) {
  std::string text;
  for (const ChainFinding& finding : check_chain(records, begin)) {
    if (!text.empty()) text += ", ";
    text += std::string(to_string(finding.fault)) + " " + std::to_string(finding.index);
    if (finding.fault == ChainFault::kRemoved)
      text += ":" + std::to_string(finding.sequence) + "+" + std::to_string(finding.count);
  }
  return text;
}

TEST(Chain, LinksEachRecordToTheOneBefore) {
  Chain chain(kRun);
  FragmentRecord first = record_of(0);
  const Bytes box = *chain.append(first);
  EXPECT_EQ(first.run, kRun);
  EXPECT_EQ(first.sequence, 0U);
  EXPECT_EQ(first.previous, Hash{});
  FragmentRecord second = record_of(1);
  ASSERT_TRUE(chain.append(second).has_value());
  EXPECT_EQ(second.sequence, 1U);
  EXPECT_EQ(second.previous, sha256(box));
  EXPECT_EQ(chain.head(), record_hash(second));
}

TEST(Chain, ARecordThatIsRefusedDoesNotMoveTheChain) {
  Chain chain(kRun);
  FragmentRecord bad = record_of(0);
  bad.camera.clear();
  EXPECT_FALSE(chain.append(bad).has_value());
  EXPECT_EQ(chain.next_sequence(), 0U);
  EXPECT_EQ(chain.head(), Hash{});
}

TEST(CheckChain, UntouchedRunHasNoFindings) {
  EXPECT_EQ(told({}), "");
  EXPECT_EQ(told(run_of(1)), "");
  EXPECT_EQ(told(run_of(100)), "");
}

TEST(CheckChain, OneFileFromTheMiddleOfARun) {
  auto records = run_of(10);
  records.erase(records.begin(), records.begin() + 4);
  EXPECT_EQ(told(records, ChainBegin::kAnywhere), "");
  EXPECT_EQ(told(records), "removed 0:0+4");
}

TEST(CheckChain, remove_one_fragment) {
  auto records = run_of(10);
  records.erase(records.begin() + 4);
  EXPECT_EQ(told(records), "removed 4:4+1");
}

TEST(CheckChain, remove_three_fragments_in_two_places) {
  auto records = run_of(10);
  records.erase(records.begin() + 7);
  records.erase(records.begin() + 2, records.begin() + 4);
  EXPECT_EQ(told(records), "removed 2:2+2, removed 5:7+1");
}

TEST(CheckChain, remove_the_first_fragment) {
  auto records = run_of(10);
  records.erase(records.begin());
  EXPECT_EQ(told(records), "removed 0:0+1");
}

TEST(CheckChain, remove_the_last_fragment_needs_a_checkpoint) {
  auto records = run_of(10);
  records.pop_back();
  EXPECT_EQ(told(records), "") << "the chain alone cannot know how long the run was";
}

TEST(CheckChain, remove_one_fragment_and_renumber_the_rest) {
  auto records = run_of(10);
  records.erase(records.begin() + 4);
  for (size_t i = 4; i < records.size(); ++i) --records[i].sequence;
  // Every renumbered record differs from what its successor points at; the last has none.
  EXPECT_EQ(told(records), "altered 4, altered 5, altered 6, altered 7");
}

TEST(CheckChain, swap_two_fragments) {
  auto records = run_of(10);
  std::swap(records[2], records[6]);
  EXPECT_EQ(told(records), "reordered 2, reordered 6");
}

TEST(CheckChain, swap_two_fragments_and_their_numbers) {
  auto records = run_of(10);
  std::swap(records[2], records[3]);
  std::swap(records[2].sequence, records[3].sequence);
  EXPECT_EQ(told(records), "altered 2, altered 3");
}

TEST(CheckChain, repeat_a_fragment) {
  auto records = run_of(10);
  records.insert(records.begin() + 6, records[3]);
  EXPECT_EQ(told(records), "duplicated 6");
}

TEST(CheckChain, repeat_a_fragment_over_another) {
  auto records = run_of(10);
  records[6] = records[3];
  EXPECT_EQ(told(records), "duplicated 6, removed 7:6+1");
}

TEST(CheckChain, replace_the_content_of_a_fragment) {
  auto records = run_of(10);
  records[5].fragment_hash[0] ^= 1;
  EXPECT_EQ(told(records), "altered 5");
}

TEST(CheckChain, change_the_time_of_a_fragment) {
  auto records = run_of(10);
  records[5].start = records[5].start + Duration(60'000'000);
  EXPECT_EQ(told(records), "altered 5");
}

TEST(CheckChain, change_the_camera_of_a_fragment) {
  auto records = run_of(10);
  records[5].camera = "yard";
  EXPECT_EQ(told(records), "foreign 5, removed 6:5+1");
}

TEST(CheckChain, cut_the_link_of_a_fragment) {
  auto records = run_of(10);
  records[5].previous = Hash{};
  EXPECT_EQ(told(records), "altered 5");
}

TEST(CheckChain, replace_the_first_fragment) {
  auto records = run_of(10);
  records[0].duration = 1;
  EXPECT_EQ(told(records), "altered 0");
  records = run_of(10);
  records[0].previous[0] = 1;
  EXPECT_EQ(told(records), "altered 0");
}

TEST(CheckChain, alter_two_fragments_far_apart) {
  auto records = run_of(10);
  records[2].media_time = 0;
  records[7].media_time = 0;
  EXPECT_EQ(told(records), "altered 2, altered 7");
}

TEST(CheckChain, insert_a_fragment_of_another_run) {
  auto records = run_of(10);
  records.insert(records.begin() + 4, run_of(5, "ffffffffffffffff")[4]);
  EXPECT_EQ(told(records), "foreign 4");
}

TEST(CheckChain, alter_the_last_fragment_is_seen_only_by_its_content) {
  auto records = run_of(10);
  records[9].fragment_hash[0] ^= 1;
  EXPECT_EQ(told(records), "") << "needs a checkpoint; check_fragment() sees changed video";
}

TEST(CheckChain, recompute_the_whole_chain_needs_a_signature) {
  auto records = run_of(10);
  records.erase(records.begin() + 4);
  Chain chain(kRun);
  for (FragmentRecord& record : records) ASSERT_TRUE(chain.append(record).has_value());
  EXPECT_EQ(told(records), "") << "only a signed checkpoint tells";
}

TEST(CheckFragment, SeesOneChangedBitAndOneMissingByte) {
  Bytes bytes(5000, 7);
  FragmentRecord record = record_of(0);
  record.fragment_size = 5000;
  record.fragment_hash = sha256(bytes);
  EXPECT_TRUE(check_fragment(record, bytes).has_value());
  EXPECT_EQ(check_fragment(record, ByteSpan(bytes).first(4999)).error().code, ErrorCode::kDataLoss);
  bytes[4321] ^= 0x10;
  EXPECT_EQ(check_fragment(record, bytes).error().what, "the bytes of fragment 0 were altered");
}

}  // namespace
}  // namespace vedette::evidence
