// SPDX-License-Identifier: Apache-2.0
#include "base/contain.h"

#include <exception>

#include "base/log.h"

namespace vedette {

void log_exception(std::string_view where) noexcept {
  try {
    try {
      throw;
    } catch (const std::exception& error) {
      log::error("base", "exception in=\"{}\" what=\"{}\"", where, error.what());
    } catch (...) {
      log::error("base", "exception in=\"{}\" what=\"of no known kind\"", where);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): a log that cannot be written ends nothing
  }
}

}  // namespace vedette
