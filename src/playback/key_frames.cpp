// SPDX-License-Identifier: Apache-2.0
#include "playback/key_frames.h"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/fnv.h"
#include "mp4/init_segment.h"

namespace vedette::playback {
namespace {

using store::FragmentRef;

constexpr size_t kMaxFragments = 400'000;
constexpr uint32_t kTicksPerSecond = 1'000'000;
/// Fragments that meet to within this belong to one stretch: the seam between two files is no gap.
constexpr int64_t kSeamUs = 100'000;

/// A fragment whose first picture is sent, and how far that picture stands for the recording.
struct Chosen {
  const FragmentRef* fragment = nullptr;
  int64_t end_us = 0;
};

/// Chooses among all fragments of a range, in order.
class Chooser {
 public:
  explicit Chooser(Duration every) : every_us_(std::max<int64_t>(every.count(), 1)) {}

  /// False when there are enough.
  bool add(const FragmentRef& fragment) {
    const int64_t start_us = fragment.entry.start_us;
    const bool resumes = chosen_.empty() || start_us > chosen_.back().end_us + kSeamUs;
    // A clock set back repeats time; what the pictures say must not go back with it.
    const bool later = chosen_.empty() || start_us > chosen_.back().fragment->entry.start_us;
    const bool wanted =
        fragment.entry.random_access && later &&
        (resumes || cell(start_us) != cell(chosen_.back().fragment->entry.start_us));
    if (!wanted) {
      if (!chosen_.empty() && !resumes) extend(fragment.end_us());
      return true;
    }
    if (chosen_.size() == kMaxKeyFrames) return false;
    if (!chosen_.empty() && !resumes) chosen_.back().end_us = start_us;
    chosen_.push_back({&fragment, fragment.end_us()});
    return true;
  }

  [[nodiscard]] const std::vector<Chosen>& chosen() const { return chosen_; }

 private:
  [[nodiscard]] int64_t cell(int64_t us) const { return us / every_us_; }
  void extend(int64_t end_us) { chosen_.back().end_us = std::max(chosen_.back().end_us, end_us); }

  int64_t every_us_;
  std::vector<Chosen> chosen_;
};

/// The sample description of a run's pictures, in the ticks of this file.
media::TrackInfoPtr in_microseconds(const media::TrackInfo& track) {
  auto copy = std::make_shared<media::TrackInfo>(track);
  copy->timescale = kTicksPerSecond;
  return copy;
}

}  // namespace

/// Reads what must be known of each picture. A builder; lives for one plan().
class KeyFramePlanner {
 public:
  KeyFramePlanner(Archive& archive, Entries entries)
      : out_(new KeyFrameMp4(archive)), allowed_(entries) {}

  /// False: the file ends before this picture.
  Result<bool> add(const Chosen& chosen) {
    const FragmentRef& fragment = *chosen.fragment;
    VEDETTE_TRY(read_head(fragment.file));
    VEDETTE_ASSIGN(const Bytes moof, out_->reader_.read_moof(fragment));
    VEDETTE_ASSIGN(const mp4::Fragment parsed,
                   mp4::parse_moof(moof, fragment.entry.offset, *movie_));
    for (const mp4::Run& run : parsed.runs) {
      const mp4::Track* track = movie_->find(run.track_id);
      const auto entry = track == nullptr ? nullptr : track->entry(run.sample_description_index);
      if (entry && media::is_video(entry->codec) && !run.samples.empty()) {
        if (allowed_ == Entries::kOnePerTrack && !entries_.empty() &&
            !(*entries_.front() == *in_microseconds(*entry)))
          return false;
        VEDETTE_TRY(add_picture(chosen, run, *entry));
        return true;
      }
    }
    return make_error(ErrorCode::kDataLoss, fragment.file->relative +
                                                " has a fragment without a picture; run vedette "
                                                "fsck");
  }

  Result<std::unique_ptr<KeyFrameMp4>> finish() {
    const mp4::InitTrack track{std::move(entries_)};
    VEDETTE_ASSIGN(out_->init_, mp4::make_init_segment(std::span(&track, 1), 0));
    uint64_t offset = out_->init_.size();
    for (const KeyFrameMp4::Part& part : out_->parts_) {
      out_->offsets_.push_back(offset);
      offset += part.head.size() + part.data_size;
    }
    out_->offsets_.push_back(offset);
    return std::move(out_);
  }

 private:
  Result<void> read_head(const store::FileRefPtr& file) {
    if (movie_of_ && movie_of_->path() == file->path()) return ok();
    VEDETTE_ASSIGN(movie_, out_->reader_.read_movie(file));
    movie_of_ = file;
    return ok();
  }

  uint32_t index_of(const media::TrackInfo& track) {
    const media::TrackInfoPtr wanted = in_microseconds(track);
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (*entries_[i] == *wanted) return static_cast<uint32_t>(i + 1);
    }
    entries_.push_back(wanted);
    return static_cast<uint32_t>(entries_.size());
  }

  Result<void> add_picture(const Chosen& chosen, const mp4::Run& run,
                           const media::TrackInfo& track) {
    const FragmentRef& fragment = *chosen.fragment;
    const uint64_t end = fragment.entry.offset + fragment.entry.size;
    const uint32_t size = run.samples.front().size;
    if (run.data_offset > end || size > end - run.data_offset) {
      return make_error(ErrorCode::kDataLoss,
                        fragment.file->relative + " has a picture that reaches past its fragment");
    }
    if (out_->parts_.empty()) out_->start_ = WallTime{fragment.entry.start_us};
    out_->end_ = WallTime{chosen.end_us};
    const int64_t lasts_us = chosen.end_us - fragment.entry.start_us;
    constexpr int64_t kLongest = std::numeric_limits<uint32_t>::max();
    const mp4::Sample sample{
        size, static_cast<uint32_t>(std::clamp<int64_t>(lasts_us, 1, kLongest)), 0, true};
    const mp4::TrackRun picture{1, fragment.entry.start_us - out_->start_.us, std::span(&sample, 1),
                                index_of(track)};
    const auto sequence = static_cast<uint32_t>(out_->parts_.size() + 1);
    out_->parts_.push_back(
        {fragment.file, mp4::make_fragment_head(sequence, {&picture, 1}), run.data_offset, size});
    return ok();
  }

  std::unique_ptr<KeyFrameMp4> out_;
  const Entries allowed_;
  std::vector<media::TrackInfoPtr> entries_;
  std::optional<mp4::Movie> movie_;
  store::FileRefPtr movie_of_;
};

Result<std::unique_ptr<KeyFrameMp4>> KeyFrameMp4::plan(Archive& archive,
                                                       const KeyFrameRequest& request) {
  const MediaRequest& media = request.media;
  VEDETTE_ASSIGN(
      const std::vector<FragmentRef> fragments,
      covering_fragments(archive, {media.camera, media.kind, media.from, media.to, kMaxFragments}));
  Chooser chooser(request.every);
  for (const FragmentRef& fragment : fragments) {
    if (!chooser.add(fragment)) break;
  }
  if (chooser.chosen().empty()) return std::unique_ptr<KeyFrameMp4>();
  KeyFramePlanner planner(archive, request.entries);
  for (const Chosen& chosen : chooser.chosen()) {
    VEDETTE_ASSIGN(const bool added, planner.add(chosen));
    if (!added) break;
  }
  return planner.finish();
}

Result<void> KeyFrameMp4::copy_from_part(const Part& part, uint64_t offset,
                                         std::span<uint8_t> out) {
  if (offset < part.head.size()) {
    const size_t count = std::min<size_t>(out.size(), part.head.size() - offset);
    std::copy_n(part.head.begin() + static_cast<ptrdiff_t>(offset), count, out.begin());
    out = out.subspan(count);
    offset += count;
  }
  if (out.empty()) return ok();
  return reader_.read(part.file, part.data_offset + offset - part.head.size(), out);
}

Result<size_t> KeyFrameMp4::read_at(uint64_t offset, std::span<uint8_t> out) {
  size_t done = 0;
  while (done < out.size() && offset < size()) {
    size_t count = 0;
    if (offset < init_.size()) {
      count = std::min<size_t>(out.size() - done, init_.size() - offset);
      std::copy_n(init_.begin() + static_cast<ptrdiff_t>(offset), count,
                  out.begin() + static_cast<ptrdiff_t>(done));
    } else {
      const auto next = std::upper_bound(offsets_.begin(), offsets_.end(), offset);
      const auto part = static_cast<size_t>(next - offsets_.begin()) - 1;
      count = static_cast<size_t>(std::min<uint64_t>(out.size() - done, *next - offset));
      VEDETTE_TRY(copy_from_part(parts_[part], offset - offsets_[part], out.subspan(done, count)));
    }
    done += count;
    offset += count;
  }
  return done;
}

std::string KeyFrameMp4::etag() const {
  // Of all but the pictures themselves, which never change where they lie.
  Fnv1a hash;
  hash.add(static_cast<uint64_t>(start_.us));
  for (const Part& part : parts_) {
    hash.add(as_bytes(part.file->run));
    hash.add(part.head);
    hash.add(part.data_offset);
  }
  return fmt::format("k{:016x}-{:x}", hash.value(), size());
}

}  // namespace vedette::playback
