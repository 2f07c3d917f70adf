// SPDX-License-Identifier: Apache-2.0
#include "evidence/verify_original.h"

#include <gtest/gtest.h>

#include "evidence/example_bundle.h"

namespace vedette::evidence {
namespace {

bool is_one(const Bytes& bytes, std::string_view name) {
  return is_original(mp4::MemorySource(bytes), name);
}

std::string found(const Bytes& bytes) {
  Verification out;
  EXPECT_TRUE(verify_original(mp4::MemorySource(bytes), out));
  std::string classes;
  for (const Finding& finding : out.findings)
    if (classes.find(to_string(finding.fault)) == std::string::npos)
      classes += std::string(classes.empty() ? "" : " ") + std::string(to_string(finding.fault));
  return classes;
}

TEST(Original, taken_out_of_its_bundle_is_known_by_what_it_holds_whatever_it_is_called) {
  const ExampleBundle example;
  const Bytes& original = example.files[1].second;
  EXPECT_TRUE(is_one(original, "original-0001.mp4"));
  EXPECT_TRUE(is_one(original, "evidence.mp4"));
  EXPECT_EQ(found(original), "");
}

TEST(Original, with_nothing_omitted_is_known_by_its_name_and_by_having_no_room_for_an_index) {
  const ExampleBundle example;
  const Bytes whole = mp4::joined({example.head, example.second_fragment()});
  EXPECT_TRUE(is_one(whole, "original-0001.mp4"));
  EXPECT_TRUE(is_one(whole, "original-12345.mp4"));
  for (const char* other : {"140327-5f3a9c0e77b1d204-0.mp4", "original-001.mp4", "original-.mp4",
                            "original-0001.mp4.mp4", "original-00a1.mp4", ".mp4", ""})
    EXPECT_FALSE(is_one(whole, other)) << other;
}

TEST(Original, a_recording_is_none_whatever_it_is_called) {
  const ExampleFile file;
  const Bytes recording = mp4::joined({file.init, file.records[0], file.fragments[0]});
  EXPECT_FALSE(is_one(recording, "original-0001.mp4"));
  EXPECT_FALSE(is_one(Bytes(), "original-0001.mp4"));
  EXPECT_FALSE(is_one(Bytes(100, 'x'), "original-0001.mp4"));
}

TEST(Original, that_was_edited_is_no_less_found_than_in_its_bundle) {
  const ExampleBundle example;
  Bytes edited = example.files[1].second;
  edited[edited.size() - example.checkpoint.size() - 1] ^= 1;  // of the media
  EXPECT_EQ(found(edited), "altered");
  EXPECT_EQ(found(mp4::joined({example.head, example.second_fragment(), example.checkpoint})),
            "removed")
      << "the checkpoint covers a record more";
}

}  // namespace
}  // namespace vedette::evidence
