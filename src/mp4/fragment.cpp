// SPDX-License-Identifier: Apache-2.0
#include "mp4/fragment.h"

#include <limits>
#include <utility>

#include <fmt/core.h>

#include "base/assert.h"
#include "media/decoder_config.h"
#include "mp4/activity_box.h"
#include "mp4/box_walk.h"
#include "mp4/fragment_boxes.h"

namespace vedette::mp4 {
namespace {

constexpr size_t kMfhdBytes = 16;
constexpr size_t kTfdtBytes = 20;
constexpr size_t kMdatHeaderBytes = 8;

uint32_t sample_flags(bool sync) { return sync ? kSyncFlags : kNonSyncFlags; }

template <typename Box>
size_t box_bytes(Box& box) {
  FieldSizer sizer;
  box.transfer(sizer);
  return kBoxHeaderBytes + sizer.size();
}

/// What is common to all samples goes to tfhd; the rest to each sample of trun.
struct RunShape {
  Tfhd tfhd;
  Trun trun;
  uint64_t data_bytes = 0;

  [[nodiscard]] size_t trun_bytes() {
    return box_bytes(trun) + trun.sample_count * Trun::sample_bytes(trun.flags);
  }
  [[nodiscard]] size_t traf_bytes() {
    return kBoxHeaderBytes + box_bytes(tfhd) + kTfdtBytes + trun_bytes();
  }
};

struct Varying {
  bool duration = false;
  bool cts = false;         ///< any is not 0
  size_t sync_changes = 0;  ///< positions whose sync differs from the one before
  bool first_differs = false;
};

Varying compare(std::span<const Sample> samples) {
  Varying varying;
  const Sample& first = samples.front();
  for (size_t i = 0; i < samples.size(); ++i) {
    varying.duration |= samples[i].duration != first.duration;
    varying.cts |= samples[i].cts != 0;
    if (i > 0 && samples[i].sync != samples[i - 1].sync) ++varying.sync_changes;
  }
  varying.first_differs = samples.size() > 1 && samples[1].sync != first.sync;
  return varying;
}

RunShape shape_of(const TrackRun& run) {
  const Sample& first = run.samples.front();
  const Varying varying = compare(run.samples);
  RunShape shape;
  shape.tfhd.flags = Tfhd::kBaseIsMoof | Tfhd::kDescriptionIndex;
  shape.tfhd.track_id = run.track_id;
  shape.tfhd.sample_description_index = run.sample_description_index;
  shape.tfhd.duration = first.duration;
  // Sizes always stand with their samples: grow_first_sample() changes one of them in place.
  shape.trun.flags = Trun::kDataOffset | Trun::kSize;
  shape.trun.sample_count = static_cast<uint32_t>(run.samples.size());
  (varying.duration ? shape.trun.flags : shape.tfhd.flags) |=
      varying.duration ? Trun::kDuration : Tfhd::kDuration;
  if (varying.cts) shape.trun.flags |= Trun::kCts;
  // The usual GOP, a sync sample and then none, needs no flags per sample.
  if (varying.sync_changes == 0 || (varying.sync_changes == 1 && varying.first_differs)) {
    shape.tfhd.flags |= Tfhd::kFlags;
    shape.tfhd.sample_flags = sample_flags(run.samples.back().sync);
    if (varying.first_differs) shape.trun.flags |= Trun::kFirstFlags;
    shape.trun.first_sample_flags = sample_flags(first.sync);
  } else {
    shape.trun.flags |= Trun::kFlags;
  }
  for (const Sample& sample : run.samples) shape.data_bytes += sample.size;
  return shape;
}

template <typename Box>
void put_box(FieldWriter& out, size_t size, Box& box) {
  out.constant(4, size);
  out.constant(4, Box::kType);
  box.transfer(out);
}

void put_traf(FieldWriter& out, const TrackRun& run, RunShape& shape) {
  out.constant(4, shape.traf_bytes());
  out.constant(4, fourcc("traf"));
  put_box(out, box_bytes(shape.tfhd), shape.tfhd);
  Tfdt tfdt;
  tfdt.decode_time = static_cast<uint64_t>(run.base_decode_time);
  put_box(out, kTfdtBytes, tfdt);
  put_box(out, shape.trun_bytes(), shape.trun);
  for (const Sample& sample : run.samples) {
    TrunSample fields{sample.duration, sample.size, sample_flags(sample.sync), sample.cts};
    fields.transfer(out, shape.trun.flags);
  }
}

void put_activity(FieldWriter& out, uint8_t activity) {
  out.constant(4, kActivityBoxBytes);
  out.constant(4, fourcc("uuid"));
  for (const uint8_t byte : kActivityUserType) out.constant(1, byte);
  out.constant(1, 1);  // version
  out.constant(1, activity);
}

/// Where patch_moof() writes in one traf.
struct TrafPlaces {
  const TrackPatch* patch = nullptr;
  size_t description_index = 0;
  size_t decode_time = 0;
  uint64_t new_decode_time = 0;
};

void store(std::span<uint8_t> bytes, size_t offset, size_t width, uint64_t value) {
  FieldWriter(bytes.subspan(offset, width)).constant(width, value);
}

Result<uint64_t> shifted(uint64_t decode_time, int64_t shift) {
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  const uint64_t sum = decode_time + static_cast<uint64_t>(shift);
  const bool wrapped = shift < 0 ? sum > decode_time : sum < decode_time;
  if (decode_time > kMax || wrapped || sum > kMax) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("decode time {} cannot move by {}", decode_time, shift));
  }
  return sum;
}

/// The places of one traf; `patch` stays null when the patch does not name its track.
Result<TrafPlaces> find_places(ByteSpan moof, const BoxHeader& traf, const MoofPatch& patch) {
  TrafPlaces places;
  Tfhd tfhd;
  Tfdt tfdt;
  const auto visit = [&](const BoxHeader& box) -> Result<void> {
    if (box.type == Tfhd::kType) {
      places.description_index = box.body() + 8;
      return read_fields(moof, box, tfhd);
    }
    if (box.type != Tfdt::kType) return ok();
    places.decode_time = box.body() + 4;
    return read_fields(moof, box, tfdt);
  };
  VEDETTE_TRY(for_each_box(moof, traf.body(), traf.end(), visit));
  for (const TrackPatch& track : patch.tracks)
    if (track.track_id == tfhd.track_id) places.patch = &track;
  if (places.patch == nullptr) return places;
  constexpr uint32_t kLayout = Tfhd::kBaseDataOffset | Tfhd::kDescriptionIndex;
  if (places.description_index == 0 || places.decode_time == 0 || tfdt.version != 1 ||
      (tfhd.flags & kLayout) != Tfhd::kDescriptionIndex) {
    return make_error(ErrorCode::kFailedPrecondition, "this moof was not written by a recorder");
  }
  VEDETTE_ASSIGN(places.new_decode_time,
                 shifted(tfdt.decode_time, places.patch->decode_time_shift));
  return places;
}

/// Grows the first sample of `traf`, or moves its data when another traf comes before it.
Result<void> grow_run(std::span<uint8_t> moof, const BoxHeader& traf, bool first, uint32_t bytes) {
  size_t data_offset_at = 0;
  size_t size_at = 0;
  Trun trun;
  const auto visit = [&](const BoxHeader& box) -> Result<void> {
    if (box.type != Trun::kType) return ok();
    constexpr uint32_t kLayout = Trun::kDataOffset | Trun::kSize;
    VEDETTE_TRY(read_fields(moof, box, trun));
    const size_t before_size = ((trun.flags & Trun::kFirstFlags) != 0 ? 4U : 0U) +
                               ((trun.flags & Trun::kDuration) != 0 ? 4U : 0U);
    if (data_offset_at != 0 || (trun.flags & kLayout) != kLayout || trun.sample_count == 0 ||
        box.body_size() < 12 + before_size + 4)
      return make_error(ErrorCode::kFailedPrecondition, "this trun was not written by a recorder");
    data_offset_at = box.body() + 8;
    size_at = data_offset_at + 4 + before_size;
    return ok();
  };
  VEDETTE_TRY(for_each_box(moof, traf.body(), traf.end(), visit));
  if (data_offset_at == 0) return make_error(ErrorCode::kFailedPrecondition, "traf has no trun");
  const size_t at = first ? size_at : data_offset_at;
  const uint32_t value = ByteReader(ByteSpan(moof).subspan(at, 4)).u32();
  if (value > kMaxFragmentDataBytes)
    return make_error(ErrorCode::kFailedPrecondition, "this trun was not written by a recorder");
  store(moof, at, 4, uint64_t{value} + bytes);
  return ok();
}

}  // namespace

Bytes make_fragment_head(uint32_t sequence, std::span<const TrackRun> runs, uint8_t activity) {
  VEDETTE_ASSERT(runs.size() <= kMaxTracks);
  size_t moof_bytes = kBoxHeaderBytes + kMfhdBytes + (activity > 0 ? kActivityBoxBytes : 0);
  std::array<RunShape, kMaxTracks> shapes;
  uint64_t data_bytes = 0;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].samples.empty()) continue;
    VEDETTE_ASSERT(runs[i].base_decode_time >= 0);
    shapes[i] = shape_of(runs[i]);
    moof_bytes += shapes[i].traf_bytes();
    data_bytes += shapes[i].data_bytes;
  }
  VEDETTE_ASSERT(data_bytes <= kMaxFragmentDataBytes && moof_bytes <= kMaxMoofBytes);

  Bytes head(moof_bytes + kMdatHeaderBytes);
  FieldWriter out(head);
  out.constant(4, moof_bytes);
  out.constant(4, fourcc("moof"));
  Mfhd mfhd;
  mfhd.sequence = sequence;
  put_box(out, kMfhdBytes, mfhd);
  if (activity > 0) put_activity(out, activity);
  uint64_t data_offset = head.size();
  for (size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].samples.empty()) continue;
    shapes[i].trun.data_offset = static_cast<int32_t>(data_offset);
    put_traf(out, runs[i], shapes[i]);
    data_offset += shapes[i].data_bytes;
  }
  out.constant(4, kMdatHeaderBytes + data_bytes);
  out.constant(4, fourcc("mdat"));
  VEDETTE_ASSERT(out.left() == 0);
  return head;
}

Result<void> patch_moof(std::span<uint8_t> moof, const MoofPatch& patch) {
  VEDETTE_ASSIGN(const BoxHeader box, read_box_header(moof, 0));
  if (box.type != fourcc("moof"))
    return make_error(ErrorCode::kFailedPrecondition, "not a moof but " + to_string(box.type));
  size_t sequence_at = 0;
  std::array<TrafPlaces, kMaxTracks> places;
  size_t trafs = 0;
  const auto visit = [&](const BoxHeader& child) -> Result<void> {
    if (child.type == Mfhd::kType) {
      Mfhd mfhd;
      sequence_at = child.body() + 4;
      return read_fields(moof, child, mfhd);
    }
    if (child.type != fourcc("traf")) return ok();
    if (trafs == places.size())
      return make_error(ErrorCode::kFailedPrecondition, "moof has too many tracks");
    VEDETTE_ASSIGN(places[trafs++], find_places(moof, child, patch));
    return ok();
  };
  VEDETTE_TRY(for_each_box(moof, box.body(), box.end(), visit));
  if (sequence_at == 0) return make_error(ErrorCode::kFailedPrecondition, "moof has no mfhd");
  store(moof, sequence_at, 4, patch.sequence);
  for (const TrafPlaces& place : std::span(places).first(trafs)) {
    if (place.patch == nullptr) continue;
    store(moof, place.description_index, 4, place.patch->sample_description_index);
    store(moof, place.decode_time, 8, place.new_decode_time);
  }
  return ok();
}

Result<void> grow_first_sample(std::span<uint8_t> head, uint32_t bytes) {
  VEDETTE_ASSIGN(const BoxHeader moof, read_box_header(head, 0));
  ByteReader mdat(ByteSpan(head).subspan(static_cast<size_t>(moof.end())));
  const uint32_t mdat_bytes = mdat.u32();
  const FourCc mdat_type = mdat.u32();
  if (moof.type != fourcc("moof") || !mdat.ok() || mdat_type != fourcc("mdat") ||
      mdat_bytes < kMdatHeaderBytes || mdat_bytes > kMaxFragmentDataBytes ||
      bytes > kMaxDecoderConfigBytes)
    return make_error(ErrorCode::kFailedPrecondition, "not a fragment written by a recorder");
  bool first = true;
  const auto visit = [&](const BoxHeader& box) -> Result<void> {
    if (box.type != fourcc("traf")) return ok();
    const bool grows = std::exchange(first, false);
    return grow_run(head, box, grows, bytes);
  };
  VEDETTE_TRY(for_each_box(head, moof.body(), moof.end(), visit));
  store(head, static_cast<size_t>(moof.end()), 4, uint64_t{mdat_bytes} + bytes);
  return ok();
}

Result<Bytes> parameter_set_prefix(const media::TrackInfo& track) {
  VEDETTE_ASSERT(is_video(track.codec));
  VEDETTE_ASSIGN(const media::ParameterSets sets, media::parameter_sets_of(track));
  ByteWriter out;
  for (const auto* nals : {&sets.vps, &sets.sps, &sets.pps}) {
    for (const ByteSpan nal : *nals) {
      out.u32(static_cast<uint32_t>(nal.size()));
      out.bytes(nal);
    }
  }
  return out.take();
}

}  // namespace vedette::mp4
