// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mp4/sample_index.h"
#include "mp4/source.h"
#include "sim/served_stream.h"

namespace vedette::sim {
namespace {

/// A file as memory, for as long as this lives.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const int open_error = errno;
    struct stat info {};
    if (fd < 0 || fstat(fd, &info) != 0) {
      if (fd >= 0) close(fd);
      return make_error(ErrorCode::kNotFound, path + ": " + std::strerror(open_error));
    }
    const auto size = static_cast<size_t>(info.st_size);
    void* at = size > 0 ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (at == MAP_FAILED) return make_error(ErrorCode::kDataLoss, path + ": empty or unreadable");
    return MappedFile(static_cast<const uint8_t*>(at), size);
  }
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<uint8_t*>(data_), size_);
  }
  ByteSpan bytes() const { return {data_, size_}; }

 private:
  MappedFile(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  const uint8_t* data_;
  size_t size_;
};

/// AccessUnit::data has 4-byte lengths; nearly all files do.
bool has_long_lengths(const media::TrackInfo& track) {
  const size_t at = track.codec == media::Codec::kH264 ? 4 : 21;
  return track.decoder_config.size() > at && (track.decoder_config[at] & 3) == 3;
}

Result<TrackUnits> read_track(const mp4::TrackSamples& samples, ByteSpan file) {
  TrackUnits units;
  units.aus.reserve(samples.samples.size());
  for (const mp4::IndexedSample& sample : samples.samples) {
    const media::TrackInfoPtr info = samples.track.entry(sample.sample_description_index);
    if (!info) return make_error(ErrorCode::kUnsupported, "a sample of an unknown format");
    if (media::is_video(info->codec) && !has_long_lengths(*info))
      return make_error(ErrorCode::kUnsupported, "NAL lengths of less than 4 bytes");
    auto au = std::make_shared<media::AccessUnit>();
    au->track = info;
    au->pts = sample.pts;
    au->dts = sample.dts;
    au->random_access = sample.sync;
    const ByteSpan data = file.subspan(sample.offset, sample.size);
    au->data.assign(data.begin(), data.end());
    units.aus.push_back(std::move(au));
  }
  // The last frame lasts as long as the mean of those before it.
  const size_t count = units.aus.size();
  const int64_t span = count > 0 ? units.aus.back()->dts - units.aus.front()->dts : 0;
  const int64_t mean =
      count > 1 ? span / static_cast<int64_t>(count - 1) : int64_t{samples.track.timescale} / 10;
  units.end_dts = (count > 0 ? units.aus.back()->dts : 0) + mean;
  return units;
}

}  // namespace

Result<std::vector<TrackUnits>> read_mp4(const std::string& path) {
  VEDETTE_ASSIGN(const MappedFile file, MappedFile::open(path));
  const mp4::MemorySource source(file.bytes());
  auto index = mp4::SampleIndex::build(source);
  if (!index) return std::move(index).error().with_context(path);
  const mp4::TrackSamples* video = index->video();
  if (video == nullptr || video->samples.empty())
    return make_error(ErrorCode::kUnsupported, path + " has no H.264 or H.265 video");
  std::vector<TrackUnits> tracks;
  auto pictures = read_track(*video, file.bytes());
  if (!pictures) return std::move(pictures).error().with_context(path);
  tracks.push_back(std::move(*pictures));
  const mp4::TrackSamples* audio = index->audio();
  const bool aac = audio != nullptr && !audio->samples.empty() && audio->track.entry(1) &&
                   audio->track.entry(1)->codec == media::Codec::kAac;
  if (aac) {
    auto sound = read_track(*audio, file.bytes());
    if (!sound) return std::move(sound).error().with_context(path);
    tracks.push_back(std::move(*sound));
  }
  return tracks;
}

}  // namespace vedette::sim
