// SPDX-License-Identifier: Apache-2.0
// What recovery reads of one recording file. Of its sources only.
#pragma once

#include <vector>

#include "store/recovery.h"

namespace vedette::store {

struct Recovery::Found {
  std::vector<FragmentEntry> fragments;  ///< the good ones, by offset
  evidence::FragmentRecord first;        ///< record of fragments.front()
  uint32_t init_size = 0;
  uint32_t timescale = 90000;
  uint64_t size = 0;  ///< of the file
  uint64_t good_end = 0;
  /// Nobody has said that what lies from here to good_end is on the disk.
  uint64_t doubtful_from = 0;
  bool cut_off = false;      ///< what follows good_end is the torn end of an uncommitted fragment
  bool readable = true;      ///< false: a read failed, nothing is known but the fragments
  size_t scanned = 0;        ///< fragments whose boxes are whole, whatever is in them
  bool ends_signed = false;  ///< a whole checkpoint stands behind the last fragment
  bool closed = false;       ///< its index was written: it ended whole, and nothing of it is torn
  bool was_open = false;     ///< as far as the catalog and so perhaps the ledger know
};

}  // namespace vedette::store
