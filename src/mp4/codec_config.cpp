// SPDX-License-Identifier: Apache-2.0
#include "mp4/codec_config.h"

#include <fmt/core.h>

#include "base/assert.h"
#include "mp4/box_walk.h"
#include "mp4/boxes.h"

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

/// RFC 6381 §3.3 and ISO/IEC 14496-15 Annex E.3. REQUIRES: config has min_config_bytes.
std::string codec_string(Codec codec, const Bytes& config) {
  if (codec == Codec::kH264)
    return fmt::format("avc1.{:02x}{:02x}{:02x}", config[1], config[2], config[3]);
  if (codec == Codec::kAac) return fmt::format("mp4a.40.{}", config[0] >> 3);
  if (codec == Codec::kOpus) return "opus";
  uint32_t reversed = 0;  // the compatibility flags with the bit order turned
  for (unsigned bit = 0; bit < 32; ++bit)
    reversed |= (config[2 + bit / 8] >> (7 - bit % 8) & 1U) << bit;
  constexpr const char* kProfileSpaces[] = {"", "A", "B", "C"};
  std::string text =
      fmt::format("hvc1.{}{}.{:X}.{}{}", kProfileSpaces[config[1] >> 6], config[1] & 0x1F, reversed,
                  (config[1] & 0x20) != 0 ? "H" : "L", config[12]);
  size_t constraints = 6;
  while (constraints > 0 && config[5 + constraints] == 0) --constraints;
  for (size_t i = 0; i < constraints; ++i) text += fmt::format(".{:X}", config[6 + i]);
  return text;
}

/// Fields between the entry's own and its child boxes in QuickTime sound descriptions.
size_t quicktime_extra(uint16_t version) { return version == 1 ? 16 : version == 2 ? 36 : 0; }

Result<void> read_config(ByteSpan bytes, const BoxHeader& box, Codec codec, Bytes& config) {
  if (codec == Codec::kAac) {
    Esds esds;
    VEDETTE_TRY(read_fields(bytes, box, esds));
    if (esds.object_type == Esds::kAac) config = std::move(esds.config);
    return ok();
  }
  const ByteSpan body = body_of(bytes, box);
  if (body.size() > kMaxDecoderConfigBytes) return bad_box(box, "configuration is too large");
  config.assign(body.begin(), body.end());
  return ok();
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
  VEDETTE_TRY(for_each_box(bytes, children, end, [&](const BoxHeader& child) -> Result<void> {
    if (child.type != format->config || !track->decoder_config.empty()) return ok();
    return read_config(bytes, child, format->codec, track->decoder_config);
  }));
  if (track->decoder_config.size() < format->min_config_bytes) return media::TrackInfoPtr();
  if (format->codec == Codec::kOpus) track->channels = track->decoder_config[1];
  track->rfc6381 = codec_string(track->codec, track->decoder_config);
  return media::TrackInfoPtr(std::move(track));
}

}  // namespace vedette::mp4
