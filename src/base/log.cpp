// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <memory>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/log_sink.h"

namespace vedette::log {
namespace {

spdlog::level::level_enum map(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void init(Level level) {
  auto logger = std::make_shared<spdlog::logger>("", std::make_shared<PatientSink>(STDERR_FILENO));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %L %v", spdlog::pattern_time_type::utc);
  logger->set_level(map(level));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
}

bool enabled(Level level) { return spdlog::default_logger_raw()->should_log(map(level)); }

void write(Level level, std::string_view category, std::string_view line) {
  spdlog::default_logger_raw()->log(map(level), "[{}] {}", category, line);
}

}  // namespace vedette::log
