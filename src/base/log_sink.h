// SPDX-License-Identifier: Apache-2.0
// Where log lines go: a file descriptor that may be full, closed, or a pipe that nobody reads. A
// line that cannot be written at once is dropped and counted, for every thread logs, and none of
// them may wait for a journal that hangs or a disk of logs that is full. Thread-safe.
#pragma once

#include <memory>
#include <mutex>

#include <spdlog/sinks/base_sink.h>

namespace vedette::log {

/// `fd` must outlive the sink. SIGPIPE must be ignored.
class PatientSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit PatientSink(int fd) : fd_(fd) {}
  /// Lines that nobody has read.
  [[nodiscard]] uint64_t dropped();

 private:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}
  [[nodiscard]] bool write_at_once(const char* bytes, size_t size) const;

  const int fd_;
  uint64_t dropped_ = 0;
  uint64_t untold_ = 0;  // of those that were dropped
};

}  // namespace vedette::log
