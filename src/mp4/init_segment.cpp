// SPDX-License-Identifier: Apache-2.0
#include "mp4/init_segment.h"

#include <fmt/core.h>

#include "base/assert.h"
#include "mp4/boxes.h"
#include "mp4/codec_config.h"
#include "mp4/limits.h"
#include "mp4/sample_table_boxes.h"

namespace vedette::mp4 {
namespace {

void write_ftyp(BoxBuilder& out, size_t tracks) {
  ByteWriter brands;
  brands.u32(fourcc("iso6"));  // major: default-base-is-moof and tfdt
  brands.u32(0);
  brands.u32(fourcc("iso6"));
  // A CMAF track file has exactly one track (ISO/IEC 23000-19 §7.3.1).
  if (tracks == 1) brands.u32(fourcc("cmfc"));
  brands.u32(fourcc("mp41"));
  const size_t ftyp = out.begin(fourcc("ftyp"));
  out.bytes(brands.view());
  out.end(ftyp);
}

void write_stsd(BoxBuilder& out, const InitTrack& track) {
  const size_t stsd = out.begin(fourcc("stsd"));
  ByteWriter head;
  head.u32(0);
  head.u32(static_cast<uint32_t>(track.entries.size()));
  out.bytes(head.view());
  for (const media::TrackInfoPtr& entry : track.entries) write_sample_entry(out, *entry);
  out.end(stsd);
}

/// The sample tables are empty: all samples are in fragments (§8.8.1).
void write_stbl(BoxBuilder& out, const InitTrack& track) {
  const size_t stbl = out.begin(fourcc("stbl"));
  write_stsd(out, track);
  out.box(Stts{});
  out.box(Stsc{});
  out.box(Stsz{});
  out.box(Stco{});
  out.end(stbl);
}

void write_mdia(BoxBuilder& out, const InitTrack& track) {
  const media::TrackInfo& first = *track.entries.front();
  const bool video = is_video(first.codec);
  const size_t mdia = out.begin(fourcc("mdia"));
  Mdhd mdhd;
  mdhd.timescale = first.timescale;
  out.box(mdhd);
  Hdlr hdlr;
  hdlr.handler = video ? fourcc("vide") : fourcc("soun");
  out.box(std::move(hdlr));
  const size_t minf = out.begin(fourcc("minf"));
  if (video) {
    out.box(Vmhd{});
  } else {
    out.box(Smhd{});
  }
  const size_t dinf = out.begin(fourcc("dinf"));
  out.box(Dref{});
  out.end(dinf);
  write_stbl(out, track);
  out.end(minf);
  out.end(mdia);
}

void write_trak(BoxBuilder& out, const InitTrack& track, uint32_t id) {
  const media::TrackInfo& first = *track.entries.front();
  const size_t trak = out.begin(fourcc("trak"));
  Tkhd tkhd;
  tkhd.track_id = id;
  tkhd.volume = is_video(first.codec) ? 0 : 0x100;
  tkhd.width = uint32_t{first.width} << 16;
  tkhd.height = uint32_t{first.height} << 16;
  out.box(tkhd);
  write_mdia(out, track);
  out.end(trak);
}

void write_moov(BoxBuilder& out, std::span<const InitTrack> tracks) {
  const auto count = static_cast<uint32_t>(tracks.size());
  const size_t moov = out.begin(fourcc("moov"));
  Mvhd mvhd;
  mvhd.next_track_id = count + 1;
  out.box(mvhd);
  for (uint32_t i = 0; i < count; ++i) write_trak(out, tracks[i], i + 1);
  const size_t mvex = out.begin(fourcc("mvex"));
  for (uint32_t i = 0; i < count; ++i) {
    Trex trex;
    trex.track_id = i + 1;
    out.box(trex);
  }
  out.end(mvex);
  out.end(moov);
}

Result<void> check_tracks(std::span<const InitTrack> tracks) {
  if (tracks.empty() || tracks.size() > kMaxTracks)
    return make_error(ErrorCode::kInvalidArgument, "an MP4 file has 1 to 32 tracks");
  for (const InitTrack& track : tracks) {
    if (track.entries.empty() || track.entries.size() > kMaxSampleEntries)
      return make_error(ErrorCode::kInvalidArgument, "a track has 1 to 256 configurations");
    for (const media::TrackInfoPtr& entry : track.entries) {
      if (entry == nullptr)
        return make_error(ErrorCode::kInvalidArgument, "a configuration is null");
      VEDETTE_TRY(check_entry(*entry));
      if (is_video(entry->codec) != is_video(track.entries.front()->codec))
        return make_error(ErrorCode::kInvalidArgument, "one track cannot hold video and audio");
    }
  }
  return ok();
}

}  // namespace

Result<Bytes> make_init_segment(std::span<const InitTrack> tracks, size_t sidx_reserve_bytes) {
  VEDETTE_ASSERT(sidx_reserve_bytes == 0 || sidx_reserve_bytes >= kBoxHeaderBytes);
  VEDETTE_TRY(check_tracks(tracks));
  BoxBuilder out;
  write_ftyp(out, tracks.size());
  write_moov(out, tracks);
  if (sidx_reserve_bytes > 0) {
    const size_t reserve = out.begin(fourcc("free"));
    out.zeros(sidx_reserve_bytes - kBoxHeaderBytes);
    out.end(reserve);
  }
  return out.take();
}

Result<Bytes> make_init_segment(std::span<const media::TrackInfoPtr> tracks,
                                size_t sidx_reserve_bytes) {
  std::vector<InitTrack> single;
  single.reserve(tracks.size());
  for (const media::TrackInfoPtr& track : tracks) single.push_back({{track}});
  return make_init_segment(std::span<const InitTrack>(single), sidx_reserve_bytes);
}

std::string mime_type(std::span<const media::TrackInfoPtr> tracks) {
  bool video = false;
  std::string codecs;
  for (const media::TrackInfoPtr& track : tracks) {
    video |= is_video(track->codec);
    codecs += (codecs.empty() ? "" : ",") + track->rfc6381;
  }
  return fmt::format("{}/mp4; codecs=\"{}\"", video ? "video" : "audio", codecs);
}

}  // namespace vedette::mp4
