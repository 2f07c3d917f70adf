// SPDX-License-Identifier: Apache-2.0
#include "evidence/bundle.h"

#include <gtest/gtest.h>

namespace vedette::evidence {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.site = "farm";
  manifest.camera = "gate";
  manifest.name = "Front gate – süd";
  manifest.from = {1'795'356'207'200'000};
  manifest.to = {1'795'356'267'200'000};
  manifest.exported = {1'795'356'307'200'000};
  manifest.by = "local-owner";
  manifest.operator_name = "Inspector Moreau";
  manifest.program = "vedette 0.1.0";
  manifest.key.fill(0xAB);
  manifest.files = {{"video.mp4", 1234, sha256(as_bytes("a"))}, {"report.txt", 0, sha256({})}};
  return manifest;
}

TEST(Manifest, what_was_written_is_read) {
  const Manifest manifest = example();
  const std::string text = encode(manifest).value();
  EXPECT_TRUE(text.starts_with("vedette-bundle 1\nsite farm\ncamera gate\nname Front gate"));
  EXPECT_EQ(parse_manifest(text).value(), manifest);
  Manifest bare = manifest;
  bare.name.clear();
  bare.operator_name.clear();
  bare.stream = StreamKind::kSub;
  EXPECT_EQ(parse_manifest(encode(bare).value()).value(), bare);
}

TEST(Manifest, takes_the_longest_name_of_a_camera_in_any_script) {
  Manifest manifest = example();
  manifest.name.clear();
  for (int i = 0; i < 200; ++i) manifest.name += "\U0001F4F7";
  EXPECT_EQ(parse_manifest(encode(manifest).value()).value(), manifest);
  manifest.name += "x";
  EXPECT_FALSE(encode(manifest));
}

TEST(Manifest, has_one_encoding) {
  const std::string text = encode(example()).value();
  const auto with = [&](std::string_view was, std::string_view is) {
    std::string changed = text;
    const size_t at = changed.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    return changed.replace(at, was.size(), is);
  };
  for (const std::string& changed :
       {with("bundle 1", "bundle 2"), with("site farm\n", ""), with("gate\nname", "gate\n\nname"),
        with("stream main", "stream Main"), with("from 1", "from 01"), with("from ", "from +"),
        with("to 1795356267200000", "to 1"), with("by local-owner", "by "),
        with("name Front", "name \tFront"), with("ed25519 ab", "ed25519 AB"),
        with("1234 video", "1234  video"), with("video.mp4", "../video.mp4"),
        with("operator Inspector Moreau\n", "operator \n"), text + "\n", text + "file",
        text.substr(0, text.size() - 1), std::string()}) {
    EXPECT_FALSE(parse_manifest(changed)) << changed;
  }
}

TEST(Manifest, holds_no_line_that_a_name_smuggles_in) {
  Manifest manifest = example();
  manifest.operator_name = "x\nfile 00 0 y";
  EXPECT_FALSE(encode(manifest));
  manifest = example();
  manifest.files[0].name = "video.mp4\nkey";
  EXPECT_FALSE(encode(manifest));
}

TEST(Omitted, what_was_written_is_read_and_no_byte_escapes) {
  const Omitted omitted{"5f3a9c0e77b1d204", 41, {sha256(as_bytes("a")), sha256(as_bytes("b"))}};
  const Bytes box = encode(omitted).value();
  EXPECT_EQ(box.size(), kOmittedFixedBytes + 64);
  EXPECT_EQ(decode_omitted(box).value(), omitted);
  for (size_t i = 0; i < box.size(); ++i) {
    Bytes changed = box;
    changed[i] ^= 1;
    const auto read = decode_omitted(changed);
    EXPECT_TRUE(!read || !(*read == omitted)) << "byte " << i;
  }
  EXPECT_FALSE(decode_omitted(ByteSpan(box).first(box.size() - 1)));
  EXPECT_FALSE(encode(Omitted{"5f3a9c0e77b1d204", 0, {}}));
  EXPECT_FALSE(encode(Omitted{"5f3a9c0e77b1d204", 0, std::vector<Hash>(kMaxOmitted + 1)}));
}

TEST(Key, is_a_line_of_text) {
  PublicKey key{};
  key.fill(0x01);
  EXPECT_EQ(parse_key_line(key_line(key)).value(), key);
  for (const char* line : {"", "ed25519 ", "rsa 01", "ed25519 0101"}) {
    EXPECT_FALSE(parse_key_line(line)) << line;
  }
}

}  // namespace
}  // namespace vedette::evidence
