// SPDX-License-Identifier: Apache-2.0
#include "rtp/rtcp.h"

#include <algorithm>

namespace vedette::rtp {
namespace {

constexpr uint8_t kSenderReport = 200;
constexpr uint8_t kReceiverReport = 201;
constexpr uint8_t kSourceDescription = 202;
constexpr uint8_t kBye = 203;
constexpr int64_t kUnixEpochInNtp = 2'208'988'800;
constexpr int64_t kNtpEra = int64_t{1} << 32;

void write_cname(ByteWriter& writer, uint32_t ssrc, std::string_view cname) {
  const size_t text = std::min<size_t>(cname.size(), 255);
  const size_t unpadded = 4 + 2 + text + 1;  // SSRC, item header, text, terminating zero
  const size_t words = (unpadded + 3) / 4;
  writer.u8(0x81);
  writer.u8(kSourceDescription);
  writer.u16(words);
  writer.u32(ssrc);
  writer.u8(1);
  writer.u8(text);
  writer.text(cname.substr(0, text));
  writer.zeros(words * 4 - unpadded + 1);
}

}  // namespace

std::optional<WallTime> ntp_to_wall(uint64_t ntp) {
  if (ntp == 0) return std::nullopt;
  int64_t seconds = static_cast<int64_t>(ntp >> 32) - kUnixEpochInNtp;
  if (ntp >> 63 == 0) seconds += kNtpEra;
  const auto micros = static_cast<int64_t>(((ntp & 0xFFFFFFFF) * 1'000'000) >> 32);
  return WallTime{seconds * 1'000'000 + micros};
}

uint64_t wall_to_ntp(WallTime time) {
  int64_t seconds = time.us / 1'000'000;
  int64_t micros = time.us % 1'000'000;
  if (micros < 0) {
    micros += 1'000'000;
    --seconds;
  }
  // Rounded up, so that ntp_to_wall() gives the same microsecond back.
  const uint64_t fraction = ((static_cast<uint64_t>(micros) << 32) + 999'999) / 1'000'000;
  const uint64_t ntp = static_cast<uint64_t>(seconds + kUnixEpochInNtp) << 32 | fraction;
  return ntp == 0 ? 1 : ntp;  // 0 would say "no clock"; it happens once, in 2036
}

std::optional<RtcpCompound> parse_rtcp(ByteSpan compound) {
  RtcpCompound result;
  ByteReader reader(compound);
  bool any = false;
  while (reader.remaining() >= 4) {
    const uint8_t first = reader.u8();
    const uint8_t type = reader.u8();
    ByteReader body(reader.bytes(size_t{4} * reader.u16()));
    if (first >> 6 != 2 || !reader.ok()) break;
    if (type == kSenderReport) {
      SenderReport report;
      report.ssrc = body.u32();
      report.ntp = body.u64();
      report.rtp_timestamp = body.u32();
      report.packets = body.u32();
      report.octets = body.u32();
      if (!body.ok()) break;
      result.sender_report = report;
    }
    result.bye = result.bye || type == kBye;
    any = true;
  }
  return any ? std::optional(result) : std::nullopt;
}

Bytes build_receiver_report(uint32_t own_ssrc, const ReportBlock& block, std::string_view cname) {
  ByteWriter writer;
  writer.u8(0x81);
  writer.u8(kReceiverReport);
  writer.u16(7);
  writer.u32(own_ssrc);
  writer.u32(block.ssrc);
  writer.u8(block.fraction_lost);
  const int32_t lost = std::clamp(block.cumulative_lost, -0x800000, 0x7FFFFF);
  writer.u24(static_cast<uint32_t>(lost) & 0xFFFFFF);
  writer.u32(block.highest_sequence);
  writer.u32(block.jitter);
  writer.u32(block.last_sr);
  writer.u32(block.delay_since_last_sr);
  write_cname(writer, own_ssrc, cname);
  return writer.take();
}

Bytes build_sender_report(const SenderReport& report, std::string_view cname) {
  ByteWriter writer;
  writer.u8(0x80);
  writer.u8(kSenderReport);
  writer.u16(6);
  writer.u32(report.ssrc);
  writer.u64(report.ntp);
  writer.u32(report.rtp_timestamp);
  writer.u32(report.packets);
  writer.u32(report.octets);
  write_cname(writer, report.ssrc, cname);
  return writer.take();
}

}  // namespace vedette::rtp
