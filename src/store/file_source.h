// SPDX-License-Identifier: Apache-2.0
// A file of fs as the byte source of the mp4 reader. The file must outlive it.
#pragma once

#include "fs/file_system.h"
#include "mp4/source.h"

namespace vedette::store {

class FileSource final : public mp4::ByteSource {
 public:
  FileSource(const fs::File& file, uint64_t size) : file_(file), size_(size) {}
  Result<size_t> read_at(uint64_t offset, std::span<uint8_t> out) const override {
    return file_.read_at(offset, out);
  }
  uint64_t size() const override { return size_; }

 private:
  const fs::File& file_;
  uint64_t size_;
};

}  // namespace vedette::store
