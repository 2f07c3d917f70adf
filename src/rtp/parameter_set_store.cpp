// SPDX-License-Identifier: Apache-2.0
#include "rtp/parameter_set_store.h"

#include <algorithm>
#include <memory>
#include <type_traits>

#include "base/base64.h"
#include "media/nal.h"
#include "media/track_info.h"
#include "rtp/fmtp.h"

namespace vedette::rtp {
namespace {

using media::Codec;

constexpr size_t kMaxSetSize = 16384;  // the largest legal ones, with scaling lists, are below 4096

template <typename Sets>
auto find(const Sets& sets, uint8_t id) {
  return std::find_if(sets.begin(), sets.end(), [id](const auto& s) { return s.parsed.id == id; });
}

}  // namespace

ParameterSetStore::ParameterSetStore(Codec codec, uint32_t clock_rate)
    : codec_(codec), clock_rate_(clock_rate) {}

template <typename T, typename Parse>
bool ParameterSetStore::store(Sets<T>& sets, ByteSpan nal, Parse parse) {
  // Cameras repeat theirs before every IDR picture: the common case is that nothing changed.
  for (const auto& known : sets) {
    if (std::equal(known.nal.begin(), known.nal.end(), nal.begin(), nal.end())) return true;
  }
  auto parsed = parse(nal);
  if (!parsed) return false;
  const auto at = find(sets, parsed->id);
  if (at != sets.end()) sets.erase(at);
  sets.push_back({Bytes(nal.begin(), nal.end()), std::move(*parsed)});
  changed_ = true;
  return true;
}

bool ParameterSetStore::put_one(ByteSpan nal) {
  if (nal.empty() || nal.size() > kMaxSetSize) return false;
  if (codec_ == Codec::kH264) {
    const uint8_t type = media::h264_nal_type(nal[0]);
    if (type == media::h264::kSps) return store(h264_sps_, nal, media::parse_h264_sps);
    if (type == media::h264::kPps) return store(h264_pps_, nal, media::parse_h264_pps);
    return false;
  }
  const uint8_t type = media::h265_nal_type(nal[0]);
  if (type == media::h265::kVps) return store(h265_vps_, nal, media::parse_h265_vps);
  if (type == media::h265::kSps) return store(h265_sps_, nal, media::parse_h265_sps);
  if (type == media::h265::kPps) return store(h265_pps_, nal, media::parse_h265_pps);
  return false;
}

bool ParameterSetStore::put(ByteSpan nal) {
  bool all = true;
  for (const ByteSpan part : media::split_annex_b(nal)) all = put_one(part) && all;
  return all;
}

bool ParameterSetStore::known(ByteSpan nal) const {
  const auto in = [nal](const auto& sets) {
    return std::any_of(sets.begin(), sets.end(), [nal](const auto& set) {
      return std::equal(set.nal.begin(), set.nal.end(), nal.begin(), nal.end());
    });
  };
  return in(h264_sps_) || in(h264_pps_) || in(h265_vps_) || in(h265_sps_) || in(h265_pps_);
}

void ParameterSetStore::put_sprop(std::string_view sprop) {
  while (!sprop.empty()) {
    const size_t end = std::min(sprop.find(','), sprop.size());
    put(decode_base64(sprop.substr(0, end)));
    sprop.remove_prefix(std::min(end + 1, sprop.size()));
  }
}

std::optional<media::SliceHeader> ParameterSetStore::read_slice(ByteSpan nal) const {
  const bool h264 = codec_ == Codec::kH264;
  auto slice = h264 ? media::peek_h264_slice(nal) : media::peek_h265_slice(nal);
  if (!slice) return std::nullopt;
  const auto with = [&](const auto& all_sps, const auto& all_pps, auto parse) {
    const auto pps = find(all_pps, slice->pps_id);
    if (pps == all_pps.end()) return;
    const auto sps = find(all_sps, pps->parsed.sps_id);
    if (sps == all_sps.end()) return;
    if (const auto full = parse(nal, sps->parsed, pps->parsed)) slice = full;
  };
  if (h264) {
    with(h264_sps_, h264_pps_, media::parse_h264_slice);
  } else {
    with(h265_sps_, h265_pps_, media::parse_h265_slice);
  }
  return slice;
}

bool ParameterSetStore::maybe_interlaced() const {
  return std::any_of(h264_sps_.begin(), h264_sps_.end(),
                     [](const auto& sps) { return !sps.parsed.frame_mbs_only; });
}

template <typename Sps, typename Pps>
media::TrackInfoPtr ParameterSetStore::build(const Sets<Sps>& all_sps, const Sets<Pps>& all_pps,
                                             uint8_t pps_id) {
  const auto pps = find(all_pps, pps_id);
  if (pps == all_pps.end()) return nullptr;
  const auto sps = find(all_sps, pps->parsed.sps_id);
  if (sps == all_sps.end()) return nullptr;
  media::ParameterSets sets;
  sets.sps.push_back(sps->nal);
  for (const auto& other : all_pps) {
    if (other.parsed.sps_id == sps->parsed.id) sets.pps.push_back(other.nal);
  }
  // Sets resent in another order are not another configuration.
  std::sort(sets.pps.begin(), sets.pps.end(), [](ByteSpan a, ByteSpan b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
  });
  if constexpr (std::is_same_v<Sps, media::H265Sps>) {
    const auto vps = find(h265_vps_, sps->parsed.vps_id);
    if (vps == h265_vps_.end()) return nullptr;
    sets.vps.push_back(vps->nal);
  }
  auto track = media::make_video_track_info(codec_, sets);
  if (!track) return nullptr;
  track->timescale = clock_rate_;
  return std::make_shared<const media::TrackInfo>(std::move(*track));
}

media::TrackInfoPtr ParameterSetStore::activate(uint8_t pps_id) {
  if (active_ && !changed_ && pps_id == active_pps_) return active_;
  auto track = codec_ == Codec::kH264 ? build(h264_sps_, h264_pps_, pps_id)
                                      : build(h265_sps_, h265_pps_, pps_id);
  if (!track) return nullptr;
  changed_ = false;
  active_pps_ = pps_id;
  if (!active_ || *track != *active_) active_ = std::move(track);
  return active_;
}

}  // namespace vedette::rtp
