// SPDX-License-Identifier: Apache-2.0
#include "mp4/reader.h"

#include <fmt/core.h>

#include "mp4/box_walk.h"
#include "mp4/fragment_boxes.h"
#include "mp4/limits.h"

namespace vedette::mp4 {
namespace {

constexpr uint64_t kMaxTime = uint64_t{1} << 62;

/// Parses one moof; keeps where the data of the run before ended, from which the next may count.
class MoofParser {
 public:
  MoofParser(ByteSpan bytes, uint64_t moof_offset, const Movie& movie)
      : bytes_(bytes), moof_offset_(moof_offset), movie_(movie), data_end_(moof_offset) {}

  Result<Fragment> parse() {
    VEDETTE_ASSIGN(const BoxHeader moof, read_box_header(bytes_, 0));
    if (moof.type != fourcc("moof")) return bad_box(moof, "expected 'moof'");
    VEDETTE_TRY(for_each_box(bytes_, moof.body(), moof.end(), [this](const BoxHeader& box) {
      if (box.type == Mfhd::kType) return parse_mfhd(box);
      if (box.type == fourcc("traf")) return parse_traf(box);
      return ok();
    }));
    return std::move(fragment_);
  }

 private:
  Result<void> parse_mfhd(const BoxHeader& box) {
    Mfhd mfhd;
    VEDETTE_TRY(read_fields(bytes_, box, mfhd));
    fragment_.sequence = mfhd.sequence;
    return ok();
  }

  Result<void> parse_traf(const BoxHeader& traf) {
    tfhd_ = {};
    tfdt_ = {};
    bool has_tfdt = false;
    VEDETTE_TRY(for_each_box(bytes_, traf.body(), traf.end(), [&](const BoxHeader& box) {
      if (box.type == Tfhd::kType) return read_fields(bytes_, box, tfhd_);
      if (box.type != Tfdt::kType) return ok();
      has_tfdt = true;
      return read_fields(bytes_, box, tfdt_);
    }));
    const Track* track = movie_.find(tfhd_.track_id);
    if (track == nullptr) return ok();
    if (!has_tfdt)
      return make_error(ErrorCode::kUnsupported, "a fragment without decode time (tfdt)");
    if (tfdt_.decode_time > kMaxTime) return bad_box(traf, "decode time is out of bounds");
    begin_traf(*track);
    return for_each_box(bytes_, traf.body(), traf.end(), [this](const BoxHeader& box) {
      return box.type == Trun::kType ? parse_trun(box) : ok();
    });
  }

  /// §8.8.7.1: what tfhd does not say comes from trex, and where data offsets count from.
  void begin_traf(const Track& track) {
    const FragmentDefaults& defaults = track.defaults;
    if ((tfhd_.flags & Tfhd::kDescriptionIndex) == 0)
      tfhd_.sample_description_index = defaults.sample_description_index;
    if ((tfhd_.flags & Tfhd::kDuration) == 0) tfhd_.duration = defaults.duration;
    if ((tfhd_.flags & Tfhd::kSize) == 0) tfhd_.size = defaults.size;
    if ((tfhd_.flags & Tfhd::kFlags) == 0) tfhd_.sample_flags = defaults.flags;
    if ((tfhd_.flags & Tfhd::kBaseDataOffset) != 0) {
      base_ = tfhd_.base_data_offset;
    } else {
      base_ = (tfhd_.flags & Tfhd::kBaseIsMoof) != 0 ? moof_offset_ : data_end_;
    }
    data_end_ = base_;
    decode_time_ = static_cast<int64_t>(tfdt_.decode_time);
  }

  Result<void> parse_trun(const BoxHeader& box) {
    FieldReader in(body_of(bytes_, box));
    Trun trun;
    trun.transfer(in);
    const size_t per_sample = Trun::sample_bytes(trun.flags);
    if (!in.ok() || (per_sample > 0 && trun.sample_count > in.remaining() / per_sample))
      return bad_box(box, "is cut off");
    samples_ += trun.sample_count;
    if (samples_ > kMaxSamplesPerFragment || fragment_.runs.size() == kMaxTrackRunsPerFragment)
      return bad_box(box, "fragment has too many samples or runs");
    if (trun.sample_count == 0) return ok();
    Run run;
    run.track_id = tfhd_.track_id;
    run.sample_description_index = tfhd_.sample_description_index;
    run.base_decode_time = decode_time_;
    run.data_offset = (trun.flags & Trun::kDataOffset) != 0
                          ? base_ + static_cast<uint64_t>(int64_t{trun.data_offset})
                          : data_end_;
    if (run.data_offset > kMaxTime) return bad_box(box, "data offset is out of bounds");
    read_samples(in, trun, run);
    fragment_.runs.push_back(std::move(run));
    return ok();
  }

  void read_samples(FieldReader& in, const Trun& trun, Run& run) {
    run.samples.reserve(trun.sample_count);
    data_end_ = run.data_offset;
    for (uint32_t i = 0; i < trun.sample_count; ++i) {
      TrunSample fields{tfhd_.duration, tfhd_.size, tfhd_.sample_flags, 0};
      if (i == 0 && (trun.flags & Trun::kFirstFlags) != 0) fields.flags = trun.first_sample_flags;
      fields.transfer(in, trun.flags);
      run.samples.push_back(
          {fields.size, fields.duration, fields.cts, (fields.flags & kNonSyncBit) == 0});
      data_end_ += fields.size;
      decode_time_ += fields.duration;
    }
  }

  ByteSpan bytes_;
  uint64_t moof_offset_;
  const Movie& movie_;
  Fragment fragment_;
  uint64_t samples_ = 0;
  // Of the current traf.
  Tfhd tfhd_;
  Tfdt tfdt_;
  uint64_t base_ = 0;
  uint64_t data_end_;
  int64_t decode_time_ = 0;
};

}  // namespace

Result<Fragment> parse_moof(ByteSpan moof, uint64_t moof_offset, const Movie& movie) {
  auto fragment = MoofParser(moof, moof_offset, movie).parse();
  if (!fragment)
    return std::move(fragment).error().with_context(fmt::format("moof at offset {}", moof_offset));
  return fragment;
}

Result<Fragment> read_fragment(const ByteSource& source, const BoxHeader& moof,
                               const Movie& movie) {
  if (moof.size > kMaxMoofBytes) return bad_box(moof, "is over the limit of 4 MiB");
  VEDETTE_ASSIGN(const Bytes bytes,
                 read_exactly(source, moof.offset, static_cast<size_t>(moof.size)));
  return parse_moof(bytes, moof.offset, movie);
}

Result<std::optional<Sidx>> read_sidx(const ByteSource& source, const Movie& movie) {
  if (movie.init_end >= source.size()) return std::optional<Sidx>();
  VEDETTE_ASSIGN(const BoxHeader box, read_box_header(source, movie.init_end, source.size()));
  if (box.type != SidxBox::kType) return std::optional<Sidx>();
  constexpr uint64_t kMaxSidxBytes = sidx_reserve_bytes(kMaxSidxEntries);
  if (box.size > kMaxSidxBytes) return bad_box(box, "is too large");
  VEDETTE_ASSIGN(const Bytes bytes,
                 read_exactly(source, box.offset, static_cast<size_t>(box.size)));
  VEDETTE_ASSIGN(Sidx sidx, parse_sidx(bytes, box.offset));
  return std::optional<Sidx>(std::move(sidx));
}

}  // namespace vedette::mp4
