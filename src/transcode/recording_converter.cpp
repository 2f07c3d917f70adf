// SPDX-License-Identifier: Apache-2.0
#include "transcode/recording_converter.h"

#include <algorithm>
#include <utility>

#include "mp4/fragment.h"
#include "mp4/init_segment.h"

namespace vedette::transcode {
namespace {

/// The first of them is on screen while the rest of a GOP is still being coded.
constexpr size_t kPicturesPerPiece = 12;
/// The recorder cuts at 4 MiB; a fragment of single key frames is one picture.
constexpr uint64_t kMaxFragmentBytes = uint64_t{64} << 20;
/// A hole longer than a tenth of a second is one in the recording, not a seam of two files.
constexpr uint32_t kSeamsPerSecond = 10;
/// H.265 may reorder 16 pictures; what is older than this never came out.
constexpr size_t kMaxWaiting = 64;

Error damaged(std::string_view what) {
  return make_error(ErrorCode::kDataLoss,
                    "the recording cannot be converted: " + std::string(what));
}

/// As Transcoder gives the time of what it was given: it counts in 1/90000 s.
int64_t coded_time(int64_t pts, uint32_t timescale) {
  return us_to_ticks(ticks_to_us(pts, timescale), 90'000);
}

}  // namespace

RecordingConverter::RecordingConverter(std::unique_ptr<mp4::ByteSource> media,
                                       vision::TranscoderOptions options)
    : media_(std::move(media)), options_(options) {}

double RecordingConverter::done() const {
  const uint64_t size = media_->size();
  return size == 0 ? 1 : static_cast<double>(offset_) / static_cast<double>(size);
}

Result<Progress> RecordingConverter::step(Bytes& out) {
  if (!begun_) return begin(out);
  const bool more = video_ != nullptr && sample_ < video_->samples.size();
  if (more && at_break()) {
    // Nothing beyond refers to what was before, and no picture lasts over a hole.
    VEDETTE_TRY(drain());
    end_.reset();
  } else if (more) {
    VEDETTE_TRY(convert_next());
    const bool single = options_.keys == vision::KeyFrames::kAll;
    if (ready_.size() < (single ? 1 : kPicturesPerPiece)) return Progress::kMore;
  } else if (!has_piece()) {
    VEDETTE_ASSIGN(const bool loaded, load_fragment());
    if (loaded) return Progress::kMore;
    VEDETTE_TRY(drain());
    if (!has_piece()) return Progress::kEnd;
  }
  if (!has_piece()) return Progress::kMore;
  out = make_piece();
  return Progress::kPiece;
}

Result<Progress> RecordingConverter::begin(Bytes& out) {
  VEDETTE_ASSIGN(movie_, mp4::read_movie(*media_));
  offset_ = movie_->init_end;
  for (const mp4::Track& track : movie_->tracks) {
    const media::TrackInfoPtr entry = track.entry(1);
    if (!entry || !media::is_video(entry->codec) || video_id_ != 0) continue;
    video_id_ = track.id;
    timescale_ = track.timescale;
    from_ = entry;
  }
  if (!from_) return damaged("it has no video track that is known");
  VEDETTE_ASSIGN(const bool loaded, load_fragment());
  if (!loaded || video_ == nullptr) return damaged("it has no picture");
  VEDETTE_TRY(open_coder(*video_));
  std::vector<mp4::InitTrack> tracks;
  for (const mp4::Track& track : movie_->tracks) {
    const bool video = track.id == video_id_;
    if (!video && (track.entries.empty() || !track.entry(1)))
      return damaged("it has a track of an unknown kind");
    auto to = std::make_shared<media::TrackInfo>(*coder_->track());
    to->timescale = timescale_;
    tracks.push_back({video ? std::vector<media::TrackInfoPtr>{to} : track.entries});
  }
  VEDETTE_ASSIGN(out, mp4::make_init_segment(tracks, 0));
  begun_ = true;
  return Progress::kPiece;
}

Result<void> RecordingConverter::open_coder(const mp4::Run& run) {
  auto from = std::make_shared<media::TrackInfo>(*from_);
  from->timescale = timescale_;
  const uint32_t lasts = run.samples.front().duration;
  // Cameras seldom declare their rate in the stream; the recording knows it.
  if (from->fps <= 0 && lasts > 0) from->fps = static_cast<double>(timescale_) / lasts;
  VEDETTE_ASSIGN(coder_, vision::Transcoder::create(from, options_));
  from_ = std::move(from);
  return ok();
}

Result<bool> RecordingConverter::load_fragment() {
  video_ = nullptr;
  if (offset_ >= media_->size()) return false;
  const mp4::Scan scan = mp4::scan_fragments(*media_, offset_, 1);
  if (scan.fragments.empty()) return damaged(scan.why.empty() ? "a fragment is torn" : scan.why);
  const mp4::ScannedFragment& found = scan.fragments.front();
  if (found.mdat_size > kMaxFragmentBytes) return damaged("a fragment is larger than 64 MiB");
  VEDETTE_ASSIGN(const Bytes moof,
                 mp4::read_exactly(*media_, found.moof_offset(), found.moof_size));
  VEDETTE_ASSIGN(fragment_, mp4::parse_moof(moof, found.moof_offset(), *movie_));
  data_offset_ = found.moof_offset() + found.moof_size;
  VEDETTE_ASSIGN(data_,
                 mp4::read_exactly(*media_, data_offset_, static_cast<size_t>(found.mdat_size)));
  offset_ = found.end();
  has_sound_ = false;
  for (const mp4::Run& run : fragment_.runs) {
    uint64_t size = 0;
    for (const mp4::Sample& sample : run.samples) size += sample.size;
    const uint64_t room = data_.size() + data_offset_;
    if (run.data_offset < data_offset_ || run.data_offset > room || size > room - run.data_offset)
      return damaged("samples reach past their fragment");
    if (run.samples.empty()) continue;
    if (run.track_id != video_id_) has_sound_ = true;
    if (run.track_id == video_id_ && video_ == nullptr) video_ = &run;
  }
  sample_ = 0;
  if (video_ == nullptr) return true;
  sample_offset_ = static_cast<size_t>(video_->data_offset - data_offset_);
  dts_ = video_->base_decode_time;
  return true;
}

Result<void> RecordingConverter::convert_next() {
  const mp4::Sample& sample = video_->samples[sample_];
  media::AccessUnit au;
  au.track = from_;
  au.pts = dts_ + sample.cts;
  au.dts = dts_;
  au.random_access = sample.sync;
  const auto data = ByteSpan(data_).subspan(sample_offset_, sample.size);
  au.data.assign(data.begin(), data.end());
  waiting_[coded_time(au.pts, timescale_)] = {au.pts, sample.duration};
  if (waiting_.size() > kMaxWaiting) waiting_.erase(waiting_.begin());
  std::vector<media::AccessUnitPtr> coded;
  VEDETTE_TRY(coder_->transcode(au, true, coded));
  place(std::move(coded));
  dts_ += sample.duration;
  end_ = dts_;
  sample_offset_ += sample.size;
  ++sample_;
  return options_.keys == vision::KeyFrames::kAll ? drain() : ok();
}

bool RecordingConverter::at_break() const {
  const bool sync = video_->samples[sample_].sync;
  return sync && end_ && dts_ > *end_ + timescale_ / kSeamsPerSecond;
}

Result<void> RecordingConverter::drain() {
  std::vector<media::AccessUnitPtr> coded;
  VEDETTE_TRY(coder_->finish(coded));
  place(std::move(coded));
  waiting_.clear();
  return ok();
}

void RecordingConverter::place(std::vector<media::AccessUnitPtr> coded) {
  for (media::AccessUnitPtr& au : coded) {
    const auto found = waiting_.find(au->pts);
    if (found == waiting_.end()) continue;
    ready_.push_back({std::move(au), found->second});
    waiting_.erase(found);
    ++pictures_;
  }
}

Bytes RecordingConverter::make_piece() {
  std::vector<mp4::Sample> samples;
  for (size_t i = 0; i < ready_.size(); ++i) {
    const Picture& picture = ready_[i];
    // Pictures come in the order of showing, so each lasts until the next one.
    const int64_t lasts = i + 1 < ready_.size() ? ready_[i + 1].when.pts - picture.when.pts
                                                : int64_t{picture.when.duration};
    samples.push_back({static_cast<uint32_t>(picture.au->data.size()),
                       static_cast<uint32_t>(std::clamp<int64_t>(lasts, 1, UINT32_MAX)), 0,
                       picture.au->random_access});
  }
  std::vector<mp4::TrackRun> runs;
  if (!samples.empty())
    runs.push_back({video_id_, std::max<int64_t>(0, ready_.front().when.pts), samples});
  if (has_sound_) {
    for (const mp4::Run& run : fragment_.runs) {
      if (run.track_id == video_id_ || run.samples.empty()) continue;
      runs.push_back(
          {run.track_id, run.base_decode_time, run.samples, run.sample_description_index});
    }
  }
  Bytes piece = mp4::make_fragment_head(++sequence_, runs);
  for (const Picture& picture : ready_)
    piece.insert(piece.end(), picture.au->data.begin(), picture.au->data.end());
  if (has_sound_) {
    for (const mp4::Run& run : fragment_.runs) {
      if (run.track_id == video_id_) continue;
      size_t size = 0;
      for (const mp4::Sample& sample : run.samples) size += sample.size;
      const auto data =
          ByteSpan(data_).subspan(static_cast<size_t>(run.data_offset - data_offset_), size);
      piece.insert(piece.end(), data.begin(), data.end());
    }
  }
  ready_.clear();
  has_sound_ = false;
  return piece;
}

}  // namespace vedette::transcode
