// SPDX-License-Identifier: Apache-2.0
// What we write is played by a program that knows nothing of us: FFmpeg encodes, we read its file,
// write it again as a recording file, and FFmpeg must decode that to the same pictures without one
// warning. Skipped where ffmpeg is not installed.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "mp4/fragment.h"
#include "mp4/init_segment.h"
#include "mp4/sample_index.h"
#include "mp4/test_tracks.h"

namespace vedette::mp4 {
namespace {

namespace fs = std::filesystem;

/// stdout and stderr of a shell command.
std::string output_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "cannot run a shell";
  std::string output;
  std::array<char, 4096> buffer;
  while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  pclose(pipe);
  return output;
}

Bytes read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  return Bytes(text.begin(), text.end());
}

void write_file(const fs::path& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

/// Writes what `index` found in `source` as a recording file: one fragment per GOP, audio beside
/// it.
class Remuxer {
 public:
  Remuxer(const Bytes& source, const SampleIndex& index) : source_(source), index_(index) {}

  Bytes run() {
    std::vector<media::TrackInfoPtr> tracks;
    for (const TrackSamples& track : index_.tracks()) tracks.push_back(track.track.entry(1));
    constexpr size_t kReserve = sidx_reserve_bytes(20);
    const Bytes init = *make_init_segment(std::span<const media::TrackInfoPtr>(tracks), kReserve);
    out_ = init;
    const auto& video = index_.video()->samples;
    sidx_.timescale = index_.video()->track.timescale;
    for (size_t begin = 0; begin < video.size();) {
      size_t end = begin + 1;
      while (end < video.size() && !video[end].sync) ++end;
      append_gop(begin, end);
      begin = end;
    }
    const Bytes index = make_sidx(sidx_, kReserve);
    std::copy(index.begin(), index.end(),
              out_.begin() + static_cast<ptrdiff_t>(init.size() - kReserve));
    return out_;
  }

 private:
  /// Samples [begin, end) of a track with their durations.
  static std::vector<Sample> stretch(const TrackSamples& track, size_t begin, size_t end) {
    std::vector<Sample> samples;
    for (size_t i = begin; i < end; ++i) {
      const IndexedSample& sample = track.samples[i];
      const int64_t duration = i + 1 < track.samples.size() ? track.samples[i + 1].dts - sample.dts
                                                            : sample.dts - track.samples[i - 1].dts;
      samples.push_back({sample.size, static_cast<uint32_t>(duration),
                         static_cast<int32_t>(sample.pts - sample.dts), sample.sync});
    }
    return samples;
  }

  void append_gop(size_t begin, size_t end) {
    const TrackSamples& video = *index_.video();
    const TrackSamples& audio = *index_.audio();
    const bool last = end == video.samples.size();
    size_t audio_end = audio_begin_;
    while (audio_end < audio.samples.size() &&
           (last || audio.samples[audio_end].dts * video.track.timescale <
                        video.samples[end].dts * audio.track.timescale))
      ++audio_end;
    const auto video_samples = stretch(video, begin, end);
    const auto audio_samples = stretch(audio, audio_begin_, audio_end);
    const TrackRun runs[] = {{1, video.samples[begin].dts, video_samples},
                             {2, audio.samples[audio_begin_].dts, audio_samples}};
    const size_t start = out_.size();
    out_ = joined({out_, any_record(), make_fragment_head(++sequence_, runs)});
    for (size_t i = begin; i < end; ++i) append_data(video.samples[i]);
    for (size_t i = audio_begin_; i < audio_end; ++i) append_data(audio.samples[i]);
    audio_begin_ = audio_end;
    uint32_t duration = 0;
    for (const Sample& sample : video_samples) duration += sample.duration;
    sidx_.entries.push_back({static_cast<uint32_t>(out_.size() - start), duration, true});
  }
  void append_data(const IndexedSample& sample) {
    const auto from = source_.begin() + static_cast<ptrdiff_t>(sample.offset);
    out_.insert(out_.end(), from, from + sample.size);
  }

  const Bytes& source_;
  const SampleIndex& index_;
  Bytes out_;
  Sidx sidx_;
  uint32_t sequence_ = 0;
  size_t audio_begin_ = 0;
};

class Player : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("ffmpeg -version >/dev/null 2>&1 && ffprobe -version >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "ffmpeg is not installed";
    folder_ = fs::temp_directory_path() / ("vedette_player_test_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }

  /// Encodes with `codecs`, reads it, writes it again and compares.
  void round_trip(const std::string& codecs, const std::string& mux) {
    const std::string in = path("in.mp4");
    const std::string noise = output_of(
        "ffmpeg -v error -y -f lavfi -i testsrc=s=128x96:r=10 -f lavfi -i sine=r=48000 -t 5 " +
        codecs + " -pix_fmt yuv420p -bitexact " + mux + " " + in);
    ASSERT_EQ(noise, "");
    const Bytes source = read_file(in);
    const auto index = SampleIndex::build(MemorySource(source));
    ASSERT_TRUE(index.has_value()) << index.error().message();
    ASSERT_NE(index->video(), nullptr);
    ASSERT_NE(index->audio(), nullptr);
    EXPECT_EQ(index->video()->samples.size(), 50U);
    const std::string out = path("out.mp4");
    const Bytes written = Remuxer(source, *index).run();
    write_file(out, written);
    expect_plays(in, out);
    expect_same_samples(*index, written);
  }

  void join_two_runs(const std::string& codec);

  static void expect_plays(const std::string& in, const std::string& out) {
    EXPECT_EQ(output_of("ffprobe -v warning " + out), "");
    EXPECT_EQ(output_of("ffmpeg -v warning -i " + out + " -map 0 -c copy -f null -"), "");
    // Edit lists of the source shift its times; pictures and sound must be the same, in order.
    const std::string hashes =
        " -map 0:v -f framehash -hash md5 - | grep -v '^#' | awk '{print $NF}'";
    const std::string want = output_of("ffmpeg -v warning -i " + in + hashes);
    EXPECT_EQ(output_of("ffmpeg -v warning -i " + out + hashes), want);
    EXPECT_EQ(std::count(want.begin(), want.end(), '\n'), 50);
  }

  static void expect_same_samples(const SampleIndex& index, const Bytes& written) {
    const auto again = SampleIndex::build(MemorySource(written));
    ASSERT_TRUE(again.has_value()) << again.error().message();
    for (size_t t = 0; t < 2; ++t) {
      const auto& want = index.tracks()[t].samples;
      const auto& got = again->tracks()[t].samples;
      ASSERT_EQ(got.size(), want.size());
      for (size_t i = 0; i < want.size(); ++i) {
        EXPECT_EQ(got[i].dts, want[i].dts);
        EXPECT_EQ(got[i].pts, want[i].pts);
        EXPECT_EQ(got[i].sync, want[i].sync);
        EXPECT_EQ(got[i].size, want[i].size);
      }
      EXPECT_EQ(*again->tracks()[t].track.entry(1), *index.tracks()[t].track.entry(1));
    }
  }

  fs::path folder_;
};

/// Playback joins runs of different parameter sets this way: one track, two configurations, the
/// fragments of the second run moved behind the first. FFmpeg does not heed the second
/// configuration, so the parameter sets stand before the first picture as well.
void Player::join_two_runs(const std::string& codec) {
  std::vector<InitTrack> tracks(1);
  Bytes fragments;
  uint32_t index = 0;
  for (const char* size : {"128x96", "64x48"}) {
    const std::string in = path("run.mp4");
    ASSERT_EQ(output_of(std::string("ffmpeg -v error -y -f lavfi -i testsrc=r=10:s=") + size +
                        " -t 1 -c:v " + codec + " -pix_fmt yuv420p -bitexact " + in),
              "");
    const Bytes source = read_file(in);
    const auto run = SampleIndex::build(MemorySource(source));
    ASSERT_TRUE(run.has_value());
    const TrackSamples& video = *run->video();
    tracks[0].entries.push_back(video.track.entry(1));
    std::vector<Sample> samples;
    Bytes data;
    const uint32_t tenth = video.track.timescale / 10;
    for (const IndexedSample& sample : video.samples) {
      samples.push_back({sample.size, tenth, 0, sample.sync});
      const auto from = source.begin() + static_cast<ptrdiff_t>(sample.offset);
      data.insert(data.end(), from, from + sample.size);
    }
    const TrackRun track_run{1, 0, samples};
    Bytes head = make_fragment_head(1, {&track_run, 1});
    const TrackPatch patch{1, int64_t{index} * 10 * tenth, index + 1};
    ASSERT_TRUE(patch_moof(head, {index + 1, {&patch, 1}}).has_value());
    const Bytes prefix = *parameter_set_prefix(*video.track.entry(1));
    ASSERT_TRUE(grow_first_sample(head, static_cast<uint32_t>(prefix.size())).has_value());
    fragments = joined({fragments, head, prefix, data});
    ++index;
  }
  const std::string out = path("joined.mp4");
  const Bytes init = *make_init_segment(std::span<const InitTrack>(tracks), 0);
  write_file(out, joined({init, fragments}));
  EXPECT_EQ(output_of("ffprobe -v warning " + out), "");
  // The first picture of each run has side data, which adds an empty line.
  const std::string frames = output_of("ffprobe -v warning -show_entries frame=width -of csv=p=0 " +
                                       out + " | tr -d ',' | grep . | uniq -c | tr -s ' \\n' ' '");
  EXPECT_EQ(frames, " 10 128 10 64 ");
}

constexpr const char* kH264 = "-c:v libx264 -g 20 -bf 2";
constexpr const char* kH265 =
    "-c:v libx265 -tag:v hvc1 -x265-params keyint=20:bframes=2:open-gop=0:log-level=none";

TEST_F(Player, TwoH264RunsOfDifferentPictureSizeInOneFile) { join_two_runs("libx264 -bf 0"); }
TEST_F(Player, TwoH265RunsOfDifferentPictureSizeInOneFile) {
  join_two_runs("libx265 -tag:v hvc1 -x265-params bframes=0:log-level=none");
}
TEST_F(Player, H264WithBFramesAndAacFromAnOrdinaryFile) {
  round_trip(std::string(kH264) + " -c:a aac", "");
}
TEST_F(Player, H265WithBFramesAndOpusFromAnOrdinaryFile) {
  round_trip(std::string(kH265) + " -c:a libopus", "-movflags +faststart");
}
TEST_F(Player, H264WithNegativeOffsetsFromAFragmentedFile) {
  round_trip(std::string(kH264) + " -c:a libopus",
             "-movflags frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets");
}
TEST_F(Player, H265FromAFragmentedFileWithAbsoluteOffsets) {
  round_trip(std::string(kH265) + " -c:a aac", "-movflags frag_keyframe+empty_moov");
}

}  // namespace
}  // namespace vedette::mp4
