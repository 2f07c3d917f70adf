// SPDX-License-Identifier: Apache-2.0
#include "playback/snapshot.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "playback/covering.h"
#include "vision/jpeg.h"

namespace vedette::playback {
namespace {

using store::FragmentRef;

/// Coded bytes from the random access unit to the picture.
constexpr size_t kMaxGopBytes = size_t{64} << 20;

/// How much earlier than a random access unit the pictures that follow it may be shown.
constexpr Duration kMostLead{std::chrono::seconds(1)};

/// Ends the run of samples of the video track with the picture shown at `at`, the last one in
/// presentation that is not later.
struct Chosen {
  size_t count = 0;  ///< samples to decode
  int64_t at_us = 0;
};

/// None when all of them are shown later.
std::optional<Chosen> choose_picture(const mp4::Run& run, uint32_t timescale,
                                     const FragmentRef& fragment, WallTime at) {
  std::optional<Chosen> best;
  const int64_t first_pts = run.samples.front().cts;
  int64_t dts = 0;
  for (size_t i = 0; i < run.samples.size(); ++i) {
    const int64_t pts = dts + run.samples[i].cts;
    const int64_t utc_us = fragment.entry.start_us + ticks_to_us(pts - first_pts, timescale);
    if (utc_us <= at.us && (!best || utc_us >= best->at_us)) best = {i + 1, utc_us};
    dts += run.samples[i].duration;
  }
  return best;
}

const mp4::Run* video_run(const mp4::Fragment& fragment, const mp4::Movie& movie) {
  for (const mp4::Run& run : fragment.runs) {
    const mp4::Track* track = movie.find(run.track_id);
    const auto entry = track == nullptr ? nullptr : track->entry(run.sample_description_index);
    if (entry && media::is_video(entry->codec) && !run.samples.empty()) return &run;
  }
  return nullptr;
}

/// Collects the access units of a GOP up to the wanted picture.
class GopReader {
 public:
  explicit GopReader(Archive& archive) : reader_(archive) {}

  /// Up to the picture shown at `last` when one is given, else all.
  Result<void> add(const FragmentRef& fragment, std::optional<WallTime> last) {
    VEDETTE_ASSIGN(const mp4::Run run, read_run(fragment));
    const mp4::Track* track = movie_->find(run.track_id);
    track_ = track->entry(run.sample_description_index);
    Chosen chosen{run.samples.size(), fragment.entry.start_us};
    if (last) {
      chosen = choose_picture(run, track->timescale, fragment, *last)
                   .value_or(Chosen{1, fragment.entry.start_us});
      at_us_ = chosen.at_us;
    }
    return read_samples(fragment, run, chosen.count);
  }

  /// Whether a picture of the fragment is shown at or before `at`.
  Result<bool> shows(const FragmentRef& fragment, WallTime at) {
    VEDETTE_ASSIGN(const mp4::Run run, read_run(fragment));
    const uint32_t timescale = movie_->find(run.track_id)->timescale;
    return choose_picture(run, timescale, fragment, at).has_value();
  }

  Result<Bytes> decode(uint16_t max_width) const {
    std::vector<ByteSpan> units;
    size_t offset = 0;
    for (const size_t size : sizes_) {
      units.push_back(ByteSpan(data_).subspan(offset, size));
      offset += size;
    }
    return vision::decode_to_jpeg(*track_, units, {max_width, 80});
  }

  [[nodiscard]] int64_t at_us() const { return at_us_; }
  [[nodiscard]] size_t pictures() const { return sizes_.size(); }

 private:
  Result<mp4::Run> read_run(const FragmentRef& fragment) {
    if (!movie_) {
      VEDETTE_ASSIGN(movie_, reader_.read_movie(fragment.file));
    }
    VEDETTE_ASSIGN(const Bytes moof, reader_.read_moof(fragment));
    VEDETTE_ASSIGN(const mp4::Fragment parsed,
                   mp4::parse_moof(moof, fragment.entry.offset, *movie_));
    const mp4::Run* run = video_run(parsed, *movie_);
    if (run == nullptr) return make_error(ErrorCode::kDataLoss, "a fragment without a picture");
    return *run;
  }

  Result<void> read_samples(const FragmentRef& fragment, const mp4::Run& run, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; ++i) total += run.samples[i].size;
    const uint64_t end = fragment.entry.offset + fragment.entry.size;
    if (run.data_offset > end || total > end - run.data_offset) {
      return make_error(ErrorCode::kDataLoss, "samples reach past their fragment");
    }
    if (data_.size() + total > kMaxGopBytes) {
      return make_error(ErrorCode::kResourceExhausted,
                        "the pictures before this one take more than 64 MiB");
    }
    for (size_t i = 0; i < count; ++i) sizes_.push_back(run.samples[i].size);
    data_.resize(data_.size() + total);
    const auto target = std::span<uint8_t>(data_).subspan(data_.size() - total);
    return reader_.read(fragment.file, run.data_offset, target);
  }

  FragmentReader reader_;
  std::optional<mp4::Movie> movie_;
  media::TrackInfoPtr track_;
  Bytes data_;
  std::vector<size_t> sizes_;
  int64_t at_us_ = 0;
};

}  // namespace

Result<std::optional<Snapshot>> take_snapshot(Archive& archive, const SnapshotRequest& request) {
  const WallTime to{std::min(request.at.us, INT64_MAX - kMostLead.count()) + kMostLead.count()};
  const FragmentRange range{request.camera, request.kind, request.at - kMaxSnapshotAge, to};
  VEDETTE_ASSIGN(std::vector<FragmentRef> gop, covering_fragments(archive, range));
  std::optional<FragmentRef> next;
  while (!gop.empty() && gop.back().entry.start_us > request.at.us) {
    next = std::move(gop.back());
    gop.pop_back();
  }
  if (gop.empty()) return std::optional<Snapshot>();
  const auto begin = std::find_if(gop.rbegin(), gop.rend(),
                                  [](const FragmentRef& f) { return f.entry.random_access; });
  gop.erase(gop.begin(), begin.base() - 1);

  GopReader reader(archive);
  // Of an open GOP some pictures are shown before its first one and need the GOP before it.
  if (next && next->file->run == gop.back().file->run &&
      next->entry.sequence == gop.back().entry.sequence + 1) {
    VEDETTE_ASSIGN(const bool leads, reader.shows(*next, request.at));
    if (leads) gop.push_back(std::move(*next));
  }
  for (size_t i = 0; i < gop.size(); ++i) {
    const bool last = i + 1 == gop.size();
    VEDETTE_TRY(reader.add(gop[i], last ? std::optional(request.at) : std::nullopt));
  }
  Snapshot out;
  VEDETTE_ASSIGN(out.jpeg, reader.decode(request.max_width));
  out.at = WallTime{reader.at_us()};
  out.etag = fmt::format("{}-{}-{}-{}", gop.back().file->run, gop.back().entry.sequence,
                         reader.pictures(), request.max_width);
  return std::optional<Snapshot>(std::move(out));
}

}  // namespace vedette::playback
