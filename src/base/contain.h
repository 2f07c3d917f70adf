// SPDX-License-Identifier: Apache-2.0
// Where exceptions end. We throw none; memory that runs out and libraries do. At the top of each
// thread and of each piece of work that is posted to one they are logged and turned into the end of
// that piece of work: one answer, one camera, one export, never the recorder. Thread-safe.
#pragma once

#include <string_view>

namespace vedette {

/// Logs what is being thrown. REQUIRES: called within a catch.
void log_exception(std::string_view where) noexcept;

/// Runs `work`. False: it threw, which is in the log, and what it was doing is to be ended.
template <typename Work>
[[nodiscard]] bool contain(std::string_view where, Work&& work) noexcept {
  try {
    work();
    return true;
  } catch (...) {
    log_exception(where);
    return false;
  }
}

}  // namespace vedette
