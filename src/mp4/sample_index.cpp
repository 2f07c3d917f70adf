// SPDX-License-Identifier: Apache-2.0
#include "mp4/sample_index.h"

#include <algorithm>

#include <fmt/core.h>

#include "mp4/box_walk.h"
#include "mp4/limits.h"
#include "mp4/moov.h"

namespace vedette::mp4 {
namespace {

Error bad_table(const Track& track, std::string_view what) {
  return make_error(ErrorCode::kDataLoss, fmt::format("track {}: {}", track.id, what));
}

/// Steps through a table of (count, value) rows, one sample at a time.
template <typename Entry>
class RowCursor {
 public:
  explicit RowCursor(const std::vector<Entry>& rows) : rows_(rows) { settle(); }
  /// Null past the end of the table.
  [[nodiscard]] const Entry* row() const { return row_ < rows_.size() ? &rows_[row_] : nullptr; }
  void step() {
    ++used_;
    settle();
  }

 private:
  void settle() {
    while (row_ < rows_.size() && used_ >= rows_[row_].count) {
      used_ = 0;
      ++row_;
    }
  }
  const std::vector<Entry>& rows_;
  size_t row_ = 0;
  uint32_t used_ = 0;
};

/// Turns the sample tables of one track of an ordinary file into samples (§8.6, §8.7).
class TableReader {
 public:
  TableReader(const SampleTables& tables, const Track& track, uint64_t source_size)
      : tables_(tables),
        track_(track),
        source_size_(source_size),
        times_(tables.stts.entries),
        offsets_(tables.ctts.entries) {}

  Result<std::vector<IndexedSample>> read() {
    // Not by the count that the file claims: samples of one size each take room in it.
    const uint64_t room = tables_.stsz.uniform_size != 0 ? source_size_ / tables_.stsz.uniform_size
                                                         : tables_.stsz.sizes.size();
    samples_.reserve(static_cast<size_t>(std::min<uint64_t>(room, tables_.stsz.count)));
    size_t row = 0;
    const auto& chunks = tables_.stsc.entries;
    for (size_t chunk = 0; chunk < tables_.chunk_offsets.size(); ++chunk) {
      while (row + 1 < chunks.size() && chunks[row + 1].first_chunk <= chunk + 1) ++row;
      if (row >= chunks.size()) return bad_table(track_, "no stsc for its chunks");
      VEDETTE_TRY(read_chunk(tables_.chunk_offsets[chunk], chunks[row]));
    }
    if (samples_.size() < tables_.stsz.count)
      return bad_table(track_, "stsc and stco cover fewer samples than stsz");
    mark_sync_samples();
    return std::move(samples_);
  }

 private:
  Result<void> read_chunk(uint64_t offset, const StscEntry& chunk) {
    for (uint32_t i = 0; i < chunk.samples_per_chunk && samples_.size() < tables_.stsz.count; ++i) {
      IndexedSample sample;
      sample.offset = offset;
      sample.size = tables_.stsz.uniform_size != 0
                        ? tables_.stsz.uniform_size
                        : static_cast<uint32_t>(tables_.stsz.sizes[samples_.size()].value);
      sample.sample_description_index = chunk.sample_description_index;
      if (sample.size > kMaxSampleBytes || offset > source_size_ ||
          sample.size > source_size_ - offset)
        return bad_table(track_, fmt::format("sample {} is not in the file", samples_.size()));
      offset += sample.size;
      VEDETTE_TRY(set_times(sample));
      samples_.push_back(sample);
    }
    return ok();
  }

  Result<void> set_times(IndexedSample& sample) {
    const SttsEntry* time = times_.row();
    if (time == nullptr) return bad_table(track_, "stts covers fewer samples than stsz");
    sample.dts = next_dts_;
    next_dts_ += time->delta;
    times_.step();
    const CttsEntry* offset = offsets_.row();
    sample.pts = sample.dts + (offset != nullptr ? offset->offset : 0);
    if (offset != nullptr) offsets_.step();
    return ok();
  }

  void mark_sync_samples() {
    for (IndexedSample& sample : samples_) sample.sync = !tables_.has_stss;
    for (const auto& entry : tables_.stss.entries)
      if (entry.value >= 1 && entry.value <= samples_.size())
        samples_[static_cast<size_t>(entry.value - 1)].sync = true;
  }

  const SampleTables& tables_;
  const Track& track_;
  uint64_t source_size_;
  RowCursor<SttsEntry> times_;
  RowCursor<CttsEntry> offsets_;
  int64_t next_dts_ = 0;
  std::vector<IndexedSample> samples_;
};

/// Appends the samples of every whole fragment of a fragmented file.
class FragmentCollector {
 public:
  FragmentCollector(const ByteSource& source, const Movie& movie, std::vector<TrackSamples>& tracks)
      : source_(source), movie_(movie), tracks_(tracks) {}

  Result<void> collect() {
    uint64_t at = movie_.init_end;
    for (size_t boxes = 0; at < source_.size() && boxes < kMaxTopLevelBoxes; ++boxes) {
      const auto box = read_box_header(source_, at, source_.size());
      if (!box) return ok();  // a torn tail: what came before it is good
      if (box->type == fourcc("moof")) {
        const auto fragment = read_fragment(source_, *box, movie_);
        if (!fragment || !within_source(*fragment)) return ok();
        VEDETTE_TRY(append(*fragment));
      }
      at = box->end();
    }
    return ok();
  }

 private:
  [[nodiscard]] bool within_source(const Fragment& fragment) const {
    for (const Run& run : fragment.runs) {
      uint64_t end = run.data_offset;
      for (const Sample& sample : run.samples) end += sample.size;
      if (end > source_.size()) return false;
    }
    return true;
  }

  Result<void> append(const Fragment& fragment) {
    for (const Run& run : fragment.runs) {
      total_ += run.samples.size();
      if (total_ > kMaxSamples)
        return make_error(ErrorCode::kUnsupported, "the file has more than 1000000 samples");
      for (TrackSamples& track : tracks_)
        if (track.track.id == run.track_id) VEDETTE_TRY(append_run(run, track));
    }
    return ok();
  }

  static Result<void> append_run(const Run& run, TrackSamples& track) {
    if (!track.samples.empty() && run.base_decode_time < track.samples.back().dts)
      return bad_table(track.track, "decode time goes back between fragments");
    uint64_t offset = run.data_offset;
    int64_t dts = run.base_decode_time;
    for (const Sample& sample : run.samples) {
      track.samples.push_back(
          {offset, dts, dts + sample.cts, sample.size, run.sample_description_index, sample.sync});
      offset += sample.size;
      dts += sample.duration;
    }
    return ok();
  }

  const ByteSource& source_;
  const Movie& movie_;
  std::vector<TrackSamples>& tracks_;
  size_t total_ = 0;
};

bool is_known(const Track& track) {
  for (const media::TrackInfoPtr& entry : track.entries)
    if (entry != nullptr) return true;
  return false;
}

}  // namespace

Result<SampleIndex> SampleIndex::build(const ByteSource& source) {
  VEDETTE_ASSIGN(const Moov moov, read_moov(source, Tables::kRead));
  SampleIndex index;
  size_t total = 0;
  for (size_t i = 0; i < moov.movie.tracks.size(); ++i) {
    const Track& track = moov.movie.tracks[i];
    TrackSamples& samples = index.tracks_.emplace_back();
    samples.track = track;
    total += moov.tables[i].stsz.count;
    if (total > kMaxSamples)
      return make_error(ErrorCode::kUnsupported, "the file has more than 1000000 samples");
    if (!is_known(track)) continue;
    VEDETTE_ASSIGN(samples.samples, TableReader(moov.tables[i], track, source.size()).read());
  }
  if (moov.movie.fragmented)
    VEDETTE_TRY(FragmentCollector(source, moov.movie, index.tracks_).collect());
  return index;
}

const TrackSamples* SampleIndex::video() const {
  for (const TrackSamples& track : tracks_)
    if (track.track.handler == fourcc("vide")) return &track;
  return nullptr;
}

const TrackSamples* SampleIndex::audio() const {
  for (const TrackSamples& track : tracks_)
    if (track.track.handler == fourcc("soun")) return &track;
  return nullptr;
}

}  // namespace vedette::mp4
