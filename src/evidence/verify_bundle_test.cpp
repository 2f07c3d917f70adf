// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_bundle.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "evidence/example_bundle.h"

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

}  // namespace
}  // namespace vedette::evidence
