// SPDX-License-Identifier: Apache-2.0
#include "playback/virtual_mp4.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/fnv.h"
#include "mp4/init_segment.h"

namespace vedette::playback {
namespace {

using store::FragmentRef;

constexpr size_t kMaxFragments = 400'000;

/// One track of the file to be: the sample entries of all runs.
struct JoinedTrack {
  uint32_t id = 0;
  bool video = false;
  uint32_t timescale = 0;
  std::vector<media::TrackInfoPtr> entries;

  uint32_t index_of(const media::TrackInfoPtr& wanted) {
    for (size_t i = 0; i < entries.size(); ++i) {
      if (*entries[i] == *wanted) return static_cast<uint32_t>(i + 1);
    }
    entries.push_back(wanted);
    return static_cast<uint32_t>(entries.size());
  }
};

/// A run's first fragment, as far as its placing needs it.
struct RunHead {
  mp4::Movie movie;
  int64_t media_start_us = 0;    ///< decode time of the first picture, in the run
  int64_t picture_delay_us = 0;  ///< from decoding to showing the first picture
  int64_t audio_lead_us = 0;     ///< how much earlier than the picture's the sound's data begins
};

Result<RunHead> read_run_head(FragmentReader& reader, const FragmentRef& first) {
  RunHead head;
  VEDETTE_ASSIGN(head.movie, reader.read_movie(first.file));
  VEDETTE_ASSIGN(const Bytes moof, reader.read_moof(first));
  VEDETTE_ASSIGN(const mp4::Fragment fragment,
                 mp4::parse_moof(moof, first.entry.offset, head.movie));
  head.media_start_us = ticks_to_us(first.entry.media_time, first.file->timescale);
  for (const mp4::Run& run : fragment.runs) {
    const mp4::Track* track = head.movie.find(run.track_id);
    if (track == nullptr || run.samples.empty()) continue;
    const media::TrackInfoPtr entry = track->entry(run.sample_description_index);
    if (entry && media::is_video(entry->codec)) {
      head.picture_delay_us = ticks_to_us(run.samples.front().cts, track->timescale);
    } else {
      const int64_t start_us = ticks_to_us(run.base_decode_time, track->timescale);
      head.audio_lead_us = std::max(head.audio_lead_us, head.media_start_us - start_us);
    }
  }
  return head;
}

/// How many of the fragments belong to the run of the first one. Media time that goes back is a new
/// beginning, whatever the catalog calls the run: moved by the same amount it would fall before 0.
size_t length_of_run(std::span<const FragmentRef> fragments) {
  size_t count = 1;
  while (count < fragments.size() && fragments[count].file->run == fragments.front().file->run &&
         fragments[count].entry.media_time >= fragments[count - 1].entry.media_time) {
    ++count;
  }
  return count;
}

}  // namespace

/// Places one run after the other. A builder; lives for one plan().
class MediaPlanner {
 public:
  MediaPlanner(Archive& archive, Entries entries)
      : out_(new VirtualMp4(archive)), entries_(entries) {}

  /// False when the run cannot share the tracks.
  Result<bool> add_run(std::span<const FragmentRef> fragments) {
    const FragmentRef& first = fragments.front();
    VEDETTE_ASSIGN(RunHead head, read_run_head(out_->reader_, first));
    std::vector<JoinedTrack> joined = tracks_;
    std::vector<mp4::TrackPatch> patches;
    if (!join(head.movie, joined, patches)) return false;
    const bool first_run = out_->runs_.empty();
    if (entries_ == Entries::kOnePerTrack && !first_run && !same_entries(joined)) return false;
    if (patches.empty()) return make_error(ErrorCode::kDataLoss, "a run without known tracks");
    const int64_t place_us = place(first, head);
    const auto run = static_cast<uint32_t>(out_->runs_.size());
    for (mp4::TrackPatch& patch : patches) {
      const JoinedTrack& track = *std::find_if(
          joined.begin(), joined.end(), [&](const auto& t) { return t.id == patch.track_id; });
      patch.decode_time_shift =
          track.video ? us_to_ticks(place_us, track.timescale) - first.entry.media_time
                      : us_to_ticks(place_us - head.media_start_us, track.timescale);
    }
    tracks_ = std::move(joined);
    out_->runs_.push_back({std::move(patches)});
    for (const FragmentRef& fragment : fragments) out_->parts_.push_back({fragment, run});
    const FragmentRef& last = fragments.back();
    end_us_ =
        place_us + ticks_to_us(last.entry.media_time + last.entry.duration - first.entry.media_time,
                               first.file->timescale);
    out_->end_ = WallTime{last.end_us()};
    return true;
  }

  Result<std::unique_ptr<VirtualMp4>> finish() {
    std::vector<mp4::InitTrack> tracks;
    for (JoinedTrack& track : tracks_) tracks.push_back({std::move(track.entries)});
    VEDETTE_ASSIGN(out_->init_, mp4::make_init_segment(tracks, 0));
    uint64_t offset = out_->init_.size();
    out_->offsets_.reserve(out_->parts_.size() + 1);
    for (const VirtualMp4::Part& part : out_->parts_) {
      out_->offsets_.push_back(offset);
      offset += part.fragment.entry.size;
    }
    out_->offsets_.push_back(offset);
    return std::move(out_);
  }

 private:
  /// Where the run's first picture is decoded, in µs of media time. The first run fixes UTC.
  int64_t place(const FragmentRef& first, const RunHead& head) {
    const int64_t decode_utc_us = first.entry.start_us - head.picture_delay_us;
    if (out_->runs_.empty()) {
      out_->start_ = WallTime{decode_utc_us - head.audio_lead_us};
      return head.audio_lead_us;
    }
    return std::max({decode_utc_us - out_->start_.us, end_us_, head.audio_lead_us});
  }

  /// Nothing was added to the tracks there were.
  [[nodiscard]] bool same_entries(const std::vector<JoinedTrack>& joined) const {
    return std::equal(joined.begin(), joined.end(), tracks_.begin(), tracks_.end(),
                      [](const JoinedTrack& a, const JoinedTrack& b) {
                        return a.entries.size() == b.entries.size();
                      });
  }

  /// Track ids are 1, 2, … in both files, so a track keeps its id.
  static bool join(const mp4::Movie& movie, std::vector<JoinedTrack>& joined,
                   std::vector<mp4::TrackPatch>& patches) {
    for (const mp4::Track& track : movie.tracks) {
      const media::TrackInfoPtr entry = track.entry(1);
      if (!entry) continue;
      const bool video = media::is_video(entry->codec);
      if (track.id > joined.size() + 1 || track.id == 0) return false;
      if (track.id == joined.size() + 1) joined.push_back({track.id, video, track.timescale, {}});
      JoinedTrack& target = joined[track.id - 1];
      if (target.video != video || target.timescale != track.timescale) return false;
      patches.push_back({track.id, 0, target.index_of(entry)});
    }
    return true;
  }

  std::unique_ptr<VirtualMp4> out_;
  const Entries entries_;
  std::vector<JoinedTrack> tracks_;
  int64_t end_us_ = 0;
};

Result<std::unique_ptr<VirtualMp4>> VirtualMp4::plan(Archive& archive, const MediaRequest& request,
                                                     Entries entries) {
  VEDETTE_ASSIGN(const std::vector<FragmentRef> fragments,
                 covering_fragments(archive, {request.camera, request.kind, request.from,
                                              request.to, kMaxFragments}));
  if (fragments.empty()) return std::unique_ptr<VirtualMp4>();
  return join(archive, fragments, entries);
}

Result<std::unique_ptr<VirtualMp4>> VirtualMp4::join(Archive& archive,
                                                     std::span<const FragmentRef> fragments,
                                                     Entries entries) {
  MediaPlanner planner(archive, entries);
  while (!fragments.empty()) {
    const size_t count = length_of_run(fragments);
    VEDETTE_ASSIGN(const bool joined, planner.add_run(fragments.first(count)));
    if (!joined) break;
    fragments = fragments.subspan(count);
  }
  return planner.finish();
}

Result<void> VirtualMp4::load_moof(size_t part) {
  if (moof_part_ == part) return ok();
  moof_part_ = SIZE_MAX;
  VEDETTE_ASSIGN(moof_, reader_.read_moof(parts_[part].fragment));
  const mp4::MoofPatch patch{static_cast<uint32_t>(part + 1), runs_[parts_[part].run].tracks};
  const auto patched = mp4::patch_moof(moof_, patch);
  if (!patched) {
    return Error(patched.error()).with_context(parts_[part].fragment.file->relative);
  }
  moof_part_ = part;
  return ok();
}

Result<void> VirtualMp4::copy_from_part(size_t part, uint64_t offset, std::span<uint8_t> out) {
  const store::FragmentEntry& entry = parts_[part].fragment.entry;
  if (offset < entry.moof_size) {
    VEDETTE_TRY(load_moof(part));
    const auto count =
        static_cast<size_t>(std::min<uint64_t>(out.size(), entry.moof_size - offset));
    std::copy_n(moof_.begin() + static_cast<ptrdiff_t>(offset), count, out.begin());
    out = out.subspan(count);
    offset += count;
  }
  if (out.empty()) return ok();
  return reader_.read(parts_[part].fragment.file, entry.offset + offset, out);
}

Result<size_t> VirtualMp4::read_at(uint64_t offset, std::span<uint8_t> out) {
  size_t done = 0;
  while (done < out.size() && offset < size()) {
    if (offset < init_.size()) {
      const size_t count = std::min<size_t>(out.size() - done, init_.size() - offset);
      std::copy_n(init_.begin() + static_cast<ptrdiff_t>(offset), count,
                  out.begin() + static_cast<ptrdiff_t>(done));
      done += count;
      offset += count;
      continue;
    }
    const auto next = std::upper_bound(offsets_.begin(), offsets_.end(), offset);
    const auto part = static_cast<size_t>(next - offsets_.begin()) - 1;
    const auto count = static_cast<size_t>(std::min<uint64_t>(out.size() - done, *next - offset));
    VEDETTE_TRY(copy_from_part(part, offset - offsets_[part], out.subspan(done, count)));
    done += count;
    offset += count;
  }
  return done;
}

std::string VirtualMp4::etag() const {
  // Of what the bytes depend on: fragments are immutable, placing follows from them.
  Fnv1a hash;
  hash.add(static_cast<uint64_t>(start_.us));
  for (const Part& part : parts_) {
    hash.add(as_bytes(part.fragment.file->run));
    hash.add(part.fragment.entry.sequence);
    hash.add(part.fragment.entry.size);
  }
  return fmt::format("{:016x}-{:x}", hash.value(), size());
}

}  // namespace vedette::playback
