// SPDX-License-Identifier: Apache-2.0
// Bounds of everything the reader takes from a file; each is checked before memory is reserved.
// Depth needs no bound: the reader descends named paths (moov/trak/mdia/minf/stbl/stsd/avc1/avcC)
// and never recurses. docs/design/format.md lists them for people.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vedette::mp4 {

inline constexpr uint64_t kMaxMoovBytes = 64U
                                          << 20;  ///< the tables of 10^6 samples need about 40 MiB
inline constexpr uint64_t kMaxMoofBytes = 4U << 20;
inline constexpr uint64_t kMaxUuidBytes = 1U << 16;
inline constexpr uint64_t kMaxMdatBytes =
    0xFFFFFFFFU;  ///< a fragment's; an ordinary file's is not bounded
/// trun's data_offset is signed and has 32 bits; far above any fragment that is cut at 4 MiB.
inline constexpr uint64_t kMaxFragmentDataBytes = 1U << 30;
inline constexpr size_t kMaxTracks = 32;
inline constexpr size_t kMaxSampleEntries = 256;  ///< per track
inline constexpr size_t kMaxDecoderConfigBytes = 1U << 16;
inline constexpr size_t kMaxTrackRunsPerFragment = 4096;
inline constexpr size_t kMaxSamplesPerFragment = 1U << 17;
inline constexpr size_t kMaxSamples = 1'000'000;   ///< of all tracks of an indexed file
inline constexpr size_t kMaxSidxEntries = 65'535;  ///< reference_count has 16 bits
inline constexpr size_t kMaxTopLevelBoxes = 1'000'000;
inline constexpr uint32_t kMaxSampleBytes = 256U << 20;

}  // namespace vedette::mp4
