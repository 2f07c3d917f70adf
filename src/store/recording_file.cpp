// SPDX-License-Identifier: Apache-2.0
#include "store/recording_file.h"

#include <algorithm>
#include <array>

#include "base/contain.h"
#include "mp4/init_segment.h"
#include "mp4/limits.h"

namespace vedette::store {
namespace {

constexpr size_t kReserveBytes = mp4::sidx_reserve_bytes(kIndexEntries);
constexpr uint32_t kMdatHeader = 8;
constexpr uint64_t kDropStep = uint64_t{1} << 20;

size_t total(const std::vector<media::AccessUnitPtr>& units) {
  size_t bytes = 0;
  for (const auto& au : units) bytes += au->data.size();
  return bytes;
}

// What no reader would take is refused here, before the fragment writer requires it.
Result<void> check_size(const FragmentInput& input) {
  if (input.video.size() + input.audio.size() <= mp4::kMaxSamplesPerFragment &&
      input.size_bytes() <= mp4::kMaxFragmentDataBytes)
    return ok();
  return make_error(ErrorCode::kInvalidArgument,
                    "the camera sends more at once than one piece of a recording holds");
}

uint32_t ticks32(int64_t ticks) {
  return static_cast<uint32_t>(std::clamp<int64_t>(ticks, 0, 0x7FFFFFFF));
}

}  // namespace

size_t FragmentInput::size_bytes() const { return total(video) + total(audio); }

int64_t run_time(const RunSpec& run, const media::AccessUnit& au) {
  const uint32_t video_scale = run.video->timescale;
  const uint32_t scale = au.track->timescale;
  if (scale == video_scale) return au.dts - run.origin;
  return au.dts - us_to_ticks(ticks_to_us(run.origin, video_scale), scale);
}

void FragmentBuilder::add_samples(const std::vector<media::AccessUnitPtr>& units, int64_t end,
                                  bool all_sync, std::vector<mp4::Sample>& samples) {
  samples.clear();
  for (size_t i = 0; i < units.size(); ++i) {
    const media::AccessUnit& au = *units[i];
    const int64_t next = i + 1 < units.size() ? units[i + 1]->dts : end;
    samples.push_back({static_cast<uint32_t>(au.data.size()), ticks32(next - au.dts),
                       static_cast<int32_t>(au.pts - au.dts), all_sync || au.random_access});
    parts_.emplace_back(au.data);
  }
}

evidence::FragmentRecord FragmentBuilder::record_of(const RunSpec& run, const std::string& site,
                                                    const FragmentInput& input) const {
  const media::AccessUnit& first = *input.video.front();
  evidence::FragmentRecord record;
  record.site = site;
  record.camera = run.camera;
  record.stream = run.kind;
  record.start = first.utc;
  record.start_error_us = first.utc_error_us;
  record.start_source = first.utc_source;
  record.media_time = run_time(run, first);
  record.timescale = run.video->timescale;
  int64_t duration = 0;
  for (const mp4::Sample& sample : video_) duration += sample.duration;
  record.duration = ticks32(duration);
  record.random_access = first.random_access;
  record.damaged = std::any_of(input.video.begin(), input.video.end(),
                               [](const auto& au) { return au->damaged; });
  return record;
}

Result<FragmentBuilder::Built> FragmentBuilder::build(const RunSpec& run, const std::string& site,
                                                      const FragmentInput& input,
                                                      evidence::Chain& chain) {
  VEDETTE_TRY(check_size(input));
  parts_.resize(2);  // record and head, known last
  add_samples(input.video, input.video_end, false, video_);
  add_samples(input.audio, input.audio_end, true, audio_);
  std::array<mp4::TrackRun, 2> tracks;
  tracks[0] = {1, run_time(run, *input.video.front()), video_, 1};
  if (tracks[0].base_decode_time < 0) {
    return make_error(ErrorCode::kDataLoss, "the camera's clock went back before the run's start");
  }
  size_t count = 1;
  if (!audio_.empty())
    tracks[count++] = {2, std::max<int64_t>(0, run_time(run, *input.audio.front())), audio_, 1};

  evidence::FragmentRecord record = record_of(run, site, input);
  head_ = mp4::make_fragment_head(chain.next_sequence() + 1, std::span(tracks.data(), count),
                                  input.activity);
  parts_[1] = head_;
  uint64_t size = 0;
  for (const ByteSpan part : std::span(parts_).subspan(1)) {
    sha_.update(part);
    size += part.size();
  }
  record.fragment_size = static_cast<uint32_t>(size);
  record.fragment_hash = sha_.finish();
  Built built;
  built.previous = chain.head();
  VEDETTE_ASSIGN(record_, chain.append(record));
  built.record_hash = chain.head();
  parts_[0] = record_;
  built.parts = parts_;
  built.pts = record.media_time + input.video.front()->pts - input.video.front()->dts;
  built.size_bytes = record_.size() + static_cast<size_t>(size);
  built.entry.size = record.fragment_size;
  built.entry.moof_size = static_cast<uint32_t>(head_.size()) - kMdatHeader;
  built.entry.record_size = static_cast<uint32_t>(record_.size());
  built.entry.sequence = record.sequence;
  built.entry.start_us = record.start.us;
  built.entry.media_time = record.media_time;
  built.entry.duration = record.duration;
  built.entry.random_access = record.random_access;
  built.entry.activity = input.activity;
  return built;
}

RecordingFile::RecordingFile(std::unique_ptr<fs::File> file, FileStart start,
                             evidence::Checkpoint about)
    : file_(std::move(file)),
      ref_(std::make_shared<const FileRef>(std::move(start.ref))),
      checkpointer_(std::move(about)),
      previous_(start.previous) {
  facts_.run = ref_->run;
  facts_.number = ref_->seq;
  facts_.first_sequence = start.first_sequence;
  facts_.start = facts_.end = {ref_->start_us};
  synced_facts_ = facts_;
}

Result<std::shared_ptr<RecordingFile>> RecordingFile::create(fs::FileSystem& files,
                                                             const RunSpec& run, FileStart start) {
  std::vector<media::TrackInfoPtr> tracks = {run.video};
  if (run.audio) tracks.push_back(run.audio);
  VEDETTE_ASSIGN(
      const Bytes head,
      mp4::make_init_segment(std::span<const media::TrackInfoPtr>(tracks), kReserveBytes));
  FileRef& ref = start.ref;
  ref.init_size = static_cast<uint32_t>(head.size() - kReserveBytes);
  ref.timescale = run.video->timescale;
  evidence::Checkpoint about;
  about.site = start.site;
  about.camera = ref.camera;
  about.stream = ref.kind;
  about.run = ref.run;
  about.first_sequence = start.first_sequence;
  about.init = evidence::sha256(ByteSpan(head).first(ref.init_size));
  const uint64_t allocated = start.expect_bytes;
  const std::string path = ref.path();
  std::shared_ptr<RecordingFile> made(
      new RecordingFile(nullptr, std::move(start), std::move(about)));
  made->end_ = head.size();
  made->allocated_ = allocated;
  made->index_.timescale = run.video->timescale;
  const ByteSpan part = head;
  Result<void> begun = make_error(ErrorCode::kInternal, "memory ran out");
  const bool ended = contain(path, [&] {
    auto file = files.create(path);
    if (!file) {
      begun = std::move(file).error();
      return;
    }
    made->file_ = *std::move(file);
    (void)made->file_->allocate(0, allocated);  // a full disk shows at the write, in one place
    begun = made->file_->write_at(0, std::span(&part, 1));
  });
  if (begun) return made;
  // The name is the run's own: what threw may have made the file, and nobody would know it.
  if (made->file_ || !ended) (void)files.remove(path);
  return std::move(begun).error();
}

Result<FragmentEntry> RecordingFile::append(const FragmentBuilder::Built& fragment,
                                            const Checkpoint& checkpoint) {
  // What may throw does so while this still says what the file was before.
  std::vector<ByteSpan> parts;
  parts.reserve(fragment.parts.size() + 1);
  if (checkpoint) parts.emplace_back(checkpoint->box);
  parts.insert(parts.end(), fragment.parts.begin(), fragment.parts.end());
  if (index_.entries.size() == index_.entries.capacity())
    index_.entries.reserve(2 * index_.entries.size() + 16);
  VEDETTE_TRY(file_->write_at(end_, parts));
  const size_t before = checkpoint ? checkpoint->box.size() : 0;
  if (checkpoint) checkpointer_.written(*checkpoint);
  end_ += before;
  FragmentEntry entry = fragment.entry;
  const int64_t duration_us = ticks_to_us(entry.duration, ref_->timescale);
  checkpointer_.add(fragment.record_hash, duration_us);
  entry.offset = end_ + entry.record_size;
  if (index_.entries.empty()) {
    media_start_ = entry.media_time;
    index_.earliest_pts = std::max<int64_t>(0, fragment.pts);
  }
  const auto size = static_cast<uint32_t>(before + entry.record_size + entry.size);
  index_.entries.push_back({size, entry.duration, entry.random_access});
  end_ += entry.record_size + entry.size;
  ++facts_.count;
  facts_.head = fragment.record_hash;
  facts_.end = {entry.start_us + duration_us};
  return entry;
}

Result<void> RecordingFile::finish(const Checkpoint& checkpoint) {
  if (checkpoint) {
    const ByteSpan box = checkpoint->box;
    VEDETTE_TRY(file_->write_at(end_, std::span(&box, 1)));
    checkpointer_.written(*checkpoint);
    end_ += box.size();
  }
  const Bytes index = mp4::make_sidx(index_, kReserveBytes);
  const ByteSpan part = index;
  VEDETTE_TRY(file_->write_at(ref_->init_size, std::span(&part, 1)));
  return file_->truncate(end_);
}

evidence::FileFacts RecordingFile::opened() const {
  evidence::FileFacts facts = facts_;
  facts.count = 0;
  facts.end = {};
  facts.head = previous_;
  return facts;
}

evidence::FileFacts RecordingFile::facts() const {
  evidence::FileFacts facts = facts_;
  facts.bytes = end_;
  return facts;
}

void RecordingFile::synced() {
  // One interval behind: viewers of the newest seconds still find them in memory.
  if (synced_ >= dropped_ + kDropStep) {
    file_->drop_cache(dropped_, synced_ - dropped_);
    dropped_ = synced_ & ~uint64_t{0xFFF};
  }
  synced_ = end_;
  // One by one: the name of the run stays, and copying it may throw.
  synced_facts_.count = facts_.count;
  synced_facts_.end = facts_.end;
  synced_facts_.head = facts_.head;
  synced_facts_.bytes = end_;
}

}  // namespace vedette::store
