// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_bundle.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "evidence/example_bundle.h"
#include "evidence/ledger_entry.h"
#include "evidence/verify_excerpt.h"
#include "evidence/verify_piece.h"

namespace vedette::evidence {
namespace {

BundleVerification verify(const Bytes& bytes, std::optional<Hash> key = std::nullopt) {
  return verify_bundle(mp4::MemorySource(bytes), key).value();
}

std::string findings_of(const BundleVerification& result) {
  std::string out;
  for (const Finding& finding : result.verification.findings) {
    out +=
        std::string(to_string(finding.fault)) + " " + finding.path + ": " + finding.detail + "\n";
  }
  return out;
}

/// The body of "```<name>" in the design document.
std::string block(const std::string& name) {
  std::ifstream file(std::string(VEDETTE_SOURCE_DIR) + "/docs/design/bundle.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::string open = "```" + name + "\n";
  const size_t begin = text.find(open);
  if (begin == std::string::npos) return "";
  return text.substr(begin + open.size(), text.find("```", begin + 3) - begin - open.size());
}

TEST(Bundle, an_untouched_one_is_intact) {
  const ExampleBundle example;
  const auto result = verify(example.bytes(), Hash(example.signer().public_key()));
  EXPECT_TRUE(result.verification.intact()) << findings_of(result);
  EXPECT_EQ(result.verification.records, 1U);
  EXPECT_EQ(result.verification.checkpoints, 1U);
  EXPECT_EQ(result.verification.not_signed_yet, 0U);
  EXPECT_EQ(result.manifest->operator_name, "Inspector Moreau");
  EXPECT_TRUE(result.holes.empty());
  EXPECT_TRUE(
      verify(example.bytes(), fingerprint(example.signer().public_key())).verification.intact());
}

TEST(Bundle, is_the_one_of_the_design_document) {
  const ExampleBundle example;
  EXPECT_EQ(encode(example.manifest()).value(), block("manifest"));
  std::string hex;
  const std::string shown = block("hex omitted");
  for (size_t at = 0; at < shown.size();) {
    const size_t end = shown.find('\n', at);
    const std::string line = shown.substr(at, end - at);
    const size_t bar = line.find('|');
    hex +=
        line.substr(line.find(':') + 1, bar == std::string::npos ? bar : bar - line.find(':') - 1);
    at = end + 1;
  }
  EXPECT_EQ(mp4::from_hex(hex), example.omitted);
}

TEST(Bundle, every_flipped_bit_is_found) {
  const Bytes bytes = ExampleBundle().bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] = static_cast<uint8_t>(changed[i] ^ 1U << i % 8);
    EXPECT_FALSE(verify(changed).verification.intact()) << "byte " << i;
  }
}

TEST(Bundle, every_cut_is_found_as_truncated) {
  const Bytes bytes = ExampleBundle().bytes();
  for (size_t size = 0; size < bytes.size(); size += 7) {
    const auto result = verify(Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_TRUE(result.verification.has(FaultClass::kTruncated)) << size << findings_of(result);
  }
}

TEST(Bundle, every_two_entries_that_changed_places_are_found_as_reordered) {
  const Bytes bytes = ExampleBundle().bytes();
  const auto archive = read_zip(mp4::MemorySource(bytes)).value();
  std::vector<std::pair<std::string, Bytes>> entries;
  for (size_t i = 0; i < archive.entries.size(); ++i) {
    const ZipEntry& entry = archive.entries[i];
    const auto begin = bytes.begin() + static_cast<ptrdiff_t>(archive.offsets[i]);
    entries.emplace_back(entry.name, Bytes(begin, begin + static_cast<ptrdiff_t>(entry.size)));
  }
  ASSERT_EQ(ExampleBundle::zipped(entries), bytes);
  for (size_t i = 0; i + 1 < entries.size(); ++i) {
    auto swapped = entries;
    std::swap(swapped[i], swapped[i + 1]);
    const auto result = verify(ExampleBundle::zipped(swapped));
    EXPECT_NE(findings_of(result).find("reordered"), std::string::npos) << entries[i].first;
  }
}

TEST(Bundle, signed_again_with_another_key_is_known_by_the_recording) {
  const ExampleBundle example;
  const Ed25519Signer thief(ExampleBundle::seed(8));
  const auto result = verify(example.bytes(thief));
  EXPECT_TRUE(result.verification.has(FaultClass::kWrongKey)) << findings_of(result);
}

TEST(Bundle, of_a_longer_stretch_than_is_recorded_is_intact_and_not_complete) {
  ExampleBundle example;
  Manifest longer = example.manifest();
  longer.to = longer.to + std::chrono::seconds(60);
  const std::string text = encode(longer).value();
  const Signature signature = example.signer().sign(as_bytes(text)).value();
  auto entries = example.files;
  entries.emplace_back(kManifestName, ExampleBundle::copy(text));
  entries.emplace_back(kManifestSignatureName, Bytes(signature.begin(), signature.end()));
  const auto result = verify(ExampleBundle::zipped(entries));
  EXPECT_TRUE(result.verification.intact()) << findings_of(result);
  ASSERT_EQ(result.holes.size(), 1U);
  EXPECT_EQ(result.holes[0].cause, "") << "nobody says why";
}

TEST(Bundle, whose_video_shows_something_else_is_found_even_if_the_site_signed_it) {
  ExampleBundle example;
  Bytes& video = example.files[0].second;
  video.back() ^= 1;
  const auto result = verify(example.bytes());
  EXPECT_EQ(findings_of(result),
            "altered video.mp4: the video does not show what the originals hold\n");
}

// By somebody who lets the site sign an export of what they have edited: only what was signed while
// recording speaks against them.

/// The original after `edit`, in a bundle whose manifest fits it.
template <typename Edit>
BundleVerification edited(Edit&& edit) {
  ExampleBundle example;
  edit(example, example.files[1].second);
  return verify(example.bytes());
}

TEST(Bundle, every_bit_flipped_in_what_an_original_says_is_found_even_if_the_site_signed_it) {
  const ExampleBundle example;
  const Bytes& original = example.files[1].second;
  const size_t begin = original.size() - example.checkpoint.size() -
                       example.second_fragment().size() - example.omitted.size();
  ASSERT_EQ(Bytes(original.begin() + static_cast<ptrdiff_t>(begin),
                  original.begin() + static_cast<ptrdiff_t>(begin + example.omitted.size())),
            example.omitted);
  // All of the omitted box, which no hash covers, and one of each other byte.
  const size_t covered = (begin + example.omitted.size()) * 8;
  for (size_t bit = begin * 8; bit < original.size() * 8; bit += bit < covered ? 1 : 9) {
    const auto result = edited([bit](ExampleBundle&, Bytes& bytes) {
      bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
    });
    EXPECT_FALSE(result.verification.intact()) << "byte " << bit / 8 - begin << ", bit " << bit % 8;
  }
}

TEST(Bundle, omitted_records_that_name_another_run_are_found_before_the_first_fragment) {
  const auto result = edited([](ExampleBundle& example, Bytes& original) {
    Omitted other = decode_omitted(example.omitted).value();
    other.run = "5f3a9c0e77b1d214";
    original =
        example.original_of({encode(other).value(), example.second_fragment(), example.checkpoint});
  });
  EXPECT_EQ(findings_of(result), "spliced original-0001.mp4: omitted records of another run\n");
}

TEST(Bundle, a_fragment_left_out_between_two_others_is_found_as_removed) {
  const auto result = edited([](ExampleBundle& example, Bytes& original) {
    const auto all = example.three_fragments();
    const FragmentRecord hidden = decode(ByteSpan(all.records[1])).value();
    const Bytes omitted =
        encode(Omitted{hidden.run, 1, {record_hash(ByteSpan(all.records[1]))}}).value();
    original = example.original_of({all.fragments[0], omitted, all.fragments[2], all.checkpoint});
    example.files[0].second =
        example.video_of({all.fragments[0], all.fragments[2]}, all.records[0].size());
  });
  EXPECT_EQ(findings_of(result),
            "removed original-0001.mp4: fragments before 2 are left out, and others before them "
            "are shown\n");
}

TEST(Bundle, omitted_records_that_no_checkpoint_covers_are_found_as_removed) {
  const auto result = edited([](ExampleBundle& example, Bytes& original) {
    original = example.original_of({example.omitted, example.second_fragment()});
  });
  EXPECT_EQ(findings_of(result),
            "removed original-0001.mp4: records are omitted, and no checkpoint covers them\n");
}

TEST(Bundle, without_the_checkpoints_of_more_than_ten_seconds_is_unsigned) {
  const auto of_seconds = [](uint32_t seconds) {
    return edited([seconds](ExampleBundle& example, Bytes& original) {
      const auto all = example.three_fragments(seconds * 90'000 / 3);
      original = example.original_of(all.fragments);
      example.files[0].second = example.video_of(all.fragments, all.records[0].size());
    });
  };
  const auto forged = of_seconds(12);
  EXPECT_EQ(findings_of(forged),
            "unsigned original-0001.mp4: nobody signed the last 3 fragments, of 12 s\n");
  const auto growing = of_seconds(9);
  EXPECT_TRUE(growing.verification.intact()) << findings_of(growing);
  EXPECT_EQ(growing.verification.not_signed_yet, 3U);
}

TEST(LedgerExcerpt, whose_omitted_entries_name_another_volume_is_found) {
  const ExampleBundle example;
  LedgerEntry entry;
  entry.site = "farm";
  entry.camera = "gate";
  entry.volume = "0f00000000000001";
  entry.sequence = 1;
  entry.what = GapEntry{};
  entry.cause = "unreachable";
  const Bytes box = encode(entry).value();
  for (const char* volume : {"0f00000000000001", "0f00000000000011"}) {
    const Bytes omitted = encode(Omitted{volume, 0, {entry.previous}}).value();
    Verification out;
    (void)verify_ledger_excerpt(mp4::joined({omitted, box}), out);
    EXPECT_EQ(out.has(FaultClass::kSpliced), std::string(volume) != entry.volume) << volume;
  }
}

}  // namespace
}  // namespace vedette::evidence
