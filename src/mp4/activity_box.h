// SPDX-License-Identifier: Apache-2.0
// How much moved during a fragment, as one byte within its moof: written once with the fragment and
// hashed with it, so that whoever indexes a file again finds it without looking at the pictures.
// docs/design/format.md §"Activity" is its grammar. Pure functions, callable from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace vedette::mp4 {

/// User type of the uuid box: 1eae2dae-1cfb-4ecd-90e0-e5ec5158e34c.
inline constexpr std::array<uint8_t, 16> kActivityUserType = {
    0x1e, 0xae, 0x2d, 0xae, 0x1c, 0xfb, 0x4e, 0xcd, 0x90, 0xe0, 0xe5, 0xec, 0x51, 0x58, 0xe3, 0x4c};
inline constexpr size_t kActivityBoxBytes = 26;
/// It stands right behind mfhd: this many bytes from the start of the moof on hold all of it.
inline constexpr size_t kActivityReach = 24 + kActivityBoxBytes;

/// `moof`: its first bytes. 0 when it holds no activity in this place and form.
[[nodiscard]] uint8_t read_activity(ByteSpan moof);

}  // namespace vedette::mp4
