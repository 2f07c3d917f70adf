// SPDX-License-Identifier: Apache-2.0
// The input is a file. Whatever it holds, reading it stays within its bounds, and what was
// understood can be written and read again with the same result.
#include <cstdint>
#include <cstdlib>

#include "base/assert.h"
#include "mp4/init_segment.h"
#include "mp4/limits.h"
#include "mp4/reader.h"
#include "mp4/sample_index.h"

namespace vedette::mp4 {
namespace {

void check_init(const Movie& movie) {
  std::vector<InitTrack> tracks;
  for (const Track& track : movie.tracks) tracks.push_back({track.entries});
  const auto init = make_init_segment(std::span<const InitTrack>(tracks), 0);
  if (!init) return;
  const auto again = read_movie(MemorySource(*init));
  VEDETTE_ASSERT(again.has_value() && again->tracks.size() == movie.tracks.size());
  for (size_t i = 0; i < tracks.size(); ++i) {
    VEDETTE_ASSERT(again->tracks[i].entries.size() == tracks[i].entries.size());
    for (size_t k = 0; k < tracks[i].entries.size(); ++k) {
      const media::TrackInfoPtr& entry = again->tracks[i].entries[k];
      VEDETTE_ASSERT(entry != nullptr && *entry == *tracks[i].entries[k]);
    }
  }
}

/// What was read from a moof can be written, and reads the same.
void check_rewritten(const Fragment& fragment, const Movie& movie) {
  if (fragment.runs.size() > kMaxTracks) return;
  std::vector<TrackRun> runs;
  uint64_t data_bytes = 0;
  for (const Run& run : fragment.runs) {
    runs.push_back({run.track_id, run.base_decode_time, run.samples, run.sample_description_index});
    for (const Sample& sample : run.samples) data_bytes += sample.size;
  }
  if (data_bytes > kMaxFragmentDataBytes) return;
  Bytes head = make_fragment_head(fragment.sequence, runs);
  VEDETTE_ASSERT(patch_moof(head, {fragment.sequence, {}}).has_value());
  const auto again = parse_moof(ByteSpan(head).first(head.size() - 8), 0, movie);
  VEDETTE_ASSERT(again.has_value() && again->runs.size() == fragment.runs.size());
  uint64_t data_offset = head.size();
  for (size_t i = 0; i < fragment.runs.size(); ++i) {
    VEDETTE_ASSERT(again->runs[i].samples == fragment.runs[i].samples);
    VEDETTE_ASSERT(again->runs[i].base_decode_time == fragment.runs[i].base_decode_time);
    VEDETTE_ASSERT(again->runs[i].data_offset == data_offset);
    for (const Sample& sample : again->runs[i].samples) data_offset += sample.size;
  }
}

/// Patching the input's own moof changes it in place or refuses.
void check_patches(const MemorySource& source, const ScannedFragment& found) {
  auto head = read_exactly(source, found.moof_offset(), found.moof_size + kBoxHeaderBytes);
  VEDETTE_ASSERT(head.has_value());
  const TrackPatch track{1, 5, 2};
  if (patch_moof(*head, {7, {&track, 1}})) VEDETTE_ASSERT(patch_moof(*head, {7, {}}).has_value());
  (void)grow_first_sample(*head, 40);
}

void check_fragments(const MemorySource& source, const Movie& movie) {
  const Scan scan = scan_fragments(source, movie.init_end);
  uint64_t end = scan.fragments.empty()
                     ? scan.good_end
                     : scan.fragments.front().offset - scan.fragments.front().prefix_size;
  for (const ScannedFragment& found : scan.fragments) {
    VEDETTE_ASSERT(found.offset - found.prefix_size == end);
    end = found.end();
    VEDETTE_ASSERT(end <= source.size());
    const auto moof = read_box_header(source, found.moof_offset(), source.size());
    VEDETTE_ASSERT(moof.has_value() && moof->size == found.moof_size);
    check_patches(source, found);
    if (const auto fragment = read_fragment(source, *moof, movie))
      check_rewritten(*fragment, movie);
  }
  VEDETTE_ASSERT(scan.good_end == end);
}

void check_sidx(const Sidx& sidx) {
  const size_t reserve = sidx_reserve_bytes(sidx.entries.size());
  const Bytes bytes = make_sidx(sidx, reserve);
  VEDETTE_ASSERT(bytes.size() == reserve);
  if (sidx.entries.empty()) return;
  const auto again = parse_sidx(ByteSpan(bytes).first(reserve - kBoxHeaderBytes), 0);
  VEDETTE_ASSERT(again.has_value() && again->entries == sidx.entries);
}

void check_samples(const MemorySource& source) {
  const auto index = SampleIndex::build(source);
  if (!index) return;
  for (const TrackSamples& track : index->tracks()) {
    VEDETTE_ASSERT(track.samples.size() <= kMaxSamples);
    int64_t last = INT64_MIN;
    for (const IndexedSample& sample : track.samples) {
      VEDETTE_ASSERT(sample.offset <= source.size());
      VEDETTE_ASSERT(sample.size <= source.size() - sample.offset);
      VEDETTE_ASSERT(sample.dts >= last);
      last = sample.dts;
    }
  }
}

}  // namespace
}  // namespace vedette::mp4

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette::mp4;
  const MemorySource source({data, size});
  check_samples(source);
  const auto movie = read_movie(source);
  if (!movie) return 0;
  check_init(*movie);
  check_fragments(source, *movie);
  if (const auto sidx = read_sidx(source, *movie); sidx && sidx->has_value()) check_sidx(**sidx);
  return 0;
}
