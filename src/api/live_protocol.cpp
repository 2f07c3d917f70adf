// SPDX-License-Identifier: Apache-2.0
#include "api/live_protocol.h"

#include <optional>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "api/fields.h"
#include "base/base64.h"
#include "base/utf8.h"

namespace vedette::api::live {
namespace {

namespace json = boost::json;
using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;

constexpr auth::Policy kSubscribePolicy(Operation::kWatchLive, ObjectKind::kCamera,
                                        PictureUse::kAsRequested);
constexpr auth::Policy kSocketPolicy(Operation::kWatchLive, ObjectKind::kServer, PictureUse::kNone);

/// A text frame that is not UTF-8 ends the connection, and with it the pictures of all cameras.
std::string as_message(const json::object& message) { return to_utf8(json::serialize(message)); }

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

Result<uint16_t> sub_field(const json::object& object) {
  const json::value* value = object.if_contains("sub");
  if (value == nullptr || !value->is_int64() || value->get_int64() < 1 ||
      value->get_int64() > UINT16_MAX) {
    return bad("sub must be a number from 1 to 65535");
  }
  return static_cast<uint16_t>(value->get_int64());
}

Result<json::object> parse_text(std::string_view text) {
  if (text.size() > kMaxMessageBytes) return bad("a message may be 16 KiB");
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 4;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !value.is_object()) return bad("send one JSON object per message");
  return std::move(value.get_object());
}

/// Absent leaves `out` as it is; names of codecs that are not known here are passed over, so that
/// a newer page may know more.
Result<void> codecs_field(const json::object& object, std::vector<media::Codec>& out) {
  const json::value* value = object.if_contains("codecs");
  if (value == nullptr) return ok();
  if (!value->is_array()) return bad("codecs is a list: h264, h265");
  out.clear();
  for (const json::value& name : value->get_array()) {
    if (!name.is_string()) return bad("codecs is a list: h264, h265");
    for (const media::Codec codec : {media::Codec::kH264, media::Codec::kH265}) {
      if (name.get_string() == std::string(media::to_string(codec))) out.push_back(codec);
    }
  }
  return ok();
}

Result<ClientMessage> parse_subscribe(const json::object& object) {
  Subscribe message;
  VEDETTE_ASSIGN(message.sub, sub_field(object));
  VEDETTE_ASSIGN(message.camera, text_field(object, "camera"));
  if (message.camera.empty()) return bad("camera is missing");
  VEDETTE_ASSIGN(message.rendition, text_field(object, "rendition"));
  VEDETTE_ASSIGN(const std::string stream, text_field(object, "stream"));
  if (stream == "sub") {
    message.stream = StreamChoice::kSub;
  } else if (stream == "auto") {
    message.stream = StreamChoice::kAuto;
  } else if (!stream.empty() && stream != "main") {
    return bad("stream is main, sub or auto");
  }
  VEDETTE_ASSIGN(const std::string format, text_field(object, "format"));
  if (format == "fmp4") {
    message.format = Format::kFmp4;
  } else if (!format.empty() && format != "frames") {
    return bad("format is frames or fmp4");
  }
  VEDETTE_ASSIGN(message.video, flag_field(object, "video", message.video));
  VEDETTE_ASSIGN(message.audio, flag_field(object, "audio", message.audio));
  if (!message.video && (!message.audio || message.format == Format::kFmp4)) {
    return bad("without video there is audio to ask for, in format frames");
  }
  VEDETTE_TRY(codecs_field(object, message.codecs));
  return ClientMessage(std::move(message));
}

Result<ClientMessage> parse_ping(const json::object& object) {
  const json::value* t = object.if_contains("t");
  if (t == nullptr) return ClientMessage(Ping{});
  if (!t->is_int64()) return bad("t must be a whole number");
  return ClientMessage(Ping{t->get_int64()});
}

}  // namespace

Bytes encode(const Header& header) {
  ByteWriter out;
  out.u8(static_cast<uint8_t>(header.type));
  out.u8(header.flags);
  out.u16(header.sub);
  out.u8(header.track);
  out.u24(0);
  out.u64(static_cast<uint64_t>(header.utc.us));
  out.u64(static_cast<uint64_t>(header.pts_us));
  return out.take();
}

Result<Header> decode(ByteSpan message) {
  ByteReader in(message);
  Header header;
  const uint8_t type = in.u8();
  header.type = static_cast<Type>(type);
  header.flags = in.u8();
  header.sub = in.u16();
  header.track = in.u8();
  const uint32_t zero = in.u24();
  header.utc = WallTime{static_cast<int64_t>(in.u64())};
  header.pts_us = static_cast<int64_t>(in.u64());
  if (!in.ok() || type < 1 || type > 3 || zero != 0) {
    return make_error(ErrorCode::kDataLoss, "not a live message");
  }
  return header;
}

Result<ClientMessage> parse_message(std::string_view text) {
  VEDETTE_ASSIGN(const json::object object, parse_text(text));
  VEDETTE_ASSIGN(const std::string op, text_field(object, "op"));
  if (op == "subscribe") return parse_subscribe(object);
  if (op == "ping") return parse_ping(object);
  if (op == "unsubscribe") {
    VEDETTE_ASSIGN(const uint16_t sub, sub_field(object));
    return ClientMessage(Unsubscribe{sub});
  }
  return bad("op is subscribe, unsubscribe or ping");
}

uint16_t sub_of(std::string_view text) {
  const auto object = parse_text(text);
  if (!object) return 0;
  return sub_field(*object).value_or(0);
}

auth::Policy policy_of(const Subscribe&) { return kSubscribePolicy; }
auth::Policy policy_of(const Unsubscribe&) { return kSocketPolicy; }
auth::Policy policy_of(const Ping&) { return kSocketPolicy; }

std::string config_message(uint16_t sub, uint8_t track, const media::TrackInfo& info,
                           const std::string& transcoded_from) {
  json::object out{
      {"op", "config"},        {"sub", sub},
      {"track", track},        {"kind", media::is_video(info.codec) ? "video" : "audio"},
      {"codec", info.rfc6381}, {"description", encode_base64(info.decoder_config)}};
  if (media::is_video(info.codec)) {
    out["width"] = info.width;
    out["height"] = info.height;
  } else {
    out["sample_rate"] = info.sample_rate;
    out["channels"] = info.channels;
  }
  if (!transcoded_from.empty()) out["transcoded_from"] = transcoded_from;
  return as_message(out);
}

std::string mime_message(uint16_t sub, const std::string& mime,
                         const std::string& transcoded_from) {
  json::object out{{"op", "config"}, {"sub", sub}, {"mime", mime}};
  if (!transcoded_from.empty()) out["transcoded_from"] = transcoded_from;
  return as_message(out);
}

std::string state_message(uint16_t sub, const State& state) {
  return as_message(json::object{{"op", "state"},
                                 {"sub", sub},
                                 {"state", json::string_view(state.state)},
                                 {"since_us", state.since.us},
                                 {"cause", or_null(state.cause)},
                                 {"message", or_null(state.message)}});
}

std::string error_message(uint16_t sub, std::string_view code, std::string_view message) {
  return as_message(json::object{{"op", "error"},
                                 {"sub", sub},
                                 {"code", json::string_view(code)},
                                 {"message", json::string_view(message)}});
}

std::string pong_message(int64_t t, WallTime now) {
  return as_message(json::object{{"op", "pong"}, {"t", t}, {"server_us", now.us}});
}

}  // namespace vedette::api::live
