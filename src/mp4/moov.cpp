// SPDX-License-Identifier: Apache-2.0
#include "mp4/moov.h"

#include <fmt/core.h>

#include "mp4/box_walk.h"
#include "mp4/codec_config.h"
#include "mp4/limits.h"

namespace vedette::mp4 {
namespace {

/// Parses one moov; `bytes` is the box, and offsets in errors count from its start.
class MoovParser {
 public:
  MoovParser(ByteSpan bytes, Tables tables) : bytes_(bytes), tables_(tables) {}

  Result<Moov> parse(const BoxHeader& moov) {
    VEDETTE_TRY(for_each_box(bytes_, moov.body(), moov.end(), [this](const BoxHeader& box) {
      if (box.type == fourcc("trak")) return parse_trak(box);
      if (box.type == fourcc("mvex")) return parse_mvex(box);
      return ok();
    }));
    apply_defaults();
    return std::move(moov_);
  }

 private:
  Result<void> parse_trak(const BoxHeader& trak) {
    if (moov_.movie.tracks.size() == kMaxTracks) return bad_box(trak, "too many tracks");
    track_ = {};
    sample_tables_ = {};
    VEDETTE_TRY(for_each_box(bytes_, trak.body(), trak.end(), [this](const BoxHeader& box) {
      if (box.type == Tkhd::kType) return parse_tkhd(box);
      if (box.type == fourcc("mdia")) return parse_mdia(box);
      return ok();
    }));
    if (track_.id == 0 || track_.timescale == 0)
      return bad_box(trak, "no track id or no timescale");
    if (moov_.movie.find(track_.id) != nullptr) return bad_box(trak, "track id stands twice");
    moov_.movie.tracks.push_back(std::move(track_));
    if (tables_ == Tables::kRead) moov_.tables.push_back(std::move(sample_tables_));
    return ok();
  }

  Result<void> parse_tkhd(const BoxHeader& box) {
    Tkhd tkhd;
    VEDETTE_TRY(read_fields(bytes_, box, tkhd));
    track_.id = tkhd.track_id;
    return ok();
  }

  /// §8.4.1 lets the children come in any order, but stsd needs the timescale: two passes.
  Result<void> parse_mdia(const BoxHeader& mdia) {
    VEDETTE_TRY(for_each_box(bytes_, mdia.body(), mdia.end(), [this](const BoxHeader& box) {
      if (box.type == Mdhd::kType) return parse_mdhd(box);
      if (box.type == Hdlr::kType) return parse_hdlr(box);
      return ok();
    }));
    return for_each_box(bytes_, mdia.body(), mdia.end(), [this](const BoxHeader& box) {
      return box.type == fourcc("minf") ? parse_minf(box) : ok();
    });
  }

  Result<void> parse_mdhd(const BoxHeader& box) {
    Mdhd mdhd;
    VEDETTE_TRY(read_fields(bytes_, box, mdhd));
    track_.timescale = mdhd.timescale;
    return ok();
  }

  Result<void> parse_hdlr(const BoxHeader& box) {
    Hdlr hdlr;
    VEDETTE_TRY(read_fields(bytes_, box, hdlr));
    track_.handler = hdlr.handler;
    return ok();
  }

  Result<void> parse_minf(const BoxHeader& minf) {
    return for_each_box(bytes_, minf.body(), minf.end(), [this](const BoxHeader& box) {
      return box.type == fourcc("stbl") ? parse_stbl(box) : ok();
    });
  }

  Result<void> parse_stbl(const BoxHeader& stbl) {
    return for_each_box(bytes_, stbl.body(), stbl.end(), [this](const BoxHeader& box) {
      if (box.type == fourcc("stsd")) return parse_stsd(box);
      return tables_ == Tables::kRead ? parse_table(box) : ok();
    });
  }

  /// §8.5.2. The entry count is not believed: the boxes are counted.
  Result<void> parse_stsd(const BoxHeader& stsd) {
    constexpr uint64_t kFullBoxAndCount = 8;
    if (stsd.body_size() < kFullBoxAndCount) return bad_box(stsd, "is cut off");
    return for_each_box(bytes_, stsd.body() + kFullBoxAndCount, stsd.end(),
                        [&](const BoxHeader& box) -> Result<void> {
                          if (track_.entries.size() == kMaxSampleEntries)
                            return bad_box(stsd, "too many sample entries");
                          VEDETTE_ASSIGN(auto entry,
                                         read_sample_entry(bytes_, box, track_.timescale));
                          track_.entries.push_back(std::move(entry));
                          return ok();
                        });
  }

  Result<void> parse_table(const BoxHeader& box) {
    switch (box.type) {
      case Stts::kType:
        return read_fields(bytes_, box, sample_tables_.stts);
      case Ctts::kType:
        return read_fields(bytes_, box, sample_tables_.ctts);
      case Stsc::kType:
        return read_fields(bytes_, box, sample_tables_.stsc);
      case Stss::kType:
        sample_tables_.has_stss = true;
        return read_fields(bytes_, box, sample_tables_.stss);
      case Stsz::kType:
        return read_fields(bytes_, box, sample_tables_.stsz);
      case Stco::kType:
        return parse_chunk_offsets<Stco>(box);
      case Co64::kType:
        return parse_chunk_offsets<Co64>(box);
      case fourcc("stz2"):
        return make_error(ErrorCode::kUnsupported, "compact sample sizes (stz2) are not read");
      default:
        return ok();
    }
  }

  template <typename Box>
  Result<void> parse_chunk_offsets(const BoxHeader& box) {
    Box table;
    VEDETTE_TRY(read_fields(bytes_, box, table));
    sample_tables_.chunk_offsets.clear();
    sample_tables_.chunk_offsets.reserve(table.entries.size());
    for (const auto& entry : table.entries) sample_tables_.chunk_offsets.push_back(entry.value);
    return ok();
  }

  Result<void> parse_mvex(const BoxHeader& mvex) {
    moov_.movie.fragmented = true;
    const auto visit = [this](const BoxHeader& box) -> Result<void> {
      if (box.type != Trex::kType) return ok();
      if (trex_.size() == kMaxTracks) return bad_box(box, "too many of them");
      return read_fields(bytes_, box, trex_.emplace_back());
    };
    return for_each_box(bytes_, mvex.body(), mvex.end(), visit);
  }

  /// mvex may stand before the tracks it speaks of.
  void apply_defaults() {
    for (const Trex& trex : trex_) {
      for (Track& track : moov_.movie.tracks) {
        if (track.id != trex.track_id) continue;
        track.defaults = {trex.sample_description_index, trex.duration, trex.size,
                          trex.sample_flags};
      }
    }
  }

  ByteSpan bytes_;
  Tables tables_;
  Moov moov_;
  std::vector<Trex> trex_;
  Track track_;
  SampleTables sample_tables_;
};

}  // namespace

media::TrackInfoPtr Track::entry(uint32_t sample_description_index) const {
  if (sample_description_index == 0 || sample_description_index > entries.size()) return nullptr;
  return entries[sample_description_index - 1];
}

const Track* Movie::find(uint32_t track_id) const {
  for (const Track& track : tracks)
    if (track.id == track_id) return &track;
  return nullptr;
}

Result<Moov> read_moov(const ByteSource& source, Tables tables) {
  uint64_t at = 0;
  for (size_t boxes = 0; at < source.size() && boxes < kMaxTopLevelBoxes; ++boxes) {
    VEDETTE_ASSIGN(const BoxHeader box, read_box_header(source, at, source.size()));
    if (box.type == fourcc("moov")) {
      if (box.size > kMaxMoovBytes) {
        return make_error(
            ErrorCode::kUnsupported,
            fmt::format("moov of {} bytes is over the limit of {}", box.size, kMaxMoovBytes));
      }
      VEDETTE_ASSIGN(const Bytes bytes,
                     read_exactly(source, box.offset, static_cast<size_t>(box.size)));
      VEDETTE_ASSIGN(const BoxHeader local, read_box_header(bytes, 0));
      auto moov = MoovParser(bytes, tables).parse(local);
      if (!moov) return std::move(moov).error().with_context("moov");
      moov->movie.moov = box;
      moov->movie.init_end = box.end();
      return moov;
    }
    at = box.end();
  }
  return make_error(ErrorCode::kNotFound, "no moov box: not an MP4 file, or one never finished");
}

Result<Movie> read_movie(const ByteSource& source) {
  VEDETTE_ASSIGN(Moov moov, read_moov(source, Tables::kSkip));
  return std::move(moov.movie);
}

}  // namespace vedette::mp4
