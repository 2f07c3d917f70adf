// SPDX-License-Identifier: Apache-2.0
// Log lines of key=value pairs, one category per folder. Pure folders never log; URLs are passed
// through redact_url() (base/url_secrets.h) first. Thread-safe.
#pragma once

#include <string_view>

#include <fmt/core.h>

namespace vedette::log {

enum class Level { kDebug, kInfo, kWarn, kError };

/// Lines below `level` are dropped. Called once by app/ before any thread starts.
void init(Level level);
void write(Level level, std::string_view category, std::string_view line);
[[nodiscard]] bool enabled(Level level);

template <typename... Args>
void debug(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kDebug))
    write(Level::kDebug, category, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kInfo))
    write(Level::kInfo, category, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warn(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarn, category, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(std::string_view category, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, category, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace vedette::log
