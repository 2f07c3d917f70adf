// SPDX-License-Identifier: Apache-2.0
#include "mp4/codec_config.h"

#include <fmt/core.h>

#include "base/assert.h"
#include "media/decoder_config.h"
#include "media/track_info.h"
#include "mp4/box_walk.h"
#include "mp4/sample_entry_boxes.h"

namespace vedette::mp4 {
namespace {

using media::Codec;

struct Format {
  FourCc entry;    ///< what we write
  FourCc in_band;  ///< the same with parameter sets in the samples, which we only read; else 0
  FourCc config;
  Codec codec;
  size_t min_config_bytes;  ///< up to the last byte that is looked at here
};

// ISO/IEC 14496-15 §5.4.2 and §8.4.1, ISO/IEC 14496-14 §6.7, Opus in ISOBMFF §4.3.
constexpr Format kFormats[] = {
    {fourcc("avc1"), fourcc("avc3"), fourcc("avcC"), Codec::kH264, 7},
    {fourcc("hvc1"), fourcc("hev1"), fourcc("hvcC"), Codec::kH265, 23},
    {fourcc("mp4a"), 0, fourcc("esds"), Codec::kAac, 2},
    {fourcc("Opus"), 0, fourcc("dOps"), Codec::kOpus, 11},
};

const Format* format_of(Codec codec) {
  for (const Format& format : kFormats)
    if (format.codec == codec) return &format;
  return nullptr;
}
const Format* format_of_entry(FourCc type) {
  for (const Format& format : kFormats)
    if (format.entry == type || (format.in_band != 0 && format.in_band == type)) return &format;
  return nullptr;
}

/// Fields between the entry's own and its child boxes in QuickTime sound descriptions.
size_t quicktime_extra(uint16_t version) { return version == 1 ? 16 : version == 2 ? 36 : 0; }

/// The configuration box: its body, or what esds wraps. Empty for MPEG audio that is not AAC.
Result<Bytes> read_config(ByteSpan bytes, const BoxHeader& box, Codec codec) {
  if (codec == Codec::kAac) {
    Esds esds;
    VEDETTE_TRY(read_fields(bytes, box, esds));
    return esds.object_type == Esds::kAac ? std::move(esds.config) : Bytes();
  }
  const ByteSpan body = body_of(bytes, box);
  if (body.size() > kMaxDecoderConfigBytes) return bad_box(box, "configuration is too large");
  return Bytes(body.begin(), body.end());
}

/// What the configuration says, as ingest would have made it from the camera's.
Result<media::TrackInfo> parse_config(const media::TrackInfo& entry) {
  switch (entry.codec) {
    case Codec::kH264:
    case Codec::kH265: {
      VEDETTE_ASSIGN(const media::ParameterSets sets, media::parameter_sets_of(entry));
      return media::make_video_track_info(entry.codec, sets);
    }
    case Codec::kOpus: {
      VEDETTE_ASSIGN(const media::OpusConfig config, media::parse_dops(entry.decoder_config));
      return media::make_opus_track_info(config);
    }
    default:
      return media::make_aac_track_info(entry.decoder_config, entry.timescale);
  }
}

/// Reads the fixed fields into `track`; gives the offset of the child boxes.
Result<uint64_t> read_entry_fields(ByteSpan bytes, const BoxHeader& box, media::TrackInfo& track) {
  FieldReader in(body_of(bytes, box));
  size_t extra = 0;
  if (is_video(track.codec)) {
    VisualEntry entry;
    entry.transfer(in);
    track.width = entry.width;
    track.height = entry.height;
  } else {
    AudioEntry entry;
    entry.transfer(in);
    track.channels = static_cast<uint8_t>(entry.channels);
    track.sample_rate = entry.sample_rate >> 16;
    if (track.sample_rate == 0) track.sample_rate = track.timescale;
    extra = quicktime_extra(entry.quicktime_version);
  }
  in.skip(extra);
  if (!in.ok()) return bad_box(box, "sample entry is cut off");
  return box.body() + in.offset();
}

}  // namespace

Result<void> check_entry(const media::TrackInfo& track) {
  const Format* format = format_of(track.codec);
  if (format == nullptr) {
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("MP4 files here do not hold {}; it becomes Opus first",
                                  to_string(track.codec)));
  }
  if (track.decoder_config.size() < format->min_config_bytes ||
      track.decoder_config.size() > kMaxDecoderConfigBytes || track.timescale == 0) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("{} track without a usable decoder configuration or timescale",
                                  to_string(track.codec)));
  }
  return ok();
}

void write_sample_entry(BoxBuilder& out, const media::TrackInfo& track) {
  const Format* format = format_of(track.codec);
  VEDETTE_ASSERT(format != nullptr);
  const size_t entry = out.begin(format->entry);
  if (is_video(track.codec)) {
    VisualEntry fields{track.width, track.height};
    out.fields(fields);
  } else {
    // The field has 16 bits for the rate; AAC players take it from the configuration.
    const uint32_t rate = track.sample_rate <= 0xFFFF ? track.sample_rate : 0;
    AudioEntry fields{0, track.channels, rate << 16};
    out.fields(fields);
  }
  if (track.codec == Codec::kAac) {
    Esds esds;
    esds.config = track.decoder_config;
    out.box(std::move(esds));
  } else {
    const size_t config = out.begin(format->config);
    out.bytes(track.decoder_config);
    out.end(config);
  }
  out.end(entry);
}

Result<media::TrackInfoPtr> read_sample_entry(ByteSpan bytes, const BoxHeader& box,
                                              uint32_t timescale) {
  const Format* format = format_of_entry(box.type);
  if (format == nullptr) return media::TrackInfoPtr();
  auto track = std::make_shared<media::TrackInfo>();
  track->codec = format->codec;
  track->timescale = timescale;
  VEDETTE_ASSIGN(const uint64_t children, read_entry_fields(bytes, box, *track));
  // Some writers pad a sample entry with a few zero bytes (QuickTime's terminator): boxes end
  // there.
  uint64_t end = box.end();
  if (end - children < kBoxHeaderBytes) end = children;
  const auto visit = [&](const BoxHeader& child) -> Result<void> {
    if (child.type != format->config || !track->decoder_config.empty()) return ok();
    VEDETTE_ASSIGN(track->decoder_config, read_config(bytes, child, format->codec));
    return ok();
  };
  VEDETTE_TRY(for_each_box(bytes, children, end, visit));
  const auto parsed = parse_config(*track);
  if (!parsed) return media::TrackInfoPtr();
  track->rfc6381 = parsed->rfc6381;
  track->fps = parsed->fps;
  track->reorder_depth = parsed->reorder_depth;
  if (parsed->sample_rate != 0) track->sample_rate = parsed->sample_rate;
  if (parsed->channels != 0) track->channels = parsed->channels;
  return media::TrackInfoPtr(std::move(track));
}

}  // namespace vedette::mp4
