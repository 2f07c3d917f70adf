// SPDX-License-Identifier: Apache-2.0
// The index is made from the records, so it is compared with what the writer would make.
#include <algorithm>

#include "evidence/file_walk.h"
#include "mp4/sidx.h"

namespace vedette::evidence {
namespace {

int64_t first_pts(FileReader& reader, const WalkedFile& seen) {
  const SeenRecord& first = seen.records.front();
  const uint64_t moof_at = first.end - first.record.fragment_size;
  const auto moof = mp4::read_box_header(reader.source(), moof_at, reader.size());
  if (!moof) return 0;
  const auto fragment = mp4::read_fragment(reader.source(), *moof, *seen.movie);
  if (!fragment) return 0;
  for (const mp4::Run& run : fragment->runs)
    if (run.track_id == 1 && !run.samples.empty())
      return run.base_decode_time + run.samples.front().cts;
  return 0;
}

}  // namespace

bool index_knows_more(const FileReader& reader, const WalkedFile& seen) {
  if (!seen.indexed || !seen.movie) return false;
  const auto sidx = mp4::read_sidx(reader.source(), *seen.movie);
  if (!sidx || !*sidx) return false;
  uint64_t covered = (*sidx)->first_entry;
  for (const mp4::SidxEntry& entry : (*sidx)->entries) covered += entry.size;
  return covered > (seen.records.empty() ? seen.reserve_end : seen.records.back().end);
}

void judge_index(FileReader& reader, FileCase& file, const WalkedFile& seen) {
  if (!seen.indexed || file.may_grow() || !seen.movie || seen.records.empty() || !file.clean())
    return;
  mp4::Sidx made;
  made.timescale = seen.records.front().record.timescale;
  uint64_t end = seen.reserve_end;
  for (const SeenRecord& found : seen.records) {
    made.entries.push_back({static_cast<uint32_t>(found.end - end), found.record.duration,
                            found.record.random_access});
    end = found.end;
  }
  const uint64_t begin = seen.movie->init_end;
  const auto reserve = static_cast<size_t>(seen.reserve_end - begin);
  const Bytes written = reader.at(begin, reserve);
  for (const int64_t earliest : {seen.records.front().record.media_time, first_pts(reader, seen)}) {
    made.earliest_pts = std::max<int64_t>(0, earliest);
    if (mp4::make_sidx(made, reserve) == written) return;
  }
  file.add(FaultClass::kAltered, "the index does not fit the fragments", begin);
}

}  // namespace vedette::evidence
