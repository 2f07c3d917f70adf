// SPDX-License-Identifier: Apache-2.0
// The file an export makes: written beside its name and renamed when it is whole, so that a cancel,
// an error or a crash never leaves half a file that looks like a whole one.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "fs/file_system.h"

namespace vedette::playback {

/// How far an export is, and the wish to end it. Thread-safe, once the room is set.
class ExportControl {
 public:
  /// Asked for this many bytes in a folder before anything is written there; see
  /// store::Archive::make_room_for(). Absent where nobody records.
  using Room = std::function<Result<void>(const std::string& folder, uint64_t bytes)>;
  void set_room(Room room) { room_ = std::move(room); }
  [[nodiscard]] Result<void> ask_room(const std::string& folder, uint64_t bytes) const {
    return room_ ? room_(folder, bytes) : ok();
  }
  void cancel() { cancelled_ = true; }
  [[nodiscard]] bool cancelled() const { return cancelled_; }
  void expect(uint64_t bytes) { total_ = bytes; }
  void add(uint64_t bytes) { done_ += bytes; }
  /// 0 until it is known.
  [[nodiscard]] uint64_t total_bytes() const { return total_; }
  [[nodiscard]] uint64_t done_bytes() const { return done_; }

 private:
  std::atomic<bool> cancelled_ = false;
  std::atomic<uint64_t> total_ = 0;
  std::atomic<uint64_t> done_ = 0;
  Room room_;
};

/// Confined to one thread.
class ExportFile {
 public:
  /// Makes "<path>.<random>.part". kFailedPrecondition when `path` is there, kResourceExhausted
  /// when the disk has no room for what `control` expects, kNotFound when the folder is missing.
  [[nodiscard]] static Result<ExportFile> create(fs::FileSystem& files, std::string path,
                                                 ExportControl& control);
  ExportFile(ExportFile&&) = default;
  ExportFile& operator=(ExportFile&&) = delete;
  ~ExportFile();  ///< removes what was not finished

  /// kCancelled once the control says so.
  [[nodiscard]] Result<void> append(ByteSpan bytes);
  /// Of bytes appended before.
  [[nodiscard]] Result<void> overwrite(uint64_t offset, ByteSpan bytes);
  /// Everything is on the medium under its name. REQUIRES: called once, nothing after it.
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] uint64_t size() const { return size_; }

 private:
  ExportFile(fs::FileSystem& files, std::string path, ExportControl& control);
  [[nodiscard]] Error explain(Error error) const;

  fs::FileSystem* files_;
  ExportControl* control_;
  std::string path_;
  std::string part_;
  std::unique_ptr<fs::File> file_;  ///< null once finished or moved from
  uint64_t size_ = 0;
  uint64_t synced_ = 0;
};

}  // namespace vedette::playback
