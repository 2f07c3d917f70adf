// SPDX-License-Identifier: Apache-2.0
#include "rtsp/sdp.h"

#include <algorithm>

#include "base/utf8.h"
#include "rtsp/message.h"
#include "rtsp/url.h"

namespace vedette::rtsp {
namespace {

constexpr size_t kMaxFormats = 32;
// Both are shown to people, and no camera needs to be believed that they are text.
constexpr size_t kMaxEncodingBytes = 40;
constexpr size_t kMaxToolBytes = 200;

/// Takes the text up to `separator` (or all of it) off the front.
std::string_view take_until(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  return take_until(text, ' ');
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

SdpFormat* find_format(SdpMedia& media, std::string_view payload_type) {
  const auto number = parse_decimal(payload_type, 127);
  if (!number) return nullptr;
  for (SdpFormat& format : media.formats)
    if (format.payload_type == *number) return &format;
  // Seen: an rtpmap for a type that the m= line forgot. It counts when the line names none at all.
  if (!media.formats.empty()) return nullptr;
  media.formats.push_back({static_cast<uint8_t>(*number), {}, 0, 0, {}});
  return &media.formats.back();
}

SdpMedia read_media(std::string_view line) {
  SdpMedia media;
  media.type = take_word(line);
  take_word(line);  // the port: 0 or a wish, either way SETUP decides
  media.protocol = take_word(line);
  while (!trim(line).empty() && media.formats.size() < kMaxFormats) {
    const auto number = parse_decimal(take_word(line), 127);
    if (number) media.formats.push_back({static_cast<uint8_t>(*number), {}, 0, 0, {}});
  }
  return media;
}

void read_rtpmap(SdpMedia& media, std::string_view value) {  // RFC 4566 §6: "96 H264/90000"
  SdpFormat* format = find_format(media, take_word(value));
  if (format == nullptr) return;
  value = trim(value);
  format->encoding = upper(clean_line(trim(take_until(value, '/')), kMaxEncodingBytes));
  format->clock_rate =
      static_cast<uint32_t>(parse_decimal(trim(take_until(value, '/')), UINT32_MAX).value_or(0));
  format->channels = static_cast<uint8_t>(parse_decimal(trim(value), 255).value_or(0));
}

void read_fmtp(SdpMedia& media, std::string_view value) {
  SdpFormat* format = find_format(media, take_word(value));
  if (format == nullptr) return;
  value = trim(value);
  while (!value.empty() && (value.back() == ';' || value.back() == ' ')) value.remove_suffix(1);
  format->fmtp = value;
}

void read_attribute(Sdp& sdp, std::string_view line) {
  const std::string_view name = trim(take_until(line, ':'));
  const std::string_view value = trim(line);
  SdpMedia* media = sdp.media.empty() ? nullptr : &sdp.media.back();
  if (name == "control") {
    (media == nullptr ? sdp.control : media->control) = value;
  } else if (media == nullptr) {
    if (name == "tool") sdp.tool = clean_line(value, kMaxToolBytes);
  } else if (name == "rtpmap") {
    read_rtpmap(*media, value);
  } else if (name == "fmtp") {
    read_fmtp(*media, value);
  } else if (name == "sendonly") {
    media->send_only = true;
  }
}

struct CodecName {
  std::string_view encoding;
  media::Codec codec;
  uint32_t default_rate;
};
constexpr CodecName kCodecs[] = {
    {"H264", media::Codec::kH264, 90000}, {"H265", media::Codec::kH265, 90000},
    {"HEVC", media::Codec::kH265, 90000}, {"MPEG4-GENERIC", media::Codec::kAac, 0},
    {"PCMU", media::Codec::kPcmu, 8000},  {"PCMA", media::Codec::kPcma, 8000},
};

/// RFC 3551 §6: payload types that need no name.
struct StaticType {
  uint8_t payload_type;
  std::string_view encoding;
};
constexpr StaticType kStaticTypes[] = {{0, "PCMU"}, {8, "PCMA"},  {26, "JPEG"}, {31, "H261"},
                                       {32, "MPV"}, {33, "MP2T"}, {34, "H263"}};

/// "" when the camera does not say.
std::string_view encoding_of(const SdpFormat& format) {
  if (!format.encoding.empty()) return format.encoding;
  for (const StaticType& known : kStaticTypes) {
    if (format.payload_type == known.payload_type) return known.encoding;
  }
  return "";
}

/// What a person is told of a format: a camera may number one and leave out its name.
std::string name_of(const SdpFormat& format) {
  const std::string_view encoding = encoding_of(format);
  return encoding.empty() ? "payload type " + std::to_string(format.payload_type)
                          : std::string(encoding);
}

/// The first format of the medium that can be recorded.
std::optional<TrackDescription> describe(const SdpMedia& media, size_t index) {
  const bool video = iequals(media.type, "video");
  for (const SdpFormat& format : media.formats) {
    for (const CodecName& known : kCodecs) {
      if (encoding_of(format) != known.encoding || media::is_video(known.codec) != video) continue;
      TrackDescription track;
      track.media_index = index;
      track.codec = known.codec;
      track.payload_type = format.payload_type;
      track.clock_rate = format.clock_rate != 0 ? format.clock_rate : known.default_rate;
      track.channels = format.channels != 0 ? format.channels : uint8_t{1};
      track.fmtp = format.fmtp;
      if (video) track.channels = 0;
      if (track.clock_rate != 0) return track;
    }
  }
  return std::nullopt;
}

Error no_video(const Sdp& sdp) {
  std::string offered;
  for (const SdpMedia& media : sdp.media) {
    if (!iequals(media.type, "video")) continue;
    for (const SdpFormat& format : media.formats)
      offered.append(offered.empty() ? "" : ", ").append(name_of(format));
  }
  if (offered.empty())
    return make_error(ErrorCode::kUnsupported,
                      "the camera offers no video at this address; check the path, or switch "
                      "video on in the camera");
  return make_error(ErrorCode::kUnsupported, "the camera offers video as " + offered +
                                                 " only; set it to H.264 or H.265 in the camera");
}

/// An answer that says nothing useful is mostly that of another program at this address.
constexpr const char* kNext = "; is this the address of a stream? Check its path and port";

}  // namespace

Result<Sdp> parse_sdp(std::string_view text) {
  Sdp sdp;
  bool versioned = false;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = trim(take_until(rest, '\n'));
    if (line.size() < 2 || line[1] != '=') continue;
    const std::string_view value = line.substr(2);
    if (line[0] == 'm') {
      if (sdp.media.size() == kMaxMedia)
        return make_error(ErrorCode::kResourceExhausted,
                          "SDP byte " + std::to_string(line.data() - text.data()) +
                              ": more than 32 media" + kNext);
      sdp.media.push_back(read_media(value));
    } else if (line[0] == 'a') {
      read_attribute(sdp, value);
    } else if (line[0] == 's') {
      sdp.name = clean_line(trim(value), kMaxToolBytes);
      if (sdp.tool.empty()) sdp.tool = sdp.name;
    } else if (line[0] == 'v') {
      versioned = true;
    }
  }
  // A description of nothing is one: choose_tracks() says what to do about it.
  if (sdp.media.empty() && !versioned)
    return make_error(ErrorCode::kDataLoss,
                      "what the camera sent as the description of its streams is none (neither v= "
                      "nor m= in it); check the path");
  return sdp;
}

Result<std::vector<TrackDescription>> choose_tracks(const Sdp& sdp, std::string_view base) {
  std::optional<TrackDescription> video;
  std::optional<TrackDescription> audio;
  bool video_send_only = false;
  for (size_t i = 0; i < sdp.media.size() && !video; ++i) {
    if (iequals(sdp.media[i].type, "video")) video = describe(sdp.media[i], i);
    if (video) video_send_only = sdp.media[i].send_only;
  }
  if (!video) return no_video(sdp);
  for (size_t i = 0; i < sdp.media.size() && !audio; ++i) {
    // ONVIF Streaming §5.3: a sendonly audio medium is the way to the camera's loudspeaker, unless
    // the camera marks everything so, from its own point of view.
    if (sdp.media[i].send_only && !video_send_only) continue;
    if (iequals(sdp.media[i].type, "audio")) audio = describe(sdp.media[i], i);
  }
  std::vector<TrackDescription> tracks{*video};
  if (audio) tracks.push_back(*audio);
  for (TrackDescription& track : tracks)
    track.control = resolve_control(base, sdp.media[track.media_index].control);
  return tracks;
}

}  // namespace vedette::rtsp
