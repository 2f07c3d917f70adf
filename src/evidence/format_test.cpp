// SPDX-License-Identifier: Apache-2.0
// The worked example of docs/design/format.md is what the writer writes and the reader understands.
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "evidence/chain.h"
#include "evidence/example_file.h"
#include "evidence/verify_file.h"
#include "mp4/reader.h"
#include "mp4/sample_index.h"

namespace vedette::evidence {
namespace {

/// The blocks of the document that start with "```hex NAME". A line is "offset: bytes | remark".
std::map<std::string, Bytes> blocks_of_document() {
  std::ifstream in(std::string(VEDETTE_SOURCE_DIR) + "/docs/design/format.md");
  std::map<std::string, Bytes> blocks;
  std::string name;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("```", 0) == 0) {
      name = line.rfind("```hex ", 0) == 0 ? line.substr(7) : "";
    } else if (!name.empty()) {
      const std::string bytes =
          line.substr(line.find(':') + 1, line.find('|') - line.find(':') - 1);
      const Bytes parsed = mp4::from_hex(bytes);
      blocks[name].insert(blocks[name].end(), parsed.begin(), parsed.end());
    }
  }
  return blocks;
}

/// The file of the document, open (with the reserve) or closed (with the index).
Bytes documented_file(bool closed) {
  auto blocks = blocks_of_document();
  return mp4::joined({blocks["ftyp"], blocks["moov"], closed ? blocks["sidx"] : blocks["reserve"],
                      blocks["record-0"], blocks["fragment-0"], blocks["record-1"],
                      blocks["fragment-1"], blocks["checkpoint"]});
}

TEST(FormatDocument, ItsExampleIsWhatTheWriterWrites) {
  EXPECT_EQ(documented_file(false), ExampleFile().bytes());
  EXPECT_EQ(blocks_of_document()["sidx"], ExampleFile().sidx);
}

TEST(FormatDocument, TheReaderUnderstandsItsExample) {
  const Bytes bytes = documented_file(true);
  const mp4::MemorySource source(bytes);
  const auto movie = mp4::read_movie(source);
  ASSERT_TRUE(movie.has_value()) << movie.error().message();
  EXPECT_EQ(*movie->tracks.at(0).entry(1), *mp4::h264_track());
  const mp4::Scan scan = mp4::scan_fragments(source, movie->init_end);
  ASSERT_EQ(scan.fragments.size(), 2U);
  ASSERT_EQ(scan.tail.size(), 1U);  // the checkpoint
  EXPECT_EQ(scan.tail[0].end(), bytes.size());
  EXPECT_EQ(mp4::SampleIndex::build(source)->video()->samples.size(), 3U);

  const auto sidx = mp4::read_sidx(source, *movie);
  ASSERT_TRUE(sidx.has_value() && sidx->has_value());
  ASSERT_EQ((*sidx)->entries.size(), 2U);
  EXPECT_EQ((*sidx)->first_entry, scan.fragments[0].offset);
  EXPECT_EQ((*sidx)->entries[0].size, scan.fragments[0].size());
}

TEST(FormatDocument, TheRecordsOfItsExampleHold) {
  const Bytes bytes = documented_file(true);
  const mp4::MemorySource source(bytes);
  const mp4::Scan scan = mp4::scan_fragments(source, mp4::read_movie(source)->init_end);
  std::vector<FragmentRecord> records;
  for (const mp4::ScannedFragment& found : scan.fragments) {
    const ByteSpan whole = ByteSpan(bytes).subspan(found.offset, found.size());
    const auto record = decode(whole.first(found.record_size));
    ASSERT_TRUE(record.has_value()) << record.error().message();
    EXPECT_TRUE(check_fragment(*record, whole.subspan(found.record_size)).has_value());
    records.push_back(*record);
  }
  ASSERT_EQ(records.size(), 2U);
  EXPECT_TRUE(check_chain(records).empty());
  EXPECT_EQ(records[1].camera, "gate");
  EXPECT_EQ(to_rfc3339(records[1].start), "2026-11-22T14:03:27.400000Z");
}

TEST(FormatDocument, ItsExampleIsIntactAndSignedToTheEnd) {
  Verification out;
  const FileReport report = verify_file(mp4::MemorySource(documented_file(true)), {}, out);
  for (const Finding& finding : out.findings) ADD_FAILURE() << finding.detail;
  EXPECT_TRUE(report.final && report.closed && report.indexed);
  EXPECT_EQ(report.facts.count, 2U);
  EXPECT_EQ(out.not_signed_yet, 0U);
}

}  // namespace
}  // namespace vedette::evidence
